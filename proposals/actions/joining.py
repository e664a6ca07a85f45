"""Joining: a participant has confirmed the address by the mailed code, and sits at the table."""

import uuid

from django.utils import timezone

from accounts.models import User
from proposals import access
from proposals.actions import audit
from proposals.exceptions import NotFound
from proposals.locking import lock_proposal
from proposals.models import Participant, Proposal


def join(*, participant_id: uuid.UUID, by: User) -> Participant:
    """Note that a person has joined a proposal, once: a second time changes nothing.

    Raises NotFound if this is not the person's own place or they may not open the proposal yet.
    """
    place = Participant.objects.filter(id=participant_id, user=by).first()
    if place is None:
        raise NotFound()
    with lock_proposal(place.proposal_id) as locked:
        actor = access.actor_for(access.Visitor(user=by), locked)
        participant = locked.participants.get(id=participant_id)
        if participant.joined_at is None:
            participant.joined_at = timezone.now()
            participant.save(update_fields=["joined_at"])
            audit.append(locked, "participant.joined", actor, {"participant": str(participant.id)})
    return participant


def joined_by_login(user: User) -> list[Participant]:
    """Join every proposal that a person who has just signed in takes part in, may open and has not joined yet."""
    open_to_them = Proposal.objects.taken_part_in_by(user).values("id")
    waiting = user.participations.filter(
        joined_at__isnull=True, removed_at__isnull=True, proposal_id__in=open_to_them
    ).order_by("proposal_id")
    return [join(participant_id=participant.id, by=user) for participant in waiting]


def after_login(sender: object, user: User, **_: object) -> None:
    """The receiver of allauth's signal of a completed sign-in: the mailed code confirms every waiting invitation."""
    joined_by_login(user)
