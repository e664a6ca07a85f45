"""From rows to a calculated price: the only place where a proposal is handed to the pricing core."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from proposals.documents import contents
from proposals.documents.billing_terms import fee_limit
from proposals.documents.contents import ProposalRows
from proposals.documents.wording import listing
from proposals.exceptions import FieldProblem, Invalid
from proposals.models import LineItem, Section
from proposals.pricing import PriceDocument, PriceResult, PricingError, parse_document, price
from proposals.pricing.most import most_of
from proposals.pricing.options import combination_count
from proposals.pricing.working import Working, explain

LIVE_COMBINATIONS_COUNT = 64
"""How many combinations of alternatives a live document may have (each is calculated in full)."""

_QUOTED_ID = re.compile(r'"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"')


@dataclass(frozen=True)
class Price:
    """A proposal's price: the document that was calculated and the result, as `calculate` gives it.

    With a billing model the result has `most` beside it: what the total can become (`pricing.most`).
    """

    document: dict[str, Any]
    result: dict[str, Any]

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        return str(self.document["currency"])

    @property
    def totals(self) -> dict[str, str]:
        """gross, discount, net, tax, total as money texts."""
        totals: dict[str, str] = self.result["totals"]
        return totals

    @property
    def is_complete(self) -> bool:
        """Whether every alternative has been decided."""
        return bool(self.result["complete"])

    def line(self, line_id: object) -> dict[str, Any]:
        """The calculated amounts of a line."""
        return self._lines_by_id[str(line_id)]

    def lines_of(self, section_id: object) -> list[dict[str, Any]]:
        """The lines of a price section as they were calculated, in order: `contents.line_content` of each."""
        found: list[dict[str, Any]] = next(
            section["lines"] for section in self.document["sections"] if section["id"] == str(section_id)
        )
        return found

    def section(self, section_id: object) -> dict[str, Any] | None:
        """The calculated sums of a price section."""
        found: dict[str, Any] | None = next(
            (section for section in self.result["sections"] if section["id"] == str(section_id)), None
        )
        return found

    @cached_property
    def _lines_by_id(self) -> dict[str, dict[str, Any]]:
        return {line["id"]: line for line in self.result["lines"]}


def document_of(rows: ProposalRows) -> dict[str, Any]:
    """The `document` of pricing-spec 3, from rows."""
    proposal = rows.proposal
    return {
        "currency": proposal.currency,
        "price_basis": proposal.price_basis,
        "tax_rounding": proposal.tax_rounding,
        "price_date": contents.day(proposal.price_date),
        "hours_per_day": contents.number(proposal.hours_per_day),
        "rate_card": [contents.rate_content(rate) for rate in rows.rates],
        "taxes": [contents.tax_content(tax) for tax in rows.taxes],
        "sections": [
            {
                "id": str(section.id),
                "title": section.title,
                "lines": [contents.line_content(line, rows.discounts_of(line=line)) for line in rows.lines[section.id]],
                "discounts": [contents.discount_content(row) for row in rows.discounts_of(section=section)],
            }
            for section in rows.sections
            if section.kind == Section.Kind.PRICING
        ],
        "discounts": [contents.discount_content(discount) for discount in rows.discounts_of()],
        "choices": dict(proposal.choices),
    }


def price_of(rows: ProposalRows, *, with_range: bool = True) -> Price:
    """Calculate a proposal. `with_range=False` leaves out the range over undecided alternatives.

    Raises Invalid, with the code of pricing-spec 16, the line and the field, for what can't be calculated. A
    range that can't be calculated for some combination, or that has too many, is left out: the total so far is
    right all the same.
    """
    return price_of_document(document_of(rows), rows, with_range=with_range)


def price_of_document(written: dict[str, Any], rows: ProposalRows, *, with_range: bool = False) -> Price:
    """Calculate a document as `document_of` gives it, perhaps with a value tried out. Raises as `price_of`."""
    try:
        document = parse_document(written)
        priced = price(document, with_range=False)
    except PricingError as error:
        raise refusal(error, rows) from error
    result = priced.as_dict()
    if with_range and result["unresolved"]:
        result = _ranged(document) or result
    limit = fee_limit(rows)
    if limit is not None:
        result["most"] = most_of(document, priced, limit).as_dict()
    return Price(written, result)


def _ranged(document: PriceDocument) -> dict[str, Any] | None:
    try:
        return price(document, combination_limit=LIVE_COMBINATIONS_COUNT).as_dict()
    except PricingError:
        return None


def priced_with_working(document: Mapping[str, Any]) -> tuple[PriceDocument, PriceResult, Working]:
    """A document, what `price_of` gave for it, and how every amount of that came about, step by step.

    Raises PricingError only for a document that `price_of` refuses.
    """
    parsed = parse_document(document)
    try:
        result = price(parsed, combination_limit=LIVE_COMBINATIONS_COUNT)
    except PricingError:
        result = price(parsed, with_range=False)
    return parsed, result, explain(parsed, result)


def document_of_revision(content: Mapping[str, Any]) -> dict[str, Any]:
    """The document that a revision's prices were calculated from, out of its canonical content."""
    settings = ("currency", "price_basis", "tax_rounding", "price_date", "hours_per_day")
    return {
        **{name: content["proposal"][name] for name in settings},
        **{name: content["pricing"][name] for name in ("rate_card", "taxes", "discounts", "choices")},
        "sections": [
            {name: section[name] for name in ("id", "title", "lines", "discounts")}
            for section in content["sections"]
            if section["kind"] == Section.Kind.PRICING
        ],
    }


