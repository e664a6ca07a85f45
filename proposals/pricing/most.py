"""The most that a total can become: from how certain each line is, and from the limit of the billing model.

A price says what is expected. Whoever signs it asks what it can become. ``firm`` lines stay as they are, ``ceiling``
lines are not exceeded, ``estimate`` lines have no end of their own: only the billing model may give them one.
``docs/pricing.md`` has the rule with a worked table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from .document import PriceDocument
from .money import Money
from .result import LineResult, PriceResult
from .taxes import Tax, TaxedAmount, tax_sums
from .working.explain import Working
from .working.sheet import Figure, Sheet, figure_of

FIRM: Final = "firm"
AT_MOST: Final = "at_most"
NO_UPPER_LIMIT: Final = "no_upper_limit"


@dataclass(frozen=True, slots=True)
class FeeLimit:
    """What the billing model says of the fees: ``amount`` before tax is the most they can come to; ``None``: no end.

    ``with_expenses`` says whether expenses are within it; they stand beside it otherwise. ``is_fixed``: the fees come
    to exactly this.
    """

    amount: Money | None
    with_expenses: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Most:
    """What a total can become at most.

    ``kind`` is ``firm`` (what it is), ``at_most`` (``total``) or ``no_upper_limit`` (``total`` is ``None``).
    """

    kind: str
    total: Money | None

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind} if self.total is None else {"kind": self.kind, "total": str(self.total)}


def most_of(document: PriceDocument, result: PriceResult, limit: FeeLimit | None = None) -> Most:
    """The most that the total of a priced document can become. ``limit`` is ``None`` while no model is chosen.

    The estimated lines that the limit covers can together become ``limit.amount``, whatever their discounts, taxed as
    the one of them that is taxed most. If none of them is worth anything the limit only counts where nothing is priced:
    then it is the price. Any other estimated line has no upper limit, and neither has a model without one.
    """
    included = [line for line in result.lines if line.included and line.amount.minor]
    if limit is not None and limit.amount is None:
        return Most(NO_UPPER_LIMIT, None)
    covered = [line for line in included if _is_covered(line, limit)]
    rest = [line for line in included if not _is_covered(line, limit)]
    if any(line.line.certainty == "estimate" for line in rest):
        return Most(NO_UPPER_LIMIT, None)
    total = result.totals.total
    if limit is not None and limit.amount is not None and (covered or not included):
        total = _total_with(document, rest, limit.amount, _most_taxes(document, covered))
    is_known = not covered or (limit is not None and limit.is_fixed)
    is_firm = is_known and all(line.line.certainty == "firm" for line in rest) and total == result.totals.total
    return Most(FIRM if is_firm else AT_MOST, total)


def _is_covered(line: LineResult, limit: FeeLimit | None) -> bool:
    if limit is None:
        return False
    return line.line.certainty == "estimate" and (limit.with_expenses or line.line.kind != "expense")


def _most_taxes(document: PriceDocument, covered: Sequence[LineResult]) -> tuple[str, ...]:
    """The taxes of the line that is taxed most; where nothing is priced, what a new line would carry."""
    rates = {tax.id: tax.rate for tax in document.taxes}
    if covered:
        return max((line.line.taxes for line in covered), key=lambda taxes: sum(rates[tax] for tax in taxes))
    if document.price_basis == "inclusive":
        return tuple(tax.id for tax in sorted(document.taxes, key=lambda tax: tax.rate)[-1:])
    return tuple(rates)


def _total_with(document: PriceDocument, rest: Iterable[LineResult], limit: Money, taxes: tuple[str, ...]) -> Money:
    """The total of the other lines and of fees that have come to their limit, which is before tax."""
    currency = document.currency
    amounts = [TaxedAmount(line.line.taxes, line.amount.minor) for line in rest]
    if document.price_basis == "inclusive":
        raised = sum((tax.rate for tax in _named(document, taxes)), start=0)
        fees = Money.rounded(limit.exact * (100 + Fraction(raised)) / 100, currency)
        return Money(sum(amount.amount_minor for amount in amounts) + fees.minor, currency)
    amounts.append(TaxedAmount(taxes, limit.minor))
    per_line = document.tax_rounding == "line"
    added = tax_sums(document.taxes, amounts, inclusive=False, per_line=per_line)
    net_minor = sum(amount.amount_minor for amount in amounts)
    return Money(net_minor + sum(tax.amount_minor for tax in added), currency)


def _named(document: PriceDocument, taxes: tuple[str, ...]) -> Iterable[Tax]:
    return (tax for tax in document.taxes if tax.id in taxes)


def most_steps(
    sheet: Sheet, priced: Working, document: PriceDocument, result: PriceResult, limit: FeeLimit, amount: Figure
) -> None:
    """How ``most_of`` came to its total: the step ``total``. Without an upper limit there is no amount to explain.

    ``priced`` is the working of the price, ``amount`` the figure of ``limit.amount``.
    """
    if most_of(document, result, limit).total is None:
        return
    included = [line for line in result.lines if line.included and line.amount.minor]
    covered = [line for line in included if _is_covered(line, limit)]
    if included and not covered:
        sheet.name("total", figure_of(priced, "totals.total"))
        return
    rest = [line for line in included if not _is_covered(line, limit)]
    amounts = [(line.line.taxes, figure_of(priced, f"line:{line.line.id}.amount")) for line in rest]
    taxes = _most_taxes(document, covered)
    if document.inclusive:
        percent = sheet.sum("percent", [sheet.number("percent", tax.rate) for tax in _named(document, taxes)], 0)
        sheet.sum("total", [*[figure for _, figure in amounts], sheet.raised("fees", amount, percent)])
        return
    amounts.append((taxes, amount.called("limit")))
    net = sheet.sum("net", [figure for _, figure in amounts])
    sheet.sum("total", [net, *[_tax_steps(sheet, tax, document, amounts) for tax in document.taxes]])


def _tax_steps(
    sheet: Sheet, tax: Tax, document: PriceDocument, amounts: Sequence[tuple[tuple[str, ...], Figure]]
) -> Figure:
    """One tax on the amounts that name it, rounded once or on each."""
    percent, key = sheet.number("percent", tax.rate), f"tax:{tax.id}"
    taxed = [figure for taxes, figure in amounts if tax.id in taxes]
    if document.tax_per_line:
        parts = [sheet.percentage(f"{key}.{number}", figure, percent) for number, figure in enumerate(taxed)]
        return sheet.sum(f"{key}.amount", parts)
    return sheet.percentage(f"{key}.amount", sheet.sum(f"{key}.base", taxed), percent)
