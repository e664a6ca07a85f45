"""Rows made once for many tests, each of which finds them as they were made."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction

IDS_APART = 1_000_000
"""Numbered rows that are put back have numbers that no test reaches by counting on."""


@dataclass(frozen=True)
class Kept:
    """What a function wrote, by table, and what it gave, pickled."""

    rows: dict[str, tuple[str, list[tuple[Any, ...]]]]
    given: bytes

    def put_back(self) -> Any:
        """Write the rows as they were; gives what the function gave."""
        with connection.cursor() as cursor:
            for statement, rows in self.rows.values():
                cursor.connection.executemany(statement, rows)
        return pickle.loads(self.given)


_kept: dict[tuple[Any, ...], Kept] = {}


def as_made(make: Callable[..., Any], *arguments: Any) -> Any:
    """What `make(*arguments)` gives, with the rows that it writes.

    It is called once in each process; every other test gets the same rows, ids and moments, which takes a twentieth of
    the time. So it must write nothing but rows, and give what can be pickled. Where that can not be (in tests that
    commit, and beside rows that are there already) it is called as it is.
    """
    if not connection.in_atomic_block or connection.vendor != "sqlite" or _has_rows():
        return make(*arguments)
    key = (make, *arguments)
    if key not in _kept:
        _kept[key] = _written_by(make, *arguments)
    return _kept[key].put_back()


def _written_by(make: Callable[..., Any], *arguments: Any) -> Kept:
    """What a function writes into empty tables, which are empty again afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence")
        cursor.execute(
            "INSERT INTO sqlite_sequence SELECT name, %s FROM sqlite_master WHERE sql LIKE '%%AUTOINCREMENT%%'",
            [IDS_APART * (len(_kept) + 1)],
        )
        made = make(*arguments)
        rows = {}
        for table in _tables():
            found = cursor.connection.execute(f'SELECT * FROM "{table}"').fetchall()
            if found:
                places = ", ".join("?" * len(found[0]))
                rows[table] = (f'INSERT INTO "{table}" VALUES ({places})', found)
        transaction.set_rollback(True)
    return Kept(rows, pickle.dumps(made))


@cache
def _tables() -> list[str]:
    """The tables of all models but those that a fresh database has rows in."""
    filled = ("auth", "contenttypes", "django_tasks_database")
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.app_label not in filled})


def _has_rows() -> bool:
    with connection.cursor() as cursor:
        exist = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in _tables())
        cursor.execute(f"SELECT {exist}")
        return bool(cursor.fetchone()[0])
