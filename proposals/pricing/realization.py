"""Realization: how much of the list price is billed, and how much of that is paid (pricing-spec 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .money import Money, require_not_negative, rounded_ratio
from .parse import parse_currency
from .reading import JsonObject, money_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Realization:
    """Work at list rates, what was billed of it, and what was collected; each 0 or more."""

    standard: Money
    billed: Money
    collected: Money

    def __post_init__(self) -> None:
        for field in ("standard", "billed", "collected"):
            require_not_negative(getattr(self, field), field)

    def as_dict(self) -> dict[str, Any]:
        """``billing_percent, collection_percent, overall_percent``, each from the amounts; ``None`` of nothing."""
        return {
            "billing_percent": rounded_ratio(self.billed.exact * 100, self.standard.exact, 2),
            "collection_percent": rounded_ratio(self.collected.exact * 100, self.billed.exact, 2),
            "overall_percent": rounded_ratio(self.collected.exact * 100, self.standard.exact, 2),
        }


def answer(given: JsonObject) -> dict[str, Any]:
    """``realization``: ``currency, standard, billed, collected`` -> three percentages."""
    currency = parse_currency(given)
    return Realization(
        standard=money_at(given, "standard", currency),
        billed=money_at(given, "billed", currency),
        collected=money_at(given, "collected", currency),
    ).as_dict()