def require_few_combinations(price: Price) -> None:
    """Raise Invalid if the undecided alternatives can be combined in more ways than a live document calculates."""
    undecided: dict[str, dict[str, None]] = {group: {} for group in price.result["unresolved"]}
    for section in price.document["sections"]:
        for alternative in (line["alt"] for line in section["lines"] if "alt" in line):
            undecided.get(alternative["group"], {})[alternative["option"]] = None
    count = combination_count({group: tuple(options) for group, options in undecided.items()})
    if count > LIVE_COMBINATIONS_COUNT:
        named = listing([f"“{group}” ({len(options)})" for group, options in undecided.items()])
        detail = (
            f"The alternatives that are not decided, {named}, could be combined in {count} ways; a proposal takes "
            f"{LIVE_COMBINATIONS_COUNT} at most. Use fewer groups or options, or let the client decide one first."
        )
        raise Invalid(
            f"{detail} Nothing was changed.",
            code="too_many_combinations",
            errors=[FieldProblem("choices", "too_many_combinations", detail)],
        )


def refusal(error: PricingError, rows: ProposalRows) -> Invalid:
    """A pricing error as a refusal that names the line by its title and the field."""
    titles = {str(line.id): line.title for lines in rows.lines.values() for line in lines}
    where = f"“{titles[error.line]}”: " if error.line in titles else ""
    field = (error.field or "document").replace(".", "/")
    pointer = f"lines/{error.line}/{field}" if error.line else field
    detail = f"{where}{_with_titles(error.detail)}"
    return Invalid(
        f"{detail} Nothing was changed.",
        code=error.code,
        errors=[FieldProblem(pointer, error.code, detail)],
        extra={
            "line": error.line,
            "section": error.section,
            "field": error.field,
            "discount_index": _discount_index(error.field),
            "base": error.base,
        },
    )


def _with_titles(detail: str) -> str:
    """A sentence with the titles of lines in place of their ids."""
    named = {found: uuid.UUID(found.strip('"')) for found in _QUOTED_ID.findall(detail)}
    for line in LineItem.objects.filter(id__in=named.values()):
        detail = detail.replace(f'"{line.id}"', f"“{line.title}”")
    return detail


def _discount_index(field: str | None) -> int | None:
    """The place in its list of the discount that an error's field names (`discounts.2.value`)."""
    words = (field or "").split(".")
    return int(words[1]) if words[0] == "discounts" and len(words) > 1 and words[1].isdecimal() else None
