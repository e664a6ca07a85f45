"""Two workers on PostgreSQL, each deaf to the other's doorbell: dense numbers, the same text everywhere."""

from collections.abc import Iterator

import pytest

from collab.models import Room
from tests import factories
from tests.proposals import postgres
from tests.room.client import RoomClient
from tests.room.conftest import headers_of, seed
from tests.room.server import Server
from tests.room.test_live_faults import assert_dense, letters_in_log, letters_of


@pytest.fixture(scope="module")
def described(django_db_setup, django_db_blocker) -> Iterator[dict]:
    with postgres.running(django_db_blocker.unblock) as settings:
        yield settings


@pytest.fixture
def workers(described, django_db_blocker) -> Iterator[list[Server]]:
    """Two servers on one PostgreSQL, which is this test's database too."""
    url = f"postgres://{described['USER']}@/{described['HOST']}/{described['NAME']}"
    with django_db_blocker.unblock(), postgres.as_default(described):
        servers = [Server(DATABASE_URL=url, ROOM_SNAPSHOT_EVERY="20").start() for _ in range(2)]
        yield servers
        for server in servers:
            server.stop()


def test_workers_on_postgresql_converge(workers):
    proposal = factories.proposal()
    root = seed(proposal)
    people = [factories.seller(proposal), factories.client(proposal)]
    clients = [
        RoomClient(server.host, proposal.id, headers_of(server, user)).sync()
        for server, user in zip(workers, people, strict=True)
    ]
    for number in range(30):
        for client, name in zip(clients, "ab", strict=True):
            client.type(root, f"{name}{number}.")
    words = [f"{name}{number}." for name in "ab" for number in range(30)]
    for client in clients:
        client.wait_until(lambda client=client: all(word in letters_of(client.document, root) for word in words))
        client.wait_until(lambda client=client: client.saved == client.sent)
    assert len({letters_of(client.document, root) for client in clients} | {letters_in_log(proposal, root)}) == 1
    assert_dense(proposal)
    for _ in range(200):  # a snapshot is taken after the commit that made it due
        if Room.objects.get(proposal=proposal).snapshot_seq:
            break
        clients[0].type(root, "more.")
        clients[0].wait_until(lambda: clients[0].saved == clients[0].sent)
    assert Room.objects.get(proposal=proposal).snapshot_seq > 0
    latecomer = RoomClient(workers[0].host, proposal.id, headers_of(workers[0], people[0])).sync()
    assert letters_of(latecomer.document, root) == letters_in_log(proposal, root)
    for client in [*clients, latecomer]:
        client.close()
