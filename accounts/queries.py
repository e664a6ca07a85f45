"""Queries that every request makes, whose SQL is written once.

Django writes the SQL of a query anew each time: for rows of thirty columns that takes ten times as long as SQLite needs
to find one. A `Prepared` query keeps what Django wrote and puts other keys in.
"""

import copy
import uuid
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from accounts.ids import as_kept

Found = TypeVar("Found", bound="QuerySet[Any, Any]")
Params = tuple[Any, ...]
Key = uuid.UUID | str | int
Kind = type[uuid.UUID] | type[str] | type[int]

_SAMPLES: Final[dict[Kind, Callable[[int], Key]]] = {
    uuid.UUID: lambda number: uuid.UUID(int=(0x5A3E << 112) + number),
    str: lambda number: f"sample key {number}",
    int: lambda number: 0x5A3E_0000 + number,
}
"""What stands for a key while the SQL is written: values that no query has of its own."""


class Prepared(Generic[Found]):
    """A query of one shape, asked with other keys each time.

    `build` makes the queryset from keys of these `kinds` (ids, texts or numbers), each of which must become a parameter
    of the SQL as it is. What a call gives is read as any queryset and never refined: filters, order and `[:1]` belong
    into `build`.
    """

    def __init__(self, build: Callable[..., Found], *kinds: Kind) -> None:
        self._build = build
        self._samples = [_SAMPLES[kind](number) for number, kind in enumerate(kinds)]
        self._written: dict[str, tuple[Found, SQLCompiler, str, Params]] = {}

    def __call__(self, *keys: Key) -> Found:
        """The rows for these keys: a queryset that was not read yet."""
        connection = connections[DEFAULT_DB_ALIAS]
        found, compiler, sql, params = self._written.get(connection.vendor) or self._write(connection)
        sent = {
            as_kept(sample, connection): as_kept(key, connection)
            for sample, key in zip(self._samples, keys, strict=True)
        }
        asked = object.__new__(type(found))  # copied as it is: `copy` would read it
        params = tuple(sent.get(param, param) for param in params)
        asked.__dict__.update(found.__dict__, _query=_Asked(compiler, sql, params))
        return asked

    def one(self, *keys: Key) -> Any:
        """The first row for these keys; None if there is none."""
        return next(iter(self(*keys)), None)

    def _write(self, connection: Any) -> tuple[Found, SQLCompiler, str, Params]:
        """Have Django write the SQL for this kind of database."""
        found = self._build(*self._samples)
        compiler = found.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if not {as_kept(sample, connection) for sample in self._samples} <= set(params):
            raise AssertionError(f"Not every key has become a parameter: {sql} {params}")
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda expressions: converters
        compiler.connection = None
        self._written[connection.vendor] = found, compiler, sql, params
        return self._written[connection.vendor]


class _Asked(Query):
    """A query whose SQL stands."""

    def __init__(self, compiler: SQLCompiler, sql: str, params: Params) -> None:
        self.__dict__.update(compiler.query.__dict__)
        self._compiler, self._asked = compiler, (sql, params)

    def get_compiler(self, using: Any = None, connection: Any = None, elide_empty: bool = True) -> SQLCompiler:
        """What Django reads the rows with, on the connection of this thread."""
        compiler = copy.copy(self._compiler)
        compiler.using, compiler.connection = using, connection or connections[using]
        compiler.as_sql = self._as_sql  # type: ignore[method-assign]
        return compiler

    def _as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Params]:
        return self._asked

    def chain(self, klass: Any = None) -> Any:
        """Refuse to be refined: the SQL would not say so."""
        raise TypeError("A prepared query is read as it is; what it lacks belongs into the function that builds it")


def keep_related(row: Model, name: str, related: list[Any]) -> None:
    """Have `row.<name>.all()` give these rows, as `prefetch_related` does with those it fetched."""
    rows = getattr(row, name).get_queryset()
    rows._result_cache, rows._prefetch_done = related, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows
