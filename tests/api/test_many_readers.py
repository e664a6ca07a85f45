"""Twenty programs that read at the same moment, on a server that has three connections to PostgreSQL for them."""

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from accounts.models import ApiToken
from tests.api.conftest import ROOT, caller, make_deal
from tests.room.server import Server

READERS_COUNT = 20
CONNECTIONS_COUNT = 3
PATIENCE_SECONDS = 120
OPEN = "SELECT pid, state, wait_event_type FROM pg_stat_activity WHERE application_name = 'web'"

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def server(committed: str) -> Iterator[Server]:
    """A server on the test's database, where its connections have a name."""
    described = connection.settings_dict
    url = f"postgres://{described['USER']}@/{described['HOST']}/{described['NAME']}?application_name=web"
    running = Server(
        DATABASE_URL=url, DATABASE_CONNECTIONS=str(CONNECTIONS_COUNT), DATABASE_WAIT_SECONDS=str(PATIENCE_SECONDS)
    ).start()
    yield running
    running.stop()


@pytest.fixture
def looking(committed: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that looks on, and sees everything as it is at the moment."""
    described = connection.settings_dict
    with psycopg.connect(
        host=described["HOST"], user=described["USER"], dbname=described["NAME"], autocommit=True
    ) as opened:
        yield opened


@contextmanager
def all_tokens_locked(looking: psycopg.Connection[Any]) -> Iterator[Callable[[], None]]:
    """Nobody can find out whose a token is: whoever got a connection keeps it and waits.

    Gives what waits until all connections are in use, 30 seconds at most.
    """

    def wait_until_all_are_used() -> None:
        deadline = time.monotonic() + 30
        while [wait for _, _, wait in looking.execute(OPEN)].count("Lock") < CONNECTIONS_COUNT:
            assert time.monotonic() < deadline, looking.execute(OPEN).fetchall()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {ApiToken._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        yield wait_until_all_are_used


def read(server: Server, path: str, token: str) -> int:
    """The status of an answer."""
    asking = http.client.HTTPConnection(server.host, timeout=PATIENCE_SECONDS)
    asking.request("GET", ROOT + path, headers={"Authorization": f"Bearer {token}"})
    answer = asking.getresponse()
    answer.read()
    asking.close()
    return answer.status


def test_no_more_connections_are_opened_and_none_is_left_in_a_transaction(
    server: Server, looking: psycopg.Connection[Any]
) -> None:
    deal = make_deal()
    token = caller(deal, "seller").token
    with ThreadPoolExecutor(READERS_COUNT) as readers:
        with all_tokens_locked(looking) as wait_until_all_are_used:
            asked = [readers.submit(read, server, deal.path, token) for _ in range(READERS_COUNT)]
            wait_until_all_are_used()
        answers = [each.result() for each in asked]
    assert answers == [200] * READERS_COUNT
    opened = looking.execute(OPEN).fetchall()
    assert [state for _, state, _ in opened] == ["idle"] * CONNECTIONS_COUNT

    ended = [pid for pid, _, _ in opened]
    looking.execute("SELECT pg_terminate_backend(pid, 60000) FROM unnest(%s::int[]) AS pid", [ended])
    assert [read(server, deal.path, token) for _ in range(CONNECTIONS_COUNT)] == [200] * CONNECTIONS_COUNT
    assert {pid for pid, _, _ in looking.execute(OPEN)}.isdisjoint(ended)


def test_who_hangs_up_while_waiting_keeps_no_connection(server: Server, looking: psycopg.Connection[Any]) -> None:
    deal = make_deal()
    token = caller(deal, "seller").token
    host, _, port = server.host.partition(":")
    sent = f"GET {ROOT}{deal.path} HTTP/1.1\r\nHost: {server.host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    with all_tokens_locked(looking) as wait_until_all_are_used, ExitStack() as hanging_up:
        for _ in range(2 * CONNECTIONS_COUNT):
            asking = hanging_up.enter_context(socket.create_connection((host, int(port))))
            asking.sendall(sent)
        wait_until_all_are_used()
    assert [read(server, deal.path, token) for _ in range(READERS_COUNT)] == [200] * READERS_COUNT
    assert len(looking.execute(OPEN).fetchall()) <= CONNECTIONS_COUNT
