"""Giving statements to the database's driver as they are written, past Django's queries and cursors."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from accounts.ids import as_kept


def rows_of(statement: str, keys: Collection[Any], *others: Any) -> list[tuple[Any, ...]]:
    """The rows that a statement finds for keys: ``(...)`` in it stands for as many places as there are keys.

    The `others` are for the places after it.
    """
    if not keys:
        return []
    database = the_database()
    with database.wrap_database_errors:
        found = database.connection.execute(_written(statement, len(keys), database.vendor), (*keys, *others))
        rows: list[tuple[Any, ...]] = found.fetchall()
    return rows


def run_for_each(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Carry a statement out once for each row of values."""
    if not rows:
        return
    database = the_database()
    with database.wrap_database_errors:
        database.connection.cursor().executemany(_written(statement, 0, database.vendor), rows)


def the_database() -> Any:
    """This thread's connection, open. Looked up once for a statement: Django's proxy takes longer than SQLite."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.connection is None:
        database.ensure_connection()
    return database


@cache
def _written(statement: str, places_count: int, vendor: str) -> str:
    """A statement as the driver takes it. Drivers keep what they have prepared by its text."""
    lock = "FOR NO KEY UPDATE" if vendor == "postgresql" else ""
    statement = statement.replace("(...)", f"({', '.join(['%s'] * places_count)})").replace("/* FOR UPDATE */", lock)
    return statement.replace("%s", "?") if vendor == "sqlite" else statement


def kept_keys(keys: Collection[uuid.UUID]) -> Mapping[Any, uuid.UUID]:
    """Ids as the database keeps them, and back."""
    return {kept_key(key): key for key in keys}


def kept_key(key: uuid.UUID | None) -> Any:
    """An id as the database keeps it."""
    return as_kept(key, connections[DEFAULT_DB_ALIAS])


def uuid_of(key: Any) -> uuid.UUID:
    """An id that the database kept."""
    return key if isinstance(key, uuid.UUID) else uuid.UUID(key)


def kept_moment(moment: datetime) -> Any:
    """A moment as the database keeps it."""
    return the_database().ops.adapt_datetimefield_value(moment)
