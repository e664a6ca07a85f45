"""What one room has to do does not stop another: two people write on beside it, and get every letter of each other."""

import threading
from collections.abc import Iterator

import pytest

from collab.protocol import FrameType
from tests import factories
from tests.room import yjs
from tests.room.bad_frames import presence
from tests.room.client import RoomClient
from tests.room.conftest import headers_of, seed
from tests.room.server import Server
from tests.room.test_live_faults import letters_of
from tests.room.test_live_hostile import Pair

NODES_COUNT = 20_000
"""They take about a second, in which two people exchange a hundred letters; one or two if they have to wait for it."""

FLOOD_COUNT = 600


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
    """How many letters the pair exchanges before the other room is done.

    Where it keeps them waiting these are what came before it was taken up, and the one that waited.
    """
    before = len(pair.letters)
    sender.start()
    while sender.is_alive():
        pair.go_on()
    return len(pair.letters) - before


def test_twenty_thousand_paragraphs_hold_nobody_up_elsewhere(server, proposal, root, maya, pair) -> None:
    client = RoomClient(server.host, proposal.id, headers_of(server, maya)).sync()
    update = yjs.paragraphs(9, NODES_COUNT, root=root)
    assert letters_exchanged_while(Sender(client, update), pair) > 2
    pair.assert_undisturbed()
    client.close()


class Flood(threading.Thread):
    """Somebody who sends updates, carets and questions as fast as the server takes them, and reads the answers."""

    def __init__(self, client: RoomClient, root: str) -> None:
        super().__init__(daemon=True)
        self._client, self._root = client, root

    def run(self) -> None:
        client = self._client
        for number in range(FLOOD_COUNT):
            client.type(self._root, "flood ")
            client.send(presence((client.document.client_id, number + 1, b'{"cursor":null}')))
            if number % 50 == 0:
                client.send_step1()
            while client.sent - client.saved > 200:
                client.receive()
        client.wait_until(lambda: client.saved == client.sent)


def test_a_flood_keeps_no_letter_from_others(server, proposal, root, maya, tomas, pair) -> None:
    """Neither in its own room nor in another one, and nobody but its sender is slowed down or closed."""
    beside = seed(proposal)
    flooding = RoomClient(server.host, proposal.id, headers_of(server, maya)).sync()
    colleague = factories.participant(proposal).user
    here = [RoomClient(server.host, proposal.id, headers_of(server, user)).sync() for user in (tomas, colleague)]
    flood, letters = Flood(flooding, root), ""
    flood.start()
    while flood.is_alive() or len(letters) < 20:
        letters += "abcdefghij"[len(letters) % 10]
        writer, reader = here if len(letters) % 2 else reversed(here)
        writer.type(beside, letters[-1])
        writer.wait_until(lambda writer=writer: writer.saved == writer.sent)
        reader.wait_until(lambda reader=reader, text=letters: letters_of(reader.document, beside) == text)
        pair.go_on()
    pair.assert_undisturbed()
    assert len(pair.letters) > len(letters)
    for client in here:
        client.wait_until(
            lambda client=client: letters_of(client.document, root) == letters_of(flooding.document, root)
        )
    assert letters_of(flooding.document, root) == "flood " * FLOOD_COUNT
    assert not any(got.type in (FrameType.REJECTED, FrameType.BYE) for client in here for got in client.frames)
    for client in (*here, flooding):
        client.close()
