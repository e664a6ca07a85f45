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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from accounts.models import ApiToken
from collab import log, statements, tending
from collab.database import with_connection
from collab.limits import limits
from collab.models import Room, Update
from collab.projection import SECTION_ROOT
from collab.ranges import Range
from collab.statements import RoomRow, Standing
from proposals.access import Actor
from proposals.actions.changing import Change
from proposals.actions.sections import note_text_edited
from proposals.exceptions import NotFound, Refusal, WrongState
from proposals.locking import lock_proposal, writing
from proposals.models import Proposal
from proposals.states import State

_SQLITE_PAUSE_SECONDS: Final = 0.001
"""Back-to-back commits made another thread wait for seconds."""

_ROOMS_PER_COMMIT_COUNT: Final = 32
_REMEMBERED_ROOMS_COUNT: Final = 500

logger = logging.getLogger("sameside.room")


class Refused(Enum):
    """Why the writer did not take an update."""

    FROZEN = auto()
    READ_ONLY = auto()
    NOT_A_PARTICIPANT = auto()
    SIGNED_OUT = auto()
    FOREIGN_CLIENT_ID = auto()
    EPOCH_CHANGED = auto()
    STALE = auto()
    """Another worker has stored items of the same client meanwhile: look into the log and try again."""


@dataclass(frozen=True, slots=True)
class Write:
    """An accepted update on its way into the log. `sections` are the root names of the sections it changes."""

    payload: bytes
    inserted: Mapping[int, Range]
    sections: frozenset[str]
    actor: Actor
    session: str
    token_id: uuid.UUID | None = None
    session_key: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: the numbers of its first updates, and why the next one, if any, was refused.

    Those after a refused one were not tried. `error` is set, and nothing was stored, if the database failed.
    """

    seqs: Sequence[int] = ()
    refused: Refused | None = None
    error: Exception | None = None
    wants_snapshot: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What one room wants stored. `done` is called in the writer's thread."""

    proposal_id: uuid.UUID
    epoch: int
    writes: Sequence[Write]
    done: Callable[[Outcome], None]


class Writer:
    """Commits batches one after the other, in a thread that starts with the first."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._owners: OrderedDict[int, dict[int, tuple[Any, str]]] = OrderedDict()
        self._told: set[tuple[Any, ...]] = set()
        self._minute: datetime | None = None

    def submit(self, batch: Batch) -> None:
        """Hand a batch over. Called from the server's loop only."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="room-writer", daemon=True)
            self._thread.start()
        self._queue.put(batch)

    def _run(self) -> None:
        while True:
            batches = [self._queue.get()]
            with contextlib.suppress(queue.Empty):
                while connection.vendor == "sqlite" and len(batches) < _ROOMS_PER_COMMIT_COUNT:
                    batches.append(self._queue.get_nowait())
            for batch, outcome in zip(batches, self.commit(batches), strict=True):
                batch.done(outcome)
                if outcome.wants_snapshot:
                    self._take_snapshot(batch)
            if connection.vendor == "sqlite":
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

    def _store(self, batches: Sequence[Batch]) -> list[Outcome]:
        """Check and append, with as many queries for all rooms as for one."""
        with writing():
            standing = statements.lock({batch.proposal_id for batch in batches})
            current = {
                batch.proposal_id: standing[batch.proposal_id]
                for batch in batches
                if batch.proposal_id in standing and standing[batch.proposal_id].epoch == batch.epoch
            }
            rooms = log.rooms_for_writing({key: proposal.epoch for key, proposal in current.items()})
            seats = Seats([write for batch in batches for write in batch.writes])
            takes = [
                self._take(batch, current[batch.proposal_id], rooms[batch.proposal_id], seats)
                if batch.proposal_id in current
                else None
                for batch in batches
            ]
            taken = [take for take in takes if take is not None]
            numbers = log.append_all([(take.room, [_entry(write) for write in take.accepted]) for take in taken])
            for take in taken:
                self._note_edits(take)
        for take in taken:
            self._owners[take.room.pk] = take.checks.owners
        given = iter(numbers)
        return [Outcome(refused=Refused.EPOCH_CHANGED) if take is None else take.outcome(next(given)) for take in takes]

    def _take(self, batch: Batch, proposal: Standing, room: RoomRow, seats: "Seats") -> "_Taken":
        """The first of a room's updates up to one that is refused."""
        checks = _Checks(proposal.state, room, seats, self._owners_in(room, batch.writes))
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

    def _note_edits(self, take: "_Taken") -> None:
        """Append `section.edited` for each author and section, once a minute."""
        minute = timezone.now().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._told, self._minute = set(), minute
        for write in take.accepted:
            for root in sorted(write.sections):
                key = (take.room.pk, root, log.Author.of(write.actor).key)
                if key not in self._told:
                    _note_edit(take.room.proposal_id, root, take.checks.present(write))
                    self._told.add(key)

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


