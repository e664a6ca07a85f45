"""On PostgreSQL a server's requests share connections: as many as are allowed, and only those that work."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_finished, request_started
from django.db import OperationalError, connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client

from config.env import read_environment
from config.postgresql.pool import KEPT_SECONDS, Pool, pool
from config.postgresql.requests import GivesBack, _note, share_connections
from proposals.exceptions import Busy
from tests.proposals import postgres

Connect = Callable[[], psycopg.Connection[Any]]


@pytest.fixture(scope="module")
def admin(postgresql: dict[str, Any]) -> Iterator[psycopg.Connection[Any]]:
    """A connection that looks on."""
    with connect_to(postgresql) as looking:
        yield looking


@pytest.fixture
def connect(postgresql: dict[str, Any]) -> Connect:
    """Opens a connection as Django does."""
    return lambda: connect_to(postgresql)


@pytest.fixture
def _shared(postgresql: dict[str, Any], django_db_blocker: Any) -> Iterator[None]:
    """Requests of this process share two connections, and wait for none."""
    described = {**postgresql, "ENGINE": "config.postgresql", "CONN_MAX_AGE": 60}
    with django_db_blocker.unblock(), postgres.as_default(described):
        share_connections(2, 0)
        yield
        request_started.disconnect(_note)
        pool.close()


def connect_to(described: dict[str, Any]) -> psycopg.Connection[Any]:
    return psycopg.connect(host=described["HOST"], user=described["USER"], dbname=described["NAME"], autocommit=True)


def in_thread(work: Callable[[], Any]) -> Any:
    """What some work in a thread of its own gives."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def request(work: Callable[[], object] = lambda: None) -> int:
    """What a server does with a request: a thread of its own. Gives the number of the backend that it had."""

    def run() -> int:
        request_started.send(sender=None)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (backend,) = cursor.fetchone()
            work()
        finally:
            request_finished.send(sender=None)
        return backend  # type: ignore[no-any-return]

    return in_thread(run)  # type: ignore[no-any-return]


@pytest.mark.usefixtures("_shared")
def test_the_next_request_takes_over_the_connection() -> None:
    assert request() == request()


@pytest.mark.usefixtures("_shared")
def test_two_at_once_have_two_and_a_third_is_told_that_the_server_is_busy() -> None:
    second: list[int] = []

    def third() -> None:
        with pytest.raises(Busy):
            request()

    first = request(lambda: second.append(request(third)))
    assert second != [first]
    assert request() in (first, *second)


@pytest.mark.usefixtures("_shared")
def test_a_thread_that_is_no_requests_has_a_connection_of_its_own() -> None:
    def own() -> bool:
        connection.ensure_connection()
        connection.close_if_unusable_or_obsolete()
        stays = connection.connection is not None
        connection.close()
        return stays

    pool.open(1, 0)
    seen: list[bool] = []
    request(lambda: seen.append(in_thread(own)))
    assert seen == [True]


@pytest.mark.usefixtures("_shared")
def test_without_a_pool_a_request_closes_what_it_opened() -> None:
    def served() -> bool:
        request_started.send(sender=None)
        connection.ensure_connection()
        opened = connection.connection
        request_finished.send(sender=None)
        return bool(opened.closed)

    pool.open(0, 0)
    assert in_thread(served)


def left_in_a_transaction() -> None:
    connection.connection.execute("BEGIN")


def left_without_autocommit() -> None:
    connection.set_autocommit(False)


def lost() -> None:
    connection.connection.close()


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize("work", [left_in_a_transaction, left_without_autocommit, lost])
def test_what_may_be_spoilt_is_not_passed_on(work: Callable[[], None]) -> None:
    pool.open(1, 0)
    first = request(work)
    assert request() != first


@pytest.mark.usefixtures("_shared")
def test_rows_that_a_request_left_unread_are_in_nobodys_way() -> None:
    left: list[Iterator[Any]] = []

    def read_one() -> None:
        left.append(ContentType.objects.iterator(chunk_size=1))
        next(left[-1])

    def read_all() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors WHERE is_holdable")
            standing.append(cursor.fetchone())
        rows = ContentType.objects.iterator(chunk_size=1)
        seen.append(next(rows))
        left.clear()  # closes it late, as a collection of garbage does
        seen.extend(rows)

    standing: list[Any] = []
    seen: list[ContentType] = []
    assert request(read_one) == request(read_all)
    assert standing == [(0,)]
    assert len(seen) == ContentType.objects.count() > 1


@pytest.mark.usefixtures("_shared")
def test_an_error_of_the_database_spoils_nothing() -> None:
    def failing() -> None:
        with pytest.raises(Exception, match="nowhere"), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    assert request(failing) == request()


