"""The document that new updates are checked against, while the log goes on without it."""

import asyncio
import uuid
from typing import Any

import pycrdt
import pytest

from collab import reading
from collab.ingress import Ingress
from collab.models import Update
from collab.protocol import CloseCode
from collab.store import Writer
from collab.validation import parse_state_vector
from proposals.states import State
from tests.room.client import read_frame
from tests.room.typists import Table

pytestmark = pytest.mark.django_db(transaction=True)


class Desk:
    """The room as the way in knows it, without sockets of its own."""

    def __init__(self, proposal_id: uuid.UUID, epoch: int) -> None:
        self.proposal_id, self.epoch = proposal_id, epoch
        self.state, self.durable_seq, self.sent_seq = State.OPEN, 0, 0

    async def catch_up(self) -> None: ...
    async def recheck_seats(self) -> None: ...
    def stored(self, seq: int, payload: bytes, sections: frozenset[str], session: str) -> None: ...
    def batch_done(self) -> None: ...
    def close_all(self, code: CloseCode, reason: str) -> None: ...


class Asker:
    """Somebody who asks by step 1, and keeps the answer."""

    extended, awaits_step2 = True, False

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def push(self, frame: bytes) -> None:
        self.frames.append(frame)

    def promise(self, answer_bytes: int) -> None: ...
    def now_level(self, text_seq: int) -> None: ...
    def release(self) -> None: ...

    def hold(self) -> bool:
        return False


def payloads_of(table: Table) -> list[bytes]:
    return [bytes(row.payload) for row in Update.objects.filter(room=table.room).order_by("seq")]


def test_what_is_stored_while_the_document_is_loaded_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read at one number, while another worker stores the next: the doorbell comes before the document is there."""
    table = Table()
    writer = Writer()
    read = reading.load

    async def join() -> bytes:
        loop = asyncio.get_running_loop()
        ingress = Ingress(Desk(table.proposal.id, table.proposal.epoch), writer)

        def load(*asked: Any) -> reading.Loaded:
            loaded = read(*asked)
            before = len(payloads_of(table))
            writer.commit([table.keystrokes()])
            for payload in payloads_of(table)[before:]:
                loop.call_soon_threadsafe(ingress.apply_logged, payload)
            return loaded

        monkeypatch.setattr(reading, "load", load)
        asker = Asker()
        await ingress.step1(asker, b"\x00")
        return asker.frames[0]

    frame = asyncio.run(join())
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    document.apply_update(read_frame(frame).payload)
    complete: pycrdt.Doc[Any] = pycrdt.Doc()
    for payload in payloads_of(table):
        complete.apply_update(payload)
    assert len(payloads_of(table)) == 3
    assert parse_state_vector(document.get_state()) == parse_state_vector(complete.get_state())
