"""Many sockets at once: some never read, and after a break all come back in the same moment."""

import asyncio
import base64
import os
import socket
import struct

import pytest
from websockets.asyncio.client import connect

from collab.protocol import SUBPROTOCOL, FrameType, SyncType
from tests.room.client import RoomClient, read_frame
from tests.room.conftest import headers_of
from tests.room.server import Server
from tests.room.test_live_faults import letters_of
from tests.room.test_live_hostile import WHOLE_TEXT, memory_mib

DOCUMENT_LETTERS = 100_000
OUTBOX_BYTES = 50_000


@pytest.fixture(scope="module")
def crowded_server(django_db_setup):
    """Many sockets may come, and little is kept for each."""
    running = Server(
        ROOM_OUTBOX_BYTES=str(OUTBOX_BYTES),
        ROOM_LAG_SECONDS="3",
        ROOM_SOCKETS_PER_PERSON="2000",
        ROOM_SOCKETS_PER_ROOM="2000",
    ).start()
    yield running
    running.stop()


def masked(payload: bytes) -> bytes:
    """A binary frame as a client sends it; a mask of zeros changes nothing."""
    assert len(payload) < 126
    return struct.pack("!BB4x", 0x82, 0x80 | len(payload)) + payload


def silent_socket(server: Server, proposal, headers: dict[str, str], frames: list[bytes]) -> socket.socket:
    """A socket that opens, sends these frames, and never reads again."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(120)
    made.connect(("127.0.0.1", server.port))
    key = base64.b64encode(os.urandom(16)).decode()
    fields = {
        "Host": server.host,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        **headers,
    }
    lines = [f"GET /ws/proposals/{proposal.id} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    made.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += made.recv(1)
    assert answer.startswith(b"HTTP/1.1 101")
    made.sendall(b"".join(map(masked, frames)))
    return made


def never_read(server: Server, proposal, root, maya, tomas, *, count: int) -> float:
    """Each socket asks a hundred times for the whole text and reads nothing; gives the MiB that each cost."""
    writer = RoomClient(server.host, proposal.id, headers_of(server, maya)).sync()
    reader = RoomClient(server.host, proposal.id, headers_of(server, tomas)).sync()
    writer.type(root, "x" * DOCUMENT_LETTERS)
    reader.wait_until(lambda: letters_of(reader.document, root) == letters_of(writer.document, root))
    before_mib = memory_mib(server)
    headers = headers_of(server, tomas)
    silent = [silent_socket(server, proposal, headers, [WHOLE_TEXT] * 100) for _ in range(count)]
    for _ in range(20):
        writer.type(root, "y")
        writer.wait_until(lambda: writer.saved == writer.sent)
        reader.wait_until(lambda: reader.head == writer.saved_seq)
    grown_mib = (memory_mib(server) - before_mib) / count
    assert letters_of(reader.document, root) == "x" * DOCUMENT_LETTERS + "y" * 20
    for each in silent:
        each.close()
    writer.close()
    reader.close()
    return grown_mib


def test_sockets_that_never_read_stay_within_their_outboxes(crowded_server, proposal, root, maya, tomas):
    """A hundred answers would be 10 MB for each; held are some three: sent, in flight, in the outbox."""
    assert never_read(crowded_server, proposal, root, maya, tomas, count=30) < 1.5


@pytest.mark.soak
def test_a_thousand_sockets_that_never_read(crowded_server, proposal, root, maya, tomas, capsys):
    grown_mib = never_read(crowded_server, proposal, root, maya, tomas, count=1000)
    with capsys.disabled():
        print(f"\n1,000 sockets that never read: {grown_mib:.2f} MiB each")  # noqa: T201
    assert grown_mib < 1.5


async def come_back(
    server: Server, proposal, headers: dict[str, str], writer: RoomClient, root: str, count: int
) -> None:
    """All connect in one moment, get the text, and then a letter that is written when they are there."""
    address = f"ws://{server.host}/ws/proposals/{proposal.id}"
    options = {"additional_headers": headers, "subprotocols": [SUBPROTOCOL], "compression": None, "proxy": None}
    are_there = asyncio.Barrier(count + 1)

    async def one() -> None:
        async with connect(address, open_timeout=120, **options) as socket:
            await socket.send(WHOLE_TEXT)
            while read_frame(await socket.recv()).sync is not SyncType.STEP2:
                pass
            await are_there.wait()
            while (got := read_frame(await socket.recv())).type is not FrameType.HEAD or got.payload < writer.saved_seq:
                pass

    async def letter() -> None:
        await are_there.wait()
        await asyncio.to_thread(writer.type, root, "z")
        await asyncio.to_thread(writer.wait_until, lambda: writer.saved == writer.sent)

    async with asyncio.timeout(240), asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(one())
        group.create_task(letter())


def all_come_back(server: Server, proposal, root, maya, tomas, count: int) -> None:
    writer = RoomClient(server.host, proposal.id, headers_of(server, maya)).sync()
    writer.type(root, "before ")
    writer.wait_until(lambda: writer.saved == writer.sent)
    for _ in range(2):
        asyncio.run(come_back(server, proposal, headers_of(server, tomas), writer, root, count))
    assert letters_of(writer.document, root) == "before zz"
    writer.close()


def test_everybody_comes_back_at_once(crowded_server, proposal, root, maya, tomas):
    all_come_back(crowded_server, proposal, root, maya, tomas, 100)


@pytest.mark.soak
def test_five_hundred_come_back_at_once(crowded_server, proposal, root, maya, tomas):
    all_come_back(crowded_server, proposal, root, maya, tomas, 500)
