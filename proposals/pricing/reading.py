"""Reading JSON values of the expected shape: the edge of the pricing core.

Each function takes the object and the name of the field and either returns a value of the promised type or raises
``PricingError`` naming the field: ``missing_field`` where nothing was given, ``bad_document`` for another JSON type,
``bad_number`` and ``bad_date`` for text that is not one. ``null`` means the same as leaving the field out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from .errors import PricingError, shown
from .money import Currency, Money, parse_decimal

JsonObject = Mapping[str, object]
T = TypeVar("T")

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def as_object(value: object, field: str | None = None) -> JsonObject:
    """``value`` as a JSON object."""
    if not isinstance(value, Mapping):
        raise PricingError("bad_document", f"Expected an object here, found {shown(value)}.", field=field)
    return value


def required(given: JsonObject, field: str) -> object:
    """Any value that is present and not ``null``."""
    value = given.get(field)
    if value is None:
        raise PricingError("missing_field", f'"{field}" is missing. Add it.', field=field)
    return value


def object_at(given: JsonObject, field: str) -> JsonObject:
    """A required object."""
    return as_object(required(given, field), field)


def list_at(given: JsonObject, field: str) -> Sequence[object]:
    """An optional list, empty when left out."""
    value = given.get(field)
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise PricingError("bad_document", f"Expected a list here, found {shown(value)}.", field=field)
    return value


def each_object(given: JsonObject, field: str, read: Callable[[JsonObject], T]) -> tuple[T, ...]:
    """``read`` applied to every object of an optional list; errors name its place, as in ``taxes.2.rate``."""
    values = list_at(given, field)
    if not values:
        return ()
    answers = []
    for index, value in enumerate(values):
        try:
            answers.append(read(as_object(value)))
        except PricingError as error:
            error.locate(within=f"{field}.{index}")
            raise
    return tuple(answers)


def text_at(given: JsonObject, field: str) -> str:
    """A required text that is not empty."""
    value = required(given, field)
    if not isinstance(value, str) or not value:
        raise PricingError("bad_document", f"Expected text here, found {shown(value)}.", field=field)
    return value


def text_or(given: JsonObject, field: str, default: str) -> str:
    """An optional text, ``default`` when left out."""
    value = given.get(field)
    if value is None:
        return default
    if not isinstance(value, str):
        raise PricingError("bad_document", f"Expected text here, found {shown(value)}.", field=field)
    return value


def texts_at(given: JsonObject, field: str) -> tuple[str, ...]:
    """An optional list of texts."""
    texts = []
    for value in list_at(given, field):
        if not isinstance(value, str):
            raise PricingError("bad_document", f"Expected a list of texts here, found {shown(value)}.", field=field)
        texts.append(value)
    return tuple(texts)


def flag_at(given: JsonObject, field: str) -> bool:
    """An optional ``true`` or ``false``; left out it is false."""
    return bool(optional_flag_at(given, field))


def optional_flag_at(given: JsonObject, field: str) -> bool | None:
    """An optional ``true`` or ``false``."""
    value = given.get(field)
    if value is not None and not isinstance(value, bool):
        raise PricingError("bad_document", f"Expected true or false here, found {shown(value)}.", field=field)
    return value


def number_at(given: JsonObject, field: str) -> Decimal:
    """A required number, written as text."""
    return parse_decimal(required(given, field), field)


def optional_number_at(given: JsonObject, field: str) -> Decimal | None:
    """An optional number, written as text."""
    return None if given.get(field) is None else parse_decimal(given[field], field)


def number_or(given: JsonObject, field: str, default: int) -> Decimal:
    """An optional number, written as text; ``default`` when left out."""
    number = optional_number_at(given, field)
    return Decimal(default) if number is None else number


def money_at(given: JsonObject, field: str, currency: Currency) -> Money:
    """A required amount, written as text with no more decimals than the currency has."""
    return Money.stated(number_at(given, field), currency, field)


def date_at(given: JsonObject, field: str) -> date:
    """A required date, ``YYYY-MM-DD``."""
    value = required(given, field)
    try:
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PricingError("bad_date", f"{shown(value)} is not a date. Write it as 2026-03-31.", field=field)


def optional_date_at(given: JsonObject, field: str) -> date | None:
    """An optional date, ``YYYY-MM-DD``."""
    return None if given.get(field) is None else date_at(given, field)
