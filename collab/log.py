"""Reading and appending to a room's log. The number of an update is dense and given under the proposal's lock."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.db.models import F
from pycrdt import Doc

from accounts.models import User
from collab.models import ClientId, Room, Snapshot, Update
from collab.updates import merge
from proposals.models import Proposal

SERVER_CLIENT_BITS = 53
REPLAYED_AT_ONCE_COUNT = 2000


def room_of(proposal: Proposal) -> Room | None:
    """The room of the proposal's current epoch, None before any text was written."""
    return Room.objects.filter(proposal=proposal, epoch=proposal.epoch).first()


def room_for_writing(locked: Proposal) -> Room:
    """The room of the locked proposal's current epoch, made if there is none."""
    room, _ = Room.objects.get_or_create(proposal=locked, epoch=locked.epoch)
    return room


def append(
    room: Room, payload: bytes, *, actor: User | None, session: str, origin: str, client_ids: Iterable[int] = ()
) -> Update:
    """Append an update under the proposal's lock, with the next number, and note whose client ids it uses."""
    room.head_seq += 1
    row = Update(room=room, seq=room.head_seq, actor=actor, session=session, origin=origin, payload=payload)
    row.save(force_insert=True)
    Room.objects.filter(id=room.id).update(head_seq=room.head_seq, bytes=F("bytes") + len(payload))
    for client_id in client_ids:
        ClientId.objects.get_or_create(room=room, client_id=client_id, defaults={"user": actor})
    return row


def document_at(room: Room, seq: int | None = None) -> Doc[Any]:
    """The room's document after update `seq` (the last one unless given), from committed rows only."""
    doc: Doc[Any] = Doc(client_id=server_client_id())
    upto = room.head_seq if seq is None else min(seq, room.head_seq)
    start = 0
    snapshot = Snapshot.objects.filter(room=room, seq__lte=upto).order_by("-seq").first()
    if snapshot is not None:
        doc.apply_update(bytes(snapshot.state))
        start = snapshot.seq
    for payloads in batches_between(room, start, upto):
        doc.apply_update(merge(payloads))
    return doc


def batches_between(room: Room, after: int, upto: int) -> Iterable[list[bytes]]:
    """The payloads of updates `after`+1 to `upto`, in order, a limited number at once."""
    rows = room.updates.filter(seq__gt=after, seq__lte=upto).order_by("seq").values_list("payload", flat=True)
    batch: list[bytes] = []
    for payload in rows.iterator(chunk_size=REPLAYED_AT_ONCE_COUNT):
        batch.append(bytes(payload))
        if len(batch) == REPLAYED_AT_ONCE_COUNT:
            yield batch
            batch = []
    if batch:
        yield batch


def server_client_id() -> int:
    """A random Yjs client id for a document of the server's own."""
    return secrets.randbits(SERVER_CLIENT_BITS)
