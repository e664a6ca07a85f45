"""The shorter ways of the WebSocket protocol take and send what the library would, however the bytes are cut."""

import asyncio
import random
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from collab.wire import RoomWebSockets, framed, wire_of

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: room\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Wire(asyncio.Transport):
    """The server's end of a connection: keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Connection:
    """A connection after its handshake: what the application receives, and the scope it was given."""

    def __init__(self, protocol: type[WebSocketsSansIOProtocol]) -> None:
        self.received: list[dict[str, Any]] = []
        self.scope: dict[str, Any] = {}
        config = Config(
            self._application,
            interface="asgi3",
            ws_max_size=100_000,
            ws_per_message_deflate=False,
            log_level="critical",
        )
        config.load()
        self.wire = Wire()
        self.protocol = protocol(config, ServerState(), {}, asyncio.get_running_loop())
        self.protocol.connection_made(self.wire)

    async def open(self) -> "Connection":
        self.protocol.data_received(HANDSHAKE)
        await self.take([])
        assert self.wire.written.startswith(b"HTTP/1.1 101 ")
        self.wire.written = b""
        return self

    async def take(self, chunks: list[bytes]) -> list[dict[str, Any]]:
        for chunk in chunks:
            self.protocol.data_received(chunk)
        for _ in range(200):
            await asyncio.sleep(0)
        return self.received

    async def _application(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scope = scope
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            message = await receive()
            self.received.append(message)
            if message["type"] == "websocket.disconnect":
                return


def masked(opcode: Opcode, payload: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin).serialize(mask=True)


def conversation(chance: random.Random) -> bytes:
    """Frames of many kinds and sizes, as clients send them."""
    frames = []
    for _ in range(chance.randint(1, 12)):
        payload = chance.randbytes(chance.choice((0, 1, 2, 3, 60, 125, 126, 127, 300, 65535, 65536)))
        kind = chance.random()
        if kind < 0.7:
            frames.append(masked(Opcode.BINARY, payload))
        elif kind < 0.8:
            frames.append(masked(Opcode.TEXT, b"words"))
        elif kind < 0.9:
            frames.append(masked(Opcode.PING, payload[:100]))
        else:
            frames += [masked(Opcode.BINARY, payload, fin=False), masked(Opcode.CONT, b"rest")]
    return b"".join(frames)


def ending(chance: random.Random) -> bytes:
    """The close, or what no client should send, and something after it."""
    unmasked, reserved, stray = b"\x82\x05hello", b"\xc2\x80" + bytes(6), b"\x80\x81\x00\x00\x00\x00a"
    too_large = masked(Opcode.BINARY, b"x" * 100_001)
    last = chance.choice((b"", masked(Opcode.CLOSE, b""), unmasked, reserved, stray, too_large))
    return last + masked(Opcode.BINARY, b"after the end")


def cut(chance: random.Random, written: bytes) -> list[bytes]:
    places = sorted(chance.choices(range(len(written) + 1), k=chance.randint(0, 6)))
    return [written[a:b] for a, b in zip([0, *places], [*places, len(written)], strict=True) if a < b]


@pytest.mark.parametrize("seed", range(60))
def test_it_takes_what_the_library_takes(seed: int) -> None:
    async def both() -> None:
        chance = random.Random(seed)
        chunks = cut(chance, conversation(chance)) + cut(chance, ending(chance))
        ours, theirs = [await Connection(protocol).open() for protocol in (RoomWebSockets, WebSocketsSansIOProtocol)]
        assert await ours.take(chunks) == await theirs.take(chunks) != []
        assert ours.wire.written == theirs.wire.written
        assert ours.wire.closed == theirs.wire.closed

    asyncio.run(both())


def test_what_is_taken_at_once_keeps_its_place() -> None:
    """Whatever the application takes, and whatever it leaves, comes once and in its order."""
    taken: list[bytes] = []

    async def both(seed: int) -> None:
        chance = random.Random(seed)
        chunks = cut(chance, conversation(chance)) + cut(chance, ending(chance))
        ours, theirs = [await Connection(protocol).open() for protocol in (RoomWebSockets, WebSocketsSansIOProtocol)]

        def take(message: bytes) -> bool:
            if chance.random() < 0.3:
                return False
            taken.append(message)
            ours.received.append({"type": "websocket.receive", "bytes": message})
            return True

        wire = wire_of(ours.scope)
        assert wire is not None
        wire.take = take
        assert await ours.take(chunks) == await theirs.take(chunks) != []
        assert ours.wire.written == theirs.wire.written

    for seed in range(60):
        asyncio.run(both(seed))
    assert len(taken) > 20


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536, 70_000])
def test_a_frame_is_what_the_library_would_send(length: int) -> None:
    message = bytes(length)
    assert framed(message) == Frame(Opcode.BINARY, message).serialize(mask=False)
    assert framed(b"another") == Frame(Opcode.BINARY, b"another").serialize(mask=False)


def test_what_cannot_be_written_now_is_left_to_the_library() -> None:
    async def within() -> None:
        connection = await Connection(RoomWebSockets).open()
        wire = wire_of(connection.scope)
        assert wire is not None
        assert wire.write_framed(framed(b"first"))
        connection.protocol.pause_writing()
        assert not wire.write_framed(framed(b"while the other end takes nothing"))
        connection.protocol.resume_writing()
        await connection.take([masked(Opcode.CLOSE, b"\x03\xe8")])
        assert not wire.write_framed(framed(b"after the close"))
        assert connection.wire.written == framed(b"first") + b"\x88\x02\x03\xe8"

    asyncio.run(within())


def test_another_server_knows_no_shorter_way() -> None:
    assert wire_of({"extensions": {"websocket.http.response": {}}}) is None
    assert wire_of({}) is None
