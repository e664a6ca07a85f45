"""What one room has to do does not stop another: two people write on beside it, and get every letter of each other."""

import threading
from collections.abc import Iterator

import pytest

from tests import factories
from tests.room import yjs
from tests.room.client import RoomClient
from tests.room.conftest import headers_of
from tests.room.server import Server
from tests.room.test_live_hostile import Pair

NODES_COUNT = 20_000
"""They take about a second, in which two people exchange a hundred letters."""


class Sender(threading.Thread):
    """Somebody who sends an update to a room, and waits until it is saved."""

    def __init__(self, client: RoomClient, update: bytes) -> None:
        super().__init__(daemon=True)
        self._client, self._update = client, update

    def run(self) -> None:
        self._client.send_update(self._update)
        self._client.wait_until(lambda: self._client.saved == self._client.sent)


@pytest.fixture
def pair(server: Server, transactional_db: None) -> Iterator[Pair]:
    """Two people in a room of their own."""
    made = Pair(server, factories.proposal())
    yield made
    made.close()


def letters_exchanged_while(sender: Sender, pair: Pair) -> int:
    """How many letters the pair exchanges before the other room is done."""
    before = len(pair.letters)
    sender.start()
    while sender.is_alive():
        pair.go_on()
    return len(pair.letters) - before


def test_twenty_thousand_paragraphs_hold_nobody_up_elsewhere(server, proposal, root, maya, pair) -> None:
    client = RoomClient(server.host, proposal.id, headers_of(server, maya)).sync()
    update = yjs.paragraphs(9, NODES_COUNT, root=root)
    assert letters_exchanged_while(Sender(client, update), pair) > 10
    pair.assert_undisturbed()
    client.close()
