"""uvicorn's WebSocket protocol with two shorter ways for what a room does all day.

Reading: a whole masked binary frame is unmasked and passed on without the library's parser, which takes several times
as long; the room may take it at once, without a queue, a task's turn, and the system told to pause and to go on.
Sending: a frame that was encoded once goes to everybody as it is, at once, without a task's turn. Whatever is not that
simple (text, control frames, fragments, handshakes, a slow other end) goes the library's way.

Start uvicorn with ``--ws collab.wire:RoomWebSockets``. With any other server, or `--ws`, the room works as well.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN

try:
    from websockets.speedups import apply_mask
except ImportError:  # built without a C compiler
    from websockets.utils import apply_mask

EXTENSION: Final = "sameside.frames"

_WHOLE_BINARY: Final = 0x80 | Opcode.BINARY
_MASKED: Final = 0x80
_LENGTH: Final = 0x7F

Write = Callable[[bytes], bool]
Take = Callable[[bytes], bool]


class Wire(Protocol):
    """A connection past ASGI, where it is possible.

    `take` is given each whole binary message as it comes, unless others wait for `receive`; if it says False, the
    message waits there too.
    """

    take: Take | None

    def write_framed(self, frame: bytes) -> bool:
        """Send a `framed` message at once. False if that can't be done now: `send` waits, or says why."""


def wire_of(scope: Mapping[str, Any]) -> Wire | None:
    """The connection itself; None if its server does not know how."""
    found: Wire | None = scope.get("extensions", {}).get(EXTENSION)
    return found


class _Last:
    """The last message that was framed: it mostly goes to everybody in a room."""

    message = b""
    frame = b"\x82\x00"


def framed(message: bytes) -> bytes:
    """A binary message as a server sends it: whole, unmasked (RFC 6455, 5.2)."""
    if message is not _Last.message:
        _Last.message, _Last.frame = message, _framed(message)
    return _Last.frame


def _framed(message: bytes) -> bytes:
    length = len(message)
    if length < 126:
        return bytes((_WHOLE_BINARY, length)) + message
    if length < 1 << 16:
        return bytes((_WHOLE_BINARY, 126)) + length.to_bytes(2, "big") + message
    return bytes((_WHOLE_BINARY, 127)) + length.to_bytes(8, "big") + message


class RoomWebSockets(WebSocketsSansIOProtocol):
    """One connection."""

    take: Take | None = None

    def handle_connect(self, event: Request) -> None:
        """Offer the application to write by itself."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: Any = self.scope["extensions"]
            extensions[EXTENSION] = self

    def write_framed(self, frame: bytes) -> bool:
        """Send a frame now. False if that can't be done now: `send` waits, or says why."""
        if self.close_sent or self.disconnected or self.conn.state is not OPEN or not self.writable.is_set():
            return False
        self.transport.write(frame)
        return True

    def data_received(self, data: bytes) -> None:
        """Take whole binary frames; leave what is left, if anything, to the library."""
        conn = self.conn
        taken = 0
        if (
            not conn.reader.buffer
            and conn.state is OPEN
            and conn.current_size is None
            and not conn.extensions
            and self.handshake_complete
        ):
            taken = self._take_whole_frames(data)
        if taken < len(data):
            super().data_received(data[taken:] if taken else data)

    def _take_whole_frames(self, data: bytes) -> int:
        """Pass on the whole binary frames of less than 64 KB at the beginning; gives how many bytes that were."""
        taken, end = 0, len(data)
        while end - taken >= 8 and data[taken] == _WHOLE_BINARY and data[taken + 1] & _MASKED:
            length = data[taken + 1] & _LENGTH
            mask = taken + 2
            if length == 126:
                length = data[mask] << 8 | data[mask + 1]
                mask += 2
            elif length == 127:
                break
            first = mask + 4
            if first + length > end:
                break
            message = apply_mask(data[first : first + length], data[mask:first])
            if self.take is None or not self.queue.empty() or self.close_sent or not self.take(message):
                self.frames = [message]
                self.curr_msg_data_type = "bytes"
                self.send_receive_event_to_app()
            taken = first + length
        return taken
