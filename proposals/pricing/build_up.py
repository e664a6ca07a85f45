"""The rate build-up: where an hourly rate goes, from pay over overhead to profit (pricing-spec 10).

Money is per hour unless a name says otherwise. What is shown adds up: direct cost + overhead + profit = bill rate,
each of them money; ratios and percentages come from the exact cost and the rate that is really charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from .errors import Place, PricingError, shown
from .money import (
    PERCENT_PLACES,
    Currency,
    Money,
    require_finite,
    require_not_negative,
    require_percent,
    require_places,
    require_rate,
    rounded_ratio,
    rounded_text,
)
from .parse import parse_currency
from .reading import JsonObject, as_object, money_at, number_at, number_or, optional_number_at, text_at

MOST_HOURS_A_YEAR: Final = 8784
"""The hours of a leap year."""

ROUNDING_MODES: Final = ("up", "nearest")
"""How a firm rounds its rates to an increment."""


def require_utilization(value: Decimal, field: str = "utilization_percent") -> None:
    """Refuse a share of working time that is not above 0 and at most 100 percent: ``bad_utilization``."""
    require_places(value, PERCENT_PLACES, field)
    if not 0 < value <= 100:
        raise PricingError(
            "bad_utilization",
            f"A utilization of {value:f} percent is not possible. Give a number above 0 and at most 100.",
            field=field,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """What a person of the role costs in a year, and the hours of it.

    ``salary`` and ``benefits_amount`` are money a year; benefits are stated as a percentage of pay or as an amount.
    ``capacity_hours`` are there for work, ``paid_hours`` are paid for.
    """

    salary: Money
    capacity_hours: Decimal
    utilization_percent: Decimal
    benefits_percent: Decimal = Decimal(0)
    benefits_amount: Money | None = None
    stated_paid_hours: Decimal | None = None

    def __post_init__(self) -> None:
        require_percent(self.benefits_percent, "benefits_percent")
        require_not_negative(self.salary, "salary")
        if self.benefits_amount is not None:
            require_not_negative(self.benefits_amount, "benefits_amount")
        require_finite(self.capacity_hours, "capacity_hours")
        if not 0 < self.capacity_hours <= MOST_HOURS_A_YEAR:
            raise PricingError(
                "bad_capacity",
                f"{self.capacity_hours:f} hours of work in a year are not possible."
                f" Give a number above 0 and at most {MOST_HOURS_A_YEAR}.",
                field="capacity_hours",
            )
        require_utilization(self.utilization_percent)
        if self.paid_hours <= 0:
            raise PricingError(
                "bad_capacity",
                f"{self.paid_hours:f} paid hours are not possible. Give more than 0.",
                field="paid_hours",
            )

    @property
    def paid_hours(self) -> Decimal:
        """Hours paid for in a year: those of the capacity unless stated."""
        return self.capacity_hours if self.stated_paid_hours is None else self.stated_paid_hours

    @property
    def loaded_cost(self) -> Fraction:
        """Pay with benefits, a year."""
        if self.benefits_amount is not None:
            return self.salary.exact + self.benefits_amount.exact
        return self.salary.exact * (100 + Fraction(self.benefits_percent)) / 100

    @property
    def billable_hours(self) -> Fraction:
        """Hours of client work, a year."""
        return Fraction(self.capacity_hours) * Fraction(self.utilization_percent) / 100

    @property
    def per_hour(self) -> Fraction:
        """Pay per paid hour."""
        return self.salary.exact / Fraction(self.paid_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRounding:
    """The firm's habit of rounding rates to a multiple of ``increment``."""

    increment: Money
    mode: str

    def __post_init__(self) -> None:
        if self.mode not in ROUNDING_MODES:
            raise PricingError(
                "unknown_value", f'{shown(self.mode)} is not a way of rounding. Use "up" or "nearest".', field="mode"
            )
        if self.increment.minor <= 0:
            raise PricingError(
                "bad_number", f"Nothing is rounded to {self.increment}. Give more than 0.", field="increment"
            )

    def apply(self, exact: Fraction) -> Money:
        """The exact rate as a multiple of the increment."""
        return Money.stepped(exact, self.increment, up=self.mode == "up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the rate aims at: exactly one of margin (of the price), markup (on the cost) and the rate itself."""

    margin_percent: Decimal | None = None
    markup_percent: Decimal | None = None
    bill_rate: Decimal | None = None

    def __post_init__(self) -> None:
        targets = {
            "target_margin_percent": self.margin_percent,
            "markup_percent": self.markup_percent,
            "bill_rate": self.bill_rate,
        }
        stated = [name for name, value in targets.items() if value is not None]
        if len(stated) != 1:
            raise PricingError(
                "one_target_required",
                f"{' and '.join(stated) or 'No target'} {'are' if stated else 'is'} given. Give exactly one of"
                " target_margin_percent, markup_percent and bill_rate.",
                field=stated[-1] if stated else "target_margin_percent",
            )
        if self.margin_percent is not None:
            require_places(self.margin_percent, PERCENT_PLACES, "target_margin_percent")
            if not 0 <= self.margin_percent < 100:
                raise PricingError(
                    "bad_margin",
                    f"A margin of {self.margin_percent:f} percent of the price is not possible."
                    " Give 0 or more and less than 100.",
                    field="target_margin_percent",
                )
        if self.markup_percent is not None:
            require_percent(self.markup_percent, "markup_percent")
        if self.bill_rate is not None:
            require_rate(self.bill_rate, "bill_rate")

    def rate(self, break_even: Fraction) -> Fraction:
        """The exact rate that reaches the target."""
        if self.margin_percent is not None:
            return break_even * 100 / (100 - Fraction(self.margin_percent))
        if self.markup_percent is not None:
            return break_even * (100 + Fraction(self.markup_percent)) / 100
        return Fraction(self.bill_rate or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildUp:
    """A rate and everything in it. ``direct_cost`` is exact; ``pay`` is what it was built from, if it was not given."""

    currency: Currency
    direct_cost: Fraction
    overhead_percent: Decimal
    target: Target
    pay: Pay | None = None
    rounding: HouseRounding | None = None

    def __post_init__(self) -> None:
        require_percent(self.overhead_percent, "overhead_percent")
        if self.rounding is not None and self.target.bill_rate is not None:
            raise PricingError(
                "round_rate_with_bill_rate",
                "A stated bill rate is not rounded. Take out round_rate, or state a margin or a markup instead.",
                field="round_rate",
            )

    @property
    def break_even(self) -> Fraction:
        """The exact cost of an hour with its share of the overhead."""
        return self.direct_cost * (100 + Fraction(self.overhead_percent)) / 100

    @property
    def bill_rate(self) -> Money:
        """What is charged: the exact rate of the target, rounded by the house or to money."""
        exact = self.target.rate(self.break_even)
        return Money.rounded(exact, self.currency) if self.rounding is None else self.rounding.apply(exact)

    def as_dict(self) -> dict[str, Any]:
        """The amounts of pricing-spec 10 by their names; undefined ratios are ``None``."""
        rate, break_even = self.bill_rate, self.break_even
        direct_shown = Money.rounded(self.direct_cost, self.currency)
        break_even_shown = Money.rounded(break_even, self.currency)
        profit = rate.exact - break_even
        return self._from_pay() | {
            "direct_cost_per_hour": str(direct_shown),
            "overhead_per_hour": str(break_even_shown - direct_shown),
            "break_even_rate": str(break_even_shown),
            "profit_per_hour": str(rate - break_even_shown),
            "bill_rate": str(rate),
            "margin_percent": rounded_ratio(profit * 100, rate.exact, 2),
            "markup_percent": rounded_ratio(profit * 100, break_even, 2),
            "break_even_multiplier": rounded_ratio(break_even, self.direct_cost, 4),
            "net_multiplier": rounded_ratio(rate.exact, self.direct_cost, 4),
        }

    def _from_pay(self) -> dict[str, Any]:
        if self.pay is None:
            return {}
        return {
            "loaded_cost": str(Money.rounded(self.pay.loaded_cost, self.currency)),
            "billable_hours": rounded_text(self.pay.billable_hours, 2),
            "pay_per_hour": str(Money.rounded(self.pay.per_hour, self.currency)),
            "pay_multiple": rounded_ratio(self.bill_rate.exact, self.pay.per_hour, 4),
        }


def read_build_up(given: JsonObject) -> BuildUp:
    """The build-up of pricing-spec 10, from pay or from a given direct cost per hour."""
    currency = parse_currency(given)
    pay = _read_pay(given, currency)
    direct_cost = _read_direct_cost(given) if pay is None else pay.loaded_cost / pay.billable_hours
    return BuildUp(
        currency=currency,
        direct_cost=direct_cost,
        pay=pay,
        overhead_percent=number_at(given, "overhead_percent"),
        target=Target(
            margin_percent=optional_number_at(given, "target_margin_percent"),
            markup_percent=optional_number_at(given, "markup_percent"),
            bill_rate=optional_number_at(given, "bill_rate"),
        ),
        rounding=_read_rounding(given, currency),
    )


def _read_direct_cost(given: JsonObject) -> Fraction:
    direct_cost = number_at(given, "direct_cost_per_hour")
    require_rate(direct_cost, "direct_cost_per_hour")
    return Fraction(direct_cost)


def _read_pay(given: JsonObject, currency: Currency) -> Pay | None:
    """The pay, unless the direct cost per hour is given; both are refused rather than one of them ignored."""
    if given.get("direct_cost_per_hour") is not None:
        if given.get("salary") is not None:
            raise PricingError(
                "bad_document",
                "Both a salary and a direct cost per hour are given. Take one of the two out.",
                field="direct_cost_per_hour",
            )
        return None
    benefits_amount = None
    if given.get("benefits_amount") is not None:
        if given.get("benefits_percent") is not None:
            raise PricingError(
                "bad_document",
                "Benefits are given both as a percentage and as an amount. Take one of the two out.",
                field="benefits_amount",
            )
        benefits_amount = money_at(given, "benefits_amount", currency)
    return Pay(
        salary=money_at(given, "salary", currency),
        benefits_percent=number_or(given, "benefits_percent", 0),
        benefits_amount=benefits_amount,
        capacity_hours=number_at(given, "capacity_hours"),
        utilization_percent=number_at(given, "utilization_percent"),
        stated_paid_hours=optional_number_at(given, "paid_hours"),
    )


def _read_rounding(given: JsonObject, currency: Currency) -> HouseRounding | None:
    if given.get("round_rate") is None:
        return None
    rounding = as_object(given["round_rate"], "round_rate")
    with Place(within="round_rate"):
        return HouseRounding(increment=money_at(rounding, "increment", currency), mode=text_at(rounding, "mode"))


def answer(given: JsonObject) -> dict[str, Any]:
    """``build_up``: the inputs of pricing-spec 10 -> its amounts."""
    return read_build_up(given).as_dict()
