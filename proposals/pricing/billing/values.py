"""The composed values of billing models: time entries, tiers and milestones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..errors import PricingError
from ..money import Money, finite_text, require_finite, require_percent, require_rate


@dataclass(frozen=True, slots=True)
class Entry:
    """Hours that somebody of a role worked."""

    role: str
    hours: Decimal

    def __post_init__(self) -> None:
        require_finite(self.hours, "hours")
        if self.hours < 0:
            raise PricingError(
                "negative_quantity", f"{self.hours:f} hours are negative. Write 0 or more.", field="hours"
            )


@dataclass(frozen=True, slots=True)
class Milestone:
    """A part of a fee, due when the result with this id is accepted."""

    id: str
    percent: Decimal

    def __post_init__(self) -> None:
        require_percent(self.percent, "percent", most=100)


@dataclass(frozen=True, slots=True)
class PriceTier:
    """The price of a unit up to and including ``up_to`` units; ``None`` is without end."""

    up_to: Decimal | None
    unit_price: Decimal
    flat_fee: Money

    def __post_init__(self) -> None:
        require_rate(self.unit_price, "unit_price")
        if self.flat_fee.minor < 0:
            raise PricingError(
                "bad_number", f"The flat fee {self.flat_fee} is below 0. Give 0 or more.", field="flat_fee"
            )


@dataclass(frozen=True, slots=True)
class PercentTier:
    """The share of an amount up to and including ``up_to``; ``None`` is without end."""

    up_to: Money | None
    percent: Decimal

    def __post_init__(self) -> None:
        require_percent(self.percent, "percent", most=100)


def require_ascending(bounds: Sequence[Fraction | None], field: str) -> None:
    """Refuse upper bounds that are not above 0 and rising (``bad_number``), and one left out before the last tier
    (``missing_field``)."""
    previous = Fraction(0)
    for index, bound in enumerate(bounds):
        place = f"{field}.{index}.up_to"
        if bound is None and index < len(bounds) - 1:
            raise PricingError(
                "missing_field", "Only the last tier may go without an upper bound. Give this one a bound.", field=place
            )
        if bound is not None and bound <= previous:
            raise PricingError(
                "bad_number",
                f"The upper bound {_plain(bound)} is not above {_plain(previous)}."
                " Let the bounds rise from tier to tier, starting above 0.",
                field=place,
            )
        previous = previous if bound is None else bound


def _plain(bound: Fraction) -> str | None:
    """A bound as it may have been written; inputs have at most ten decimals."""
    return finite_text(bound, least_places=0, most_places=10)
