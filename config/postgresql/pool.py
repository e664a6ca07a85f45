"""Connections that requests share: a limited number, each used by one request at a time."""

import atexit
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

from psycopg import Connection, Error
from psycopg.pq import TransactionStatus

from proposals.exceptions import Busy

KEPT_SECONDS: Final = 600.0
"""How old a connection gets, so that one to a server that has been replaced is not used for ever."""

logger = logging.getLogger("sameside.database")


class Pooled(NamedTuple):
    """A connection, and until when it is passed on, by the pool's clock."""

    connection: Connection[Any]
    until: float


class Pool:
    """At most `size` connections; whoever finds all in use waits for `wait_seconds`, in the order of coming.

    Has no connections, and is not to be asked for any, until the server opens it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.size = 0
        self.wait_seconds = 0.0
        self._clock = clock
        self._guard = threading.Lock()
        self._used_count = 0
        self._idle: list[Pooled] = []
        self._waiting: deque[threading.Event] = deque()
        self._inherited: list[Pooled] = []

    def open(self, size: int, wait_seconds: float) -> None:
        """From now on requests take their connections here."""
        self.size, self.wait_seconds = size, wait_seconds

    def take(self, connect: Callable[[], Connection[Any]]) -> Pooled:
        """A connection that works: the one that was given back last, or a new one.

        Raises Busy when none has come free in time, and what `connect` raises.
        """
        self._enter()
        try:
            return self._working() or Pooled(connect(), self._clock() + KEPT_SECONDS)
        except BaseException:
            self._leave()
            raise

    def put(self, pooled: Pooled) -> None:
        """Give a connection back. What may be spoilt, or is old, is closed."""
        try:
            if self.size and _is_as_new(pooled.connection) and self._clock() < pooled.until:
                with self._guard:
                    self._idle.append(pooled)
            else:
                pooled.connection.close()
        finally:
            self._leave()

    def close(self) -> None:
        """Close all that nobody uses, and keep none from now on."""
        self.size = 0
        while pooled := self._pop():
            pooled.connection.close()

    def forget(self) -> None:
        """In a process that was forked: its parent goes on using these connections."""
        self._guard = threading.Lock()
        self._inherited, self._idle = [*self._inherited, *self._idle], []
        self._used_count, self._waiting = 0, deque()

    def _working(self) -> Pooled | None:
        """One that waits and that the server still answers on; after its restart it does on none.

        What is asked of it closes the rows that a request left unread: outside of a transaction they outlive it.
        """
        while pooled := self._pop():
            if self._clock() < pooled.until:
                with suppress(Error):
                    pooled.connection.execute("CLOSE ALL")
                    return pooled
            pooled.connection.close()
        return None

    def _pop(self) -> Pooled | None:
        with self._guard:
            return self._idle.pop() if self._idle else None

    def _enter(self) -> None:
        with self._guard:
            if self._used_count < self.size:
                self._used_count += 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(self.wait_seconds):
            return
        with self._guard:
            if turn.is_set():  # in the last moment
                return
            self._waiting.remove(turn)
        logger.warning(
            "All %d connections of this process to the database were in use for %g s, and a request was refused. See "
            "DATABASE_CONNECTIONS in docs/deployment.md.",
            self.size,
            self.wait_seconds,
        )
        raise Busy()

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()  # whose turn it is takes this one's place
            else:
                self._used_count -= 1


def _is_as_new(connection: Connection[Any]) -> bool:
    return (
        not connection.closed and connection.autocommit and connection.info.transaction_status == TransactionStatus.IDLE
    )


pool: Final = Pool()
atexit.register(pool.close)
os.register_at_fork(after_in_child=pool.forget)
