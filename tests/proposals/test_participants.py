"""Inviting people, their roles, their links, taking them out."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.models import User
from proposals.access import Visitor, proposal_for
from proposals.actions.joining import join, joined_by_login
from proposals.actions.participants import (
    PARTICIPANTS_COUNT,
    invite,
    link_for,
    remove_participant,
    set_participant,
    withdraw_invitation,
)
from proposals.actions.proposals import share
from proposals.exceptions import Invalid, NotAllowed, NotFound, WrongState
from proposals.models import Invitation, Participant, Side
from tests import factories
from tests.proposals.deal import Deal, refused


def place_of(deal: Deal, email: str) -> Participant:
    return deal.proposal.participants.get(user__email=email)


def test_an_invitation_seats_the_person_and_makes_a_link(deal: Deal) -> None:
    before = timezone.now()
    link = invite(
        by=deal.tomas,
        email=" Ines@Example.org",
        name="Inês",
        role="reader",
        is_signatory=True,
        title="CFO",
        message="Hi",
    )
    place = link.participant
    assert (place.user.email, place.user.name, place.side) == ("ines@example.org", "Inês", "client")
    assert (place.role, place.is_signatory, place.title, place.joined_at) == ("reader", True, "CFO", None)
    assert (link.invited_by, link.message) == (factories.client(deal.proposal), "Hi")
    assert before + dt.timedelta(days=60) <= link.expires_at <= timezone.now() + dt.timedelta(days=60)
    assert deal.last("participant.invited") == {
        "participant": str(place.id),
        "invitation": str(link.id),
        "name": "Inês",
        "side": "client",
        "role": "reader",
        "is_signatory": True,
    }
    assert Invitation.from_token(link.token) == link


def test_each_side_admits_its_own_and_the_seller_also_the_clients(deal: Deal) -> None:
    assert invite(by=deal.maya, email="a@example.org", side="client").participant.side == Side.CLIENT
    assert invite(by=deal.maya, email="b@example.org").participant.side == Side.SELLER
    assert invite(by=deal.tomas, email="c@example.org").participant.side == Side.CLIENT
    with refused(NotAllowed):
        invite(by=deal.tomas, email="d@example.org", side="seller")
    with refused(NotAllowed):
        invite(by=deal.maya, email="signs@example.org", side="client", is_signatory=True)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"email": "no address"}, "bad_email"),
        ({"email": "a@example.org", "side": "both"}, "unknown_value"),
        ({"email": "a@example.org", "role": "owner"}, "unknown_value"),
        ({"email": "a@example.org", "message": "x" * 2001}, "too_long"),
        ({"email": "tomas@harbourstreet.example", "side": "seller"}, "other_side"),
    ],
)
def test_what_can_not_be_used_is_refused(fields: dict[str, str], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        invite(by=deal.maya, **fields)


def test_a_proposal_takes_so_many_people(deal: Deal) -> None:
    users = [User(email=f"p{number}@example.org") for number in range(PARTICIPANTS_COUNT - 2)]
    User.objects.bulk_create(users)
    Participant.objects.bulk_create(Participant(proposal=deal.proposal, user=user, side="client") for user in users)
    with refused(Invalid, "too_many"):
        invite(by=deal.maya, email="one-more@example.org")
    invite(by=deal.maya, email="p0@example.org", side="client")


def test_one_of_ones_own_is_invited_again_with_another_role(deal: Deal) -> None:
    deal.seat("ines@example.org", "client", role="reader")
    link = invite(by=deal.tomas, email="ines@example.org", is_signatory=True)
    place = place_of(deal, "ines@example.org")
    assert (place.role, place.is_signatory) == ("editor", True)
    assert place.invitations.get() == link


def test_one_of_the_other_side_gets_a_new_link_and_keeps_the_role(deal: Deal) -> None:
    """Or the seller could make a reader of the client's signatory."""
    invite(by=deal.maya, email="tomas@harbourstreet.example", side="client", role="reader", title="Nobody")
    place = place_of(deal, "tomas@harbourstreet.example")
    assert (place.role, place.is_signatory, place.title) == ("editor", True, "Practice manager")
    assert place.invitations.count() == 1


def test_whom_the_other_side_took_out_stays_out(deal: Deal) -> None:
    deal.seat("leo@example.org", "client")
    remove_participant(by=deal.tomas, participant_id=place_of(deal, "leo@example.org").id)
    with refused(NotAllowed):
        invite(by=deal.maya, email="leo@example.org", side="client")
    invite(by=deal.tomas, email="leo@example.org")
    assert place_of(deal, "leo@example.org").removed_at is None


def test_the_seller_decides_about_everybody_while_preparing(preparing: Deal) -> None:
    invite(by=preparing.maya, email="ines@example.org", side="client")
    set_participant(by=preparing.maya, participant_id=place_of(preparing, "ines@example.org").id, is_signatory=True)
    tomas = place_of(preparing, "tomas@harbourstreet.example")
    remove_participant(by=preparing.maya, participant_id=tomas.id)
    share(by=preparing.maya)
    with pytest.raises(NotFound):
        preparing.actor(tomas.user)
    with refused(NotAllowed):
        set_participant(
            by=preparing.maya, participant_id=place_of(preparing, "ines@example.org").id, is_signatory=False
        )


def test_a_role_is_changed_by_ones_own_side(deal: Deal) -> None:
    deal.seat("ines@example.org", "client")
    ines = place_of(deal, "ines@example.org")
    with refused(NotAllowed):
        set_participant(by=deal.maya, participant_id=ines.id, role="reader")
    set_participant(by=deal.tomas, participant_id=ines.id, role="reader", is_signatory=True)
    ines.refresh_from_db()
    assert (ines.role, ines.is_signatory) == ("reader", True)
    assert deal.last("participant.changed")["role"] == "reader"
    with refused(Invalid, "unknown_value"):
        set_participant(by=deal.tomas, participant_id=ines.id, role="boss")


