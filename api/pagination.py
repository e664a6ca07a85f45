"""Cursor pagination: `?cursor=&limit=` in, `{"results", "next", "previous"}` out.

A cursor is opaque to callers. It holds a direction and the place (the ordering values) of one row, so that pages
neither skip nor repeat rows that stand still, whatever is added or removed meanwhile, and every page costs one query.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from accounts.queries import Key, Kind, Prepared
from proposals.exceptions import FieldProblem, Invalid

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 100

_MOST_BITS: Final = 63

Place = list[Any]


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the addresses of those beside it."""

    rows: list[Any]
    next: str | None
    previous: str | None

    def shown(self, show: Callable[[Any], Any]) -> dict[str, Any]:
        """The answer, each row as `show` gives it."""
        return {"results": [show(row) for row in self.rows], "next": self.next, "previous": self.previous}


class PreparedPages:
    """The pages of a list that is asked for all the time; their SQL is written once a shape.

    `build` makes the rows of somebody, or of something, from an id; `places` are the types of the values that order
    them.
    """

    def __init__(self, build: "Callable[[UUID], QuerySet[Any, Any]]", *places: Kind) -> None:
        self._build = build
        self._places = places
        self._shape = lru_cache(maxsize=64)(self._prepare)

    def of(self, key: UUID) -> "AskPage":
        """What asks for a page of their rows."""

        def ask(names: list[str], place: Place | None, including: bool, count: int) -> Any:
            there = (
                [] if place is None else [_read_as(kind, each) for kind, each in zip(self._places, place, strict=True)]
            )
            return self._shape(tuple(names), place is not None, including, count)(key, *there)

        return ask

    def _prepare(self, names: tuple[str, ...], placed: bool, including: bool, count: int) -> Prepared[Any]:
        def build(key: UUID, *place: Any) -> Any:
            return asking(self._build(key))(list(names), list(place) if placed else None, including, count)

        return Prepared(build, UUID, *(self._places if placed else ()))


AskPage = Callable[[list[str], Place | None, bool, int], Any]
"""Asks for so many rows in an order, from a place on, with the row that is there or without."""


def asking(rows: "QuerySet[Any, Any]") -> AskPage:
    """What asks for a page of these rows."""

    def ask(names: list[str], place: Place | None, including: bool, count: int) -> Any:
        there = rows if place is None else rows.filter(_after(names, place, including=including))
        return there.order_by(*names)[:count]

    return ask


def paginate(
    request: Request, rows: "QuerySet[Any, Any] | AskPage", ordering: Sequence[str], *, cursor: str, limit: int
) -> Page:
    """One page of rows. `ordering` names fields that together are unique, with “-” for falling order."""
    backwards, including, place = _read(cursor, len(ordering)) if cursor else (False, False, None)
    names = [_reversed(name) for name in ordering] if backwards else list(ordering)
    ask = asking(rows) if isinstance(rows, QuerySet) else rows
    try:
        asked = ask(names, place, including, limit + 1)
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise _bad_cursor() from error
    found = list(asked)
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    if not found and place is not None:  # all that was there is gone: the way back begins at the place itself
        turned = _address(request, place, backwards=not backwards, including=not including)
        return Page([], turned if backwards else None, None if backwards else turned)
    has_next = bool(found) and (backwards or more)
    has_previous = bool(found) and (more if backwards else place is not None)
    return Page(
        found,
        _address(request, _place_of(found[-1], ordering), backwards=False) if has_next else None,
        _address(request, _place_of(found[0], ordering), backwards=True) if has_previous else None,
    )


def _read_as(kind: Kind, value: str | int) -> Key:
    """A value of a cursor as the database takes it. Raises ValueError, OverflowError."""
    made = kind(str(value))
    if isinstance(made, int) and made.bit_length() > _MOST_BITS:
        raise OverflowError("No row has a number of this size")
    return made


def _after(names: Sequence[str], place: Place, *, including: bool) -> Q:
    """The rows that come after a place: `a > x or (a = x and b > y)`; with the row that is there, if it is wanted."""
    condition, same = Q(), Q()
    for name, value in zip(names, place, strict=True):
        bare, comparison = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        condition |= same & Q(**{f"{bare}__{comparison}": value})
        same &= Q(**{bare: value})
    return condition | same if including else condition


def _reversed(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _place_of(row: Model, ordering: Sequence[str]) -> Place:
    return [getattr(row, name.removeprefix("-")) for name in ordering]


def _address(request: Request, place: Place, *, backwards: bool, including: bool = False) -> str:
    written = json.dumps([int(backwards) + 2 * int(including), *place], default=str, separators=(",", ":"))
    cursor = base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")
    query = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _read(cursor: str, length: int) -> tuple[bool, bool, Place]:
    """Whether it leads backwards, whether the row at the place is wanted too, and the place."""
    try:
        values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _bad_cursor() from error
    simple = isinstance(values, list) and all(type(value) in (str, int) for value in values)
    if not simple or len(values) != length + 1 or values[0] not in range(4):
        raise _bad_cursor()
    return values[0] % 2 == 1, values[0] >= 2, values[1:]


def _bad_cursor() -> Invalid:
    detail = "This cursor was not made here. Take it from “next” or “previous”, or leave it out for the first page."
    return Invalid(detail, code="bad_cursor", errors=[FieldProblem("cursor", "bad_cursor", detail)])
