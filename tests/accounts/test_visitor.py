"""Who is visiting, and what a guest with an opened invitation may do: read, and nothing else."""

import dataclasses
import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import User
from proposals import access
from proposals.exceptions import ConfirmFirst, NotFound
from proposals.models import Invitation, Participant
from proposals.views.visitor import SESSION_KEY, invited_person, visitor_from
from tests import factories

pytestmark = pytest.mark.django_db

PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def guest(*opened: object, user: User | None = None) -> access.Visitor:
    """A browser whose session holds these opened invitations."""
    session = SessionStore()
    session[SESSION_KEY] = [str(key) for key in opened]
    return visitor_from(user or AnonymousUser(), session)


def test_nobody_with_nothing_opened() -> None:
    assert visitor_from(AnonymousUser(), SessionStore()) == access.Visitor()


def test_a_signed_in_person_with_an_opened_invitation() -> None:
    invitation, maya = factories.invitation(), factories.person()

    assert guest(invitation.id, user=maya) == access.Visitor(user=maya, invitations=(invitation.id,))


@pytest.mark.parametrize("kept", [None, "text", 7, {"a": 1}, ["x", "", None, 3, str(uuid.UUID(int=1))]])
def test_whatever_stands_in_the_session_only_known_invitations_count(kept: object) -> None:
    session = SessionStore()
    session[SESSION_KEY] = kept

    assert visitor_from(AnonymousUser(), session).invitations == ()


@pytest.mark.parametrize("change", [{"expires_at": PAST}, {"withdrawn_at": PAST}])
def test_an_invitation_that_ended_after_it_was_opened_counts_no_more(change: dict[str, dt.datetime]) -> None:
    invitation = factories.invitation()
    assert guest(invitation.id).invitations == (invitation.id,)

    Invitation.objects.filter(id=invitation.id).update(**change)

    assert guest(invitation.id).invitations == ()
    with pytest.raises(NotFound):
        access.proposal_for(guest(invitation.id), invitation.participant.proposal_id)


def test_a_guest_reads_and_may_do_nothing_else() -> None:
    invitation = factories.invitation()

    proposal, actor = access.proposal_for(guest(invitation.id), invitation.participant.proposal_id)

    may = dataclasses.asdict(actor.abilities(proposal.lifecycle))
    assert {ability for ability, allowed in may.items() if allowed} == {"read", "export"}
    assert actor.confirmed is False
    with pytest.raises(ConfirmFirst):
        actor.require("write_text", proposal.lifecycle)


def test_a_link_opens_no_other_proposal_and_no_other_persons_place() -> None:
    invitation = factories.invitation()
    other = factories.proposal(people=False, between=factories.relationship(factories.firm(), factories.firm()))

    with pytest.raises(NotFound):
        access.proposal_for(guest(invitation.id), other.id)
    assert invited_person(guest(invitation.id), other.id) is None
    assert invited_person(guest(invitation.id), invitation.participant.proposal_id) == invitation.participant
    assert invited_person(guest(), invitation.participant.proposal_id) is None


@pytest.mark.parametrize("why", ["removed", "closed"])
def test_a_person_who_is_gone_is_invited_no_more(why: str) -> None:
    invitation = factories.invitation()
    if why == "removed":
        Participant.objects.filter(id=invitation.participant_id).update(removed_at=timezone.now())
    else:
        User.objects.filter(id=invitation.participant.user_id).update(is_active=False)

    assert invited_person(guest(invitation.id), invitation.participant.proposal_id) is None