@pytest.mark.usefixtures("_shared")
def test_after_the_server_closed_all_of_them_the_next_request_has_a_new_one(admin: psycopg.Connection[Any]) -> None:
    second: list[int] = []
    first = request(lambda: second.append(request()))
    admin.execute("SELECT pg_terminate_backend(pid, 60000) FROM unnest(%s::int[]) AS pid", [[first, *second]])
    assert request() not in (first, *second)


@pytest.mark.usefixtures("_shared")
def test_it_goes_back_before_the_answer_is_sent() -> None:
    pool.open(1, 0)
    seen: list[int] = []

    def view(_: HttpRequest) -> HttpResponse:
        connections["default"].ensure_connection()
        return HttpResponse()

    def served() -> None:
        request_started.send(sender=None)
        GivesBack(view)(HttpRequest())
        seen.append(request())

    in_thread(served)
    assert seen


@pytest.mark.usefixtures("_shared")
@pytest.mark.parametrize("address", ["/", "/nowhere/"])
def test_who_comes_when_all_are_in_use_reads_that_the_server_is_busy(address: str) -> None:
    pool.open(1, 0)
    answers: list[Any] = []

    def ask() -> Any:
        browser = Client(
            raise_request_exception=False, headers={"cookie": "sessionid=0123456789abcdef0123456789abcdef"}
        )
        program = Client(headers={"authorization": "Bearer smt_1234"})
        return [browser.get(address), program.get("/api/v1/proposals/")]

    request(lambda: answers.extend(in_thread(ask)))
    page, problem = answers
    assert (page.status_code, problem.status_code) == (503, 503)
    assert (page["Retry-After"], problem["Retry-After"]) == ("5", "5")
    assert "The server is busy. Nothing was changed" in page.content.decode()
    assert problem.json()["code"] == "busy"


def test_they_get_their_turn_in_the_order_of_coming(connect: Connect) -> None:
    own, order = Pool(), []
    own.open(1, 60)
    held = own.take(connect)
    waiting = []
    for number in range(3):
        entered = len(own._waiting)

        def wait(number: int = number) -> None:
            taken = own.take(connect)
            order.append((number, taken.connection))
            own.put(taken)

        waiting.append(threading.Thread(target=wait))
        waiting[-1].start()
        while len(own._waiting) == entered and waiting[-1].is_alive():
            pass
    own.put(held)
    for thread in waiting:
        thread.join()
    assert order == [(number, held.connection) for number in range(3)]
    own.close()
    assert held.connection.closed


def test_who_gave_up_takes_nobodys_turn(connect: Connect) -> None:
    own = Pool()
    own.open(1, 0)
    held = own.take(connect)
    with pytest.raises(Busy):
        own.take(connect)
    own.put(held)
    assert own.take(connect) == held
    held.connection.close()


def test_a_connection_that_could_not_be_opened_takes_no_place(connect: Connect) -> None:
    def fail() -> psycopg.Connection[Any]:
        raise OperationalError("the server is away")

    own = Pool()
    own.open(1, 0)
    with pytest.raises(OperationalError, match="away"):
        own.take(fail)
    taken = own.take(connect)
    own.close()
    own.put(taken)
    assert taken.connection.closed


def test_an_old_one_is_not_passed_on(connect: Connect) -> None:
    now = [0.0]
    own = Pool(lambda: now[0])
    own.open(1, 0)
    first = own.take(connect)
    now[0] = KEPT_SECONDS
    own.put(first)
    assert first.connection.closed
    second = own.take(connect)
    now[0] += KEPT_SECONDS - 1
    own.put(second)
    assert own.take(connect) == second
    own.put(second)
    now[0] += 1
    third = own.take(connect)
    assert second.connection.closed
    third.connection.close()


def test_a_forked_process_uses_none_of_its_parents(connect: Connect) -> None:
    own = Pool()
    own.open(1, 0)
    first = own.take(connect)
    own.put(first)
    own.forget()
    second = own.take(connect)
    assert second.connection is not first.connection
    assert first.connection.execute("SELECT 1").fetchone() == (1,), "its parent's would be closed too"
    for each in (first, second):
        each.connection.close()


@pytest.mark.usefixtures("_shared")
def test_the_servers_own_pool_is_forgotten_by_a_fork() -> None:
    first = request()
    child = os.fork()
    if not child:
        os._exit(len(pool._idle))
    assert os.waitpid(child, 0)[1] == 0
    assert request() == first


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_CONNECTIONS", "many", "a whole number from 0 to 1000, not “many”"),
        ("DATABASE_CONNECTIONS", "-1", "a whole number from 0 to 1000, not “-1”"),
        ("DATABASE_WAIT_SECONDS", "0", "a whole number from 1 to 300, not “0”"),
    ],
)
def test_a_size_that_can_t_be_keeps_from_starting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=f"{name} must be {words}"):
        read_environment(development=True)
