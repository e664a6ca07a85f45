"""What was locked before there were places to sign: after the upgrade it is signed as before."""

from importlib import import_module

from django.apps import apps

from proposals.actions.participants import remove_participant
from proposals.actions.signatories import hand_over, name_signatory
from proposals.documents.signing_round import round_of
from proposals.models import Participant, Revision, SigningPlace
from tests import factories
from tests.proposals.deal import Deal, sign_as


def upgraded(revision: Revision) -> list[tuple[str, str, bool]]:
    """Its places as the upgrade makes them of a revision that has none: slot, holder's address, whether vacant."""
    SigningPlace.objects.filter(revision=revision).delete()
    import_module("proposals.migrations.0019_signing_places").give_places(apps, None)
    import_module("proposals.migrations.0025_vacant_places").give_vacant_places(apps, None)
    return [
        (place.slot, place.participant.user.email.partition("@")[0], place.is_vacant)
        for place in round_of(revision).places
    ]


def with_ines(deal: Deal) -> Participant:
    """A second person who signs for the client."""
    return name_signatory(by=deal.tomas, name="Ines Duarte", email="ines@example.org")


def test_what_one_side_has_signed_the_other_signs_after_the_upgrade(deal: Deal) -> None:
    revision = deal.freeze()
    sign_as(deal.maya)
    assert upgraded(revision) == [("seller-1", "maya", False), ("client-1", "tomas", False)]
    sign_as(deal.tomas)
    assert deal.proposal.state == "signed"


def test_who_signed_in_the_first_free_slot_keeps_it(deal: Deal) -> None:
    ines = with_ines(deal)
    revision = deal.freeze()
    factories.signature(revision, ines.id, slot="client-1")
    assert upgraded(revision) == [
        ("seller-1", "maya", False),
        ("client-1", "ines", False),
        ("client-2", "tomas", False),
    ]


def test_the_slot_of_somebody_who_was_taken_out_is_still_to_be_signed(deal: Deal) -> None:
    ines = with_ines(deal)
    revision = deal.freeze()
    remove_participant(by=deal.tomas, participant_id=ines.id)
    assert upgraded(revision) == [
        ("seller-1", "maya", False),
        ("client-1", "tomas", False),
        ("client-2", "ines", True),
    ]
    for by, slot in ((deal.maya, "seller-1"), (deal.tomas, "client-1")):
        factories.signature(revision, by.participant_id, slot=slot)
    assert [place.slot for place in round_of(revision).awaited] == ["client-2"]
    handed = hand_over(by=deal.tomas, slot="client-2", name="Leo", email="leo@example.org", why="Ines has left")
    assert round_of(revision).may_sign(handed.participant_id)


def test_where_every_slot_has_its_place_the_upgrade_changes_nothing(deal: Deal) -> None:
    revision = deal.freeze()
    before = list(SigningPlace.objects.order_by("id").values())
    import_module("proposals.migrations.0025_vacant_places").give_vacant_places(apps, None)
    assert list(SigningPlace.objects.filter(revision=revision).order_by("id").values()) == before
