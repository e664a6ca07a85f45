"""Steps 1 and 2 of pricing-spec 8: each line by itself, its gross amount and its own discounts.

Nothing here depends on which options are taken, so a range over many choices needs it only once. Percent allowances
are the exception: their base is the included lines, so they are priced with the choices (``settlement``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .discounts import Reduction, reduce_in_turn
from .document import PriceDocument
from .errors import PricingError
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
    rates = _UnitRates(document)
    prices: dict[int, OwnPrice] = {}
    for section, span in document.line_spans():
        for number in span:
            line = document.lines[number]
            if isinstance(line, (TimeLine, SelfPricedLine)):
                try:
                    prices[number] = _own_price(line, document, rates)
                except PricingError as error:
                    error.locate(section=section.id, line=line.id)
                    raise
    return prices


def allowance_price(allowance: PercentAllowanceLine, base_minor: int, document: PriceDocument) -> OwnPrice:
    """The own price of a percent allowance on ``base_minor``."""
    return _reduced(allowance, allowance.exact_gross_on(Money(base_minor, document.currency)), document)


def _own_price(line: TimeLine | SelfPricedLine, document: PriceDocument, rates: _UnitRates) -> OwnPrice:
    if isinstance(line, TimeLine):
        rate = rates.of(line)
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


class _UnitRates:
    """The rates of a document's card, each role, unit and day looked up once."""

    __slots__ = ("_card", "_document", "_found")

    def __init__(self, document: PriceDocument) -> None:
        self._document = document
        self._card = RateCard(document.rate_card)
        self._found: dict[tuple[str, str, date | None], UnitRate] = {}

    def of(self, line: TimeLine) -> UnitRate:
        """The rate of a time line: its own, or the card's."""
        on = line.on or self._document.price_date
        if line.rate_override is not None:
            entry = None if on is None else self._card.find(line.role, line.unit, on)
            on_card = None if entry is None else entry.per(line.unit, self._document.hours_per_day)
            return UnitRate(Fraction(line.rate_override), on_card, overridden=True)
        looked_up = (line.role, line.unit, on)
        found = self._found.get(looked_up)
        if found is None:
            used = self._card.required(line.role, line.unit, on).per(line.unit, self._document.hours_per_day)
            found = self._found[looked_up] = UnitRate(used, used, overridden=False)
        return found
