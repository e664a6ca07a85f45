"""The plan of a payment schedule: its parts, and equal parts with dates (pricing-spec 9).

It says each part as a percentage, a weight or an amount, or mixes percentages and amounts with one part that takes
the rest. ``Periods`` makes a plan of equal parts with dates.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from .errors import Place, PricingError, shown
from .money import Currency, Money, require_finite, require_percent
from .reading import JsonObject, as_object, date_at, each_object, flag_at, money_at, number_at, text_at

MONTHS_BETWEEN: Final[Mapping[str, int]] = MappingProxyType({"month": 1, "quarter": 3, "year": 12})
"""How often a period comes, in months."""

MOST_PERIODS: Final = 1200
"""A hundred years of months: the longest plan of periods that is calculated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One instalment as it is planned. ``on`` is its date, where the plan knows it."""

    id: str
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentPart(Part):
    """A percentage of the total, 0 or more."""

    percent: Decimal

    def __post_init__(self) -> None:
        require_percent(self.percent, "percent")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightPart(Part):
    """A share in proportion to ``weight``, 0 or more."""

    weight: Decimal

    def __post_init__(self) -> None:
        require_finite(self.weight, "weight")
        if self.weight < 0:
            raise PricingError("bad_number", f"A weight of {self.weight:f} is below 0. Give 0 or more.", field="weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountPart(Part):
    """A stated amount, 0 or more."""

    amount: Money

    def __post_init__(self) -> None:
        if self.amount.minor < 0:
            raise PricingError(
                "bad_number", f"An instalment of {self.amount} is below 0. Give 0 or more.", field="amount"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainderPart(Part):
    """What the other parts leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """``count`` equal parts, one every month, quarter or year, the first on ``start``."""

    count: int
    every: str
    start: date

    def __post_init__(self) -> None:
        if self.every not in MONTHS_BETWEEN:
            raise PricingError(
                "unknown_value",
                f"{shown(self.every)} is not a period. Use one of: {', '.join(MONTHS_BETWEEN)}.",
                field="every",
            )
        if self.count == 0:
            raise PricingError(
                "empty_plan", "A plan of 0 periods pays nothing. Give at least one period.", field="count"
            )
        if not 0 < self.count <= MOST_PERIODS:
            raise PricingError(
                "bad_number", f"{self.count} periods are not possible. Give 1 to {MOST_PERIODS}.", field="count"
            )

    def parts(self) -> tuple[WeightPart, ...]:
        """The plan that these periods are, with ids from "1"."""
        return tuple(
            WeightPart(id=str(number + 1), on=self._date_of(number), weight=Decimal(1)) for number in range(self.count)
        )

    def _date_of(self, number: int) -> date:
        """The start, ``number`` periods later: its day, or the last day of a month that is too short for it."""
        months = self.start.month - 1 + number * MONTHS_BETWEEN[self.every]
        year, month = self.start.year + months // 12, months % 12 + 1
        if year > MAXYEAR:
            raise PricingError(
                "bad_date", f"Period {number + 1} would be after the year {MAXYEAR}. Give fewer periods.", field="count"
            )
        return date(year, month, min(self.start.day, monthrange(year, month)[1]))


def read_plan(given: JsonObject, currency: Currency) -> tuple[Part, ...]:
    """The plan of ``given["plan"]`` or ``given["periods"]``; neither is ``empty_plan``, both ``mixed_plan``."""
    if given.get("periods") is None:
        return each_object(given, "plan", lambda part: _read_part(part, currency))
    if given.get("plan") is not None:
        raise PricingError("mixed_plan", "Give either a plan or periods, not both.", field="periods")
    periods = as_object(given["periods"], "periods")
    with Place(within="periods"):
        count = number_at(periods, "count")
        if count != count.to_integral_value():
            raise PricingError("bad_number", f"{count:f} periods are not possible. Give a whole number.", field="count")
        return Periods(count=int(count), every=text_at(periods, "every"), start=date_at(periods, "start")).parts()


def _read_part(given: JsonObject, currency: Currency) -> Part:
    part_id = text_at(given, "id")
    ways = [way for way in ("percent", "weight", "amount") if given.get(way) is not None]
    if flag_at(given, "remainder"):
        ways.append("remainder")
    if len(ways) != 1:
        said = f"is said as {' and as '.join(ways)}" if ways else "has neither percent, weight, amount nor remainder"
        raise PricingError(
            "mixed_plan" if ways else "missing_field", f"Instalment {shown(part_id)} {said}. Give one of them."
        )
    match ways[0]:
        case "percent":
            return PercentPart(id=part_id, percent=number_at(given, "percent"))
        case "weight":
            return WeightPart(id=part_id, weight=number_at(given, "weight"))
        case "amount":
            return AmountPart(id=part_id, amount=money_at(given, "amount", currency))
        case _:
            return RemainderPart(id=part_id)
