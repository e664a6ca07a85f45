"""The upgrades that read and write rows, run as the migrations they are on rows from before them; on both databases."""

from importlib import import_module

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from proposals.documents.signing_round import round_of
from proposals.models import Party, SigningPlace
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