def _note_edit(proposal_id: uuid.UUID, root: str, author: Actor) -> None:
    """Append `section.edited` to a locked proposal, unless it tells of this minute already."""
    proposal = Proposal.objects.get(id=proposal_id)
    section = proposal.sections.standing().filter(id=root.removeprefix(SECTION_ROOT)).first()
    if section is not None:
        note_text_edited(Change(proposal, author), section)


def _entry(write: Write) -> log.Entry:
    return log.Entry(write.payload, write.inserted, log.Author.of(write.actor), write.session, Update.Origin.WS)


class Seats:
    """Who of the authors still takes part, and which of their tokens and sessions still hold."""

    def __init__(self, writes: Sequence[Write]) -> None:
        people = {write.actor.participant_id for write in writes if write.actor.participant_id}
        tokens = {write.token_id for write in writes if write.token_id}
        self.participants = statements.seats(people)
        self.tokens = _usable(tokens) if tokens else set()
        self.sessions = statements.standing_sessions({write.session_key for write in writes if write.session_key})


class _Checks:
    """What the locked rows say about a batch's authors and client ids. `owners` grows with what is accepted."""

    def __init__(self, state: State, room: RoomRow, seats: Seats, owners: dict[int, tuple[Any, str]]) -> None:
        self._state = state
        self._known = log.known_in(room)
        self.owners = owners
        self._seats = seats
        self._actors: dict[Any, Actor | Refused] = {}

    def refusal(self, write: Write) -> Refused | None:
        """Why this write can't be taken after those before it; None if it can."""
        actor = self._actor(write)
        if isinstance(actor, Refused):
            return actor
        author = log.Author.of(actor).key
        if any(self.owners.get(client_id, author) != author for client_id in write.inserted):
            return Refused.FOREIGN_CLIENT_ID
        if any(self._known.get(client_id, 0) != start for client_id, (start, _) in write.inserted.items()):
            return Refused.STALE
        for client_id, (_, end) in write.inserted.items():
            self._known[client_id] = end
            self.owners[client_id] = author
        return None

    def present(self, write: Write) -> Actor:
        """The author with the role of this moment."""
        actor = self._actor(write)
        return write.actor if isinstance(actor, Refused) else actor

    def _actor(self, write: Write) -> Actor | Refused:
        actor = write.actor
        key = (actor.participant_id, actor.side, actor.confirmed, write.token_id, write.session_key)
        if key not in self._actors:
            self._actors[key] = self._present_actor(write)
        return self._actors[key]

    def _present_actor(self, write: Write) -> Actor | Refused:
        actor = write.actor
        if write.token_id is not None and write.token_id not in self._seats.tokens:
            return Refused.NOT_A_PARTICIPANT
        if write.session_key and write.session_key not in self._seats.sessions:
            return Refused.SIGNED_OUT
        if actor.participant_id is not None:
            seat = self._seats.participants.get(actor.participant_id)
            if seat is None:
                return Refused.NOT_A_PARTICIPANT
            actor = replace(actor, role=seat.role, is_signatory=seat.is_signatory, side=seat.side)
        try:
            actor.require("write_text", self._state)
        except WrongState:
            return Refused.FROZEN
        except NotFound:
            return Refused.NOT_A_PARTICIPANT
        except Refusal:
            return Refused.READ_ONLY
        return actor


def _usable(token_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these tokens that are neither revoked nor expired."""
    now = timezone.now()
    tokens = ApiToken.objects.filter(id__in=list(token_ids), revoked_at__isnull=True).values_list("id", "expires_at")
    return {token_id for token_id, expires_at in tokens if expires_at is None or expires_at > now}
