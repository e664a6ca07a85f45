"""The server's wall clock jumps while people type: nothing is lost, nobody is sent away, numbers go on by one.

Only the server's clock jumps (`moved_settings`); those that never do are left alone.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from accounts.tickets import make_room_ticket
from collab.models import Update
from collab.protocol import CloseCode
from proposals.models import AuditEvent
from tests.room.client import RoomClient
from tests.room.conftest import headers_of
from tests.room.server import Server
from tests.room.test_live_faults import assert_dense, letters_in_log, letters_of

HOUR, DAY = 3600, 24 * 3600


class Clock:
    """The wall clock of a server, so many seconds ahead of the true one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.jump_to(0)

    def jump_to(self, seconds: int) -> None:
        """At once: the server looks each time that it asks for the time."""
        beside = self._path.with_suffix(".new")
        beside.write_text(str(seconds))
        beside.replace(self._path)

    @property
    def environment(self) -> dict[str, str]:
        return {"DJANGO_SETTINGS_MODULE": "tests.room.moved_settings", "CLOCK": str(self._path)}


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
def moved_server(transactional_db: None, clock: Clock) -> Iterator[Server]:
    running = Server(**clock.environment).start()
    yield running
    running.stop()


def passes(letter: str, writer: RoomClient, reader: RoomClient, root: str, written: str) -> None:
    """One types a letter, which is saved, and the other gets it."""
    writer.type(root, letter)
    writer.wait_until(lambda: writer.saved == writer.sent)
    reader.wait_until(lambda: letters_of(reader.document, root) == written)


def seconds_ahead(proposal) -> int:
    """How far the last update's time is ahead of the true time, to a quarter of an hour."""
    last = Update.objects.filter(room__proposal=proposal).latest("seq")
    return round((last.created_at - timezone.now()) / timedelta(minutes=15)) * 15 * 60


def test_people_type_on_while_the_clock_jumps(moved_server, clock, proposal, root, maya, tomas) -> None:
    """By an hour and a day to either side; then to where it was. Tickets run out by the clock, and only they."""
    pair = [RoomClient(moved_server.host, proposal.id, headers_of(moved_server, user)).sync() for user in (maya, tomas)]
    writer, reader = pair
    written = ""
    for number, jump in enumerate((HOUR, -HOUR, DAY, -DAY, 0)):
        clock.jump_to(jump)
        for letter in ("abcde"[number], "."):
            written += letter
            passes(letter, writer, reader, root, written)
        assert seconds_ahead(proposal) == jump
        ticket, _ = make_room_ticket(proposal_id=proposal.id, user_id=maya.id)
        assert enters(moved_server, proposal, ticket) == (jump == 0)
        returned = RoomClient(moved_server.host, proposal.id, headers_of(moved_server, tomas)).sync()
        assert letters_of(returned.document, root) == written
        returned.close()
        writer, reader = reader, writer
    assert letters_in_log(proposal, root) == written == "a.b.c.d.e."
    assert_dense(proposal)
    numbers = list(AuditEvent.objects.filter(proposal=proposal).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    for client in pair:
        client.close()


def enters(server: Server, proposal, ticket: str) -> bool:
    """Whether a ticket is good at the server; it says why not by its code."""
    client = RoomClient(server.host, proposal.id, query=f"?ticket={ticket}")
    try:
        client.sync()
    except ConnectionClosed:
        assert client.socket.close_code == CloseCode.SIGN_IN_AGAIN
        return False
    finally:
        client.close()
    return True
