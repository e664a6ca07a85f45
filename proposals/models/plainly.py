"""Whole rows read, and fields of rows written, by statements as they are written: for what nearly every request needs.

Django builds the statement of a queryset anew each time, which costs several times what SQLite needs to answer it,
and turns values into Python's through some calls for each (ADR 0010). What comes out here is the same: instances of
the model with every field and the same values, most of them by the same functions of the field and of the database.
"""

import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState

from accounts.ids import as_kept
from proposals.models.fields import ExactDecimalField

Row = TypeVar("Row", bound=models.Model)
Converter = Callable[[Any, Any, Any], Any]


class _Plan(NamedTuple):
    """How rows of a model are read from one kind of database: the statement, and which columns are what.

    What nearly every row has many of is turned into Python's values in place; the rest by Django's `converters`.
    """

    select: str
    names: tuple[str, ...]
    numbers: tuple[int, ...]
    jsons: tuple[tuple[int, Any], ...]
    ids: tuple[int, ...]
    flags: tuple[int, ...]
    converters: tuple[tuple[int, Converter, Any], ...]


def read(model: type[Row], rest: str, *values: Any) -> list[Row]:
    """The rows that a statement finds: `rest` is what follows ``FROM table AS own``, with ``%s`` for each value.

    Ids among the values may be UUIDs. No hook of `post_init` runs, and a null is None whatever the field makes of it.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]  # Django's proxy for it takes longer to ask
    plan = _plan(model, database.vendor)
    with database.cursor() as cursor:
        cursor.execute(f"{plan.select} {rest}", [as_kept(value, database) for value in values])
        found: Sequence[Sequence[Any]] = cursor.fetchall()
    return [_instance(model, plan, row, database) for row in found]


def rows_of(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a statement finds, as the driver gives it: ids of SQLite are texts without dashes, JSON is text."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(statement, [as_kept(value, database) for value in values])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def write(row: models.Model, *names: str) -> None:
    """Write these fields of a row that stands in the database. As `save(update_fields=...)`, without its signals.

    Raises LookupError if the row is not there.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    meta = row._meta
    fields: list[Any] = [meta.get_field(name) for name in names]
    places = ", ".join(f"{database.ops.quote_name(field.column)} = %s" for field in fields)
    table, key = database.ops.quote_name(meta.db_table), database.ops.quote_name(meta.pk.column)
    values = [field.get_db_prep_save(getattr(row, field.attname), database) for field in (*fields, meta.pk)]
    with database.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {places} WHERE {key} = %s", values)
        if cursor.rowcount != 1:
            raise LookupError(f"{meta.label} {row.pk} is not in the database.")


def insert(row: models.Model) -> None:
    """Insert a new row, and give it the key that the database made, if it makes it. No signals."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    meta = row._meta
    makes_key = row.pk is None
    fields = [field for field in meta.concrete_fields if not (makes_key and field.primary_key)]
    columns = ", ".join(database.ops.quote_name(field.column) for field in fields)
    table, key = database.ops.quote_name(meta.db_table), database.ops.quote_name(meta.pk.column)
    values = [field.get_db_prep_save(getattr(row, field.attname), database) for field in fields]
    with database.cursor() as cursor:
        statement = f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"
        cursor.execute(f"{statement} RETURNING {key}" if makes_key else statement, values)
        if makes_key:
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, database.alias


def kept_key(key: uuid.UUID) -> Any:
    """An id as `rows_of` gives it."""
    return as_kept(key, connections[DEFAULT_DB_ALIAS])


def _instance(model: type[Row], plan: _Plan, row: Sequence[Any], database: Any) -> Row:
    values = list(row)
    for place in plan.numbers:
        values[place] = Decimal(values[place]) if values[place] else None
    for place in plan.ids:
        if values[place] is not None:
            values[place] = uuid.UUID(int=int(values[place], 16))
    for place in plan.flags:
        if values[place] is not None:
            values[place] = bool(values[place])
    for place, field in plan.jsons:
        written = values[place]
        values[place] = (
            {} if written == "{}" else [] if written == "[]" else field.from_db_value(written, None, database)
        )
    for place, convert, expression in plan.converters:
        if values[place] is not None:
            values[place] = convert(values[place], expression, database)
    made = model.__new__(model)
    state = ModelState()
    state.adding = False
    state.db = database.alias
    made.__dict__.update(zip(plan.names, values, strict=True), _state=state)
    return made


@cache
def _plan(model: type[models.Model], vendor: str) -> _Plan:
    """Columns and converters; `vendor` tells plans for different databases apart."""
    database = connections[DEFAULT_DB_ALIAS]
    fields: Sequence[Any] = model._meta.concrete_fields
    columns = ", ".join(f"own.{database.ops.quote_name(field.column)}" for field in fields)
    numbers, jsons, ids, flags, converters = [], [], [], [], []
    for place, field in enumerate(fields):
        expression = field.get_col(model._meta.db_table)
        found = database.ops.get_db_converters(expression) + expression.get_db_converters(database)
        kind = expression.output_field
        if isinstance(field, ExactDecimalField):
            numbers.append(place)
        elif isinstance(field, models.JSONField):
            jsons.append((place, field))
        elif vendor == "sqlite" and isinstance(kind, models.UUIDField):
            ids.append(place)
        elif vendor == "sqlite" and isinstance(kind, models.BooleanField):
            flags.append(place)
        else:
            converters += [(place, converter, expression) for converter in found]
    select = f"SELECT {columns} FROM {database.ops.quote_name(model._meta.db_table)} AS own"
    names = tuple(field.attname for field in fields)
    return _Plan(select, names, tuple(numbers), tuple(jsons), tuple(ids), tuple(flags), tuple(converters))
