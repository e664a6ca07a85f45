"""Who does not get in: no session, ticket or token, one of somebody else's or of another room, or of a strange page."""

import contextlib
import time

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from accounts.tickets import make_room_ticket
from collab.protocol import CloseCode
from proposals.states import State
from tests import factories
from tests.room.conftest import session_of
from tests.room.test_live_refusals import guest_of


def close_code(url: str, headers: dict[str, str]) -> int:
    with connect(url, additional_headers=headers, proxy=None, open_timeout=120) as socket:
        with contextlib.suppress(ConnectionClosed):
            while True:
                socket.recv(120)
        return socket.close_code


@pytest.fixture
def address(server, proposal):
    return f"ws://{server.host}/ws/proposals/{proposal.id}"


@pytest.fixture
def cookie(maya):
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(maya)}"}


def test_no_session(server, address):
    assert close_code(address, {"Origin": f"http://{server.host}"}) == CloseCode.SIGN_IN_AGAIN


@pytest.mark.parametrize("cookie_text", ["sessionid=unknown", "sessionid", "=;=,", "sessionid=\x80"])
def test_a_session_that_is_none(server, address, cookie_text):
    headers = {"Origin": f"http://{server.host}", "Cookie": cookie_text}
    assert close_code(address, headers) == CloseCode.SIGN_IN_AGAIN


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_a_session_counts_only_on_our_own_pages(address, cookie, origin):
    assert close_code(address, cookie | origin) == CloseCode.NOT_A_PARTICIPANT


def test_somebody_elses_proposal_looks_like_none(server, address, proposal):
    stranger = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(factories.person())}"}
    headers = stranger | {"Origin": f"http://{server.host}"}
    assert close_code(address, headers) == CloseCode.NO_SUCH_ROOM
    unknown = address.replace(str(proposal.id), "0192f0c1-2f6e-7f6e-8f6e-2f6e2f6e2f6e")
    assert close_code(unknown, headers) == CloseCode.NO_SUCH_ROOM


@pytest.mark.parametrize("path", ["/ws/proposals/nonsense", "/ws/proposals/", "/ws", "/ws/proposals/%00"])
def test_no_room_at_this_address(server, cookie, path):
    headers = cookie | {"Origin": f"http://{server.host}"}
    assert close_code(f"ws://{server.host}{path}", headers) == CloseCode.NO_SUCH_ROOM


def test_what_is_being_prepared_is_the_sellers(server, cookie):
    prepared = factories.proposal(state=State.PREPARING)
    headers = {"Origin": f"http://{server.host}"}
    client = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(factories.client(prepared))}"}
    assert close_code(f"ws://{server.host}/ws/proposals/{prepared.id}", headers | client) == CloseCode.NO_SUCH_ROOM


def test_tokens_and_tickets_that_are_none(address, proposal, maya):
    other_ticket, _ = make_room_ticket(proposal_id=factories.proposal(people=False).id, user_id=maya.id)
    assert close_code(address, {"Authorization": "Bearer same_unknown"}) == CloseCode.SIGN_IN_AGAIN
    assert close_code(f"{address}?ticket=nonsense", {}) == CloseCode.SIGN_IN_AGAIN
    assert close_code(f"{address}?ticket={other_ticket}", {}) == CloseCode.SIGN_IN_AGAIN


def test_a_ticket_that_has_run_out(address, proposal, maya, monkeypatch):
    with monkeypatch.context() as earlier:
        now = time.time()
        earlier.setattr("time.time", lambda: now - 601)
        ticket, _ = make_room_ticket(proposal_id=proposal.id, user_id=maya.id)
    assert close_code(f"{address}?ticket={ticket}", {}) == CloseCode.SIGN_IN_AGAIN


def test_a_ticket_of_somebody_who_does_not_take_part(address, proposal):
    ticket, _ = make_room_ticket(proposal_id=proposal.id, user_id=factories.person().id)
    assert close_code(f"{address}?ticket={ticket}", {}) == CloseCode.NO_SUCH_ROOM


def test_a_guests_session_of_another_proposal(server, proposal):
    other = factories.proposal()
    with contextlib.closing(guest_of(server, other)) as guest:
        assert guest.receive().payload["role"] == "reader"
    with contextlib.closing(guest_of(server, other, enters=proposal)) as stranger:
        assert stranger.wait_for_close() == CloseCode.NO_SUCH_ROOM
