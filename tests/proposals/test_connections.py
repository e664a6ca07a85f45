"""Connections to SQLite go from one request's thread to the next, and only those that are as good as new."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, close_old_connections, connection

from config.sqlite.base import IDLE_COUNT, Shelf, shelf


@pytest.fixture(autouse=True)
def _open(db: None) -> Iterator[None]:
    shelf.is_open = True
    yield
    shelf.empty()


def request(work: Callable[[], object] = lambda: None) -> sqlite3.Connection:
    """What a server does with a request: a thread of its own. Gives the driver's connection that it had."""
    had: list[Any] = []

    def run() -> None:
        close_old_connections()
        connection.ensure_connection()
        had.append(connection.connection)
        work()
        close_old_connections()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return had[0]  # type: ignore[no-any-return]


def test_the_next_request_takes_over_the_connection() -> None:
    first = request()
    assert request() is first
    assert first.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert first.execute("PRAGMA synchronous").fetchone() == (2,)


def test_two_at_once_have_two() -> None:
    first = request()
    inner: list[sqlite3.Connection] = []
    assert request(lambda: inner.append(request())) is first
    assert inner[0] is not first


def left_in_a_transaction() -> None:
    connection.connection.execute("BEGIN")


def left_without_autocommit() -> None:
    connection.set_autocommit(False)


def failed() -> None:
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


@pytest.mark.parametrize("work", [left_in_a_transaction, left_without_autocommit, failed])
def test_what_may_be_spoilt_is_not_passed_on(work: Callable[[], None]) -> None:
    first = request(work)
    assert request() is not first


def test_what_is_closed_is_closed() -> None:
    first = request(lambda: connection.close())
    assert request() is not first
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        first.execute("SELECT 1")


def test_another_file_in_its_place_is_opened(tmp_path: Path) -> None:
    own, path = Shelf(), tmp_path / "a.sqlite3"
    own.is_open = True
    first = sqlite3.connect(path, check_same_thread=False)
    assert own.put(str(path), first)
    shutil.copyfile(path, tmp_path / "b.sqlite3")
    (tmp_path / "b.sqlite3").replace(path)
    assert own.take(str(path)) is None
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        first.execute("SELECT 1")
    path.unlink()
    assert not own.put(str(path), sqlite3.connect(":memory:"))


def test_a_few_wait_and_no_more(tmp_path: Path) -> None:
    own, path = Shelf(), str(tmp_path / "a.sqlite3")
    connections = [sqlite3.connect(path) for _ in range(IDLE_COUNT + 1)]
    assert not own.put(path, connections[0])
    own.is_open = True
    assert [own.put(path, each) for each in connections] == [True] * IDLE_COUNT + [False]
    assert own.take(str(tmp_path / "other.sqlite3")) is None
    own.empty()
    assert own.take(path) is None
    assert not own.put(path, connections[-1])


def test_a_forked_process_uses_none_of_its_parents(tmp_path: Path) -> None:
    own, path = Shelf(), str(tmp_path / "a.sqlite3")
    own.is_open = True
    first = sqlite3.connect(path)
    own.put(path, first)
    own.forget()
    assert own.take(path) is None
    assert first.execute("SELECT 1").fetchone() == (1,), "closing it would drop its parent's locks"
