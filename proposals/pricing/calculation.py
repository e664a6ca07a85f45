"""Pricing a document: the order of calculation of pricing-spec 8, from lines to totals, range and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from .discounts import Reduction
from .document import PriceDocument
from .errors import PricingError, listed
from .lines import CERTAINTIES
from .money import Currency, Money
from .options import combination_count, completions
from .own_price import OwnPrice, own_prices
from .result import (
    AppliedDiscount,
    ConditionalTotal,
    LineResult,
    PriceRange,
    PriceResult,
    SectionResult,
    TaxResult,
    Totals,
)
from .settlement import Settlement, settle

COMBINATION_LIMIT: Final = 1000
"""Most combinations of undecided alternatives for which a range is calculated (pricing-spec 6)."""

EFFORT_LIMIT: Final = 10_000_000
"""Most lines times discounts, over all ways to decide and to pay early, that are worked out: seconds, not hours."""


def price(
    document: PriceDocument, *, combination_limit: int = COMBINATION_LIMIT, with_range: bool = True
) -> PriceResult:
    """Price a document.

    While alternatives are undecided the totals leave them out and the result has the range of totals over all ways
    to decide; ``with_range=False`` spares that work. More than ``combination_limit`` ways are refused.

    Raises ``PricingError``: ``no_rate``, ``discount_exceeds_base`` (also if only some combination has it),
    ``too_many_combinations``, or ``bad_document`` for lines and discounts beyond ``EFFORT_LIMIT``.
    """
    undecided = document.undecided if with_range else {}
    _require_worth_the_effort(document, undecided, combination_limit)
    prices = own_prices(document)
    settlement = settle(document, prices, document.choices)
    total_range = _price_range(document, prices, undecided) if undecided else None
    lines = _line_results(document, settlement)
    return PriceResult(
        currency_code=document.currency.code,
        lines=lines,
        sections=_section_results(document, settlement, lines),
        discounts=_applied(settlement.discounted.by_document.values(), document.currency),
        taxes=tuple(
            TaxResult(each.tax, Money(each.base_minor, document.currency), Money(each.amount_minor, document.currency))
            for each in settlement.taxation.taxes
        ),
        totals=_totals(settlement, lines, document.currency),
        unresolved=tuple(document.undecided),
        range=total_range,
        conditional=_conditional_totals(document, prices, settlement),
    )


def _require_worth_the_effort(
    document: PriceDocument, undecided: Mapping[str, tuple[str, ...]], combination_limit: int
) -> None:
    ways = combination_count(undecided)
    if ways > combination_limit:
        raise PricingError(
            "too_many_combinations",
            f"The undecided alternatives can be combined in {ways} ways; at most {combination_limit} are calculated."
            f" Decide one of: {listed(undecided)}.",
            field="choices",
        )
    lines, discounts = len(document.lines), len(document.discounts)
    conditional = sum(discount.conditional for discount in document.discounts)
    of_sections = sum(len(section.lines) * len(section.discounts) for section in document.sections)
    effort = (ways + conditional) * ((1 + lines) * (1 + discounts) + of_sections)
    if effort > EFFORT_LIMIT:
        raise PricingError(
            "too_many_combinations" if undecided else "bad_document",
            f"{lines} lines with {discounts} discounts on all of them, in {ways + conditional} ways to decide and to"
            " pay, are too much to work out at once. Take some of them out.",
            field="choices" if undecided else "discounts",
        )


def _price_range(
    document: PriceDocument, prices: Mapping[int, OwnPrice], undecided: Mapping[str, tuple[str, ...]]
) -> PriceRange:
    combinations = tuple(
        (choices, Money(settle(document, prices, choices).taxation.total_minor, document.currency))
        for choices in completions(undecided, document.choices)
    )
    totals_minor = [total.minor for _, total in combinations]
    return PriceRange(
        Money(min(totals_minor), document.currency), Money(max(totals_minor), document.currency), combinations
    )


def _conditional_totals(
    document: PriceDocument, prices: Mapping[int, OwnPrice], settlement: Settlement
) -> tuple[ConditionalTotal, ...]:
    """Each early-payment discount by itself: the whole calculation repeated with it as the last discount."""
    conditional = []
    for number, discount in enumerate(document.discounts):
        if discount.conditional:
            taken = settle(document, prices, document.choices, taken=number)
            total_if_taken = Money(taken.taxation.total_minor, document.currency)
            total = Money(settlement.taxation.total_minor, document.currency)
            conditional.append(ConditionalTotal(discount, total_if_taken, total - total_if_taken))
    return tuple(conditional)


class _Amounts(dict[int, Money]):
    """Minor units as ``Money``: one object for each amount, since a price has many that are alike, above all zeros."""

    def __init__(self, currency: Currency) -> None:
        super().__init__()
        self._currency = currency

    def __missing__(self, minor: int) -> Money:
        amount = self[minor] = Money(minor, self._currency)
        return amount


def _line_results(document: PriceDocument, settlement: Settlement) -> tuple[LineResult, ...]:
    currency = document.currency
    money = _Amounts(currency)
    discounted = settlement.discounted
    by_line_minor = settlement.taxation.by_line_minor
    results = []
    for number, line in enumerate(document.lines):
        own = settlement.own_prices[number]
        after_section_minor = discounted.after_section_discounts_minor[number]
        amount_minor = discounted.amounts_minor[number]
        tax_minor = by_line_minor.get(number)
        results.append(
            LineResult(
                line=line,
                included=settlement.included[number],
                gross=money[own.gross_minor],
                line_discount=money[own.gross_minor - own.left_minor],
                section_discount=money[own.left_minor - after_section_minor],
                document_discount=money[after_section_minor - amount_minor],
                amount=money[amount_minor],
                discounts=_applied(own.reductions, currency) if own.reductions else (),
                tax=None if tax_minor is None else money[tax_minor],
                unit_rate=own.unit_rate,
                at_cost=own.at_cost,
            )
        )
    return tuple(results)


def _section_results(
    document: PriceDocument, settlement: Settlement, lines: Sequence[LineResult]
) -> tuple[SectionResult, ...]:
    currency = document.currency
    results = []
    for (section, span), reductions in zip(document.line_spans(), settlement.discounted.by_section, strict=True):
        included = [lines[number] for number in span if lines[number].included]
        gross_minor = sum(line.gross.minor for line in included)
        amount_minor = sum(line.amount.minor for line in included)
        results.append(
            SectionResult(
                id=section.id,
                gross=Money(gross_minor, currency),
                discount=Money(gross_minor - amount_minor, currency),
                amount=Money(amount_minor, currency),
                discounts=_applied(reductions, currency),
            )
        )
    return tuple(results)


def _totals(settlement: Settlement, lines: Sequence[LineResult], currency: Currency) -> Totals:
    included = [line for line in lines if line.included]
    gross_minor = sum(line.gross.minor for line in included)
    amount_minor = sum(line.amount.minor for line in included)
    by_certainty_minor = dict.fromkeys(CERTAINTIES, 0)
    for line in included:
        by_certainty_minor[line.line.certainty] += line.amount.minor
    return Totals(
        gross=Money(gross_minor, currency),
        discount=Money(gross_minor - amount_minor, currency),
        net=Money(settlement.taxation.net_minor, currency),
        tax=Money(settlement.taxation.tax_minor, currency),
        total=Money(settlement.taxation.total_minor, currency),
        firm=Money(by_certainty_minor["firm"], currency),
        estimate=Money(by_certainty_minor["estimate"], currency),
        ceiling=Money(by_certainty_minor["ceiling"], currency),
    )


def _applied(reductions: Iterable[Reduction], currency: Currency) -> tuple[AppliedDiscount, ...]:
    return tuple(
        AppliedDiscount(each.discount, Money(each.base_minor, currency), Money(each.amount_minor, currency))
        for each in reductions
    )
