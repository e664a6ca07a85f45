"""The answer to "what does it cost": named amounts that add up, and their form as JSON (pricing-spec 8).

Every amount here is ``Money``. A result whose parts do not add up cannot be constructed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .discounts import Discount
from .lines import Line
from .money import Money, MoneyTexts, finite_text, rounded_text
from .own_price import UnitRate
from .taxes import Tax

SHOWN_RATE_PLACES = 10
"""Most decimals of a unit rate that is shown exactly; a longer one is shown rounded, and says so."""

ROUNDED_RATE_PLACES = 6


def require_sum(expected: Money, parts: Iterable[Money], what: str) -> None:
    """Refuse parts that do not add up to the last minor unit. That would be a defect of this program."""
    if sum(part.minor for part in parts) != expected.minor:
        raise ValueError(f"{what} do not add up")


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """A discount as applied: ``amount`` off ``base``, computed and rounded once."""

    discount: Discount
    base: Money
    amount: Money

    def as_dict(self) -> dict[str, Any]:
        return {**_discount_dict(self.discount), "base": str(self.base), "amount": str(self.amount)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """One line: ``amount = gross - line_discount - section_discount - document_discount``.

    An excluded line has only its own discounts. ``tax`` is there when tax is rounded per line and the line is
    included; ``unit_rate`` on time lines; ``at_cost`` and ``markup`` on expenses.
    """

    line: Line
    included: bool
    gross: Money
    line_discount: Money
    section_discount: Money
    document_discount: Money
    amount: Money
    discounts: tuple[AppliedDiscount, ...] = ()
    tax: Money | None = None
    unit_rate: UnitRate | None = None
    at_cost: Money | None = None

    def __post_init__(self) -> None:
        discounts_minor = self.line_discount.minor + self.section_discount.minor + self.document_discount.minor
        if self.amount.minor + discounts_minor != self.gross.minor:
            raise ValueError("the amount and the discounts of a line do not add up")

    @property
    def markup(self) -> Money | None:
        """What an expense costs above ``at_cost``."""
        return None if self.at_cost is None else self.gross - self.at_cost

    def as_dict(self, texts: Mapping[int, str]) -> dict[str, Any]:
        """The line as JSON values; ``texts`` are minor units as money texts."""
        answer: dict[str, Any] = {
            "id": self.line.id,
            "kind": self.line.kind,
            "included": self.included,
            "certainty": self.line.certainty,
            "discountable": self.line.discountable,
            "gross": texts[self.gross.minor],
            "line_discount": texts[self.line_discount.minor],
            "section_discount": texts[self.section_discount.minor],
            "document_discount": texts[self.document_discount.minor],
            "amount": texts[self.amount.minor],
            "discounts": [discount.as_dict() for discount in self.discounts],
        }
        if self.tax is not None:
            answer["tax"] = str(self.tax)
        if self.unit_rate is not None:
            answer |= _rate_dict(self.unit_rate, self.gross.currency.minor_units)
        if self.at_cost is not None and self.markup is not None:
            answer |= {"at_cost": str(self.at_cost), "markup": str(self.markup)}
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionResult:
    """The included lines of a section: ``amount = gross - discount``. ``discounts`` are the section's own."""

    id: str
    gross: Money
    discount: Money
    amount: Money
    discounts: tuple[AppliedDiscount, ...] = ()

    def __post_init__(self) -> None:
        require_sum(self.gross, (self.amount, self.discount), "the amount and the discount of a section")

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "gross": str(self.gross),
            "discount": str(self.discount),
            "amount": str(self.amount),
            "discounts": [discount.as_dict() for discount in self.discounts],
        }


