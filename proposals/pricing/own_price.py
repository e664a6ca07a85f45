"""Steps 1 and 2 of pricing-spec 8: each line by itself, its gross amount and its own discounts.

Nothing here depends on which options are taken, so a range over many choices needs it only once. Percent allowances
are the exception: their base is the included lines, so they are priced with the choices (``settlement``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .discounts import Reduction, reduce_in_turn
from .document import PriceDocument
from .errors import Place
from .lines import ExpenseLine, Line, PercentAllowanceLine, SelfPricedLine, TimeLine
from .money import Money
from .rate_card import RateCard


@dataclass(frozen=True, slots=True)
class UnitRate:
    """What one hour or day of a time line costs: the rate ``used``, and the one on the ``card`` if there is one.

    Both are exact and per unit of the line. They differ only where the line overrides the card.
    """

    used: Fraction
    card: Fraction | None
    overridden: bool


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """A line before section and document discounts, in minor units: ``left = gross - sum of reductions``."""

    gross_minor: int
    reductions: tuple[Reduction, ...]
    left_minor: int
    unit_rate: UnitRate | None = None
    at_cost: Money | None = None


def own_prices(document: PriceDocument) -> dict[int, OwnPrice]:
    """The own price of every line, by its number in ``document.lines``; percent allowances are left out.

    Raises ``PricingError``: ``no_rate``, or ``discount_exceeds_base`` for a line discount.
    """
    card = RateCard(document.rate_card)
    prices: dict[int, OwnPrice] = {}
    for section, span in document.line_spans():
        for number in span:
            line = document.lines[number]
            if isinstance(line, TimeLine | SelfPricedLine):
                with Place(section=section.id, line=line.id):
                    prices[number] = _own_price(line, document, card)
    return prices


def allowance_price(allowance: PercentAllowanceLine, base_minor: int, document: PriceDocument) -> OwnPrice:
    """The own price of a percent allowance on ``base_minor``."""
    return _reduced(allowance, allowance.exact_gross_on(Money(base_minor, document.currency)), document)


def _own_price(line: TimeLine | SelfPricedLine, document: PriceDocument, card: RateCard) -> OwnPrice:
    if isinstance(line, TimeLine):
        rate = _unit_rate(line, document, card)
        return _reduced(line, line.exact_gross_at(rate.used), document, unit_rate=rate)
    if isinstance(line, ExpenseLine):
        at_cost = Money.rounded(line.exact_at_cost(), document.currency)
        return _reduced(line, line.exact_gross(), document, at_cost=at_cost)
    return _reduced(line, line.exact_gross(), document)


def _reduced(
    line: Line,
    exact_gross: Fraction,
    document: PriceDocument,
    *,
    unit_rate: UnitRate | None = None,
    at_cost: Money | None = None,
) -> OwnPrice:
    gross_minor = Money.rounded(exact_gross, document.currency).minor
    reductions = reduce_in_turn(line.discounts, gross_minor)
    left_minor = gross_minor - sum(reduction.amount_minor for reduction in reductions)
    return OwnPrice(gross_minor, reductions, left_minor, unit_rate, at_cost)


def _unit_rate(line: TimeLine, document: PriceDocument, card: RateCard) -> UnitRate:
    on = line.on or document.price_date
    if line.rate_override is None:
        used = card.required(line.role, line.unit, on).per(line.unit, document.hours_per_day)
        return UnitRate(used, used, overridden=False)
    entry = None if on is None else card.find(line.role, line.unit, on)
    on_card = None if entry is None else entry.per(line.unit, document.hours_per_day)
    return UnitRate(Fraction(line.rate_override), on_card, overridden=True)
