"""Bad frames sent to a running server, one after the other, beside people who go on writing and notice nothing."""

import contextlib
from pathlib import Path

import pycrdt
import pytest
from websockets.exceptions import ConnectionClosed

from collab.models import Update
from collab.protocol import CloseCode, FrameType, Rejection, SyncType
from collab.validation import parse_logged, parse_state_vector
from tests import factories
from tests.room import yjs
from tests.room.bad_frames import Answer, Bad, bad_frames, giants
from tests.room.client import RoomClient, read_frame
from tests.room.conftest import headers_of, seed

WHOLE_TEXT = b"\x00\x00\x01\x00"
"""A step 1 with an empty state vector: when its answer comes, what was sent before has been dealt with."""


class Pair:
    """Two honest people in a room, each with a socket that stays open; one writes, as client 7 and then as 21."""

    def __init__(self, server, proposal) -> None:
        self.proposal = proposal
        self.root = seed(proposal)
        self.writer = RoomClient(
            server.host, proposal.id, headers_of(server, factories.seller(proposal)), document=pycrdt.Doc(client_id=21)
        ).sync()
        reader = factories.participant(proposal, side="seller").user
        self.reader = RoomClient(server.host, proposal.id, headers_of(server, reader), extended=False).sync()
        self.letters = ""
        first = yjs.paragraph(7, "a😀b", root=self.root)
        self.writer.document.apply_update(first)
        self.writer.send_update(first)
        self._begin = len(self.reader.frames)
        self.go_on()

    def go_on(self) -> None:
        """One writes a letter, the other gets it."""
        self.letters += "abcdefghij"[len(self.letters) % 10]
        self.writer.type(self.root, self.letters[-1])
        self.writer.wait_until(lambda: self.writer.saved == self.writer.sent)
        state = parse_state_vector(self.writer.document.get_state())
        self.reader.wait_until(lambda: parse_state_vector(self.reader.document.get_state()) == state)

    def assert_undisturbed(self) -> None:
        """Nobody got, and the log does not hold, anything but what the two wrote; nobody's caret was shown."""
        for client in (self.writer, self.reader):
            for frame in client.frames[self._begin :]:
                assert frame.type is not FrameType.REJECTED
                if frame.type is FrameType.AWARENESS:
                    assert frame.payload == {}
                if frame.sync is SyncType.UPDATE:
                    assert parse_logged(frame.payload).inserted.keys() <= {7, 21}
        rows = Update.objects.filter(room__proposal=self.proposal).order_by("seq")
        assert [set(parse_logged(bytes(row.payload)).inserted) for row in rows[1:]] == [{7}] + [{21}] * len(
            self.letters
        )

    def close(self) -> None:
        self.writer.close()
        self.reader.close()


@pytest.fixture
def pairs(server, proposal):
    """Two honest people in the attacked room, and two in another one."""
    made = [Pair(server, proposal), Pair(server, factories.proposal())]
    yield made
    for pair in made:
        pair.close()


class Attacker:
    """A participant of the client's side who sends what they like; comes back when closed."""

    def __init__(self, server, proposal, *, extended: bool) -> None:
        self._server = server
        self._proposal = proposal
        self._extended = extended
        self._headers = headers_of(server, factories.client(proposal))
        self._client: RoomClient | None = None

    def send(self, bad: Bad) -> Answer:
        """Gives the answer of the server."""
        if self._client is None:
            self._client = RoomClient(self._server.host, self._proposal.id, self._headers, extended=self._extended)
        answer: Answer = None
        socket = self._client.socket
        try:
            with contextlib.suppress(ConnectionClosed):
                if bad.is_raw:
                    socket.socket.sendall(bad.frame)
                else:
                    socket.send(bad.frame)
                socket.send(WHOLE_TEXT)
            while True:
                got = read_frame(socket.recv(120))
                if got.type is FrameType.REJECTED:
                    answer = Rejection(got.payload[1])
                elif got.sync is SyncType.STEP2:
                    return answer
        except ConnectionClosed:
            code = socket.close_code
        self._client.close()
        self._client = None
        return CloseCode(code) if code in set(CloseCode) else code

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def memory_mib(server) -> float:
    """Resident memory of the server's process."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def attack(server, pairs, table: dict[str, Bad], *, extended: bool) -> None:
    """Send the whole table; every answer is exactly that, and nobody else has noticed."""
    attacked, elsewhere = pairs
    attacker = Attacker(server, attacked.proposal, extended=extended)
    attacker.send(Bad(b"", None, None))
    before_mib = memory_mib(server)
    answers = {}
    for number, (name, bad) in enumerate(table.items()):
        answers[name] = attacker.send(bad)
        if number % 10 == 0:
            attacked.go_on()
            elsewhere.go_on()
    attacker.close()
    for pair in pairs:
        pair.go_on()
        pair.assert_undisturbed()
    assert answers == {name: bad.extended if extended else bad.plain for name, bad in table.items()}
    assert server.process.poll() is None
    assert memory_mib(server) - before_mib < 60


def test_bad_frames_are_answered_exactly_and_harm_nobody(server, pairs):
    table = bad_frames(pairs[0].root, smaller_by=10)
    attack(server, pairs, table, extended=True)
    assert len(table) == 254


def test_bad_frames_to_a_plain_socket(server, pairs):
    """Here nearly every one costs a new connection: of the many updates each fourth will do."""
    table = bad_frames(pairs[0].root, smaller_by=10)
    updates = [name for name in table if name.startswith(("update: ", "step 2: "))]
    left_out = giants() | set(updates) - set(updates[::4])
    table = {name: bad for name, bad in table.items() if name not in left_out}
    attack(server, pairs, table, extended=False)
    assert len(table) == 125


@pytest.mark.soak
def test_bad_frames_at_full_size_a_hundred_times(server, pairs):
    table = bad_frames(pairs[0].root)
    for _ in range(100):
        attack(server, pairs, table, extended=True)
