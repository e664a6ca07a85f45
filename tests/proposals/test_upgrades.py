"""The upgrades that read and write rows, run as the migrations they are on rows from before them; on both databases."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from django.utils import timezone

from proposals.documents.signing_round import round_of
from proposals.models import (
    CatalogueItem,
    FirmImport,
    Origin,
    Party,
    Proposal,
    Question,
    Relationship,
    Reply,
    Section,
    SigningPlace,
    Template,
)
from tests import factories
from tests.proposals.deal import make_deal

APP = "proposals"


def upgrade(name: str) -> None:
    """Do what a migration does with rows, in its transaction and with its models; the columns are there already."""
    migration = import_module(f"{APP}.migrations.{name}").Migration(name, APP)
    migration.operations = [step for step in migration.operations if not step.reduces_to_sql]
    state = MigrationLoader(connection).project_state((APP, name))
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.apply(state, editor)


def test_a_slot_without_a_place_gets_one(committed: str) -> None:
    deal = make_deal()
    revision = deal.freeze()
    factories.signature(revision, deal.maya.participant_id, slot="seller-1")
    SigningPlace.objects.filter(revision=revision, slot="client-1").delete()

    upgrade("0025_vacant_places")

    assert connection.vendor == committed
    assert [(place.slot, place.participant_id) for place in round_of(revision).places] == [
        ("seller-1", deal.maya.participant_id),
        ("client-1", deal.tomas.participant_id),
    ]


def test_a_side_that_had_named_who_agrees_stays_one(committed: str) -> None:
    deal = make_deal()
    deal.proposal.participants.filter(side="client").update(may_agree=True)

    upgrade("0031_sides_that_named_who_agrees")

    sides = Party.objects.filter(proposal=deal.id).order_by("side").values_list("side", "names_who_agrees")
    assert list(sides) == [("client", True), ("seller", False)]


def test_questions_from_elsewhere_are_marked(committed: str) -> None:
    proposal = make_deal().proposal
    now = timezone.now()
    Origin.objects.create(
        proposal=proposal,
        firm=proposal.party("seller").firm,
        key=proposal.id,
        other_firm_key=proposal.id,
        state="open",
        exported_at=now,
        content="{}",
        imported_at=now,
    )
    for when, text in ((now - timedelta(days=1), "There?"), (now + timedelta(days=1), "Here?")):
        question = Question.objects.create(
            proposal=proposal, side="client", asked_by_name="Tomás", text=text, created_at=when
        )
        question.replies.create(author_name="Maya", side="seller", text=text, created_at=when)

    upgrade("0032_imported_and_going_on")

    for rows in (Question.objects.all(), Reply.objects.all()):
        assert dict(rows.values_list("text", "imported")) == {"There?": True, "Here?": False}


def doubled(proposal: Proposal) -> list[list[Model]]:
    """Of each kind that has an external id two rows with the same one, the older first."""
    firm, key = proposal.relationship.seller_firm, {"external_id": "k-1", "metadata": {"a": "b"}}
    asked = {"proposal": proposal, "asked_by_name": "Maya", "side": "seller", "text": "When?"}
    others = [factories.firm(name) for name in ("Engines", "Looms")]
    return [
        [Section.objects.create(proposal=proposal, position=7, title="Team", **key) for _ in range(2)],
        [Question.objects.create(**asked, **key) for _ in range(2)],
        [CatalogueItem.objects.create(firm=firm, title="Logo", **key) for _ in range(2)],
        [Template.objects.create(firm=firm, title="Portals", currency="EUR", **key) for _ in range(2)],
        [Relationship.objects.create(seller_firm=firm, client_firm=other, **key) for other in others],
    ]


def keeping(name: str) -> list[tuple[type[Model], object]]:
    """The constraints that a migration adds, with their models."""
    steps = import_module(f"{APP}.migrations.{name}").Migration.operations
    return [(apps.get_model(APP, step.model_name), step.constraint) for step in steps if hasattr(step, "constraint")]


def test_of_two_things_with_one_external_id_the_older_keeps_it_and_nothing_is_lost(committed: str) -> None:
    proposal = make_deal().proposal
    with connection.schema_editor() as editor:
        for model, constraint in keeping("0034_external_ids_of_one_thing"):
            editor.remove_constraint(model, constraint)
    rows = doubled(proposal)

    upgrade("0034_external_ids_of_one_thing")
    with connection.schema_editor() as editor:
        for model, constraint in keeping("0034_external_ids_of_one_thing"):
            editor.add_constraint(model, constraint)

    assert len(rows) == 5
    for older, younger in rows:
        older.refresh_from_db()
        younger.refresh_from_db()
        assert (older.external_id, older.metadata) == ("k-1", {"a": "b"})
        assert (younger.external_id, younger.metadata) == ("", {"a": "b", "duplicate_external_id": "k-1"})
        younger.external_id = "k-1"
        with pytest.raises(IntegrityError), transaction.atomic():
            younger.save()


def test_the_report_of_an_import_becomes_rows_in_the_same_order(committed: str) -> None:
    proposal = factories.proposal()
    migration = import_module(f"{APP}.migrations.0036_reports_in_rows").Migration("0036_reports_in_rows", APP)
    before = MigrationLoader(connection).project_state((APP, "0035_rows_of_imports"))
    imports = before.apps.get_model(APP, "FirmImport")
    with connection.schema_editor() as editor:
        editor.add_field(imports, imports._meta.get_field("report"))
    facts = {"outcome": "left", "code": "already_here", "why": "It is here."}
    rows = [
        {"kind": "rates", "title": "Rates in EUR", "proposal": None, **facts},
        {"kind": "proposal", "title": "Here", "proposal": str(proposal.id), **facts},
        {"kind": "proposal", "title": "Gone", "proposal": str(proposal.relationship_id), **facts},
    ]
    firm = proposal.relationship.seller_firm_id
    move, empty = (imports.objects.create(firm_id=firm, state="made", report=report) for report in (rows, []))

    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.apply(before, editor)

    assert connection.vendor == committed
    assert FirmImport.objects.get(id=move.id).report == [*rows[:2], {**rows[2], "proposal": None}]
    assert FirmImport.objects.get(id=empty.id).report == []
