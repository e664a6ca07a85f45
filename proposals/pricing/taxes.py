"""Taxes: what a line is taxed with, and one rounding per tax or per line (pricing-spec 7).

The core computes what it is told. Which tax applies to a supply is for the parties to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from .errors import PricingError, shown
from .money import require_percent, round_half_away

TAX_CATEGORIES: Final = ("S", "Z", "E", "AE", "O")
"""EN 16931 category codes: standard or reduced, zero-rated, exempt, reverse charge, outside the scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """One tax of a document. ``rate`` is a percentage from 0 to 100; it is above 0 exactly in category S."""

    id: str
    category: str
    rate: Decimal
    label: str = ""
    jurisdiction: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.category not in TAX_CATEGORIES:
            raise PricingError(
                "unknown_value",
                f"{shown(self.category)} is not a tax category. Use one of: {', '.join(TAX_CATEGORIES)}.",
                field="category",
            )
        require_percent(self.rate, "rate", most=100)
        if (self.category == "S") != (self.rate > 0):
            raise PricingError(
                "category_rate_mismatch",
                f"Category {self.category} does not go with a rate of {self.rate:f} percent."
                " A rate above 0 belongs to category S, and a rate of 0 to Z, E, AE or O.",
                field="rate",
            )

    def on_net_minor(self, base_minor: int) -> int:
        """The tax to add to an amount before tax: ``round(base * rate / 100)``."""
        numerator, denominator = self.rate.as_integer_ratio()
        return round_half_away(base_minor * numerator, 100 * denominator)

    def within_gross_minor(self, amount_minor: int) -> int:
        """The tax contained in an amount that includes it: ``round(amount * rate / (100 + rate))``."""
        numerator, denominator = self.rate.as_integer_ratio()
        return round_half_away(amount_minor * numerator, 100 * denominator + numerator)


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One tax over all lines that name it, in minor units. ``base_minor`` is the amount before this tax."""

    tax: Tax
    base_minor: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """What tax needs to know of an included line: the ids of its taxes and its amount in minor units."""

    taxes: tuple[str, ...]
    amount_minor: int


def line_tax_minor(amount: TaxedAmount, taxes_by_id: Mapping[str, Tax], *, inclusive: bool) -> int:
    """The tax of one line, each of its taxes rounded by itself: the ``line`` mode."""
    taxes = (taxes_by_id[tax_id] for tax_id in amount.taxes)
    if inclusive:
        return sum(tax.within_gross_minor(amount.amount_minor) for tax in taxes)
    return sum(tax.on_net_minor(amount.amount_minor) for tax in taxes)


def tax_sums(
    taxes: Iterable[Tax], amounts: Iterable[TaxedAmount], *, inclusive: bool, per_line: bool
) -> tuple[TaxSum, ...]:
    """The taxes named by at least one amount, in the order of ``taxes``, zero rates included.

    ``per_line`` rounds the tax of every line and adds; otherwise the lines are added first and rounded once. In an
    ``inclusive`` document the base is what remains of the price: the price that was told never changes.
    """
    named: dict[str, list[int]] = {}
    for amount in amounts:
        for tax_id in amount.taxes:
            named.setdefault(tax_id, []).append(amount.amount_minor)
    sums = []
    for tax in taxes:
        if tax.id not in named:
            continue
        amounts_minor = named[tax.id]
        subject_minor = sum(amounts_minor)
        rounded_over = amounts_minor if per_line else [subject_minor]
        if inclusive:
            tax_minor = sum(tax.within_gross_minor(each) for each in rounded_over)
            sums.append(TaxSum(tax, subject_minor - tax_minor, tax_minor))
        else:
            sums.append(TaxSum(tax, subject_minor, sum(tax.on_net_minor(each) for each in rounded_over)))
    return tuple(sums)
