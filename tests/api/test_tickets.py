"""Room tickets: what they say, how long they are good for, and that nobody can make one."""

import datetime as dt
import uuid

import pytest
from django.core import signing
from django.utils import timezone

from accounts.tickets import SALT, make_room_ticket, room_ticket

ROOM, PERSON = uuid.UUID(int=1), uuid.UUID(int=2)


def test_a_ticket_names_its_room_and_its_person() -> None:
    before = timezone.now()

    ticket, expires_at = make_room_ticket(proposal_id=ROOM, user_id=PERSON)

    assert room_ticket(ticket) == (ROOM, PERSON)
    assert before + dt.timedelta(minutes=10) <= expires_at <= timezone.now() + dt.timedelta(minutes=10)


def test_a_ticket_is_good_for_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    ticket, _ = make_room_ticket(proposal_id=ROOM, user_id=PERSON)

    monkeypatch.setattr("time.time", lambda: now + 599)
    assert room_ticket(ticket) == (ROOM, PERSON)
    monkeypatch.setattr("time.time", lambda: now + 601)
    assert room_ticket(ticket) is None


def test_a_ticket_of_a_clock_that_was_fast_is_not_good_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("time.time", lambda: now + 3600)
    ticket, _ = make_room_ticket(proposal_id=ROOM, user_id=PERSON)

    monkeypatch.setattr("time.time", lambda: now)
    assert room_ticket(ticket) is None
    monkeypatch.setattr("time.time", lambda: now + 3540)
    assert room_ticket(ticket) == (ROOM, PERSON)


@pytest.mark.parametrize("altered", ["", "x", "a:b:c", "\ud800", "é"])
def test_what_was_not_made_here_is_no_ticket(altered: str) -> None:
    assert room_ticket(altered) is None


def test_a_changed_ticket_or_one_for_something_else_is_no_ticket() -> None:
    ticket, _ = make_room_ticket(proposal_id=ROOM, user_id=PERSON)
    payload, rest = ticket.split(":", 1)
    flipped = ("A" if payload[0] != "A" else "B") + payload[1:]

    assert room_ticket(f"{flipped}:{rest}") is None
    assert room_ticket(signing.dumps({"room": str(ROOM), "user": str(PERSON)}, salt="another")) is None
    assert SALT == "sameside.room-ticket"
