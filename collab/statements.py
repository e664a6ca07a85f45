"""The statements that run for every few keystrokes, written out, and given to the database's driver as they are.

Django builds a query anew each time it runs, which takes fifty times as long as SQLite needs to carry it out; even a
finished statement takes five times as long through Django's cursor. Nothing else in the product runs so often, so
everything else stays with Django's own queries. Transactions are Django's here too.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from collab.driver import kept_key, kept_keys, kept_moment, rows_of, run_for_each, the_database, uuid_of
from collab.models import ClientId, Room, Update
from proposals.models import Participant, Proposal
from proposals.states import LIVE, State

_PROPOSALS: Final = Proposal._meta.db_table
_ROOMS: Final = Room._meta.db_table
_UPDATES: Final = Update._meta.db_table
_CLIENT_IDS: Final = ClientId._meta.db_table
_PARTICIPANTS: Final = Participant._meta.db_table
_USERS: Final = User._meta.db_table
_SESSIONS: Final = Session._meta.db_table

_STANDING: Final = "id, epoch, state, COALESCE(extended_until, offer_until)"
_STATES: Final = {state.value: state for state in State}


class Standing(NamedTuple):
    """A proposal's epoch, its state as it was written down, and the offer's last day as ISO text, "" without one."""

    epoch: int
    written: State
    last_day: str

    @property
    def state(self) -> State:
        """The state at this moment: after its last day an offer has expired, written down or not."""
        is_over = self.written in LIVE and self.last_day and self.last_day < today()
        return State.EXPIRED if is_over else self.written


@dataclass(slots=True)
class RoomRow:
    """A room's row as it stands under the proposal's lock; the columns that typing reads or changes."""

    pk: int
    proposal_id: uuid.UUID
    epoch: int
    head_seq: int
    snapshot_seq: int
    state_vector: bytes
    bytes: int
    frozen_at_seq: int | None
    known: dict[int, int] | None = None
    """What the state vector says, once it has been read."""


class Seat(NamedTuple):
    """The role of somebody who takes part."""

    role: str
    is_signatory: bool
    side: str


class Heads(NamedTuple):
    """How far a proposal has got: its epoch and state, the numbers of its last event and its last update."""

    epoch: int
    state: State
    event_seq: int
    text_seq: int


class Version(NamedTuple):
    """What a connection to SQLite says of the database. As long as it stays the same, nobody has changed anything.

    `others` moves when another connection commits (`PRAGMA data_version`), `own` with each row this one changes, and
    `driver` is another object once it was opened anew.
    """

    driver: Any
    others: int
    own: int


def today() -> str:
    """The date in UTC, as ISO text: the day by which offers end."""
    return datetime.now(UTC).date().isoformat()


def version() -> Version | None:
    """What the database says within a transaction that writes; None if it can't tell whether something changed."""
    database = the_database()
    if database.vendor != "sqlite":
        return None
    driver = database.connection
    return Version(driver, driver.execute("PRAGMA data_version").fetchone()[0], driver.total_changes)


def version_after(begun: Version) -> Version:
    """The same at the transaction's end: others can't have written in between."""
    return begun._replace(own=begun.driver.total_changes)


