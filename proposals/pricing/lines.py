"""The seven kinds of line, one class each, and the exact price of each before rounding (pricing-spec 3).

A line that cannot be priced cannot be constructed. Amounts that a person states are ``Money``; quantities, rates and
percentages are ``Decimal``. The exact gross of a line is an unrounded number of the main unit; it is rounded once, by
``Money.rounded``, to be the line's gross amount. An allowance is two classes of one kind: a stated amount, or a
percentage of other lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Final

from .discounts import Discount
from .errors import PricingError, shown
from .money import Money, product, require_finite, require_percent, require_rate
from .options import Alternative
from .rate_card import require_time_unit

CERTAINTIES: Final = ("firm", "estimate", "ceiling")
"""How sure an amount is: it will not change, it may go either way, it will not be more."""


def require_quantity(value: Decimal, field: str) -> None:
    """Refuse a negative quantity."""
    require_finite(value, field)
    if value < 0:
        raise PricingError(
            "negative_quantity",
            f"The quantity {value:f} is negative. Use 0 or more, and a credit line to give money back.",
            field=field,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What every line has. ``None`` for certainty and discountable means: what is usual for the kind."""

    kind: ClassVar[str]
    usual_certainty: ClassVar[str] = "estimate"
    usually_discountable: ClassVar[bool] = True

    id: str
    taxes: tuple[str, ...] = ()
    discounts: tuple[Discount, ...] = ()
    optional: bool = False
    selected: bool = False
    alternative: Alternative | None = None
    stated_certainty: str | None = None
    stated_discountable: bool | None = None

    def __post_init__(self) -> None:
        if self.stated_certainty is not None and self.stated_certainty not in CERTAINTIES:
            raise PricingError(
                "unknown_value",
                f"{shown(self.stated_certainty)} is not a certainty. Use one of: {', '.join(CERTAINTIES)}.",
                field="certainty",
            )
        if len(set(self.taxes)) < len(self.taxes):
            raise PricingError("duplicate_id", "The line names a tax twice. Name each tax once.", field="taxes")
        for index, discount in enumerate(self.discounts):
            require_unconditional(discount, index)

    @property
    def certainty(self) -> str:
        """``firm``, ``estimate`` or ``ceiling``."""
        return self.usual_certainty if self.stated_certainty is None else self.stated_certainty

    @property
    def discountable(self) -> bool:
        """Whether section and document discounts reach this line. Its own discounts always do."""
        return self.usually_discountable if self.stated_discountable is None else self.stated_discountable

    def is_included(self, choices: Mapping[str, str]) -> bool:
        """Whether the line counts: not an option left unticked, nor an alternative that is not the chosen one."""
        if self.optional and not self.selected:
            return False
        return self.alternative is None or choices.get(self.alternative.group) == self.alternative.option


