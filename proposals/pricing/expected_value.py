"""Expected values of ways to sell: chance times size (pricing-spec 14, Green's scenarios A and B)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .errors import PricingError
from .money import Currency, Money, require_percent, rounded_ratio
from .parse import parse_currency
from .reading import JsonObject, each_object, money_at, number_at, required, text_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A way to sell: it wins ``win_percent`` of the time, ``average_sale`` each time."""

    id: str
    win_percent: Decimal
    average_sale: Money

    def __post_init__(self) -> None:
        require_percent(self.win_percent, "win_percent", most=100)
        if self.average_sale.minor < 0:
            raise PricingError(
                "bad_number", f"A sale of {self.average_sale} is below 0. Give 0 or more.", field="average_sale"
            )

    @property
    def exact(self) -> Fraction:
        """The exact expected value."""
        return self.average_sale.exact * Fraction(self.win_percent) / 100

    @property
    def expected_value(self) -> Money:
        """The expected value, rounded once."""
        return Money.rounded(self.exact, self.average_sale.currency)


def compared(first: Scenario, second: Scenario) -> dict[str, str | None]:
    """``difference`` of the amounts shown, ``improvement_percent`` of the exact ones, and ``break_even_percent``.

    At ``break_even_percent`` wins the second is as good as the first; it may be above 100, out of reach.
    """
    return {
        "difference": str(second.expected_value - first.expected_value),
        "improvement_percent": rounded_ratio((second.exact - first.exact) * 100, first.exact, 2),
        "break_even_percent": rounded_ratio(first.exact * 100, second.average_sale.exact, 2),
    }


def _read_scenario(given: JsonObject, currency: Currency) -> Scenario:
    return Scenario(
        id=text_at(given, "id"),
        win_percent=number_at(given, "win_percent"),
        average_sale=money_at(given, "average_sale", currency),
    )


def answer(given: JsonObject) -> dict[str, Any]:
    """``expected_value``: ``currency, scenarios[...]`` -> ``scenarios``; two of them are compared."""
    currency = parse_currency(given)
    required(given, "scenarios")
    scenarios = each_object(given, "scenarios", lambda scenario: _read_scenario(scenario, currency))
    shown = [{"id": each.id, "expected_value": str(each.expected_value)} for each in scenarios]
    return {"scenarios": shown} | (compared(*scenarios) if len(scenarios) == 2 else {})
