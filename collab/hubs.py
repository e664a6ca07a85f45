"""The open rooms of this process, and their housekeeping: polling, keeping alive, letting go."""

import asyncio
import logging
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Final

from collab import doorbell, protocol, reading, statements, trouble
from collab.hub import Hub
from collab.limits import limits
from collab.protocol import CloseCode
from collab.reading import in_thread
from collab.socket import Socket
from collab.store import Writer
from collab.tidying import Tidying

_EMPTY_ROOM_KEPT_SECONDS: Final = 30.0

_POLLS_IN_TROUBLE: Final = 4
"""How many times as often the log is looked into when a doorbell or a query has only just failed."""

_SWITCH_INTERVAL_SECONDS: Final = 0.001
"""How long a thread keeps the interpreter. The writer gives it up at each of its statements; at Python's 5 ms it would
wait tens of milliseconds for every commit while something is being rendered."""

logger = logging.getLogger("sameside.room")


class RoomFull(Exception):
    """As many sockets as the limits allow are open in this room, or of this person in it."""


class Hubs:
    """All rooms that somebody has open in this process, on one event loop."""

    def __init__(self) -> None:
        self._hubs: dict[uuid.UUID, Hub] = {}
        self._opening = asyncio.Lock()
        self._tidying = Tidying()
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(self._loop.call_soon_threadsafe)
        self._housekeeping = self._loop.create_task(self._keep_house())
        doorbell.serve_on(self._loop, self._hear)
        sys.setswitchinterval(_SWITCH_INTERVAL_SECONDS)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop on which these rooms live."""
        return self._loop

    async def open(self, proposal_id: uuid.UUID, epoch: int) -> Hub | None:
        """The room of a proposal's epoch, opened if need be; None if the proposal is in another epoch."""
        async with self._opening:
            hub = self._hubs.get(proposal_id)
            if hub is not None and hub.epoch == epoch:
                return hub
            heads = (await in_thread(reading.read_heads, [proposal_id])).get(proposal_id)
            if heads is None or heads.epoch != epoch:
                return None
            if hub is not None:
                self._close(hub, CloseCode.EPOCH_CHANGED)
            hub = self._hubs[proposal_id] = Hub(proposal_id, heads, self._writer)
            return hub

    def admit(self, hub: Hub, socket: Socket) -> None:
        """Let a socket into a room. Raises `RoomFull`."""
        of_person = [other for other in hub.sockets if other.user["id"] and other.user["id"] == socket.user["id"]]
        if len(hub.sockets) >= limits().sockets_per_room or len(of_person) >= limits().sockets_per_person:
            raise RoomFull
        hub.join(socket)

    def _hear(self, proposal_id: uuid.UUID, text_seq: int, event_seq: int) -> None:
        """The doorbell of this process: a form or the API has stored something."""
        hub = self._hubs.get(proposal_id)
        if hub is not None:
            hub.rung(text_seq, event_seq)

    def _close(self, hub: Hub, code: CloseCode) -> None:
        hub.close_all(code, "This room is being closed.")
        hub.stop()

    async def _keep_house(self) -> None:
        alive_at = self._loop.time()
        while True:
            await asyncio.sleep(self._poll_pause_seconds())
            try:
                self._let_go()
                self._tidying.tidy_if_due()
                await self._poll()
                if self._loop.time() - alive_at >= limits().keep_alive_seconds:
                    alive_at = self._loop.time()
                    self._keep_alive()
            except Exception:
                trouble.note()
                logger.exception("Housekeeping of the rooms failed; it goes on.")

    @staticmethod
    def _poll_pause_seconds() -> float:
        return limits().poll_ms / 1000 / (_POLLS_IN_TROUBLE if trouble.is_fresh() else 1)

    async def _poll(self) -> None:
        """Compare all rooms with their heads: whatever the doorbell did not tell is found here."""
        if not self._hubs:
            return
        await self._dismiss_signed_out()
        heads = await in_thread(reading.read_heads, list(self._hubs))
        for proposal_id, hub in list(self._hubs.items()):
            if proposal_id in heads:
                hub.compare(heads[proposal_id])

    async def _dismiss_signed_out(self) -> None:
        """Close the sockets of people whose session has ended; what they write is refused anyway."""
        keys = {socket.session_key for socket in self._sockets() if socket.session_key}
        ended = keys - await in_thread(statements.standing_sessions, keys)
        for hub in list(self._hubs.values()) if ended else ():
            hub.dismiss_sessions(ended)

    def _keep_alive(self) -> None:
        for socket in self._sockets():
            if not socket.lags:
                socket.offer(protocol.KEEP_ALIVE)

    def _let_go(self) -> None:
        """Close sockets that have lagged for too long, and rooms that are empty; forget documents that rest."""
        slow_since = time.monotonic() - limits().lag_seconds
        for socket in self._sockets():
            if socket.lags_since is not None and socket.lags_since < slow_since:
                socket.close_or_drop(CloseCode.TOO_SLOW)
        now = self._loop.time()
        for proposal_id, hub in list(self._hubs.items()):
            hub.forget_resting_document(now - limits().idle_seconds)
            if hub.emptied_at is not None and now - hub.emptied_at > _EMPTY_ROOM_KEPT_SECONDS:
                del self._hubs[proposal_id]
                hub.stop()
                self._tidying.rooms_let_go()

    def _sockets(self) -> Iterator[Socket]:
        return (socket for hub in list(self._hubs.values()) for socket in list(hub.sockets))


class _Registry:
    """The rooms of the loop that serves sockets."""

    hubs: Hubs | None = None


def rooms() -> Hubs:
    """The rooms of the running loop."""
    loop = asyncio.get_running_loop()
    if _Registry.hubs is None or _Registry.hubs.loop is not loop:
        _Registry.hubs = Hubs()
    return _Registry.hubs
