"""The economics of a firm: profit per partner and its factors (pricing-spec 11, Maister's identity)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .errors import PricingError
from .money import Money, require_finite, require_hours, require_not_negative, rounded_ratio, rounded_text
from .parse import parse_currency
from .reading import JsonObject, money_at, number_at, optional_number_at


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmYear:
    """A firm's year. ``professionals`` include the partners; ``standard_fees`` are the hours at list rates."""

    partners: Decimal
    professionals: Decimal
    fees: Money
    costs: Money
    hours: Decimal | None = None
    standard_fees: Money | None = None

    def __post_init__(self) -> None:
        for field in ("partners", "professionals"):
            require_finite(getattr(self, field), field)
        if self.partners < 1:
            raise PricingError(
                "bad_headcount", f"{self.partners:f} partners are not possible. Give 1 or more.", field="partners"
            )
        if self.professionals < self.partners:
            raise PricingError(
                "bad_headcount",
                f"{self.professionals:f} professionals are fewer than the {self.partners:f} partners among them."
                " Count the partners in.",
                field="professionals",
            )
        if self.fees.minor <= 0:
            raise PricingError("no_fees", f"The fees are {self.fees}. Give more than 0.", field="fees")
        for field, amount in (("costs", self.costs), ("standard_fees", self.standard_fees)):
            if amount is not None:
                require_not_negative(amount, field)
        if self.hours is not None:
            require_hours(self.hours, "hours")
            if self.hours == 0:
                raise PricingError("no_hours", "The firm has 0 hours. Give more, or leave them out.", field="hours")

    @property
    def profit(self) -> Money:
        """Fees less costs."""
        return self.fees - self.costs

    def as_dict(self) -> dict[str, Any]:
        """The amounts of pricing-spec 11. Profit per partner is profit by partners; the factors are shown beside it."""
        fees, people = self.fees.exact, Fraction(self.professionals)
        answer: dict[str, Any] = {
            "profit": str(self.profit),
            "margin_percent": rounded_ratio(self.profit.exact * 100, fees, 2),
            "productivity": self._money(fees / people),
            "leverage": rounded_text(people / Fraction(self.partners), 4),
            "profit_per_partner": self._money(self.profit.exact / Fraction(self.partners)),
        }
        if self.hours is not None:
            hours = Fraction(self.hours)
            answer["fees_per_hour"] = self._money(fees / hours)
            answer["hours_per_professional"] = rounded_text(hours / people, 2)
            if self.standard_fees is not None:
                answer["standard_rate"] = self._money(self.standard_fees.exact / hours)
                answer["realization_percent"] = rounded_ratio(fees * 100, self.standard_fees.exact, 2)
        return answer

    def _money(self, exact: Fraction) -> str:
        return str(Money.rounded(exact, self.fees.currency))


def answer(given: JsonObject) -> dict[str, Any]:
    """``firm``: ``currency, partners, professionals, fees, costs, hours?, standard_fees?`` -> profit, its factors."""
    currency = parse_currency(given)
    return FirmYear(
        partners=number_at(given, "partners"),
        professionals=number_at(given, "professionals"),
        fees=money_at(given, "fees", currency),
        costs=money_at(given, "costs", currency),
        hours=optional_number_at(given, "hours"),
        standard_fees=None if given.get("standard_fees") is None else money_at(given, "standard_fees", currency),
    ).as_dict()
