"""Cursor pagination: `?cursor=&limit=` in, `{"results", "next", "previous"}` out.

A cursor is opaque to callers. It holds a direction and the place (the ordering values) of one row, so that pages
neither skip nor repeat rows that stand still, whatever is added meanwhile, and every page costs one query.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from proposals.exceptions import FieldProblem, Invalid

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 100

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


def paginate(request: Request, rows: "QuerySet[Any]", ordering: Sequence[str], *, cursor: str, limit: int) -> Page:
    """One page of rows. `ordering` names fields that together are unique, with “-” for falling order."""
    backwards, place = _read(cursor, len(ordering)) if cursor else (False, None)
    names = [_reversed(name) for name in ordering] if backwards else list(ordering)
    if place is not None:
        try:
            rows = rows.filter(_after(names, place))
        except (ValidationError, ValueError, TypeError, OverflowError) as error:
            raise _bad_cursor() from error
    found = list(rows.order_by(*names)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next = bool(found) and (backwards or more)
    has_previous = bool(found) and (more if backwards else place is not None)
    return Page(
        found,
        _address(request, False, _place_of(found[-1], ordering)) if has_next else None,
        _address(request, True, _place_of(found[0], ordering)) if has_previous else None,
    )


def _after(names: Sequence[str], place: Place) -> Q:
    """The rows that come after a place: `a > x or (a = x and b > y)`."""
    condition, same = Q(), Q()
    for name, value in zip(names, place, strict=True):
        bare, comparison = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        condition |= same & Q(**{f"{bare}__{comparison}": value})
        same &= Q(**{bare: value})
    return condition


def _reversed(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _place_of(row: Model, ordering: Sequence[str]) -> Place:
    return [getattr(row, name.removeprefix("-")) for name in ordering]


def _address(request: Request, backwards: bool, place: Place) -> str:
    written = json.dumps([int(backwards), *place], default=str, separators=(",", ":"))
    cursor = base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")
    query = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _read(cursor: str, length: int) -> tuple[bool, Place]:
    try:
        values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _bad_cursor() from error
    simple = isinstance(values, list) and all(type(value) in (str, int) for value in values)
    if not simple or len(values) != length + 1 or values[0] not in (0, 1):
        raise _bad_cursor()
    return values[0] == 1, values[1:]


def _bad_cursor() -> Invalid:
    detail = "This cursor was not made here. Take it from “next” or “previous”, or leave it out for the first page."
    return Invalid(detail, code="bad_cursor", errors=[FieldProblem("cursor", "bad_cursor", detail)])
