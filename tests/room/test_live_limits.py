"""What is too much: a clear answer, nobody else's loss."""

import socket
import time

import pytest

from collab.protocol import CloseCode, FrameType, Rejection, SyncType
from tests.room.client import RoomClient, first_text
from tests.room.conftest import headers_of
from tests.room.server import Server


@pytest.fixture(scope="module")
def small_server(django_db_setup):
    """A server whose limits are soon reached."""
    running = Server(
        ROOM_DOCUMENT_BYTES="20000",
        ROOM_SOCKETS_PER_PERSON="2",
        ROOM_SOCKETS_PER_ROOM="3",
        ROOM_UPDATES_PER_SECOND="20",
        ROOM_UPDATES_BURST="10",
        ROOM_IDLE_SECONDS="1",
        ROOM_KEEP_ALIVE_SECONDS="1",
        ROOM_SNAPSHOT_EVERY="5",
    ).start()
    yield running
    running.stop()


@pytest.fixture
def join(small_server, proposal):
    opened = []

    def open_socket(user, **options):
        client = RoomClient(small_server.host, proposal.id, headers_of(small_server, user), **options)
        opened.append(client)
        return client

    yield open_socket
    for client in opened:
        client.close()


def test_a_document_as_long_as_it_may_get(join, maya, tomas, root):
    one, plain = join(maya).sync(), join(tomas, extended=False).sync()
    one.type(root, "x" * 19_000)
    one.wait_until(lambda: one.saved == one.sent)
    number = one.type(root, "y" * 2_000)
    assert one.wait_for_type(FrameType.REJECTED).payload[:2] == (number, Rejection.QUOTA)
    plain.type(root, "z" * 2_000)
    assert plain.wait_for_close() == CloseCode.QUOTA


def test_a_person_with_too_many_windows(join, maya, tomas, root):
    first, second = join(maya).sync(), join(maya).sync()
    assert join(maya).wait_for_close() == CloseCode.OVERLOAD
    other = join(tomas).sync()
    assert join(tomas).wait_for_close() == CloseCode.OVERLOAD
    first.type(root, "a")
    other.wait_until(lambda: other.head == 2)
    second.wait_until(lambda: second.head == 2)


def test_a_fast_sender_is_slowed_down_and_loses_nothing(join, maya, tomas, root):
    one, other = join(maya).sync(), join(tomas).sync()
    started = time.monotonic()
    for _ in range(40):
        one.type(root, "x")
    one.wait_until(lambda: one.saved == one.sent)
    assert time.monotonic() - started > 1
    other.wait_until(lambda: other.head == 41)


def test_a_flood_of_carets_and_questions_is_slowed_down_too(join, maya, tomas, root):
    one, other = join(maya).sync(), join(tomas).sync()
    started = time.monotonic()
    for clock in range(20):
        one.send_presence(one.document.client_id, clock, {"cursor": clock})
        one.send(bytes((FrameType.QUERY_AWARENESS,)))
    one.type(root, "x")
    one.wait_until(lambda: one.saved == one.sent)
    assert time.monotonic() - started > 1
    other.wait_until(lambda: other.head == 2)


@pytest.mark.parametrize("extended", [True, False])
def test_sockets_are_kept_alive(join, maya, root, extended):
    client = join(maya, extended=extended)
    assert client.wait_for_type(FrameType.AWARENESS).payload == {}


def test_a_document_at_rest_is_loaded_again(join, maya, tomas, root):
    one, other = join(maya).sync(), join(tomas).sync()
    one.type(root, "before ")
    one.wait_until(lambda: one.saved == one.sent)
    other.listen_for(3)
    one.type(root, "after")
    other.wait_until(lambda: other.head == 3)
    assert other.read(root) == one.read(root)


NARROW = {"ROOM_OUTBOX_FRAMES": "20", "ROOM_OUTBOX_BYTES": "100000"}
"""What a server keeps for a socket that does not read."""


@pytest.fixture(scope="module")
def narrow_server(django_db_setup):
    """A server that keeps little for a socket that does not read, and has patience with it."""
    running = Server(**NARROW, ROOM_LAG_SECONDS="600").start()
    yield running
    running.stop()


@pytest.fixture
def impatient_server(django_db_setup):
    """A server that keeps little for a socket that does not read, and not for long."""
    running = Server(**NARROW, ROOM_LAG_SECONDS="1").start()
    yield running
    running.stop()


def narrow_socket(server) -> socket.socket:
    """A connection whose buffer is soon full."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", server.port))
    return made


def write_much(client: RoomClient, root: str, rounds: int) -> None:
    """Fill and empty a paragraph: 50 KB of log each time, and no longer document."""
    for number in range(rounds):
        client.type(root, f"{number} " * 10_000)
        client.edit(lambda document: first_text(document, root).clear())
        client.wait_until(lambda: client.saved == client.sent)


def test_a_socket_that_does_not_read_gets_the_rest_in_one_piece(narrow_server, proposal, maya, tomas, root):
    writer = RoomClient(narrow_server.host, proposal.id, headers_of(narrow_server, maya)).sync()
    reader = RoomClient(
        narrow_server.host, proposal.id, headers_of(narrow_server, tomas), sock=narrow_socket(narrow_server)
    ).sync()
    write_much(writer, root, 150)
    frames_before = len(reader.frames)
    writer.type(root, "the end")
    writer.wait_until(lambda: writer.saved == writer.sent)
    reader.wait_until(lambda: reader.head == writer.saved_seq)
    assert reader.read(root) == writer.read(root)
    updates = [frame for frame in reader.frames[frames_before:] if frame.sync is SyncType.UPDATE]
    assert len(updates) < 250
    writer.close()
    reader.close()


def test_a_socket_that_does_not_read_for_long_is_closed(impatient_server, proposal, maya, tomas, root):
    writer = RoomClient(impatient_server.host, proposal.id, headers_of(impatient_server, maya)).sync()
    sleeper = RoomClient(
        impatient_server.host, proposal.id, headers_of(impatient_server, tomas), sock=narrow_socket(impatient_server)
    ).sync()
    sleeper.send_presence(77, 1, {"cursor": 1})
    writer.wait_until(lambda: writer.presence.get(77) is not None)
    write_much(writer, root, 150)
    writer.wait_until(lambda: writer.presence[77] is None)
    assert sleeper.wait_for_close() == 1006  # not even the reason got through
    writer.type(root, "nobody else is hurt")
    writer.wait_until(lambda: writer.saved == writer.sent)
    writer.close()
