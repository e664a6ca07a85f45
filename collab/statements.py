"""The statements that run for every few keystrokes, written out, and given to the database's driver as they are.

Django builds a query anew each time it runs, which takes fifty times as long as SQLite needs to carry it out; even a
finished statement takes five times as long through Django's cursor. Nothing else in the product runs so often, so
everything else stays with Django's own queries. Transactions are Django's here too.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone

from accounts.models import User
from collab.models import ClientId, Room, Update
from proposals.models import Participant, Proposal
from proposals.states import State

_PROPOSALS: Final = Proposal._meta.db_table
_ROOMS: Final = Room._meta.db_table
_UPDATES: Final = Update._meta.db_table
_CLIENT_IDS: Final = ClientId._meta.db_table
_PARTICIPANTS: Final = Participant._meta.db_table
_USERS: Final = User._meta.db_table
_SESSIONS: Final = Session._meta.db_table

_STATES: Final = {state.value: state for state in State}


class Standing(NamedTuple):
    """A proposal's epoch and state."""

    epoch: int
    state: State


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


def version() -> Version | None:
    """What the database says within a transaction that writes; None if it can't tell whether something changed."""
    database = _database()
    if database.vendor != "sqlite":
        return None
    driver = database.connection
    return Version(driver, driver.execute("PRAGMA data_version").fetchone()[0], driver.total_changes)


def version_after(begun: Version) -> Version:
    """The same at the transaction's end: others can't have written in between."""
    return begun._replace(own=begun.driver.total_changes)


def lock(proposal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Lock proposals in the order of their ids, within `proposals.locking.writing`. Unknown ones are left out."""
    keys = _keys(proposal_ids)
    rows = _all(f"SELECT id, epoch, state FROM {_PROPOSALS} WHERE id IN (...) ORDER BY id /* FOR UPDATE */", keys)
    return {keys[key]: Standing(epoch, _STATES[state]) for key, epoch, state in rows}


def rooms(proposal_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, int], RoomRow]:
    """All rooms of locked proposals, by proposal and epoch."""
    keys = _keys(proposal_ids)
    rows = _all(
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
    keys = _keys(participant_ids)
    rows = _all(
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
    rows = _all(f"SELECT session_key, expire_date FROM {_SESSIONS} WHERE session_key IN (...)", session_keys)
    return {key: ends_at if ends_at.tzinfo else ends_at.replace(tzinfo=UTC) for key, ends_at in rows}


def heads(proposal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Heads]:
    """The heads of several proposals; unknown ones are left out."""
    keys = _keys(proposal_ids)
    rows = _all(
        "SELECT proposal.id, proposal.epoch, proposal.state, proposal.audit_number, room.head_seq"
        f" FROM {_PROPOSALS} proposal"
        f" LEFT JOIN {_ROOMS} room ON room.proposal_id = proposal.id AND room.epoch = proposal.epoch"
        " WHERE proposal.id IN (...)",
        keys,
    )
    return {keys[key]: Heads(epoch, _STATES[state], events, text or 0) for key, epoch, state, events, text in rows}


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


def insert(updates: Sequence[UpdateRow], client_ids: Sequence[ClientIdRow]) -> None:
    """Append rows to the log, all made now."""
    made_at = _database().ops.adapt_datetimefield_value(timezone.now())
    _many(
        f"INSERT INTO {_UPDATES} (room_id, seq, actor_id, side, session, origin, payload, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [(row[0], row[1], _key(row[2]), row[3], row[4], row[5], row[6], made_at) for row in updates],
    )
    _many(
        f"INSERT INTO {_CLIENT_IDS} (room_id, client_id, user_id, side) VALUES (%s, %s, %s, %s)",
        [(row[0], row[1], _key(row[2]), row[3]) for row in client_ids],
    )


def move_heads(changed: Iterable[RoomRow | Room]) -> None:
    """Write how far rooms have got."""
    _many(
        f"UPDATE {_ROOMS} SET head_seq = %s, bytes = %s, state_vector = %s WHERE id = %s",
        [(room.head_seq, room.bytes, room.state_vector, room.pk) for room in changed],
    )


def _all(statement: str, keys: Collection[Any], *others: Any) -> list[tuple[Any, ...]]:
    """The rows that a statement finds for keys: ``(...)`` in it stands for as many places as there are keys.

    The `others` are for the places after it.
    """
    if not keys:
        return []
    database = _database()
    with database.wrap_database_errors:
        found = database.connection.execute(_written(statement, len(keys), database.vendor), (*keys, *others))
        rows: list[tuple[Any, ...]] = found.fetchall()
    return rows


def _many(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    database = _database()
    with database.wrap_database_errors:
        database.connection.cursor().executemany(_written(statement, 0, database.vendor), rows)


def _database() -> Any:
    """This thread's connection, open. Looked up once for a statement: Django's proxy takes longer than SQLite."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.connection is None:
        database.ensure_connection()
    return database


@cache
def _written(statement: str, places_count: int, vendor: str) -> str:
    """A statement as the driver takes it. Drivers keep what they have prepared by its text."""
    lock = "FOR NO KEY UPDATE" if vendor == "postgresql" else ""
    statement = statement.replace("(...)", f"({', '.join(['%s'] * places_count)})").replace("/* FOR UPDATE */", lock)
    return statement.replace("%s", "?") if vendor == "sqlite" else statement


def _keys(keys: Collection[uuid.UUID]) -> Mapping[Any, uuid.UUID]:
    """Ids as the database keeps them, and back."""
    return {key: key for key in keys} if _has_uuids() else {key.hex: key for key in keys}


def _key(key: uuid.UUID | None) -> Any:
    return key if key is None or _has_uuids() else key.hex


@cache
def _has_uuids() -> bool:
    return connection.features.has_native_uuid_field
