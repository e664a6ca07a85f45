"""A room at rest keeps no document in memory, and one that everybody left keeps nothing."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator

import pytest

from collab import hubs
from collab.hot import HotDocument
from collab.hub import Hub
from collab.hubs import rooms
from collab.limits import limits
from collab.protocol import SyncStep1
from collab.socket import Socket
from proposals.access import Visitor
from tests.room.typists import Table

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ROOM_IDLE_SECONDS", "1")
    monkeypatch.setenv("ROOM_POLL_MS", "50")
    monkeypatch.setattr(hubs, "_EMPTY_ROOM_KEPT_SECONDS", 0.5)
    limits.cache_clear()
    yield
    limits.cache_clear()


def every(kind: type) -> list[object]:
    """All of these that are in memory."""
    gc.collect()
    return [each for each in gc.get_objects() if type(each) is kind]


async def until(condition: Callable[[], bool], within_seconds: float = 20.0) -> float:
    """Wait for something; gives how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_seconds
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def nowhere(message: object) -> None:
    """Where frames of a socket without a browser go."""


def test_no_document_is_held_after_its_time_to_live() -> None:
    table = Table()
    # Those of other tests stay as long as they stand here, so that one of ours is not taken for one of them.
    others = {id(each): each for kind in (Hub, HotDocument) for each in every(kind)}

    def held(kind: type) -> int:
        return sum(id(each) not in others for each in every(kind))

    async def visit() -> None:
        hub = await rooms().open(table.proposal.id, table.proposal.epoch)
        assert hub is not None
        visitor = Visitor(user=table.actors[0].user)
        socket = Socket(nowhere, visitor=visitor, actor=table.actors[0], extended=True)
        rooms().admit(hub, socket)
        for _ in range(2):  # once more: it is loaded again when somebody asks
            await hub.receive(socket, SyncStep1(b"\x00"))
            assert held(HotDocument) == 1
            assert await until(lambda: held(HotDocument) == 0) > 0.5
        assert socket.is_open
        hub.leave(socket)
        socket.drop()
        del hub, socket
        await until(lambda: held(Hub) == 0)

    asyncio.run(visit())
