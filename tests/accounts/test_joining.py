"""Joining: noted once, in the audit trail, for one's own place only."""

import pytest

from proposals.actions import audit
from proposals.actions.joining import join, joined_by_login
from proposals.exceptions import NotFound
from proposals.models import AuditEvent, Participant, Proposal
from proposals.states import State
from tests import factories

pytestmark = pytest.mark.django_db


def tomas_in(proposal: Proposal) -> Participant:
    """The client's person."""
    return proposal.participants.get(side="client")


def test_a_person_joins_once_and_the_trail_says_so() -> None:
    proposal = factories.proposal()
    place = tomas_in(proposal)

    first = join(participant_id=place.id, by=place.user)
    second = join(participant_id=place.id, by=place.user)

    assert first.joined_at is not None
    assert second.joined_at == first.joined_at
    event = AuditEvent.objects.get()
    assert (event.type, event.number, event.epoch) == ("participant.joined", 1, 1)
    assert (event.content.actor, event.content.actor_name, event.content.side) == (place.user, "Tomás Reyes", "client")
    assert event.content.facts == {"participant": str(place.id)}
    assert audit.verify(Proposal.objects.get()).whole is True


def test_nobody_joins_in_anothers_place() -> None:
    proposal = factories.proposal()
    place = tomas_in(proposal)

    for other in (factories.seller(proposal), factories.person()):
        with pytest.raises(NotFound):
            join(participant_id=place.id, by=other)

    place.refresh_from_db()
    assert place.joined_at is None
    assert AuditEvent.objects.count() == 0


def test_a_client_can_not_join_what_is_still_prepared() -> None:
    place = tomas_in(factories.proposal(state=State.PREPARING))

    with pytest.raises(NotFound):
        join(participant_id=place.id, by=place.user)

    place.refresh_from_db()
    assert place.joined_at is None


def test_signing_in_joins_what_is_open_to_the_person_and_nothing_else() -> None:
    between = factories.relationship()
    shared, second = factories.proposal(between), factories.proposal(between)
    prepared = factories.proposal(between, state=State.PREPARING)
    gone = factories.proposal(between)
    tomas = factories.client(shared)
    Participant.objects.filter(id=tomas_in(gone).id).update(removed_at=gone.created_at)

    joined = joined_by_login(tomas)

    assert {place.proposal_id for place in joined} == {shared.id, second.id}
    assert set(Participant.objects.filter(user=tomas, joined_at__isnull=False)) == {tomas_in(shared), tomas_in(second)}
    assert set(AuditEvent.objects.values_list("proposal_id", flat=True)) == {shared.id, second.id}
    assert tomas_in(prepared).joined_at is None
    assert joined_by_login(tomas) == []