def test_the_same_role_again_is_no_change(deal: Deal) -> None:
    place = place_of(deal, "tomas@harbourstreet.example")
    set_participant(by=deal.tomas, participant_id=place.id, role="editor", is_signatory=True)
    assert (deal.events(), deal.proposal.version) == ([], 1)


def test_each_side_keeps_somebody_who_may_write(deal: Deal) -> None:
    place = place_of(deal, "tomas@harbourstreet.example")
    deal.seat("ines@example.org", "client", role="reader")
    for attempt in (
        lambda: remove_participant(by=deal.tomas, participant_id=place.id),
        lambda: set_participant(by=deal.tomas, participant_id=place.id, role="reader"),
        lambda: invite(by=deal.tomas, email=place.user.email, role="reader"),
    ):
        with refused(Invalid, "last_one"):
            attempt()


def test_somebody_taken_out_is_out_at_once_and_what_they_did_stays(deal: Deal) -> None:
    ines = deal.seat("ines@example.org", "client")
    deal.agree(ines, "Summary")
    link = factories.invitation(place_of(deal, "ines@example.org"))
    remove_participant(by=deal.tomas, participant_id=ines.participant_id)
    assert deal.agreed("Summary") == (False, True)
    for visitor in (Visitor(user=ines.user), Visitor(invitations=(link.id,))):
        with pytest.raises(NotFound):
            proposal_for(visitor, deal.id)
    with refused(NotFound):
        deal.agree(ines, "Pricing")
    before = deal.events()
    remove_participant(by=deal.tomas, participant_id=ines.participant_id)
    assert deal.events() == before


def test_roles_stay_while_locked_but_people_come_and_go(deal: Deal) -> None:
    deal.seat("ines@example.org", "client")
    deal.freeze()
    ines = place_of(deal, "ines@example.org")
    with refused(WrongState):
        set_participant(by=deal.tomas, participant_id=ines.id, is_signatory=True)
    with refused(WrongState):
        invite(by=deal.tomas, email="ines@example.org", is_signatory=True)
    invite(by=deal.tomas, email="ines@example.org")
    with refused(WrongState):
        invite(by=deal.tomas, email="leo@example.org", is_signatory=True)
    invite(by=deal.tomas, email="leo@example.org")
    remove_participant(by=deal.tomas, participant_id=ines.id)
    with refused(WrongState):
        invite(by=deal.tomas, email="ines@example.org", is_signatory=True)
    assert not place_of(deal, "leo@example.org").is_signatory


def test_a_standing_link_is_given_again_and_an_expired_one_replaced(deal: Deal) -> None:
    place = place_of(deal, "tomas@harbourstreet.example")
    made = link_for(by=deal.maya, participant_id=place.id)
    assert link_for(by=deal.tomas, participant_id=place.id) == made
    assert deal.events() == ["participant.invited"]
    Invitation.objects.filter(id=made.id).update(expires_at=timezone.now())
    assert link_for(by=deal.tomas, participant_id=place.id) != made


def test_the_client_gets_no_link_of_the_sellers_people(deal: Deal) -> None:
    with refused(NotAllowed):
        link_for(by=deal.tomas, participant_id=deal.maya.participant_id)


def test_somebody_taken_out_gets_no_link(deal: Deal) -> None:
    leo = deal.seat("leo@example.org", "client")
    remove_participant(by=deal.tomas, participant_id=leo.participant_id)
    with refused(NotAllowed):
        link_for(by=deal.tomas, participant_id=leo.participant_id)


def test_a_withdrawn_link_is_worthless_and_withdrawing_it_again_changes_nothing(deal: Deal) -> None:
    link = factories.invitation(place_of(deal, "tomas@harbourstreet.example"))
    with refused(NotAllowed):
        withdraw_invitation(by=deal.maya, invitation_id=link.id)
    withdraw_invitation(by=deal.tomas, invitation_id=str(link.id))
    with pytest.raises(NotFound):
        proposal_for(Visitor(invitations=(link.id,)), deal.id)
    withdraw_invitation(by=deal.tomas, invitation_id=link.id)
    assert deal.events() == ["invitation.withdrawn"]


@pytest.mark.parametrize("key", [uuid.UUID(int=7), "no id", ""])
def test_unknown_people_and_links_are_not_found(key: object, deal: Deal) -> None:
    for attempt in (
        lambda: set_participant(by=deal.maya, participant_id=key, role="reader"),
        lambda: remove_participant(by=deal.maya, participant_id=key),
        lambda: link_for(by=deal.maya, participant_id=key),
        lambda: withdraw_invitation(by=deal.maya, invitation_id=key),
    ):
        with refused(NotFound):
            attempt()


def test_somebody_joins_once(deal: Deal) -> None:
    place = place_of(deal, "tomas@harbourstreet.example")
    join(participant_id=place.id, by=place.user)
    join(participant_id=place.id, by=place.user)
    assert [(event.type, event.content.actor_name) for event in deal.trail()] == [("participant.joined", "Tomás Reyes")]
    with refused(NotFound):
        join(participant_id=place.id, by=factories.seller(deal.proposal))


def test_signing_in_joins_what_is_open_to_the_person_only(deal: Deal, preparing: Deal) -> None:
    tomas = factories.client(deal.proposal)
    assert [place.proposal_id for place in joined_by_login(tomas)] == [deal.id]
    assert preparing.proposal.participants.get(user=tomas).joined_at is None
