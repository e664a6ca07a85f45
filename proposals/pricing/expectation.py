"""What a result is expected to be worth, and the fee that a value-based model takes of it (billing model 8).

The parties say by how much a measure is expected to change and what one unit of that change is worth to the client.
The value is the product, rounded once; the fee is the model's own arithmetic on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from .billing.models.value_based import MODEL, ValueOutcome, ValueTerms
from .errors import PricingError
from .money import Currency, Money, product, require_finite, require_not_negative, require_rate
from .working.sheet import Figure, Sheet

LIKELY: Final = "likely"
HALF: Final = "half"
"""The outcome that is shown where nobody said low and high: the gain is only half as big."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """An expected change for the better, in the unit of its measure, and what one unit is worth.

    ``low`` and ``high`` go together, with ``low <= likely <= high``; ``low`` may be negative, the likely change not.
    Without ``worth_of_one`` the measure is an amount of ``currency`` itself, with no more decimals than that has.

    Raises ``PricingError`` (``bad_estimate``, ``bad_number``, ``too_many_decimals``) naming the field.
    """

    currency: Currency
    likely: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    worth_of_one: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            missing = "low" if self.low is None else "high"
            raise PricingError("bad_estimate", "Give a low and a high change, or neither.", field=missing)
        if self.worth_of_one is not None:
            require_rate(self.worth_of_one, "worth_of_one")
        for name, value in (("low", self.low), (LIKELY, self.likely), ("high", self.high)):
            if value is not None and self.worth_of_one is None:
                Money.stated(value, self.currency, name)
            elif value is not None:
                require_finite(value, name)
        require_not_negative(self.worth(self.likely), LIKELY)
        if self.low is not None and self.high is not None and not self.low <= self.likely <= self.high:
            raise PricingError(
                "bad_estimate",
                f"{self.low:f}, {self.likely:f}, {self.high:f} do not rise. Low, likely and high go up.",
                field="low" if self.low > self.likely else "high",
            )

    def worth(self, change: Decimal) -> Money:
        """What a change is worth to the client, rounded once."""
        of_one = Decimal(1) if self.worth_of_one is None else self.worth_of_one
        return Money.rounded(product(change, of_one), self.currency)

    @property
    def value(self) -> Money:
        """The expected value: what the likely change is worth."""
        return self.worth(self.likely)

    @property
    def outcomes(self) -> Mapping[str, Money]:
        """What comes of it at low, likely and high; at half and likely where nobody said the others."""
        if self.low is None or self.high is None:
            return {HALF: Money.rounded(self.value.exact / 2, self.currency), LIKELY: self.value}
        return {"low": self.worth(self.low), LIKELY: self.value, "high": self.worth(self.high)}


@dataclass(frozen=True, slots=True)
class ValueFee:
    """The fee at one outcome: the ``share`` of ``base`` before ``bound`` (``floor``, ``ceiling`` or ``""``) changed it.

    ``value_multiple`` is None where nothing is paid.
    """

    base: Money
    share: Money
    bound: str
    client_pays: Money
    client_net_value: Money
    value_multiple: str | None


def value_fee(terms: ValueTerms, achieved: Money) -> ValueFee:
    """What the client pays if the result is worth ``achieved``, with the steps that lead there."""
    currency = achieved.currency
    base = max(achieved, Money(0, currency)) if terms.expected_value is None else terms.expected_value
    share = Money.rounded(base.exact * Fraction(terms.share_percent) / 100, currency)
    fee = terms.fee(base)
    bill = MODEL.pays(terms, ValueOutcome(achieved_value=achieved), currency)
    bound = "" if fee == share else "floor" if fee > share else "ceiling"
    return ValueFee(base, share, bound, fee, achieved - fee, bill["value_multiple"])


def expectation_steps(sheet: Sheet, expectation: Expectation, terms: ValueTerms | None) -> None:
    """``outcomes`` step by step: ``likely.worth`` and, if there are ``terms``, the fee as ``likely.client_pays``."""
    likely = _worth_steps(sheet, LIKELY, expectation, expectation.likely)
    for outcome in expectation.outcomes:
        here = Sheet(sheet.record, f"{sheet.prefix}{outcome}.")
        if outcome == LIKELY:
            worth = likely
        elif outcome == HALF:
            worth = here.quotient("worth", likely, here.number("divisor", 2))
        else:
            change = expectation.low if outcome == "low" else expectation.high
            worth = _worth_steps(sheet, outcome, expectation, change or Decimal(0))
        if terms is not None:
            agreed = likely if terms.expected_value == expectation.value else None
            terms.bill_steps(worth, here, agreed)


def _worth_steps(sheet: Sheet, outcome: str, expectation: Expectation, change: Decimal) -> Figure:
    """What a change is worth: so many units at what one is worth, or the amount that was stated."""
    key = f"{outcome}.worth"
    if expectation.worth_of_one is None:
        return sheet.name(key, sheet.money("amount", expectation.worth(change)))
    rate = sheet.number("rate", expectation.worth_of_one)
    return sheet.product(key, sheet.number("quantity", change), rate)
