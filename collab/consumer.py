"""The socket's way through the room: identified, seated, greeted, then frame by frame until it closes.

A Channels application, but with a receive loop of its own: Channels' dispatch makes a task and cleans up database
connections for every message. Sockets are always accepted before they are closed, or the browser would be told 1006
instead of the reason.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Final

from collab.hub import Hub
from collab.hubs import RoomFull, rooms
from collab.identity import Identity, Unidentified, identify
from collab.limits import limits
from collab.protocol import (
    SUBPROTOCOL,
    CloseCode,
    MalformedFrame,
    decode_client_frame,
    short_update_in,
)
from collab.reading import in_thread
from collab.socket import Send, Socket
from collab.validation import InvalidUpdate
from collab.wire import wire_of
from proposals import access
from proposals.access import Actor
from proposals.exceptions import ConfirmFirst, NotFound, Refusal
from proposals.models.proposal import proposal_key

Receive = Callable[[], Awaitable[dict[str, Any]]]

_TURN_BYTES: Final = 64 * 1024
"""Handled before others get their turn: receiving does not wait while frames are queued."""

_FRAME_COST_BYTES: Final = 1024
_CLOSES_WITHIN_SECONDS: Final = 5.0
_PATIENCE_SECONDS: Final = 60.0
"""How long a sender above the rate is only slowed down."""

logger = logging.getLogger("sameside.room")


async def room_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One WebSocket at ``/ws/proposals/<id>``."""
    await receive()  # websocket.connect
    extended = SUBPROTOCOL in scope.get("subprotocols", [])
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if extended else None})
    try:
        proposal_id = proposal_key(scope["url_route"]["kwargs"]["proposal_id"])
        if proposal_id is None:
            raise Unidentified(CloseCode.NO_SUCH_ROOM)
        identity, actor, epoch = await in_thread(_seat, scope, proposal_id)
        hub = await rooms().open(proposal_id, epoch)
        if hub is None:
            raise Unidentified(CloseCode.EPOCH_CHANGED)
    except Unidentified as error:
        await send({"type": "websocket.close", "code": int(error.code)})
        return
    except Exception:
        logger.exception("A socket could not be seated.")
        await send({"type": "websocket.close", "code": int(CloseCode.OVERLOAD)})
        return
    wire = wire_of(scope)
    socket = Socket(
        send,
        visitor=identity.visitor,
        actor=actor,
        extended=extended,
        token_id=identity.token_id,
        session_key=identity.session_key,
        write=wire.write_framed if wire is not None else None,
    )
    try:
        rooms().admit(hub, socket)
        conversation = Conversation(hub, socket, receive)
        if wire is not None:
            wire.take = conversation.take
        await _until_either_ends(asyncio.create_task(conversation.go_on()), socket)
    except RoomFull:
        socket.close(CloseCode.OVERLOAD)
        await socket.wait_closed(_CLOSES_WITHIN_SECONDS)
    finally:
        if wire is not None:
            wire.take = None
        hub.leave(socket)
        socket.drop()


