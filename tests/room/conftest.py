"""A running server, a proposal with two people, and sockets for them."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from collab.projection import root_name
from proposals.locking import lock_proposal
from proposals.models import Proposal
from proposals.prose import EMPTY, ProseDocument
from proposals.text import port
from tests import factories
from tests.room.client import RoomClient
from tests.room.server import Server


@pytest.fixture(scope="session")
def server(django_db_setup) -> Iterator[Server]:
    """One server for all tests; each test has a proposal of its own."""
    running = Server().start()
    yield running
    running.stop()


@pytest.fixture
def proposal(transactional_db) -> Proposal:
    """An open proposal with two people."""
    return factories.proposal()


def seed(proposal: Proposal, text: ProseDocument = EMPTY) -> str:
    """A section with this text; gives its root name."""
    section = factories.section(proposal)
    with lock_proposal(proposal.id) as locked:
        port().create(locked, {section.id: text}, None)
    return root_name(section.id)


@pytest.fixture
def root(proposal) -> str:
    """An empty section."""
    return seed(proposal)


def session_of(user: User) -> str:
    """The session cookie of somebody who has signed in."""
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def headers_of(server: Server, user: User) -> dict[str, str]:
    """What this person's browser sends."""
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(user)}", "Origin": f"http://{server.host}"}


@pytest.fixture
def enter(server, proposal) -> Iterator[Callable[..., RoomClient]]:
    """Opens sockets for signed-in people; all are closed at the end."""
    opened: list[RoomClient] = []

    def open_socket(user: User, **options) -> RoomClient:
        client = RoomClient(server.host, proposal.id, headers_of(server, user), **options)
        opened.append(client)
        return client

    yield open_socket
    for client in opened:
        client.close()


@pytest.fixture
def maya(proposal) -> User:
    """Of the seller's side."""
    return factories.seller(proposal)


@pytest.fixture
def tomas(proposal) -> User:
    """Of the client's side."""
    return factories.client(proposal)
