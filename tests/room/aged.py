"""A room with what stands in another one's log, but written at other times: the log itself can't be made older."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from collab.models import ClientId, Room, Update
from proposals.models import Proposal
from tests import factories


def aged(room: Room, times: Sequence[datetime], sessions: Sequence[str]) -> Room:
    """A copy of the room's log in a proposal of its own, each update with its time and session."""
    proposal: Proposal = factories.proposal(people=False)
    copy = Room.objects.get(id=room.id)
    copy.pk, copy.proposal, copy.snapshot_seq = None, proposal, 0
    copy._state.adding = True
    copy.save()
    rows = list(room.updates.order_by("seq"))
    for row, made_at, session in zip(rows, times, sessions, strict=True):
        row.pk, row.room, row.created_at, row.session, row.origin = None, copy, made_at, session, "ws"
    Update.objects.bulk_create(rows)
    ids = list(ClientId.objects.filter(room=room))
    for each in ids:
        each.pk, each.room = None, copy
    ClientId.objects.bulk_create(ids)
    return copy


def seconds_apart(count: int, seconds: float, *, days_ago: float = 3) -> list[datetime]:
    """So many times, from the beginning of a minute some days ago."""
    first = (timezone.now() - timedelta(days=days_ago)).replace(second=0, microsecond=0)
    return [first + timedelta(seconds=seconds * number) for number in range(count)]