async def no_such_room(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """A WebSocket at any other address."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": int(CloseCode.NO_SUCH_ROOM)})


def _seat(scope: dict[str, Any], proposal_id: uuid.UUID) -> tuple[Identity, Actor, int]:
    """Who comes, their place at the table, and the proposal's epoch. Uses the database."""
    identity = identify(scope, proposal_id)
    try:
        proposal, actor = access.proposal_for(identity.visitor, proposal_id)
    except NotFound as error:
        raise Unidentified(CloseCode.NO_SUCH_ROOM) from error
    except ConfirmFirst as error:
        raise Unidentified(CloseCode.SIGN_IN_AGAIN) from error
    except Refusal as error:
        raise Unidentified(CloseCode.NOT_A_PARTICIPANT) from error
    return identity, actor, proposal.epoch


async def _until_either_ends(conversation: "asyncio.Task[None]", socket: Socket) -> None:
    """Go on until the other end is gone, and what it sent before is acted on, or until we have closed the socket."""
    try:
        await asyncio.wait((conversation, socket.sender), return_when=asyncio.FIRST_COMPLETED)
        if socket.is_listened_to:
            await asyncio.wait((conversation,), timeout=limits().lag_seconds)
        if conversation.done() and conversation.exception() is not None:
            logger.error("A conversation failed.", exc_info=conversation.exception())
            socket.close(CloseCode.OVERLOAD)
            await socket.wait_closed(_CLOSES_WITHIN_SECONDS)
    finally:
        conversation.cancel()


class Conversation:
    """A socket's frames, one after the other, until the other end closes, or we do."""

    def __init__(self, hub: Hub, socket: Socket, receive: Receive) -> None:
        self._hub = hub
        self._socket = socket
        self._receive = receive
        self._pace = _Pace()
        self._turn_bytes = _TURN_BYTES
        self._is_listening = False

    def take(self, frame: bytes) -> bool:
        """Act on a frame at once, if nothing before it is being acted on and nothing is to be waited for.

        False: it was not touched, and comes by `receive`.
        """
        socket = self._socket
        if not self._is_listening or self._turn_bytes < 0 or not socket.is_open or socket.is_full:
            return False
        update = short_update_in(frame)
        if update is None or not self._pace.is_kept:
            return False
        try:
            if not self._hub.receive_at_once(socket, update):
                return False
        except Exception:
            logger.exception("A conversation failed.")
            socket.close(CloseCode.OVERLOAD)
        self._pace.count()
        self._turn_bytes -= _FRAME_COST_BYTES + len(frame)
        return True

    async def go_on(self) -> None:
        """Act on what comes by `receive`, and what is not taken at once."""
        socket = self._socket
        while socket.is_listened_to:
            self._is_listening = True
            message = await self._receive()
            self._is_listening = False
            if message["type"] != "websocket.receive":
                return
            frame = message.get("bytes")
            if socket.is_full and not await socket.drained(limits().lag_seconds):
                code: CloseCode | None = CloseCode.TOO_SLOW
            else:
                code = await self._act(frame)
            if code is not None:
                socket.close(code)
            self._turn_bytes -= _FRAME_COST_BYTES + len(frame or b"")
            if self._turn_bytes < 0:
                self._turn_bytes = _TURN_BYTES
                await asyncio.sleep(0)
        await socket.wait_closed(_CLOSES_WITHIN_SECONDS)

    async def _act(self, frame: bytes | None) -> CloseCode | None:
        """Act on one frame; gives the code to close with if it was no good."""
        if frame is None:
            return CloseCode.MALFORMED
        if len(frame) > limits().frame_bytes:
            return CloseCode.TOO_BIG
        try:
            decoded = decode_client_frame(frame, extended=self._socket.extended)
            if not await self._pace.keep():
                return CloseCode.RATE
            await self._hub.receive(self._socket, decoded)
        except (MalformedFrame, InvalidUpdate):
            return CloseCode.MALFORMED
        return None


class _Pace:
    """Slows a sender above the allowed rate by not reading on; gives up only when it lasts."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._per_second = limits().updates_per_second
        self._credit = self._burst = float(limits().updates_burst)
        self._counted_at = self._loop.time()
        self._slowed_since: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether one more frame is surely within the rate."""
        return self._credit >= 1

    def count(self) -> None:
        """Count a frame."""
        now = self._loop.time()
        earned = (now - self._counted_at) * self._per_second
        self._credit = min(self._burst, self._credit + earned) - 1
        self._counted_at = now
        if self._credit >= 0:
            self._slowed_since = None

    async def keep(self) -> bool:
        """Count a frame, and wait until it is within the rate. False if the sender was above it for too long."""
        self.count()
        now = self._counted_at
        if self._credit >= 0:
            return True
        if self._slowed_since is None:
            self._slowed_since = now
        await asyncio.sleep(-self._credit / self._per_second)
        return now - self._slowed_since < _PATIENCE_SECONDS
