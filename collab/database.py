"""Database connections of the room's own threads, which Django's request cycle does not look after."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

P = ParamSpec("P")
T = TypeVar("T")


def with_connection(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do some work on this thread's connection, which is given up if it has grown old or the work fails.

    A connection to SQLite is a file handle and does not grow old; opening one costs ten times a commit.
    """
    if connection.vendor != "sqlite":
        close_old_connections()
    try:
        return work(*args, **kwargs)
    except Exception:
        connection.close()
        raise