def require_unconditional(discount: Discount, index: int) -> None:
    """Refuse a conditional discount on a line or a section: only the whole document can be paid early."""
    if discount.conditional:
        raise PricingError(
            "conditional_reason",
            "An early-payment discount that depends on the day of payment applies to the whole document."
            " Move it to the document's discounts.",
            field=f"discounts.{index}.conditional",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfPricedLine(Line, ABC):
    """A line whose price needs nothing but the line itself."""

    @abstractmethod
    def exact_gross(self) -> Fraction:
        """The price before discounts, in the main unit of the currency, not rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine(Line):
    """``quantity`` hours or days of a role, at the rate of the card or at ``rate_override`` per ``unit``."""

    kind: ClassVar[str] = "time"

    role: str
    quantity: Decimal
    unit: str
    on: date | None = None
    rate_override: Decimal | None = None

    def __post_init__(self) -> None:
        Line.__post_init__(self)
        require_time_unit(self.unit, "unit")
        require_quantity(self.quantity, "quantity")
        if self.rate_override is not None:
            require_rate(self.rate_override, "rate_override")

    def exact_gross_at(self, unit_rate: Fraction) -> Fraction:
        """``quantity * unit_rate``, with the exact rate per unit of this line."""
        numerator, denominator = self.quantity.as_integer_ratio()
        return Fraction(numerator * unit_rate.numerator, denominator * unit_rate.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedLine(SelfPricedLine):
    """A line that costs what it states: an amount, 0 or more."""

    amount: Money

    def __post_init__(self) -> None:
        Line.__post_init__(self)
        require_not_negative(self.amount)

    def exact_gross(self) -> Fraction:
        return self.amount.exact


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedLine(StatedLine):
    """A stated amount."""

    kind: ClassVar[str] = "fixed"
    usual_certainty: ClassVar[str] = "firm"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpenseLine(SelfPricedLine):
    """Something bought for the client: ``quantity * unit_cost``, passed on with a declared markup."""

    kind: ClassVar[str] = "expense"
    usually_discountable: ClassVar[bool] = False

    unit_cost: Decimal
    quantity: Decimal = Decimal(1)
    markup_percent: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        Line.__post_init__(self)
        require_quantity(self.quantity, "quantity")
        require_rate(self.unit_cost, "unit_cost")
        require_percent(self.markup_percent, "markup_percent")

    def exact_at_cost(self) -> Fraction:
        """``quantity * unit_cost``, without the markup."""
        return product(self.quantity, self.unit_cost)

    def exact_gross(self) -> Fraction:
        at_cost = self.exact_at_cost()
        if not self.markup_percent:
            return at_cost
        numerator, denominator = self.markup_percent.as_integer_ratio()
        return Fraction(at_cost.numerator * (100 * denominator + numerator), at_cost.denominator * 100 * denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionLine(SelfPricedLine):
    """``quantity * price * periods``, for a whole number of periods."""

    kind: ClassVar[str] = "subscription"
    usual_certainty: ClassVar[str] = "firm"

    price: Decimal
    periods: Decimal
    quantity: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        Line.__post_init__(self)
        require_quantity(self.quantity, "quantity")
        require_rate(self.price, "price")
        require_quantity(self.periods, "periods")
        if self.periods.as_integer_ratio()[1] != 1:
            raise PricingError(
                "bad_number",
                f"{self.periods:f} is not a whole number of periods. Write one without a point.",
                field="periods",
            )

    def exact_gross(self) -> Fraction:
        return product(self.quantity, self.price, self.periods)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine(SelfPricedLine):
    """``quantity * unit_price``."""

    kind: ClassVar[str] = "unit"

    quantity: Decimal
    unit_price: Decimal

    def __post_init__(self) -> None:
        Line.__post_init__(self)
        require_quantity(self.quantity, "quantity")
        require_rate(self.unit_price, "unit_price")

    def exact_gross(self) -> Fraction:
        return product(self.quantity, self.unit_price)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceLine(StatedLine):
    """Money set aside: a stated amount."""

    kind: ClassVar[str] = "allowance"


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentAllowanceLine(Line):
    """Money set aside as a percentage of what the lines named in ``of`` come to."""

    kind: ClassVar[str] = "allowance"

    percent: Decimal
    of: tuple[str, ...]

    def __post_init__(self) -> None:
        Line.__post_init__(self)
        require_percent(self.percent, "percent")
        if not self.of or len(set(self.of)) < len(self.of):
            raise PricingError(
                "bad_allowance_base",
                "A percent allowance names the lines it is a percentage of, each once. Correct the list.",
                field="of",
            )

    def exact_gross_on(self, base: Money) -> Fraction:
        """``base * percent / 100``, for a base of gross less line discounts of the named, included lines."""
        return base.exact * Fraction(self.percent) / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine(SelfPricedLine):
    """Money given back: ``amount`` is stated positive and lowers the total. Discounts never touch a credit."""

    kind: ClassVar[str] = "credit"
    usual_certainty: ClassVar[str] = "firm"
    usually_discountable: ClassVar[bool] = False

    amount: Money

    def __post_init__(self) -> None:
        Line.__post_init__(self)
        require_not_negative(self.amount)
        if self.discounts:
            raise PricingError(
                "discount_on_credit",
                "A credit cannot carry a discount. Remove the discount, or change the amount of the credit.",
                field="discounts",
            )

    @property
    def discountable(self) -> bool:
        return False

    def exact_gross(self) -> Fraction:
        return -self.amount.exact


def require_not_negative(amount: Money) -> None:
    """Refuse an amount below zero."""
    if amount.minor < 0:
        raise PricingError(
            "bad_number",
            f"The amount {amount} is negative. State it as 0 or more; a credit line lowers the total.",
            field="amount",
        )


LINE_KINDS: Final = ("time", "fixed", "expense", "subscription", "unit", "allowance", "credit")
"""The seven kinds, in the order in which they are offered."""
