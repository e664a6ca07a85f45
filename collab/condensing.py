"""Merges runs of old updates, so that a log of many years does not keep every keystroke (ADR 7).

A run is what one author typed in one session within a few seconds, a day or more ago, with nobody else's update in
between. Its last row gets the run's merged payload and the number of the run's first update, the other rows go: what
stood there after the run, who wrote it and who deleted what stays as it was. No run reaches over a number that
something refers to (an agreement, a revision, a named version, a snapshot, a checkpoint), over an event of the
trail, or over a full minute, which is how the trail tells of writing.

Nobody waits for it: what is to be merged is worked out without the lock, and checked again under it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final, NamedTuple

from django.db import connection
from django.utils import timezone

from collab import history
from collab.models import Checkpoint, Room, Snapshot, Update
from collab.updates import merge
from proposals.documents.moments import times_of_events, told_numbers
from proposals.locking import lock_proposal

AGE: Final = timedelta(days=1, minutes=1)
"""The trigger demands a day by the database's clock."""

LONGEST: Final = timedelta(seconds=5)
_ROWS_AT_ONCE_COUNT: Final = 500


class _Row(NamedTuple):
    seq: int
    first_seq: int | None
    actor_id: Any
    side: str
    session: str
    origin: str
    created_at: datetime
    payload: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """Updates `first` to `last` and what they do together; `saved_bytes` is by how much that is shorter."""

    first: int
    last: int
    payload: bytes
    saved_bytes: int


def condense(room_id: int, *, now: datetime | None = None) -> int:
    """Merge the old runs of a room that were not looked at yet; gives how many rows went. Doing it twice does nothing.

    Takes the proposal's lock for some milliseconds at a time.
    """
    room = Room.objects.get(id=room_id)
    history.make_checkpoints(room, room.head_seq)
    before = (now or timezone.now()) - AGE
    gone_count = 0
    while True:
        rows = _old_rows(room, before)
        if not rows:
            return gone_count
        runs = list(runs_of(rows, _kept(room), times_of_events(room.proposal_id, room.epoch, *_span(rows))))
        with lock_proposal(room.proposal_id):
            room = Room.objects.get(id=room_id)
            if room.condensed_seq >= rows[-1].seq:  # somebody else did the same meanwhile
                continue
            kept = _kept(room)  # somebody may have named one of the numbers meanwhile
            standing = [run for run in runs if not _reaches_over(kept, run.first, run.last)]
            gone_count += _replace(room, standing)
            room.bytes -= sum(run.saved_bytes for run in standing)
            room.condensed_seq = rows[-1].seq
            room.save(update_fields=["bytes", "condensed_seq"])


def rooms_to_condense(*, now: datetime | None = None) -> list[int]:
    """The rooms with old updates that were not looked at yet."""
    before = (now or timezone.now()) - AGE
    heads = Room.objects.exclude(head_seq=0).values_list("id", "condensed_seq", "head_seq")
    return [
        room_id
        for room_id, condensed_seq, head_seq in heads
        if condensed_seq < head_seq
        and Update.objects.filter(room=room_id, seq__gt=condensed_seq, created_at__lt=before).exists()
    ]


def runs_of(rows: Sequence[_Row], kept: Sequence[int], moments: Sequence[datetime]) -> Iterable[Run]:
    """The runs of two or more among consecutive rows. `kept` numbers and `moments` ascend; no run reaches over one."""
    start = 0
    for place in range(1, len(rows) + 1):
        goes_on = place < len(rows) and _goes_on(rows[start], rows[place - 1], rows[place], kept, moments)
        if goes_on:
            continue
        if place - start > 1:
            yield _run(rows[start:place])
        start = place


def _goes_on(first: _Row, last: _Row, row: _Row, kept: Sequence[int], moments: Sequence[datetime]) -> bool:
    """Whether a row belongs to the run that began with `first` and stands at `last`."""
    return (
        row.origin == first.origin == Update.Origin.WS
        and (row.actor_id, row.side, row.session) == (first.actor_id, first.side, first.session)
        and bool(row.session)
        and row.first_seq is None
        and first.first_seq is None
        and timedelta(0) <= row.created_at - first.created_at <= LONGEST
        and row.created_at >= last.created_at
        and row.created_at.replace(second=0, microsecond=0) == first.created_at.replace(second=0, microsecond=0)
        and not _reaches_over(kept, last.seq, row.seq)
        and bisect_left(moments, last.created_at) == bisect_left(moments, row.created_at)
    )


def _run(rows: Sequence[_Row]) -> Run:
    payload = merge([bytes(row.payload) for row in rows])
    return Run(rows[0].seq, rows[-1].seq, payload, sum(len(row.payload) for row in rows) - len(payload))


def _reaches_over(kept: Sequence[int], first: int, last: int) -> bool:
    """Whether a number that must remain would go if `first` to `last` became one."""
    place = bisect_left(kept, first)
    return place < len(kept) and kept[place] < last


def _old_rows(room: Room, before: datetime) -> list[_Row]:
    """The next rows that are old enough. A run that the page's end cuts stays two."""
    found = room.updates.filter(seq__gt=room.condensed_seq).order_by("seq").values_list(*_Row._fields)
    rows = (_Row(*row) for row in found[:_ROWS_AT_ONCE_COUNT])
    return list(takewhile(lambda row: row.created_at < before, rows))


def _span(rows: Sequence[_Row]) -> tuple[datetime, datetime]:
    return min(row.created_at for row in rows), max(row.created_at for row in rows)


def _kept(room: Room) -> list[int]:
    """The numbers that must remain, ascending."""
    numbers = {room.head_seq, room.snapshot_seq, *told_numbers(room.proposal_id, room.epoch)}
    numbers.update(Snapshot.objects.filter(room=room).values_list("seq", flat=True))
    numbers.update(Checkpoint.objects.filter(room=room).values_list("seq", flat=True))
    if room.frozen_at_seq is not None:
        numbers.add(room.frozen_at_seq)
    return sorted(numbers)


def _replace(room: Room, runs: Sequence[Run]) -> int:
    """Put each run into its last row; gives how many rows went. The triggers check what they can."""
    if not runs:
        return 0
    gone = [seq for run in runs for seq in range(run.first, run.last)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE collab_update SET first_seq = %s, payload = %s WHERE room_id = %s AND seq = %s",
            [(run.first, run.payload, room.pk, run.last) for run in runs],
        )
        changed_count = cursor.rowcount
    gone_count, _ = room.updates.filter(seq__in=gone).delete()
    if (changed_count, gone_count) != (len(runs), len(gone)):
        raise AssertionError(f"room {room.pk}: the rows up to {runs[-1].last} are not as they were")
    return gone_count
