"""From JSON to a value of each kind of parameter. Errors name the place within the value, as in ``1.percent``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

from ..errors import Place, PricingError, shown
from ..money import Currency, Money, parse_decimal
from ..reading import JsonObject, as_object, number_at, optional_number_at, text_at
from .values import Entry, Milestone, PercentTier, PriceTier

T = TypeVar("T")

LIST_LIMIT: Final = 10_000
"""Most values of one list."""


def _money(value: object, currency: Currency) -> Money:
    return Money.stated(parse_decimal(value), currency, "")


def _number(value: object, currency: Currency) -> Decimal:
    return parse_decimal(value)


def _count(value: object, currency: Currency) -> int:
    number = parse_decimal(value)
    if number != number.to_integral_value():
        raise PricingError("bad_number", f"{shown(value)} is not a whole number. Write one without a point.")
    return int(number)


def _choice(value: object, currency: Currency) -> str:
    if not isinstance(value, str):
        raise PricingError("bad_document", f"Expected text here, found {shown(value)}.")
    return value


def _flag(value: object, currency: Currency) -> bool:
    if not isinstance(value, bool):
        raise PricingError("bad_document", f"Expected true or false here, found {shown(value)}.")
    return value


def _rates(value: object, currency: Currency) -> dict[str, Decimal]:
    return {role: parse_decimal(rate, role) for role, rate in as_object(value).items()}


def _each(read: Callable[[object, Currency], T]) -> Callable[[object, Currency], tuple[T, ...]]:
    """A reader of a list of what ``read`` reads."""

    def read_list(value: object, currency: Currency) -> tuple[T, ...]:
        if not isinstance(value, list | tuple):
            raise PricingError("bad_document", f"Expected a list here, found {shown(value)}.")
        if len(value) > LIST_LIMIT:
            raise PricingError("bad_document", f"There are {len(value)} values here; at most {LIST_LIMIT} are taken.")
        items = []
        for index, item in enumerate(value):
            with Place(within=str(index)):
                items.append(read(item, currency))
        return tuple(items)

    return read_list


def _entry(value: object, currency: Currency) -> Entry:
    given = as_object(value)
    return Entry(text_at(given, "role"), number_at(given, "hours"))


def _milestone(value: object, currency: Currency) -> Milestone:
    given = as_object(value)
    return Milestone(text_at(given, "id"), number_at(given, "percent"))


def _price_tier(value: object, currency: Currency) -> PriceTier:
    given = as_object(value)
    flat_fee = Money(0, currency) if given.get("flat_fee") is None else _money_at(given, "flat_fee", currency)
    return PriceTier(optional_number_at(given, "up_to"), number_at(given, "unit_price"), flat_fee)


def _percent_tier(value: object, currency: Currency) -> PercentTier:
    given = as_object(value)
    up_to = None if given.get("up_to") is None else _money_at(given, "up_to", currency)
    return PercentTier(up_to, number_at(given, "percent"))


def _money_at(given: JsonObject, field: str, currency: Currency) -> Money:
    with Place(within=field):
        return _money(given[field], currency)


def _name(value: object, currency: Currency) -> str:
    if not isinstance(value, str) or not value:
        raise PricingError("bad_document", f"Expected text here, found {shown(value)}.")
    return value


READERS: Final[Mapping[str, Callable[[object, Currency], Any]]] = {
    "money": _money,
    "rate": _number,
    "rates": _rates,
    "hours": _number,
    "units": _number,
    "percent": _number,
    "count": _count,
    "choice": _choice,
    "flag": _flag,
    "tiers": _each(_price_tier),
    "percent_tiers": _each(_percent_tier),
    "milestones": _each(_milestone),
    "entries": _each(_entry),
    "amounts": _each(_money),
    "hours_list": _each(_number),
    "units_list": _each(_number),
    "names": _each(_name),
}
"""Kind -> reader of one JSON value that is not ``null``."""
