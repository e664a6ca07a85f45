"""Power cuts, a full disk, a locked database, several workers: nothing saved is lost, nothing unsaved is shown."""

import contextlib
import random
import resource
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pycrdt
import pytest
from django.db import connection
from websockets.exceptions import ConnectionClosed

from collab.checking import faults_of
from collab.models import Room, Update
from collab.projection import read_section
from collab.protocol import CloseCode, FrameType, SyncType
from proposals.locking import lock_proposal
from tests.room.client import WAIT_SECONDS, RoomClient
from tests.room.conftest import headers_of
from tests.room.server import Server


def letters_in_log(proposal, root: str) -> str:
    """The text that the log's rows give, read without the server."""
    document = pycrdt.Doc()
    for row in Update.objects.filter(room__proposal=proposal).order_by("seq"):
        document.apply_update(bytes(row.payload))
    return letters_of(document, root)


def letters_of(document: pycrdt.Doc, root: str) -> str:
    blocks = read_section(document, root)["content"]
    return "".join(node["text"] for block in blocks for node in block.get("content", []))


# --- before it is durable -----------------------------------------------------------------------------------------


def receives_nothing(client: RoomClient, kind: FrameType, seconds: float = 1.0) -> bool:
    """Whether no frame of this type comes for a while."""
    with contextlib.suppress(TimeoutError):
        while True:
            if client.receive(seconds).type is kind:
                return False
    return True


def test_what_is_not_durable_is_neither_saved_nor_shown(enter, maya, tomas, root):
    one, other, third = enter(maya).sync(), enter(tomas).sync(), enter(tomas)
    third.wait_for_type(FrameType.HELLO)
    database = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    one.type(root, "waits for the disk")
    assert receives_nothing(one, FrameType.SAVED)
    third.send_step1()
    assert receives_nothing(other, FrameType.SYNC)
    assert receives_nothing(third, FrameType.SYNC)
    database.execute("ROLLBACK")
    database.close()
    one.wait_until(lambda: one.saved == one.sent)
    for client in (other, third):
        client.wait_until(lambda client=client: letters_of(client.document, root) == "waits for the disk")


@pytest.fixture
def full_disk(server) -> Iterator[Callable[[], None]]:
    """The server can make no file longer than a page any more, until the fixture's value is called."""
    unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))

    def make_room() -> None:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)

    yield make_room
    make_room()


def test_a_full_disk_saves_nothing_and_loses_nothing(enter, maya, tomas, proposal, root, request):
    one, other = enter(maya).sync(), enter(tomas).sync()
    make_room = request.getfixturevalue("full_disk")
    one.type(root, "typed on a full disk")
    assert receives_nothing(one, FrameType.SAVED, 0.5)
    assert receives_nothing(other, FrameType.SYNC, 0.1)
    assert letters_in_log(proposal, root) == ""
    make_room()
    one.wait_until(lambda: one.saved == one.sent)
    assert letters_in_log(proposal, root) == "typed on a full disk"
    other.wait_until(lambda: letters_of(other.document, root) == "typed on a full disk")


@pytest.mark.waits
def test_a_disk_that_stays_full_is_said_and_what_was_typed_comes_later(enter, maya, tomas, proposal, root, request):
    """The text stays with its author, who is told, and whoever reads goes on reading."""
    one = enter(maya).sync()
    make_room = request.getfixturevalue("full_disk")
    one.type(root, "typed on a full disk")
    assert one.wait_for_close() == CloseCode.OVERLOAD
    assert one.frames[-1].payload["reason"] == "The text could not be stored just now."
    assert letters_in_log(proposal, root) == ""
    reader = enter(tomas)
    reader.send_step1()
    reader.wait_for(lambda got: got.sync is SyncType.STEP2)
    assert letters_of(reader.document, root) == ""
    make_room()
    back = enter(maya, document=one.document).sync()
    assert letters_in_log(proposal, root) == "typed on a full disk"
    reader.wait_until(lambda: letters_of(reader.document, root) == "typed on a full disk")
    back.type(root, ", and on")
    back.wait_until(lambda: back.saved == back.sent)


# --- power cuts ---------------------------------------------------------------------------------------------------


class Typist(threading.Thread):
    """Types numbered words until the connection breaks; `saved_words` are those the server said were durable."""

    def __init__(self, client: RoomClient, root: str, name: str) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.root = root
        self.word = name
        self.frames: dict[int, str] = {}

    def run(self) -> None:
        number = 0
        with contextlib.suppress(ConnectionClosed, TimeoutError, OSError):
            while True:
                number += 1
                word = f"{self.word}{number}."
                self.frames[self.client.type(self.root, word)] = word
                while self.client.sent - self.client.saved > 3:
                    self.client.receive()

    @property
    def saved_words(self) -> list[str]:
        return [word for frame, word in self.frames.items() if frame <= self.client.saved]


