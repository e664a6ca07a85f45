"""PostgreSQL as Django has it; in the server requests share their connections.

Each request runs in a thread of its own, and Django closes a thread's connection when its request ends. All other
threads, those of the rooms and of commands, keep one of their own: no request makes them wait.
"""

from functools import partial
from itertools import count
from typing import Any, Final

from django.db.backends.postgresql import base

from config.postgresql.pool import Pooled, pool

_cursor_numbers: Final = count(step=1_000_000)
"""From where each request counts its server-side cursors. Django names them by thread and number, threads' names come
again, and one that is closed late must not be another request's on the same connection.
"""


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's connection. With `is_of_a_request` set it comes from the pool, or is closed when the request ends."""

    is_of_a_request = False
    _pooled: Pooled | None = None

    def get_new_connection(self, conn_params: Any) -> Any:
        """One from the pool, or this thread's own. Raises Busy."""
        if not (self.is_of_a_request and pool.size):
            return super().get_new_connection(conn_params)
        self._pooled = pool.take(partial(super().get_new_connection, conn_params))
        self._named_cursor_idx = next(_cursor_numbers)
        return self._pooled.connection

    def close_if_unusable_or_obsolete(self) -> None:
        """Called when a request ends: nothing is left to a thread that ends too (`CONN_MAX_AGE` is for the others)."""
        if self.is_of_a_request and not self.in_atomic_block:
            self.close()
        else:
            super().close_if_unusable_or_obsolete()

    def _close(self) -> None:
        pooled, self._pooled = self._pooled, None
        if pooled is None:
            super()._close()  # type: ignore[misc]  # the stubs lack it
        else:
            pool.put(pooled)
