"""The writer: one thread per process that commits what the rooms have accepted, each room's batch under its lock.

Nothing is acknowledged or shown before it has been here. In the transaction, under the proposal's lock, the writer
checks again what a hub could only know of a moment ago: the proposal's state and epoch, the author's role, whose the
client ids are, and that every update goes on where the log ends. It stops at the first update that is refused,
because later ones may build on it.
"""

import contextlib
import logging
import queue
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from collab import log, tending
from collab.database import with_connection
from collab.limits import limits
from collab.models import Room, Update
from collab.noting import Edit, note_edits
from collab.projection import SECTION_ROOT
from collab.standing import Known, NoRoom
from collab.statements import RoomRow
from collab.writes import Batch, Outcome, Refused, Write
from proposals.access import Actor
from proposals.actions.endings import expire_if_over
from proposals.locking import lock_proposal, writing, writing_plainly
from proposals.states import State

_SQLITE_PAUSE_SECONDS: Final = 0.001
"""Back-to-back commits made another thread wait for seconds."""

_ROOMS_PER_COMMIT_COUNT: Final = 32
_REMEMBERED_ROOMS_COUNT: Final = 500

logger = logging.getLogger("sameside.room")


class Writer:
    """Commits batches one after the other, in a thread that starts with the first.

    `call` is how to have something called on the server's loop: what became of a batch is told there.
    """

    def __init__(self, call: Callable[..., object] | None = None) -> None:
        self._call = call
        self._queue: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._known = Known()
        self._owners: OrderedDict[int, dict[int, tuple[Any, str]]] = OrderedDict()
        self._told: set[tuple[str, str]] = set()
        self._minute: datetime | None = None

    def submit(self, batch: Batch) -> None:
        """Hand a batch over. Called from the server's loop only."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="room-writer", daemon=True)
            self._thread.start()
        self._queue.put(batch)

    def _run(self) -> None:
        is_sqlite = connection.vendor == "sqlite"
        while True:
            batches = [self._queue.get()]
            with contextlib.suppress(queue.Empty):
                while is_sqlite and len(batches) < _ROOMS_PER_COMMIT_COUNT:
                    batches.append(self._queue.get_nowait())
            outcomes = self.commit(batches)
            if self._call is None:
                _tell(batches, outcomes)
            else:
                self._call(_tell, batches, outcomes)
            for batch, outcome in zip(batches, outcomes, strict=True):
                if outcome.wants_snapshot:
                    self._take_snapshot(batch)
                if outcome.refused is Refused.FROZEN:
                    self.note_end(batch)
            if is_sqlite:
                time.sleep(_SQLITE_PAUSE_SECONDS)

    def commit(self, batches: Sequence[Batch]) -> list[Outcome]:
        """Store batches of different rooms; on SQLite, which has one writer anyway, with one wait for the disk."""
        if len(batches) == 1:
            return [self._commit_alone(batches[0])]
        try:
            return with_connection(self._store, batches)
        except Exception:  # whose fault it was shows when each is stored alone
            logger.exception("Storing the text of %d rooms together failed.", len(batches))
            self._forget()
            return [self._commit_alone(batch) for batch in batches]

    def _commit_alone(self, batch: Batch) -> Outcome:
        try:
            return with_connection(self._store, [batch])[0]
        except Exception as error:
            logger.exception("Storing text of proposal %s failed.", batch.proposal_id)
            self._forget()
            return Outcome(error=error)

    def _forget(self) -> None:
        """After a rollback nothing is known of what was stored or told."""
        self._told.clear()
        self._owners.clear()
        self._known.forget()

    def _store(self, batches: Sequence[Batch]) -> list[Outcome]:
        """Check and append; without Django's models, which cost more than all the rest, if nothing needs them."""
        if not self._has_untold(batches):
            with contextlib.suppress(NoRoom), writing_plainly():
                return self._store_within(batches, may_make_rooms=False)
            self._known.forget()
        with writing():
            return self._store_within(batches, may_make_rooms=True)

    def _store_within(self, batches: Sequence[Batch], *, may_make_rooms: bool) -> list[Outcome]:
        """Check and append within a transaction, with as many queries for all rooms as for one."""
        known = self._known
        known.begin()
        standing = known.standing([batch.proposal_id for batch in batches])
        epochs = {
            batch.proposal_id: batch.epoch
            for batch in batches
            if (found := standing[batch.proposal_id]) is not None and found.epoch == batch.epoch
        }
        rooms = known.rooms(epochs, may_make=may_make_rooms)
        known.look_up([write for batch in batches for write in batch.writes])
        takes = [
            self._take(batch, found.state, rooms[batch.proposal_id])
            if (found := standing[batch.proposal_id]) is not None and found.epoch == batch.epoch
            else None
            for batch in batches
        ]
        taken = [take for take in takes if take is not None]
        numbers = log.append_all([(take.room, [_entry(write) for write in take.accepted]) for take in taken])
        self._note_edits(taken)
        known.end()
        for take in taken:
            self._owners[take.room.pk] = take.checks.owners
        given = iter(numbers)
        return [Outcome(refused=Refused.EPOCH_CHANGED) if take is None else take.outcome(next(given)) for take in takes]

    def _take(self, batch: Batch, state: State, room: RoomRow) -> "_Taken":
        """The first of a room's updates up to one that is refused."""
        checks = _Checks(state, room, self._known, self._owners_in(room, batch.writes))
        accepted: list[Write] = []
        for write in batch.writes:
            refused = checks.refusal(write)
            if refused is not None:
                return _Taken(room, accepted, checks, refused)
            accepted.append(write)
        return _Taken(room, accepted, checks, None)

    def _owners_in(self, room: RoomRow, writes: Iterable[Write]) -> dict[int, tuple[Any, str]]:
        """Whose the client ids of these writes are. That never changes, so it is asked once."""
        known = self._owners.setdefault(room.pk, {})
        self._owners.move_to_end(room.pk)
        if len(self._owners) > _REMEMBERED_ROOMS_COUNT:
            self._owners.popitem(last=False)
        unknown = {client_id for write in writes for client_id in write.inserted} - known.keys()
        if unknown:
            known.update(log.owners(room, unknown))
        return dict(known)

    def _note_edits(self, taken: Iterable["_Taken"]) -> None:
        """Append `section.edited` for each author and section, once a minute."""
        edits = []
        for take in taken:
            for write in take.accepted:
                for root in sorted(write.sections):
                    if (write.session, root) not in self._told:
                        self._told.add((write.session, root))
                        section_id = uuid.UUID(root.removeprefix(SECTION_ROOT))
                        edits.append(Edit(take.room.proposal_id, section_id, take.checks.present(write)))
        if edits:
            note_edits(edits)

    def _has_untold(self, batches: Sequence[Batch]) -> bool:
        """Whether somebody has not been noted as an editor of a section in this minute."""
        minute = timezone.now().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._told, self._minute = set(), minute
        told = self._told
        return any(
            (write.session, root) not in told for batch in batches for write in batch.writes for root in write.sections
        )

    @staticmethod
    def note_end(batch: Batch) -> None:
        """Write down that the offer has expired, if that is why its text was refused: everybody there is told so."""
        try:
            with_connection(expire_if_over, batch.proposal_id)
        except Exception:  # the next who looks writes it down, and so does the hourly task
            logger.exception("That proposal %s has expired could not be written down.", batch.proposal_id)

    @staticmethod
    def _take_snapshot(batch: Batch) -> None:
        try:
            with lock_proposal(batch.proposal_id):
                room = Room.objects.get(proposal=batch.proposal_id, epoch=batch.epoch)
                before = room.snapshot_seq
                log.take_snapshot(room)
                tending.snapshot_taken(room, before)
        except Exception:  # a cache only: the log is the truth
            logger.exception("The snapshot of proposal %s failed.", batch.proposal_id)


