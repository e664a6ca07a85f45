"""Legal records are written once: Python refuses to change them, and so does the database, whichever it is."""

import pytest
from django.db import DatabaseError, connection, transaction

from collab.models import Update
from proposals.actions.files import keep_stage
from proposals.actions.freezing import reopen
from proposals.models import (
    AuditContent,
    AuditEvent,
    FileStage,
    RecordIsFinal,
    Reopening,
    Revision,
    Signature,
    Voiding,
)
from proposals.models.revision import FinalRecord
from tests.proposals.deal import Deal, make_deal

RECORDS = (AuditEvent, AuditContent, Revision, Reopening, Signature, FileStage, Voiding)


def one_of_each() -> Deal:
    """A proposal with a row in every table of legal records."""
    deal = make_deal()
    revision = deal.freeze()
    keep_stage(revision, 0, b"%PDF", "0" * 64)
    Signature(revision=revision, participant=deal.proposal.participants.all()[0], slot="seller-1", side="seller").save()
    Voiding(revision=revision, reason="It is over.", proposed_side="seller", proposed_at=revision.frozen_at).save()
    reopen(by=deal.maya)
    return deal


def test_these_are_all_the_records_that_must_not_change() -> None:
    assert set(FinalRecord.__subclasses__()) == set(RECORDS)


def test_the_database_refuses_to_change_or_delete_them(committed: str) -> None:
    one_of_each()
    for model in (*RECORDS, Update):
        rows = model._base_manager.values()
        before = list(rows)
        assert before, model
        column = next(field.column for field in model._meta.concrete_fields if not field.primary_key)
        for statement in (
            f"UPDATE {model._meta.db_table} SET {column} = {column}",
            f"DELETE FROM {model._meta.db_table}",
        ):
            with pytest.raises(DatabaseError, match="is final"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert list(rows) == before


def test_a_query_that_goes_around_the_models_is_refused_too(committed: str) -> None:
    one_of_each()
    with pytest.raises(DatabaseError, match="is final"):
        Revision.objects.update(sha256="0" * 64)
    with pytest.raises(DatabaseError, match="is final"):
        FileStage.objects.all().delete()


@pytest.mark.parametrize("model", RECORDS)
def test_python_refuses_to_change_or_delete_them(model: type[FinalRecord], db: None) -> None:
    one_of_each()
    row = model._base_manager.all()[0]
    with pytest.raises(RecordIsFinal):
        row.save()
    with pytest.raises(RecordIsFinal):
        row.delete()
    assert model._base_manager.filter(pk=row.pk).exists()
