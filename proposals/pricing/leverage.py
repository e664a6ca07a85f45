"""Leverage: who does which share of the work at what rate, and what that makes an hour cost (pricing-spec 11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, Final

from .allocation import allocate_minor
from .errors import PricingError, shown
from .money import (
    HOUR_PLACES,
    Currency,
    Money,
    require_hours,
    require_not_negative,
    require_rate,
    rounded_ratio,
    rounded_text,
)
from .parse import parse_currency
from .reading import JsonObject, each_object, money_at, number_at, optional_number_at, text_at

TIERS: Final = ("senior", "mid", "junior")
"""Levels of experience, in the order in which odd tenths of a percent are given out."""

MIX_PLACES: Final = 1
"""Decimals of the percentages of a mix, which add up to 100.0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The hours of a role, its rate, and what an hour of it costs the firm where that is known."""

    role: str
    tier: str
    hours: Decimal
    rate: Decimal
    cost_per_hour: Decimal | None = None

    def __post_init__(self) -> None:
        if self.tier not in TIERS:
            raise PricingError(
                "unknown_value", f"{shown(self.tier)} is not a tier. Use one of: {', '.join(TIERS)}.", field="tier"
            )
        require_hours(self.hours, "hours")
        require_rate(self.rate, "rate")
        if self.cost_per_hour is not None:
            require_rate(self.cost_per_hour, "cost_per_hour")

    def fees(self, currency: Currency) -> Money:
        """Hours at the rate, rounded once."""
        return Money.rounded(Fraction(self.hours) * Fraction(self.rate), currency)

    def cost(self, currency: Currency) -> Money | None:
        """Hours at cost, rounded once."""
        if self.cost_per_hour is None:
            return None
        return Money.rounded(Fraction(self.hours) * Fraction(self.cost_per_hour), currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierShare:
    """What a tier has of the work. Percentages are in tenths, ``None`` where the whole is nothing."""

    hours: Fraction
    fees: Money
    hours_tenths: int
    fees_tenths: int | None

    def as_dict(self) -> dict[str, str | None]:
        """``hours, percent_hours, fees, percent_fees``."""
        return {
            "hours": rounded_text(self.hours, HOUR_PLACES),
            "percent_hours": rounded_text(Fraction(self.hours_tenths, 10), MIX_PLACES),
            "fees": str(self.fees),
            "percent_fees": None
            if self.fees_tenths is None
            else rounded_text(Fraction(self.fees_tenths, 10), MIX_PLACES),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Leverage:
    """The staffing of a piece of work. No hours at all is ``no_hours``."""

    currency: Currency
    staffing: tuple[Staff, ...]
    billed: Money | None = None

    def __post_init__(self) -> None:
        if self.total_hours == 0:
            raise PricingError(
                "no_hours", "The staffing has no hours. Give at least one role more than 0 hours.", field="staffing"
            )
        if self.billed is not None:
            require_not_negative(self.billed, "billed")

    @property
    def total_hours(self) -> Fraction:
        """All hours."""
        return sum((Fraction(staff.hours) for staff in self.staffing), Fraction(0))

    @property
    def standard_fees(self) -> Money:
        """The rounded fees of all roles."""
        return Money(sum(staff.fees(self.currency).minor for staff in self.staffing), self.currency)

    @property
    def direct_cost(self) -> Money | None:
        """The rounded cost of all roles; ``None`` unless it is known of every one."""
        costs = [staff.cost(self.currency) for staff in self.staffing]
        known = [cost.minor for cost in costs if cost is not None]
        return Money(sum(known), self.currency) if len(known) == len(costs) else None

    def shares(self) -> Mapping[str, TierShare]:
        """What each tier has; the percentages of all add up to 100.0."""
        of_tier = {tier: [staff for staff in self.staffing if staff.tier == tier] for tier in TIERS}
        hours = [sum((Fraction(staff.hours) for staff in of_tier[tier]), Fraction(0)) for tier in TIERS]
        fees_minor = [sum(staff.fees(self.currency).minor for staff in of_tier[tier]) for tier in TIERS]
        hours_tenths = _tenths(hours)
        fees_tenths = _tenths([Fraction(minor) for minor in fees_minor]) if any(fees_minor) else [None] * len(TIERS)
        return {
            tier: TierShare(
                hours=hours[index],
                fees=Money(fees_minor[index], self.currency),
                hours_tenths=hours_tenths[index],
                fees_tenths=fees_tenths[index],
            )
            for index, tier in enumerate(TIERS)
        }

    def as_dict(self) -> dict[str, Any]:
        """The amounts of pricing-spec 11 by their names; undefined ones are ``None``."""
        shares = self.shares()
        senior = shares["senior"].hours
        ratio = None if senior == 0 else {tier: rounded_text(shares[tier].hours / senior, 2) for tier in TIERS}
        return {
            "total_hours": rounded_text(self.total_hours, HOUR_PLACES),
            "standard_fees": str(self.standard_fees),
            "blended_rate": str(Money.rounded(self.standard_fees.exact / self.total_hours, self.currency)),
            "tiers": {tier: share.as_dict() for tier, share in shares.items()},
            "ratio": ratio,
            "leverage": rounded_ratio(shares["mid"].hours + shares["junior"].hours, senior, 4),
            **self._contribution(),
            **self._realization(),
        }

    def _contribution(self) -> dict[str, Any]:
        direct_cost = self.direct_cost
        if direct_cost is None:
            return {}
        contribution = self.standard_fees - direct_cost
        return {
            "direct_cost": str(direct_cost),
            "contribution": str(contribution),
            "contribution_percent": rounded_ratio(contribution.exact * 100, self.standard_fees.exact, 2),
        }

    def _realization(self) -> dict[str, Any]:
        if self.billed is None:
            return {}
        return {
            "realization_percent": rounded_ratio(self.billed.exact * 100, self.standard_fees.exact, 2),
            "effective_rate": str(Money.rounded(self.billed.exact / self.total_hours, self.currency)),
        }


def _tenths(weights: list[Fraction]) -> list[int]:
    """A thousand tenths of a percent shared out by largest remainder; not all weights may be 0."""
    scale = lcm(*(weight.denominator for weight in weights))
    return allocate_minor(1000, [int(weight * scale) for weight in weights])


def read_leverage(given: JsonObject) -> Leverage:
    """The staffing of ``given``."""
    currency = parse_currency(given)
    return Leverage(
        currency=currency,
        staffing=each_object(given, "staffing", _read_staff),
        billed=None if given.get("billed") is None else money_at(given, "billed", currency),
    )


def _read_staff(given: JsonObject) -> Staff:
    return Staff(
        role=text_at(given, "role"),
        tier=text_at(given, "tier"),
        hours=number_at(given, "hours"),
        rate=number_at(given, "rate"),
        cost_per_hour=optional_number_at(given, "cost_per_hour"),
    )


def answer(given: JsonObject) -> dict[str, Any]:
    """``leverage``: ``currency, staffing[...], billed?`` -> hours, fees, mix, ratio, leverage."""
    return read_leverage(given).as_dict()
