"""Database connections of the room's own threads, which Django's request cycle does not look after."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
)

P = ParamSpec("P")
T = TypeVar("T")


def with_connection(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do some work on this thread's connection, which is given up if it has grown old or the work fails.

    A connection to SQLite is a file handle and does not grow old; opening one costs ten times a commit.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "sqlite":
        close_old_connections()
    try:
        return work(*args, **kwargs)
    except Exception:
        database.close()
        raise


def read_with_connection(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do something that only reads; at once again on a new connection if this thread's was broken.

    After the database has restarted each thread's connection says so only when it is used.
    """
    was_open = connection.connection is not None
    try:
        return with_connection(read, *args, **kwargs)
    except (OperationalError, InterfaceError):
        if not was_open or connection.vendor == "sqlite":
            raise
        return with_connection(read, *args, **kwargs)
