"""Steps 1 to 6 of pricing-spec 8 for one set of choices, in whole minor units.

A settlement is computed once for the document as it stands, once per combination of undecided alternatives (the
range), and once per conditional discount. All three run this same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .allocation import allocate_minor
from .discounts import Discount, Reduction
from .document import PriceDocument
from .errors import Place
from .own_price import OwnPrice, allowance_price
from .taxes import TaxedAmount, TaxSum, line_tax_minor, tax_sums


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountedLines:
    """What section and document discounts leave of every line, in minor units, in the order of the document's lines.

    ``amounts_minor`` is after all discounts. Excluded lines keep what their own discounts left. ``by_section`` has
    an entry per section; ``by_document`` is keyed by the number of the discount.
    """

    after_section_discounts_minor: Sequence[int]
    amounts_minor: Sequence[int]
    by_section: Sequence[Sequence[Reduction]]
    by_document: Mapping[int, Reduction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxation:
    """Taxes and totals in minor units. ``by_line_minor`` (line number -> tax) is empty unless tax is per line."""

    taxes: tuple[TaxSum, ...]
    by_line_minor: Mapping[int, int]
    net_minor: int
    tax_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The whole calculation for one set of choices; the sequences follow ``document.lines``."""

    included: Sequence[bool]
    own_prices: Sequence[OwnPrice]
    discounted: DiscountedLines
    taxation: Taxation


def settle(
    document: PriceDocument,
    prices: Mapping[int, OwnPrice],
    choices: Mapping[str, str],
    *,
    taken: int | None = None,
) -> Settlement:
    """Settle the document under ``choices``, which may leave groups undecided: their lines are then excluded.

    ``prices`` come from ``own_prices``. ``taken`` is the number of a conditional discount of the document to apply
    as its last one. Raises ``PricingError`` with ``discount_exceeds_base``.
    """
    included = [line.is_included(choices) for line in document.lines]
    settled = _with_percent_allowances(document, prices, included)
    discounted = _discounted(document, settled, included, _in_order(document.discounts, taken))
    return Settlement(
        included=included,
        own_prices=settled,
        discounted=discounted,
        taxation=_taxation(document, included, discounted.amounts_minor),
    )


def _with_percent_allowances(
    document: PriceDocument, prices: Mapping[int, OwnPrice], included: Sequence[bool]
) -> list[OwnPrice]:
    """Add the percent allowances, priced on what the named, included lines come to after their own discounts."""
    complete = dict(prices)
    for section_id, allowance in document.percent_allowances:
        named = [document.line_numbers[line_id] for line_id in allowance.of]
        base_minor = sum(prices[number].left_minor for number in named if included[number])
        with Place(section=section_id, line=allowance.id):
            price = allowance_price(allowance, base_minor, document)
        complete[document.line_numbers[allowance.id]] = price
    return [complete[number] for number in range(len(included))]


def _discounted(
    document: PriceDocument,
    settled: Sequence[OwnPrice],
    included: Sequence[bool],
    document_discounts: Iterable[tuple[int, Discount]],
) -> DiscountedLines:
    """Steps 3 and 4: section discounts, then document discounts, each shared out over the lines it reaches."""
    reached = [here and line.discountable for here, line in zip(included, document.lines, strict=True)]
    left_minor = [price.left_minor for price in settled]
    by_section = []
    for section, span in document.line_spans():
        numbers = [number for number in span if reached[number]]
        with Place(section=section.id):
            by_section.append(tuple(_share_out(enumerate(section.discounts), numbers, left_minor).values()))
    after_section_discounts_minor = tuple(left_minor)
    numbers = [number for number, reach in enumerate(reached) if reach]
    by_document = _share_out(document_discounts, numbers, left_minor)
    return DiscountedLines(
        after_section_discounts_minor=after_section_discounts_minor,
        amounts_minor=left_minor,
        by_section=by_section,
        by_document=by_document,
    )


def _share_out(
    discounts: Iterable[tuple[int, Discount]], numbers: Sequence[int], left_minor: list[int]
) -> dict[int, Reduction]:
    """Take the numbered discounts off the lines ``numbers``, each computed once on their sum and then allocated.

    Changes ``left_minor`` in place; returns what was taken by each discount.
    """
    reductions = {}
    for index, discount in discounts:
        weights = [left_minor[number] for number in numbers]
        base_minor = sum(weights)
        with Place(within=f"discounts.{index}"):
            amount_minor = discount.amount_minor(base_minor)
        for number, part_minor in zip(numbers, allocate_minor(amount_minor, weights), strict=True):
            left_minor[number] -= part_minor
        reductions[index] = Reduction(discount, base_minor, amount_minor)
    return reductions


def _in_order(discounts: Sequence[Discount], taken: int | None) -> list[tuple[int, Discount]]:
    """The unconditional discounts with their numbers, then the conditional one that is taken, if any."""
    in_order = [(index, discount) for index, discount in enumerate(discounts) if not discount.conditional]
    return in_order if taken is None else [*in_order, (taken, discounts[taken])]


def _taxation(document: PriceDocument, included: Sequence[bool], amounts_minor: Sequence[int]) -> Taxation:
    """Steps 5 and 6: taxes of the included lines, and totals. Inclusive prices keep the total, others the net."""
    taxed = {
        number: TaxedAmount(line.taxes, amounts_minor[number])
        for number, line in enumerate(document.lines)
        if included[number]
    }
    taxes = tax_sums(document.taxes, taxed.values(), inclusive=document.inclusive, per_line=document.tax_per_line)
    by_line_minor: dict[int, int] = {}
    if document.tax_per_line:
        by_line_minor = {
            number: line_tax_minor(amount, document.taxes_by_id, inclusive=document.inclusive)
            for number, amount in taxed.items()
        }
    tax_minor = sum(tax.amount_minor for tax in taxes)
    amount_minor = sum(amount.amount_minor for amount in taxed.values())
    net_minor = amount_minor - tax_minor if document.inclusive else amount_minor
    return Taxation(
        taxes=taxes,
        by_line_minor=by_line_minor,
        net_minor=net_minor,
        tax_minor=tax_minor,
        total_minor=net_minor + tax_minor,
    )
