"""Several workers with Redis between them: the doorbell reaches the other worker, and may fail."""

from collections.abc import Iterator

import pytest

from tests.room import redis
from tests.room.client import RoomClient
from tests.room.conftest import headers_of
from tests.room.redis import Redis
from tests.room.server import Server
from tests.room.test_live_faults import letters_in_log, letters_of

NEVER = "600000"


@pytest.fixture(scope="module")
def bell() -> Iterator[Redis]:
    program = redis.program()
    if program is None:
        pytest.skip("Redis is not installed")
    running = Redis(program).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def workers(django_db_setup, bell) -> Iterator[list[Server]]:
    """Two servers that look by themselves only every ten minutes: what they learn of each other comes by Redis."""
    servers = [Server(REDIS_URL=bell.url, ROOM_POLL_MS=NEVER).start() for _ in range(2)]
    yield servers
    for server in servers:
        server.stop()


@pytest.fixture
def pair(workers, proposal, root, maya, tomas) -> Iterator[list[RoomClient]]:
    """Maya on one worker, Tomás on the other."""
    clients = [
        RoomClient(server.host, proposal.id, headers_of(server, user)).sync()
        for server, user in zip(workers, (maya, tomas), strict=True)
    ]
    yield clients
    for client in clients:
        client.close()


def test_letters_and_events_go_from_worker_to_worker(pair, proposal, root):
    one, other = pair
    for number in range(10):
        one.type(root, f"a{number}.")
        other.type(root, f"b{number}.")
    words = [f"{name}{number}." for name in "ab" for number in range(10)]
    for client in pair:
        client.wait_until(lambda client=client: all(word in letters_of(client.document, root) for word in words))
    assert letters_of(one.document, root) == letters_of(other.document, root) == letters_in_log(proposal, root)


def test_carets_go_from_worker_to_worker(pair, maya):
    one, other = pair
    one.send_presence(7, 1, {"cursor": None})
    other.wait_until(lambda: other.presence.get(7))
    assert other.presence[7]["user"]["name"] == maya.name


def test_a_redis_that_was_away_rings_again(pair, bell, proposal, root):
    one, other = pair
    one.type(root, "before. ")
    other.wait_until(lambda: "before." in letters_of(other.document, root))
    bell.kill()
    one.type(root, "without. ")
    one.wait_until(lambda: one.saved == one.sent)
    assert "without." in letters_in_log(proposal, root)
    bell.start()
    for number in range(200):
        one.type(root, f"{number}. ")
        one.wait_until(lambda: one.saved == one.sent)
        other.listen_for(0.1)
        if "without." in letters_of(other.document, root):
            break
    assert "without." in letters_of(other.document, root)
