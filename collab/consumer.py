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
from collab.protocol import SUBPROTOCOL, CloseCode, DocumentUpdate, MalformedFrame, decode_client_frame
from collab.reading import in_thread
from collab.socket import Send, Socket
from collab.validation import InvalidUpdate
from collab.wire import write_of
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
    socket = Socket(
        send,
        visitor=identity.visitor,
        actor=actor,
        extended=extended,
        token_id=identity.token_id,
        session_key=identity.session_key,
        write=write_of(scope),
    )
    try:
        rooms().admit(hub, socket)
        await _until_either_ends(asyncio.create_task(_converse(hub, socket, receive)), socket)
    except RoomFull:
        socket.close(CloseCode.OVERLOAD)
        await socket.wait_closed(_CLOSES_WITHIN_SECONDS)
    finally:
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
    """Go on until the other end is gone or nothing more goes out, whichever is first."""
    try:
        await asyncio.wait((conversation, socket.sender), return_when=asyncio.FIRST_COMPLETED)
        if conversation.done() and conversation.exception() is not None:
            logger.error("A conversation failed.", exc_info=conversation.exception())
            socket.close(CloseCode.OVERLOAD)
            await socket.wait_closed(_CLOSES_WITHIN_SECONDS)
    finally:
        conversation.cancel()


async def _converse(hub: Hub, socket: Socket, receive: Receive) -> None:
    """Act on frames until the other end closes, or we do."""
    pace = _Pace()
    turn_bytes = _TURN_BYTES
    while socket.is_open:
        message = await receive()
        if message["type"] != "websocket.receive":
            return
        frame = message.get("bytes")
        if socket.is_full and not await socket.drained(limits().lag_seconds):
            code: CloseCode | None = CloseCode.TOO_SLOW
        else:
            code = await _act(hub, socket, frame, pace)
        if code is not None:
            socket.close(code)
        turn_bytes -= _FRAME_COST_BYTES + len(frame or b"")
        if turn_bytes < 0:
            turn_bytes = _TURN_BYTES
            await asyncio.sleep(0)
    await socket.wait_closed(_CLOSES_WITHIN_SECONDS)


async def _act(hub: Hub, socket: Socket, frame: bytes | None, pace: "_Pace") -> CloseCode | None:
    """Act on one frame; gives the code to close with if it was no good."""
    if frame is None:
        return CloseCode.MALFORMED
    if len(frame) > limits().frame_bytes:
        return CloseCode.TOO_BIG
    try:
        decoded = decode_client_frame(frame, extended=socket.extended)
        if isinstance(decoded, DocumentUpdate) and not await pace.keep():
            return CloseCode.RATE
        await hub.receive(socket, decoded)
    except (MalformedFrame, InvalidUpdate):
        return CloseCode.MALFORMED
    return None


class _Pace:
    """Slows a sender above the allowed rate by not reading on; gives up only when it lasts."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._credit = float(limits().updates_burst)
        self._counted_at = self._loop.time()
        self._slowed_since: float | None = None

    async def keep(self) -> bool:
        """Wait until one more update is within the rate. False if the sender has been above it for too long."""
        now = self._loop.time()
        earned = (now - self._counted_at) * limits().updates_per_second
        self._credit = min(float(limits().updates_burst), self._credit + earned) - 1
        self._counted_at = now
        if self._credit >= 0:
            self._slowed_since = None
            return True
        if self._slowed_since is None:
            self._slowed_since = now
        await asyncio.sleep(-self._credit / limits().updates_per_second)
        return now - self._slowed_since < _PATIENCE_SECONDS
