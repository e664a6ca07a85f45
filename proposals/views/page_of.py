"""Lists that grow without end, a page at a time.

The way on is a link with `?after=` once per field of the order: the place of the last row that was shown. So what is
added or removed meanwhile neither repeats nor hides a row that stands still, every page is one query, and the link
works without JavaScript. The other words of the address (a search, a filter) come along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

AT_ONCE: Final = 50
"""How many rows a page shows."""


@dataclass(frozen=True)
class PageOf:
    """The rows of one page; `on` and `start` are the queries of the pages after it and at the list's head, or empty."""

    rows: list[Any]
    on: str = ""
    start: str = ""


def page_of(request: HttpRequest, found: "QuerySet[Any]", order: Sequence[str], *, at_once: int = AT_ONCE) -> PageOf:
    """One page of what was found.

    `order` names fields that together are unique, all falling (with “-”) or all rising. A place that no link of these
    pages names is passed over: the list is shown from its head.
    """
    names = [name.removeprefix("-") for name in order]
    place = _place(found.model, names, request.GET.getlist("after"))
    if place is not None:
        found = found.filter(_beyond(names, place, "lt" if order[0].startswith("-") else "gt"))
    rows = list(found.order_by(*order)[: at_once + 1])
    more, rows = len(rows) > at_once, rows[:at_once]
    on = _query(request, [_written(getattr(rows[-1], name)) for name in names]) if more else ""
    return PageOf(rows, on, _query(request, []) if place is not None else "")


def _beyond(names: Sequence[str], place: Sequence[Any], comparison: str) -> Q:
    """`a < x or (a = x and b < y)`."""
    beyond, same = Q(), Q()
    for name, value in zip(names, place, strict=True):
        beyond |= same & Q(**{f"{name}__{comparison}": value})
        same &= Q(**{name: value})
    return beyond


def _place(model: type[Model], names: Sequence[str], sent: Sequence[str]) -> list[Any] | None:
    if len(sent) != len(names) or any("\x00" in text for text in sent):
        return None
    try:
        return [_read(model, name, text) for name, text in zip(names, sent, strict=True)]
    except (ValidationError, ValueError, OverflowError):
        return None


def _read(model: type[Model], name: str, text: str) -> Any:
    field: Any = model._meta.get_field(name)
    value = field.to_python(text)
    if value is None or (isinstance(value, datetime) and value.tzinfo is None):
        raise ValueError
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _written(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _query(request: HttpRequest, place: list[str]) -> str:
    """The words of this address with another place, ready for a link."""
    words = request.GET.copy()
    words.setlist("after", place)
    return f"?{words.urlencode()}"
