"""Checks a stored room against itself: the log is the truth, everything else must follow from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pycrdt
from django.db import transaction

from collab import log
from collab.models import Checkpoint, ClientId, Room, Snapshot, Update
from collab.projection import SECTION_ROOT, read_section
from collab.validation import InvalidUpdate, UpdateShape, parse_logged, parse_state_vector

_ROWS_AT_ONCE_COUNT = 2000


@dataclass
class Replay:
    """What reading the log from its first row found, up to `seq`. `owners`: `log.Author.key` by client id."""

    seq: int
    bytes: int = 0
    known: dict[int, int] = field(default_factory=dict)
    owners: dict[int, tuple[Any, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def faults_of(room: Room) -> list[str]:
    """What is wrong with a room, in sentences; none if its log, head, client ids and snapshots belong together.

    Hold the proposal's lock, or nobody may be writing. Memory: one document.
    """
    replay = _replay(room)
    faults = replay.faults
    if replay.seq != room.head_seq:
        faults.append(f"the log ends at number {replay.seq}, the room says {room.head_seq}")
    if replay.bytes != room.bytes:
        faults.append(f"the log holds {replay.bytes} bytes, the room says {room.bytes}")
    if replay.known != parse_state_vector(bytes(room.state_vector) or b"\x00"):
        faults.append("the room's state vector is not that of the log")
    stored = ClientId.objects.filter(room=room).values_list("client_id", "user", "side")
    owners = {client_id: (user, "" if user else side) for client_id, user, side in stored}
    faults += [
        f"client id {client_id} belongs to {_named(owners.get(client_id))}, its items were written by {_named(owner)}"
        for client_id, owner in sorted(replay.owners.items())
        if owners.get(client_id) != owner
    ]
    return [*faults, *_faults_of_document(room, replay), *_faults_of_caches(room)]


def _replay(room: Room) -> Replay:
    replay = Replay(log.before_first(room))
    if replay.seq % log.EPOCHS_APART:
        replay.faults.append(f"the log begins at number {replay.seq + 1}, where none begins")
    rows = room.updates.order_by("seq")
    for row in rows.iterator(chunk_size=_ROWS_AT_ONCE_COUNT):
        first = row.seq if row.first_seq is None else row.first_seq
        if first != replay.seq + 1:
            replay.faults.append(f"number {replay.seq + 1} is missing, {first} follows {replay.seq}")
        replay.seq = row.seq
        replay.bytes += len(row.payload)
        try:
            shape = parse_logged(bytes(row.payload))
        except InvalidUpdate as error:
            replay.faults.append(f"number {row.seq} is no update: {error}")
            continue
        replay.faults += _faults_of_row(row, shape, replay)
    return replay


def _faults_of_row(row: Update, shape: UpdateShape, replay: Replay) -> Iterator[str]:
    author = (row.actor_id, "" if row.actor_id else row.side)
    for client_id, (start, end) in shape.inserted.items():
        before = replay.known.get(client_id, 0)
        if start != before:
            yield f"number {row.seq}: client {client_id} goes on at {start} after {before}"
        if replay.owners.setdefault(client_id, author) != author:
            yield f"number {row.seq}: {_named(author)} wrote as client {client_id}, which belongs to somebody else"
        replay.known[client_id] = max(end, before)


def _faults_of_document(room: Room, replay: Replay) -> Iterator[str]:
    """Whether the whole log makes one document with nothing left over."""
    if replay.faults:
        return
    document = _document(log.merged(room, room.head_seq))
    if parse_state_vector(document.get_state()) != replay.known:
        yield "some updates refer to items that the log does not have"


def _faults_of_caches(room: Room) -> Iterator[str]:
    snapshots = list(Snapshot.objects.filter(room=room).order_by("seq"))
    newest = snapshots[-1].seq if snapshots else log.before_first(room)
    if newest != room.snapshot_seq:
        yield f"the newest snapshot is of number {newest}, the room says {room.snapshot_seq}"
    caches: list[Snapshot | Checkpoint] = [*snapshots, *Checkpoint.objects.filter(room=room).order_by("seq")]
    for cache in caches:
        kind = type(cache).__name__.lower()
        if cache.seq > room.head_seq:
            yield f"the {kind} at {cache.seq} is ahead of the log, which ends at {room.head_seq}"
        elif _content(bytes(cache.state)) != _content(log.merged(room, cache.seq)):
            yield f"the {kind} at {cache.seq} is not what the log makes"


def renew_caches(room: Room) -> None:
    """Make the room's snapshot anew from its log, under the proposal's lock; checkpoints are made when asked for.

    Raises AssertionError, and nothing has changed, if the log itself lacks something.
    """
    with transaction.atomic():
        Snapshot.objects.filter(room=room).delete()
        Checkpoint.objects.filter(room=room).delete()
        log.take_snapshot(room)


def _content(update: bytes) -> tuple[object, ...]:
    """What two documents must have in common to be the same: items, deletions, and the text of every section."""
    document = _document(update)
    roots = [name for name in (*document.keys(),) if name.startswith(SECTION_ROOT)]
    texts = {name: read_section(document, name) for name in roots}
    shape = parse_logged(document.get_update())
    deleted = {client: tuple(ranges) for client, ranges in shape.deleted.items() if ranges}
    return parse_state_vector(document.get_state()), deleted, texts


def _document(update: bytes) -> "pycrdt.Doc[Any]":
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    document.apply_update(update)
    return document


def _named(owner: tuple[Any, str] | None) -> str:
    if owner is None:
        return "nobody"
    user, side = owner
    return f"user {user}" if user else f"a service of the {side}" if side else "the server"
