"""Discounts: a reason and a sentence that the client reads, and an amount taken off what is left (pricing-spec 5)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from .errors import Place, PricingError, shown
from .money import PERCENT_PLACES, Money, require_places, round_half_away

DISCOUNT_REASONS: Final = (
    "volume",
    "long_term",
    "early_payment",
    "non_profit",
    "launch_reference",
    "goodwill",
    "scope_risk_shared",
    "bundled",
    "negotiated",
    "other",
)
"""The reasons a discount may have, in the order in which they are offered."""

MINIMUM_TEXT_LENGTH: Final = 10
"""Characters, after trimming, of the sentence that goes with every discount."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why this client gets this discount: a listed reason and a sentence of at least ten characters."""

    reason: str
    text: str

    def __post_init__(self) -> None:
        if self.reason not in DISCOUNT_REASONS:
            raise PricingError(
                "discount_reason_required",
                f"A discount needs a reason; {shown(self.reason)} is not one of {', '.join(DISCOUNT_REASONS)}.",
                field="reason",
            )
        if not isinstance(self.text, str) or len(self.text.strip()) < MINIMUM_TEXT_LENGTH:
            raise PricingError(
                "discount_text_required",
                "A discount needs a sentence that the client can read: why this amount, and what would end it."
                f" Write at least {MINIMUM_TEXT_LENGTH} characters.",
                field="text",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount(ABC):
    """What every discount has. ``conditional`` ones are offered beside the total and not deducted."""

    type: ClassVar[str]
    grounds: Grounds
    conditional: bool = False

    def __post_init__(self) -> None:
        if self.conditional and self.grounds.reason != "early_payment":
            raise PricingError(
                "conditional_reason",
                f'Only an early-payment discount can depend on a condition; this one is for "{self.grounds.reason}".'
                ' Take "conditional" off, or give early_payment as the reason.',
                field="conditional",
            )

    @property
    @abstractmethod
    def value_text(self) -> str:
        """The percentage or the amount, as text."""

    @abstractmethod
    def amount_minor(self, base_minor: int) -> int:
        """What the discount takes off ``base_minor``, rounded once, in minor units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentDiscount(Discount):
    """A share of the base: more than 0 and at most 100 percent, with at most four decimals."""

    type: ClassVar[str] = "percent"
    percent: Decimal

    def __post_init__(self) -> None:
        require_places(self.percent, PERCENT_PLACES, "value")
        if not 0 < self.percent <= 100:
            raise PricingError(
                "discount_value_range",
                f"A discount of {self.percent:f} percent is not possible. It must be above 0 and at most 100.",
                field="value",
            )
        Discount.__post_init__(self)

    @property
    def value_text(self) -> str:
        return f"{self.percent:f}"

    def amount_minor(self, base_minor: int) -> int:
        numerator, denominator = self.percent.as_integer_ratio()
        return round_half_away(base_minor * numerator, 100 * denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountDiscount(Discount):
    """A fixed amount above zero. Taking it off a smaller base is ``discount_exceeds_base``."""

    type: ClassVar[str] = "amount"
    amount: Money

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise PricingError(
                "discount_value_range",
                f"A discount of {self.amount} is not possible. It must be above 0.",
                field="value",
            )
        Discount.__post_init__(self)

    @property
    def value_text(self) -> str:
        return str(self.amount)

    def amount_minor(self, base_minor: int) -> int:
        if self.amount.minor > base_minor:
            base = Money(base_minor, self.amount.currency)
            raise PricingError(
                "discount_exceeds_base",
                f"The discount of {self.amount} is more than the {base} it applies to."
                " Lower it, or add a credit line if money is to go back.",
                field="value",
                base=str(base),
            )
        return self.amount.minor


@dataclass(frozen=True, slots=True)
class Reduction:
    """One discount as applied: ``amount_minor`` came off ``base_minor`` (minor units)."""

    discount: Discount
    base_minor: int
    amount_minor: int


def reduce_in_turn(discounts: Sequence[Discount], left_minor: int) -> tuple[Reduction, ...]:
    """Line discounts in listed order, each on what the one before has left (pricing-spec 5, a cascade)."""
    if not discounts:
        return ()
    reductions = []
    for index, discount in enumerate(discounts):
        with Place(within=f"discounts.{index}"):
            amount_minor = discount.amount_minor(left_minor)
        reductions.append(Reduction(discount, left_minor, amount_minor))
        left_minor -= amount_minor
    return tuple(reductions)
