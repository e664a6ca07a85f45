"""Who signs: naming them, each side its own, before the lock."""

import pytest

from proposals.actions.proposals import share
from proposals.actions.signatories import name_signatory, order_signatories
from proposals.documents import told
from proposals.exceptions import Invalid, NotAllowed, WrongState
from proposals.models import Invitation
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after, refused
from tests.proposals.signers import four_in_order, place, revision


@pytest.fixture
def in_order(db: None) -> Deal:
    """Locked; four sign one after the other."""
    return as_made(deal_after, four_in_order)


@pytest.fixture
def frozen(db: None) -> Deal:
    """Locked; Maya and Tomás sign in any order."""
    return as_made(deal_after, Deal.freeze)


def test_somebody_who_was_never_in_the_room_is_named_and_not_mailed(deal: Deal) -> None:
    row = name_signatory(by=deal.tomas, name=" Ines Duarte ", email=" Ines@Example.org ", title="CFO")
    assert (row.user.name, row.user.email, row.title, row.side) == ("Ines Duarte", "ines@example.org", "CFO", "client")
    assert (row.role, row.is_signatory, row.only_signs, row.joined_at) == ("reader", True, True, None)
    assert Invitation.objects.count() == 0
    assert told.sentence(deal.trail()[-1]) == "Tomás Reyes named Ines Duarte (CFO) to sign"
    number = deal.number
    assert name_signatory(by=deal.tomas, name="Ines", email="ines@example.org", title="CFO") == row
    assert deal.number == number
    again = name_signatory(by=deal.tomas, name="Ines", email="ines@example.org", title="Director")
    assert (again.id, again.title, deal.number) == (row.id, "Director", number + 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " ", "email": "a@example.org"}, "required"),
        ({"name": "Ines", "email": "no address"}, "bad_email"),
        ({"name": "Ines", "email": "a@example.org", "title": "x" * 201}, "too_long"),
        ({"name": "Maya", "email": "maya@northlight.example"}, "other_side"),
    ],
)
def test_who_can_not_be_named(fields: dict[str, str], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        name_signatory(by=deal.tomas, **fields)


def test_each_side_names_its_own_and_the_seller_both_only_while_preparing(preparing: Deal) -> None:
    name_signatory(by=preparing.maya, name="Ines", email="ines@example.org", side="client")
    share(by=preparing.maya)
    assert [row.participant.user.name for row in Invitation.objects.all()] == ["Tomás Reyes"]
    with refused(NotAllowed):
        name_signatory(by=preparing.maya, name="Leo", email="leo@example.org", side="client")
    with refused(Invalid, "not_the_signatories"):
        order_signatories(by=preparing.maya, participant_ids=[place(preparing, "ines").id])


def test_an_order_that_stands_is_no_event_and_who_is_named_later_signs_last(deal: Deal) -> None:
    ines = name_signatory(by=deal.tomas, name="Ines", email="ines@example.org").id
    tomas = deal.tomas.participant_id or ines
    order_signatories(by=deal.tomas, participant_ids=[ines, tomas])
    assert told.sentence(deal.trail()[-1]) == "Tomás Reyes put those who sign in order: Ines, then Tomás Reyes"
    number = deal.number
    order_signatories(by=deal.tomas, participant_ids=[ines, tomas])
    assert deal.number == number
    name_signatory(by=deal.tomas, name="Leo", email="leo@example.org")
    for wrong in ([ines, tomas], [ines, tomas, tomas], [ines, tomas, deal.maya.participant_id or ines]):
        with refused(Invalid, "not_the_signatories"):
            order_signatories(by=deal.tomas, participant_ids=wrong)
    deal.freeze()
    assert [row.participant.user.name for row in revision(deal).signing_places.filter(side="client")] == [
        "Ines", "Tomás Reyes", "Leo",
    ]  # fmt: skip


def test_after_the_lock_nobody_is_named(frozen: Deal) -> None:
    with refused(WrongState):
        name_signatory(by=frozen.tomas, name="Ines", email="ines@example.org")
    with refused(WrongState):
        order_signatories(by=frozen.tomas, participant_ids=[frozen.tomas.participant_id or ""])
