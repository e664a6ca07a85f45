"""Reading a room's log and appending to it. Numbers are dense because they are given under the proposal's lock."""

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import pycrdt

from accounts.models import User
from collab import statements
from collab.lib0 import encode_varuint
from collab.models import Room, Snapshot, Update
from collab.ranges import Range
from collab.statements import ClientIdRow, RoomRow, UpdateRow
from collab.updates import merge
from collab.validation import parse_state_vector
from proposals.access import Actor
from proposals.models import Proposal
from proposals.models.plainly import read
from proposals.prose.schema import SCHEMA_VERSION

_CLIENT_ID_BITS: Final = 32
"""As many as Yjs itself draws."""

_REPLAYED_AT_ONCE_COUNT: Final = 2000

EPOCHS_APART: Final = 1_000_000
"""So that a number names one moment for ever, a new epoch's begin after the next multiple of this above the old ones.
As long as no proposal has that many updates before it is shared, they tell nothing of how many it had."""


class Author(NamedTuple):
    """Who wrote an update: a user, or a side's service token, or (neither) the server."""

    user: User | None = None
    side: str = ""

    @classmethod
    def of(cls, actor: Actor | None) -> "Author":
        """The author behind an actor."""
        return cls(actor.user, actor.side) if actor else cls()

    @property
    def key(self) -> tuple[Any, str]:
        """What owns client ids: the user; sides count for service tokens only."""
        return (self.user.pk, "") if self.user else (None, self.side)


@dataclass(frozen=True, slots=True)
class Entry:
    """An update to be appended. `inserted` are the items it brings, none of which is in the log."""

    payload: bytes
    inserted: Mapping[int, Range]
    author: Author
    session: str
    origin: str


def number_at(room: Room, seq: int) -> int:
    """The greatest number up to this one that the log still has by itself: old runs are merged into their last.

    `before_first` where there is none. What stood there is asked for by such numbers.
    """
    found = room.updates.filter(seq__lte=seq).order_by("-seq").values_list("seq", flat=True).first()
    return before_first(room) if found is None else found


def before_first(room: Room) -> int:
    """The number after which the room's log begins: 0, or where sharing began it."""
    row = room.updates.order_by("seq").values_list("first_seq", "seq").first()
    return room.head_seq if row is None else (row[0] or row[1]) - 1


class LogRow(NamedTuple):
    """An update of the log as a reader needs it."""

    seq: int
    payload: bytes


def room_of(proposal: Proposal) -> Room | None:
    """The room of the proposal's current epoch, None before any text was written."""
    found = read(Room, 'WHERE own."proposal_id" = %s AND own."epoch" = %s', proposal.id, proposal.epoch)
    return found[0] if found else None


def room_for_writing(locked: Proposal) -> Room:
    """The room of the locked proposal's current epoch, made if there is none."""
    return room_of(locked) or Room.objects.create(proposal=locked, epoch=locked.epoch, schema_version=SCHEMA_VERSION)