def _tell(batches: Sequence[Batch], outcomes: Sequence[Outcome]) -> None:
    for batch, outcome in zip(batches, outcomes, strict=True):
        batch.done(outcome)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is stored of a batch, and why the rest is not."""

    room: RoomRow
    accepted: Sequence[Write]
    checks: "_Checks"
    refused: Refused | None

    def outcome(self, seqs: Sequence[int]) -> Outcome:
        """What the hub is told."""
        due = self.room.head_seq - self.room.snapshot_seq >= limits().snapshot_every
        return Outcome(seqs, self.refused, wants_snapshot=due)


def _entry(write: Write) -> log.Entry:
    return log.Entry(write.payload, write.inserted, log.Author.of(write.actor), write.session, Update.Origin.WS)


class _Checks:
    """Whether a batch's writes can be taken, one after the other. `owners` grows with what is accepted."""

    def __init__(self, state: State, room: RoomRow, people: Known, owners: dict[int, tuple[Any, str]]) -> None:
        self._state = state
        self._stored = log.known_in(room)
        self._accepted: dict[int, int] = {}
        self._people = people
        self.owners = owners

    def refusal(self, write: Write) -> Refused | None:
        """Why this write can't be taken after those before it; None if it can."""
        actor = self._people.present(write, self._state)
        if isinstance(actor, Refused):
            return actor
        author = log.Author.of(actor).key
        if any(self.owners.get(client_id, author) != author for client_id in write.inserted):
            return Refused.FOREIGN_CLIENT_ID
        for client_id, (start, _) in write.inserted.items():
            if (self._accepted.get(client_id) or self._stored.get(client_id, 0)) != start:
                return Refused.STALE
        for client_id, (_, end) in write.inserted.items():
            self._accepted[client_id] = end
            self.owners[client_id] = author
        return None

    def present(self, write: Write) -> Actor:
        """The author of an accepted write with the role of this moment."""
        actor = self._people.present(write, self._state)
        return write.actor if isinstance(actor, Refused) else actor