@dataclass(frozen=True, slots=True)
class TaxResult:
    """One tax over the document: ``amount`` of tax on ``base``, the amount before this tax."""

    tax: Tax
    base: Money
    amount: Money

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.tax.id,
            "label": self.tax.label,
            "jurisdiction": self.tax.jurisdiction,
            "category": self.tax.category,
            "rate": f"{self.tax.rate:f}",
            "note": self.tax.note,
            "base": str(self.base),
            "amount": str(self.amount),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The whole document: ``net + tax = total``; ``firm + estimate + ceiling = gross - discount``."""

    gross: Money
    discount: Money
    net: Money
    tax: Money
    total: Money
    firm: Money
    estimate: Money
    ceiling: Money

    def __post_init__(self) -> None:
        require_sum(self.total, (self.net, self.tax), "net and tax")
        by_certainty = (self.discount, self.firm, self.estimate, self.ceiling)
        require_sum(self.gross, by_certainty, "the sums by certainty")

    def as_dict(self) -> dict[str, str]:
        return {
            "gross": str(self.gross),
            "discount": str(self.discount),
            "net": str(self.net),
            "tax": str(self.tax),
            "total": str(self.total),
            "firm": str(self.firm),
            "estimate": str(self.estimate),
            "ceiling": str(self.ceiling),
        }


@dataclass(frozen=True, slots=True)
class PriceRange:
    """The least and the greatest total over all combinations of the undecided groups.

    ``combinations`` are the choices and the total of each, for the working.
    """

    least: Money
    greatest: Money
    combinations: tuple[tuple[Mapping[str, str], Money], ...] = ()

    def as_dict(self) -> dict[str, str]:
        return {"min": str(self.least), "max": str(self.greatest)}


@dataclass(frozen=True, slots=True)
class ConditionalTotal:
    """What the document comes to if an early-payment discount is taken, and what that saves."""

    discount: Discount
    total_if_taken: Money
    saving: Money

    def as_dict(self) -> dict[str, Any]:
        return {
            **_discount_dict(self.discount),
            "total_if_taken": str(self.total_if_taken),
            "saving": str(self.saving),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceResult:
    """A priced document. Lines and sections are in document order, taxes in theirs, used ones only.

    ``unresolved`` names the undecided groups of alternatives; ``range`` is there while there are any (and was asked
    for). ``discounts`` are those of the document that were deducted, ``conditional`` those that may be.
    """

    currency_code: str
    lines: tuple[LineResult, ...]
    sections: tuple[SectionResult, ...]
    discounts: tuple[AppliedDiscount, ...]
    taxes: tuple[TaxResult, ...]
    totals: Totals
    unresolved: tuple[str, ...] = ()
    range: PriceRange | None = None
    conditional: tuple[ConditionalTotal, ...] = ()

    def __post_init__(self) -> None:
        require_sum(self.totals.gross, (section.gross for section in self.sections), "the sections")
        require_sum(self.totals.discount, (section.discount for section in self.sections), "the sections' discounts")
        require_sum(self.totals.tax, (tax.amount for tax in self.taxes), "the taxes")

    @property
    def complete(self) -> bool:
        """Whether every group of alternatives is decided, so that the document can be signed."""
        return not self.unresolved

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON values, all numbers as strings; the keys are those of the worked examples and more."""
        texts = MoneyTexts(self.totals.total.currency)
        answer: dict[str, Any] = {
            "currency": self.currency_code,
            "lines": [line.as_dict(texts) for line in self.lines],
            "sections": [section.as_dict() for section in self.sections],
            "discounts": [discount.as_dict() for discount in self.discounts],
            "taxes": [tax.as_dict() for tax in self.taxes],
            "totals": self.totals.as_dict(),
            "complete": self.complete,
            "unresolved": list(self.unresolved),
        }
        if self.range is not None:
            answer["range"] = self.range.as_dict()
        if self.conditional:
            answer["conditional"] = [conditional.as_dict() for conditional in self.conditional]
        return answer


def _discount_dict(discount: Discount) -> dict[str, Any]:
    return {
        "type": discount.type,
        "value": discount.value_text,
        "reason": discount.grounds.reason,
        "text": discount.grounds.text,
    }


def _rate_dict(rate: UnitRate, least_places: int) -> dict[str, Any]:
    """The rate used, exact if it ends within ten decimals; the card's rate beside it where the line overrides it."""
    text, exact = _rate_text(rate.used, least_places)
    answer: dict[str, Any] = {"rate": text, "rate_exact": exact}
    if rate.overridden:
        answer["card_rate"] = None if rate.card is None else _rate_text(rate.card, least_places)[0]
    return answer


def _rate_text(rate: Fraction, least_places: int) -> tuple[str, bool]:
    text = finite_text(rate, least_places=least_places, most_places=SHOWN_RATE_PLACES)
    return (rounded_text(rate, ROUNDED_RATE_PLACES), False) if text is None else (text, True)