def lock(proposal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Lock proposals in the order of their ids, within `proposals.locking.writing`. Unknown ones are left out."""
    keys = kept_keys(proposal_ids)
    rows = rows_of(f"SELECT {_STANDING} FROM {_PROPOSALS} WHERE id IN (...) ORDER BY id /* FOR UPDATE */", keys)
    return {keys[key]: Standing(epoch, _STATES[state], str(last or "")) for key, epoch, state, last in rows}


def rooms(proposal_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, int], RoomRow]:
    """All rooms of locked proposals, by proposal and epoch."""
    keys = kept_keys(proposal_ids)
    rows = rows_of(
        "SELECT id, proposal_id, epoch, head_seq, snapshot_seq, state_vector, bytes, frozen_at_seq"
        f" FROM {_ROOMS} WHERE proposal_id IN (...)",
        keys,
    )
    return {
        (keys[key], epoch): RoomRow(pk, keys[key], epoch, head, snapshot, bytes(vector), size, frozen)
        for pk, key, epoch, head, snapshot, vector, size, frozen in rows
    }


def seats(participant_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Seat]:
    """Those of these participants who still take part and whose account is active."""
    keys = kept_keys(participant_ids)
    rows = rows_of(
        f"SELECT seat.id, seat.role, seat.is_signatory, seat.side FROM {_PARTICIPANTS} seat"
        f" JOIN {_USERS} person ON person.id = seat.user_id"
        " WHERE seat.id IN (...) AND seat.removed_at IS NULL AND person.is_active",
        keys,
    )
    return {keys[key]: Seat(role, bool(is_signatory), side) for key, role, is_signatory, side in rows}


def standing_sessions(session_keys: Collection[str]) -> set[str]:
    """Those of these session keys whose session has neither ended nor expired."""
    now = timezone.now()
    return {key for key, ends_at in sessions(session_keys).items() if ends_at > now}


def sessions(session_keys: Collection[str]) -> dict[str, datetime]:
    """When these sessions expire; those that have ended are left out."""
    rows = rows_of(f"SELECT session_key, expire_date FROM {_SESSIONS} WHERE session_key IN (...)", session_keys)
    return {key: ends_at if ends_at.tzinfo else ends_at.replace(tzinfo=UTC) for key, ends_at in rows}


def heads(proposal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Heads]:
    """The heads of several proposals; unknown ones are left out."""
    keys = kept_keys(proposal_ids)
    rows = rows_of(
        "SELECT proposal.id, proposal.epoch, proposal.state, proposal.audit_number, room.head_seq"
        f" FROM {_PROPOSALS} proposal"
        f" LEFT JOIN {_ROOMS} room ON room.proposal_id = proposal.id AND room.epoch = proposal.epoch"
        " WHERE proposal.id IN (...)",
        keys,
    )
    return {keys[key]: Heads(epoch, _STATES[state], events, text or 0) for key, epoch, state, events, text in rows}


class Row(NamedTuple):
    """An update of the log: its number, the number of the first that it holds, the session that sent it, the update."""

    seq: int
    first_seq: int
    session: str
    payload: bytes


def rows_after(proposal_id: uuid.UUID, epoch: int, after: int, at_most_count: int) -> list[Row]:
    """The next updates of an epoch after a number."""
    rows = rows_of(
        f"SELECT entry.seq, entry.first_seq, entry.session, entry.payload FROM {_UPDATES} entry"
        f" JOIN {_ROOMS} room ON room.id = entry.room_id"
        " WHERE room.proposal_id IN (...) AND room.epoch = %s AND entry.seq > %s ORDER BY entry.seq LIMIT %s",
        kept_keys([proposal_id]),
        epoch,
        after,
        at_most_count,
    )
    return [Row(seq, first_seq or seq, session, bytes(payload)) for seq, first_seq, session, payload in rows]


class UpdateRow(NamedTuple):
    """A new row of the log."""

    room_id: int
    seq: int
    actor_id: uuid.UUID | None
    side: str
    session: str
    origin: str
    payload: bytes


class ClientIdRow(NamedTuple):
    """A client id used for the first time, and whose it is."""

    room_id: int
    client_id: int
    user_id: uuid.UUID | None
    side: str


def owners(room_pk: int, client_ids: Collection[int]) -> dict[int, tuple[Any, str]]:
    """Whose these client ids of a room are (`log.Author.key`); unused ones are left out."""
    rows = rows_of(
        f"SELECT client_id, user_id, side FROM {_CLIENT_IDS} WHERE client_id IN (...) AND room_id = %s",
        client_ids,
        room_pk,
    )
    return {client_id: (uuid_of(user), "") if user else (None, side) for client_id, user, side in rows}


def insert(updates: Sequence[UpdateRow], client_ids: Sequence[ClientIdRow]) -> None:
    """Append rows to the log, all made now."""
    made_at = kept_moment(timezone.now())
    run_for_each(
        f"INSERT INTO {_UPDATES} (room_id, seq, actor_id, side, session, origin, payload, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [(row[0], row[1], kept_key(row[2]), row[3], row[4], row[5], row[6], made_at) for row in updates],
    )
    run_for_each(
        f"INSERT INTO {_CLIENT_IDS} (room_id, client_id, user_id, side) VALUES (%s, %s, %s, %s)",
        [(row[0], row[1], kept_key(row[2]), row[3]) for row in client_ids],
    )


def move_heads(changed: Iterable[RoomRow | Room]) -> None:
    """Write how far rooms have got."""
    run_for_each(
        f"UPDATE {_ROOMS} SET head_seq = %s, bytes = %s, state_vector = %s WHERE id = %s",
        [(room.head_seq, room.bytes, room.state_vector, room.pk) for room in changed],
    )
