"""SQLite as Django has it; in the server a request takes over the connection that an earlier one is done with.

Each request runs in a thread of its own, and Django gives up a thread's connection when its request ends. Opening one
costs more than most requests do with it: functions are registered, and all tables, indexes and triggers are parsed.
"""

import atexit
import os
import sqlite3
import threading
from typing import Any, Final, NamedTuple

from django.db.backends.sqlite3 import base

IDLE_COUNT: Final = 8
"""How many connections wait for a request at most."""


class _Idle(NamedTuple):
    """A connection that nobody uses, and which file it was opened on."""

    connection: sqlite3.Connection
    path: str
    file: tuple[int, int]


class Shelf:
    """Connections that wait for the next request of this process. Closed until the server opens it."""

    def __init__(self) -> None:
        self.is_open = False
        self._guard = threading.Lock()
        self._idle: list[_Idle] = []
        self._inherited: list[_Idle] = []

    def take(self, path: str) -> sqlite3.Connection | None:
        """The connection to this file that was put here last; None if there is none.

        Where another file has taken the place of the one that it was opened on, it is closed.
        """
        with self._guard:
            found = next((idle for idle in reversed(self._idle) if idle.path == path), None)
            if found is None:
                return None
            self._idle.remove(found)
        if _file_at(path) == found.file:
            return found.connection
        found.connection.close()
        return self.take(path)

    def put(self, path: str, connection: sqlite3.Connection) -> bool:
        """Keep a connection that its request is done with; False if there is no room, or no such file."""
        file = _file_at(path)
        with self._guard:
            if not self.is_open or file is None or len(self._idle) >= IDLE_COUNT:
                return False
            self._idle.append(_Idle(connection, path, file))
            return True

    def empty(self) -> None:
        """Close all that wait, and keep none from now on."""
        with self._guard:
            self.is_open = False
            idle, self._idle = self._idle, []
        for each in idle:
            each.connection.close()

    def forget(self) -> None:
        """In a process that was forked: SQLite's connections must be neither used nor closed there."""
        self._guard = threading.Lock()
        self._inherited, self._idle = [*self._inherited, *self._idle], []


shelf: Final = Shelf()
atexit.register(shelf.empty)
os.register_at_fork(after_in_child=shelf.forget)


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's connection, which may have been another thread's before."""

    def get_new_connection(self, conn_params: Any) -> Any:
        """One that waits, or a new one."""
        return shelf.take(str(conn_params["database"])) or super().get_new_connection(conn_params)

    def close_if_unusable_or_obsolete(self) -> None:
        """Called when a request ends: give the connection to the next one if nothing is wrong with it."""
        if self._is_done_with() and shelf.put(str(self.settings_dict["NAME"]), self.connection):
            self.run_on_commit = []
            self.connection = None
            return
        super().close_if_unusable_or_obsolete()

    def _is_done_with(self) -> bool:
        return (
            shelf.is_open
            and self.connection is not None
            and not (self.in_atomic_block or self.errors_occurred or self.closed_in_transaction)
            and bool(self.get_autocommit())
            and not self.connection.in_transaction
        )


def _file_at(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