def wait_for_words(typists: list[Typist], count: int) -> None:
    """Until the server has said of so many words of each that they are durable."""
    deadline = time.monotonic() + WAIT_SECONDS
    while any(typist.client.saved < count for typist in typists):
        assert time.monotonic() < deadline, "the typists do not get to type"
        threading.Event().wait(0.002)


def cut_power(server: Server, proposal, root: str, people, chance: random.Random) -> int:
    """Let two people type, kill the server at a random word, look into the log, start again and come back."""
    typists = [
        Typist(RoomClient(server.host, proposal.id, headers_of(server, user)).sync(), root, f"{name}{chance.random()}-")
        for user, name in zip(people, "ab", strict=True)
    ]
    for typist in typists:
        typist.start()
    wait_for_words(typists, chance.randint(1, 40))
    threading.Event().wait(chance.uniform(0, 0.02))
    server.kill()
    for typist in typists:
        typist.join(120)
        assert not typist.is_alive()
    saved = [word for typist in typists for word in typist.saved_words]
    logged = letters_in_log(proposal, root)
    assert [word for word in saved if word not in logged] == []
    server.start()
    for typist, user in zip(typists, people, strict=True):
        back = RoomClient(server.host, proposal.id, headers_of(server, user), document=typist.client.document).sync()
        back.close()
    everything = letters_in_log(proposal, root)
    typed = [word for typist in typists for word in typist.frames.values()]
    assert [word for word in typed if everything.count(word) != 1] == []
    return len(saved)


def assert_dense(proposal) -> None:
    """Numbers without a hole, and everything else in the room as the log says.

    Under the proposal's lock: a server may be taking a snapshot still.
    """
    with lock_proposal(proposal.id):
        seqs = list(Update.objects.filter(room__proposal=proposal).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))
        room = Room.objects.get(proposal=proposal)
        assert room.head_seq == len(seqs)
        assert faults_of(room) == []


@pytest.fixture
def own_server(transactional_db):
    running = Server().start()
    yield running
    running.stop()


def test_every_saved_letter_survives_kill_9(own_server, proposal, root, maya, tomas):
    chance = random.Random(9)
    saved_count = sum(cut_power(own_server, proposal, root, (maya, tomas), chance) for _ in range(10))
    assert saved_count > 100
    assert_dense(proposal)


@pytest.mark.soak
def test_every_saved_letter_survives_kill_9_200_times(own_server, proposal, root, maya, tomas, capsys):
    chance = random.Random(200)
    saved_count = sum(cut_power(own_server, proposal, root, (maya, tomas), chance) for _ in range(200))
    assert_dense(proposal)
    with capsys.disabled():
        sys.stdout.write(f"\n200 kills, {saved_count} saved words, none lost or doubled\n")
    assert saved_count > 2000


def test_a_server_that_stops_says_that_it_restarts(own_server, enter, maya, proposal):
    """1012 is a code after which browsers come back at once, spread over a tenth of a second."""
    client = RoomClient(own_server.host, proposal.id, headers_of(own_server, maya)).sync()
    own_server.stop()
    assert client.wait_for_close() == CloseCode.RESTART
    client.close()


# --- several workers ----------------------------------------------------------------------------------------------


def test_workers_that_hear_no_doorbell_converge(server, own_server, proposal, root, maya, tomas):
    """Two processes, each with a channel layer of its own: no doorbell of one ever reaches the other."""
    one = RoomClient(server.host, proposal.id, headers_of(server, maya)).sync()
    other = RoomClient(own_server.host, proposal.id, headers_of(own_server, tomas)).sync()
    for number in range(20):
        one.type(root, f"a{number}.")
        other.type(root, f"b{number}.")
    words = [f"{name}{number}." for name in "ab" for number in range(20)]
    for client in (one, other):
        client.wait_until(lambda client=client: all(word in letters_of(client.document, root) for word in words))
        client.wait_until(lambda client=client: client.saved == client.sent)
    assert letters_of(one.document, root) == letters_of(other.document, root) == letters_in_log(proposal, root)
    assert_dense(proposal)
    one.close()
    other.close()


def test_a_client_that_changes_workers_takes_its_unsaved_words_along(server, own_server, proposal, root, maya):
    one = RoomClient(server.host, proposal.id, headers_of(server, maya)).sync()
    one.type(root, "first ")
    one.wait_until(lambda: one.saved == one.sent)
    back = RoomClient(own_server.host, proposal.id, headers_of(own_server, maya), document=one.document).sync()
    back.type(root, "second")
    back.wait_until(lambda: back.saved == back.sent)
    again = RoomClient(server.host, proposal.id, headers_of(server, maya), document=one.document)
    again.send_update(back.document.get_update(), SyncType.STEP2)
    again.wait_until(lambda: again.saved == 1)
    again.type(root, " third")
    again.wait_until(lambda: again.saved == again.sent)
    assert letters_in_log(proposal, root) == "first second third"
    assert_dense(proposal)
    for client in (one, back, again):
        client.close()
