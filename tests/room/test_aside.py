"""Updates that take long are checked in a thread of their own: the room they are for waits, and the log goes on."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pycrdt
import pytest

from collab import loading, log
from collab.hot import Accepted, HotDocument
from collab.ingress import Ingress
from collab.models import Update
from collab.store import Writer
from collab.validation import parse_state_vector
from proposals.access import Actor
from tests.room import yjs
from tests.room.test_ingress import Asker, Desk
from tests.room.typists import Table

pytestmark = pytest.mark.django_db(transaction=True)

LARGE = 700
"""Paragraphs: more than `LARGE_BYTES`."""


class Author(Asker):
    """Somebody who may write."""

    id, session_key, token_id, received, settled = "a", "", None, 0, 0

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor, self.author = actor, log.Author.of(actor).key
        self.is_saved = asyncio.Event()

    def abilities(self, state: Any) -> Any:
        return self.actor.abilities(state)

    def settle(self, frame_number: int) -> None:
        self.settled = frame_number
        self.is_saved.set()


class Halted:
    """A checking of a large update that goes on when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.threads: list[str] = []
        accept = HotDocument.accept

        def halted(document: HotDocument, update: bytes, *others: Any) -> Accepted:
            self.threads.append(threading.current_thread().name)
            if len(update) > loading.LARGE_BYTES:
                self.began.set()
                assert self.may_go_on.wait(30)
            return accept(document, update, *others)

        monkeypatch.setattr(HotDocument, "accept", halted)

    async def begun(self) -> None:
        assert await asyncio.to_thread(self.began.wait, 30)


def clocks_of_log(table: Table) -> dict[int, int]:
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    for row in Update.objects.filter(room=table.room).order_by("seq"):
        document.apply_update(bytes(row.payload))
    return parse_state_vector(document.get_state())


async def holds_what_is_stored(ingress: Ingress, table: Table) -> bool:
    """Whether the room's document is the log's."""
    document = await ingress._loading.get()
    return parse_state_vector(document.state_vector) == await asyncio.to_thread(clocks_of_log, table)


def run(table: Table, meeting: Callable[[Ingress], Coroutine[Any, Any, None]]) -> None:
    """A meeting at the way in of the table's room."""

    async def meet() -> None:
        writer = Writer(asyncio.get_running_loop().call_soon_threadsafe)
        await meeting(Ingress(Desk(table.proposal.id, table.proposal.epoch), writer))

    asyncio.run(meet())


def test_the_room_waits_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    table, halted = Table(), Halted(monkeypatch)

    async def meeting(ingress: Ingress) -> None:
        one, other = Author(table.actors[0]), Author(table.actors[1])
        large = asyncio.create_task(ingress.update(one, yjs.paragraphs(9, LARGE, root=table.root), answers_step1=False))
        await halted.begun()
        small = asyncio.create_task(
            ingress.update(other, yjs.paragraph(8, "short", root=table.root), answers_step1=False)
        )
        await asyncio.sleep(0.05)  # the loop goes on, and gives the document to nobody
        assert not small.done()
        assert not ingress.is_idle
        halted.may_go_on.set()
        await asyncio.gather(large, small)
        await asyncio.gather(one.is_saved.wait(), other.is_saved.wait())
        assert await holds_what_is_stored(ingress, table)

    run(table, meeting)
    aside, loop = halted.threads
    assert aside.startswith("room-aside")
    assert not loop.startswith("room-aside")
    assert clocks_of_log(table).items() >= {(9, LARGE), (8, 7)}


def test_what_is_logged_meanwhile_is_taken_in_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    table, halted = Table(), Halted(monkeypatch)

    async def meeting(ingress: Ingress) -> None:
        one = Author(table.actors[0])
        large = asyncio.create_task(ingress.update(one, yjs.paragraphs(9, LARGE, root=table.root), answers_step1=False))
        await halted.begun()
        batch = table.keystrokes()
        await asyncio.to_thread(Writer().commit, [batch])
        for write in batch.writes:
            assert ingress.apply_logged(write.payload) is None
        halted.may_go_on.set()
        await large
        await one.is_saved.wait()
        assert await holds_what_is_stored(ingress, table)

    run(table, meeting)


def test_a_large_update_of_the_log_is_taken_in_aside() -> None:
    table = Table()

    async def meeting(ingress: Ingress) -> None:
        await ingress.step1(Asker(), b"\x00")
        assert ingress.apply_logged(yjs.paragraphs(9, LARGE, root=table.root)) is None
        assert not ingress.is_idle
        assert ingress.apply_logged(yjs.paragraph(8, "short", root=table.root)) is None
        document = await ingress._loading.get()
        assert parse_state_vector(document.state_vector).items() >= {(9, LARGE), (8, 7)}

    run(table, meeting)


def test_what_came_is_stored_though_its_sender_left(monkeypatch: pytest.MonkeyPatch) -> None:
    table, halted = Table(), Halted(monkeypatch)

    async def meeting(ingress: Ingress) -> None:
        one = Author(table.actors[0])
        large = asyncio.create_task(ingress.update(one, yjs.paragraphs(9, LARGE, root=table.root), answers_step1=False))
        await halted.begun()
        large.cancel()
        with pytest.raises(asyncio.CancelledError):
            await large
        halted.may_go_on.set()
        await one.is_saved.wait()

    run(table, meeting)
    assert clocks_of_log(table)[9] == LARGE


def test_a_document_thrown_away_meanwhile_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is checked again, against the document as it was loaded anew."""
    table, halted = Table(), Halted(monkeypatch)

    async def meeting(ingress: Ingress) -> None:
        one = Author(table.actors[0])
        large = asyncio.create_task(ingress.update(one, yjs.paragraphs(9, LARGE, root=table.root), answers_step1=False))
        await halted.begun()
        ingress._begin_again()
        while not ingress._loading.is_ready:
            await asyncio.sleep(0.01)
        halted.may_go_on.set()
        await large
        await one.is_saved.wait()
        assert await holds_what_is_stored(ingress, table)

    run(table, meeting)
    assert len(halted.threads) == 2
    assert clocks_of_log(table)[9] == LARGE