def begin_epoch(locked: Proposal) -> Room:
    """The room of the locked proposal's new epoch. Its numbers are greater than all of the epochs before."""
    last = max(Room.objects.filter(proposal=locked).values_list("head_seq", flat=True), default=0)
    begins_after = (last // EPOCHS_APART + 1) * EPOCHS_APART
    return Room.objects.create(
        proposal=locked,
        epoch=locked.epoch,
        schema_version=SCHEMA_VERSION,
        head_seq=begins_after,
        snapshot_seq=begins_after,
    )


def make_rooms(epochs: Mapping[uuid.UUID, int]) -> None:
    """Make the rooms of locked proposals, given with their current epochs, that have none yet."""
    for proposal_id, epoch in epochs.items():
        Room.objects.create(proposal_id=proposal_id, epoch=epoch, schema_version=SCHEMA_VERSION)


def owners(room: Room | RoomRow, client_ids: Iterable[int]) -> dict[int, tuple[Any, str]]:
    """Whose these client ids are (`Author.key`); unused ones are left out."""
    return statements.owners(room.pk, list(client_ids))


def append(room: Room | RoomRow, entries: Sequence[Entry]) -> list[int]:
    """Append updates under the proposal's lock; gives their numbers. `room` is the row as it stands in this lock."""
    return append_all([(room, entries)])[0]


def append_all(batches: Sequence[tuple[Room | RoomRow, Sequence[Entry]]]) -> list[list[int]]:
    """Append updates to different rooms, each under its proposal's lock; gives each room's numbers.

    The caller has checked that the proposals take text, that each entry begins where its log's items end, and that its
    client ids are its author's; a frozen room and a hole are refused here once more. The rooms are rows as they stand
    in their locks. As many queries as for one room.
    """
    updates: list[UpdateRow] = []
    client_ids: list[ClientIdRow] = []
    numbers = []
    for room, entries in batches:
        before = len(updates)
        updates += _rows(room, entries, client_ids)
        numbers.append([row.seq for row in updates[before:]])
    if updates:
        statements.insert(updates, client_ids)
        statements.move_heads(room for room, entries in batches if entries)
    return numbers


def _rows(room: Room | RoomRow, entries: Sequence[Entry], client_ids: list[ClientIdRow]) -> list[UpdateRow]:
    """The rows of one room's entries, numbered; the room's head moves, its new client ids are added."""
    if entries and room.frozen_at_seq is not None:
        raise AssertionError(f"room {room.pk} is frozen at {room.frozen_at_seq}")
    known = known_in(room)
    rows = []
    for entry in entries:
        room.head_seq += 1
        room.bytes += len(entry.payload)
        user, side = entry.author
        user_id = user.pk if user else None
        for client_id, (start, end) in entry.inserted.items():
            if known.get(client_id, 0) != start:
                raise AssertionError(f"room {room.pk}: client {client_id} can't go on at {start}")
            if start == 0:
                client_ids.append(ClientIdRow(room.pk, client_id, user_id, side))
            known[client_id] = end
        rows.append(UpdateRow(room.pk, room.head_seq, user_id, side, entry.session, entry.origin, entry.payload))
    room.state_vector = encode_state_vector(known)
    return rows


def known_in(room: Room | RoomRow) -> dict[int, int]:
    """How many items of each client a room's log holds. Changing what a `RoomRow` gives changes what it knows."""
    if not isinstance(room, RoomRow):
        return parse_state_vector(bytes(room.state_vector) or b"\x00")
    if room.known is None:
        room.known = parse_state_vector(room.state_vector or b"\x00")
    return room.known


def encode_state_vector(known: Mapping[int, int]) -> bytes:
    """A state vector as Yjs encodes it."""
    return encode_varuint(len(known)) + b"".join(encode_varuint(number) for pair in known.items() for number in pair)


def read_after(room_id: int, seq: int) -> list[LogRow]:
    """The updates after number `seq`, in order."""
    rows = Update.objects.filter(room_id=room_id, seq__gt=seq).order_by("seq").values_list("seq", "payload")
    return [LogRow(number, bytes(payload)) for number, payload in rows]


def state_at(room: Room, seq: int | None = None) -> bytes:
    """One update that makes the document after update `seq` (the last one unless given), from committed rows only."""
    upto = room.head_seq if seq is None else min(seq, room.head_seq)
    snapshot = Snapshot.objects.filter(room=room, seq__lte=upto).order_by("-seq").first()
    if snapshot is None:
        return merged(room, upto)
    return merge([bytes(snapshot.state), merged(room, upto, after=snapshot.seq)])


def merged(room: Room, upto: int, *, after: int = 0) -> bytes:
    """One update that does what updates `after`+1 to `upto` do; no snapshot is asked."""
    return merge([merge(batch) for batch in _batches(room, after, upto)])


def document_at(room: Room, seq: int | None = None) -> pycrdt.Doc[Any]:
    """The document after update `seq`, under a client id of its own that nobody in the room has."""
    document: pycrdt.Doc[Any] = pycrdt.Doc(client_id=unused_client_id(room))
    document.apply_update(state_at(room, seq))
    return document


def unused_client_id(room: Room) -> int:
    """A random client id that nobody has used in this room."""
    while True:
        client_id = secrets.randbits(_CLIENT_ID_BITS)
        if not owners(room, [client_id]):
            return client_id


def take_snapshot(room: Room) -> None:
    """Store the state as it stands under the proposal's lock, in place of older ones.

    Raises AssertionError rather than keep a state that lacks something the log has.
    """
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    document.apply_update(state_at(room))
    if parse_state_vector(document.get_state()) != parse_state_vector(bytes(room.state_vector) or b"\x00"):
        raise AssertionError(f"room {room.pk}: the document at {room.head_seq} lacks items of the log")
    Snapshot.objects.filter(room=room).delete()
    Snapshot.objects.create(
        room=room, seq=room.head_seq, state=document.get_update(), state_vector=bytes(room.state_vector)
    )
    room.snapshot_seq = room.head_seq
    room.save(update_fields=["snapshot_seq"])


def _batches(room: Room, after: int, upto: int) -> Iterable[list[bytes]]:
    """The payloads of updates `after`+1 to `upto`, in order, a limited number at once."""
    rows = room.updates.filter(seq__gt=after, seq__lte=upto).order_by("seq").values_list("payload", flat=True)
    batch: list[bytes] = []
    for payload in rows.iterator(chunk_size=_REPLAYED_AT_ONCE_COUNT):
        batch.append(bytes(payload))
        if len(batch) == _REPLAYED_AT_ONCE_COUNT:
            yield batch
            batch = []
    if batch:
        yield batch
