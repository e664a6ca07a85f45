"""The rows of a proposal as plain JSON values: the same shapes for calculation, fingerprint, revision and API.

Numbers are strings without an exponent, dates ISO 8601, ids UUID texts, absent values None.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from accounts.models import Firm
from proposals.models import (
    BillingTerms,
    Discount,
    Instalment,
    LineItem,
    Party,
    Proposal,
    Rate,
    Section,
    Tax,
    ValueWorksheet,
)
from proposals.models.fields import plain
from proposals.models.plainly import kept_key, read, rows_of

LINE_NUMBERS = (
    "quantity",
    "rate_override",
    "amount",
    "unit_cost",
    "markup_percent",
    "price",
    "periods",
    "unit_price",
    "percent",
)

LINE_FIELDS: dict[str, tuple[str, ...]] = {
    "time": ("role", "quantity", "unit", "rate_override", "rate_note", "rate_date"),
    "fixed": ("amount",),
    "expense": ("quantity", "unit_cost", "markup_percent"),
    "subscription": ("quantity", "price", "periods"),
    "unit": ("quantity", "unit_price"),
    "allowance": ("amount", "percent", "percent_of"),
    "credit": ("amount",),
}
"""The fields that count for each kind of line (pricing-spec 3)."""

_CALLED = {"percent_of": "of", "rate_date": "date"}
"""What the calculation calls fields of another name."""

QUANTITY_FIELDS: dict[str, str] = {
    "time": "quantity",
    "expense": "quantity",
    "subscription": "periods",
    "unit": "quantity",
}
"""Which field a line's quantity is on the page, for the kinds that have one (see `quantity_field`)."""


def quantity_field(kind: str, quantity: object) -> str:
    """The field that is a line's quantity on the page, and that limits for the client are for; "" if it has none.

    A subscription for a number of things (workplaces, licences) is counted in those, any other in its periods.
    """
    if kind == "subscription" and quantity not in (None, ""):
        return "quantity"
    return QUANTITY_FIELDS.get(kind, "")


@dataclass(frozen=True)
class ProposalRows:
    """Everything about a proposal that is rows, loaded with a constant number of queries."""

    proposal: Proposal
    sections: list[Section]
    lines: dict[Any, list[LineItem]]
    discounts: list[Discount]
    taxes: list[Tax]
    rates: list[Rate]
    parties: dict[str, Party]
    instalments: list[Instalment]
    billing: dict[Any, BillingTerms] = field(default_factory=dict)

    @cached_property
    def lines_by_id(self) -> dict[str, LineItem]:
        """Every line by its id as text."""
        return {str(line.id): line for lines in self.lines.values() for line in lines}

    def discounts_of(self, *, section: Section | None = None, line: LineItem | None = None) -> list[Discount]:
        """The discounts of a line, of a section, or (with neither) of the whole document, in order."""
        return self._discounts.get((section.id if section else None, line.id if line else None), [])

    @cached_property
    def _discounts(self) -> dict[tuple[Any, Any], list[Discount]]:
        by_place: dict[tuple[Any, Any], list[Discount]] = {}
        for row in self.discounts:
            by_place.setdefault((row.section_id, row.line_id), []).append(row)
        return by_place


_OF_PROPOSAL = 'WHERE own."proposal_id" = %s ORDER BY own."position", own."id"'
_STANDING = 'WHERE own."proposal_id" = %s AND own."removed_at" IS NULL ORDER BY own."position", own."id"'
_OF_STANDING = (
    'JOIN "proposals_section" AS "section" ON "section"."id" = {of}."section_id"'
    ' WHERE "section"."proposal_id" = %s AND "section"."removed_at" IS NULL'
)
_LINES = _OF_STANDING.format(of="own") + ' ORDER BY own."position", own."id"'
_TAXES_OF_LINES = (
    "SELECT own.lineitem_id, own.tax_id FROM proposals_lineitem_taxes own"
    ' JOIN "proposals_lineitem" AS "line" ON "line"."id" = own."lineitem_id" '
) + _OF_STANDING.format(of='"line"')
_FIRMS = 'JOIN "proposals_party" AS "party" ON "party"."firm_id" = own."id" WHERE "party"."proposal_id" = %s'
_BILLING = _OF_STANDING.format(of="own") + ' AND "section"."kind" = %s'
_WORKSHEETS = 'JOIN "proposals_section" AS "section" ON "section"."id" = own."terms_id"' + (
    ' WHERE "section"."proposal_id" = %s AND "section"."removed_at" IS NULL'
)


def load(proposal: Proposal) -> ProposalRows:
    """Read a proposal's rows as they stand now.

    Who does not hold the lock may meet a change between two of the statements: what belongs to a row that was not there
    yet is left out.
    """
    key = proposal.id
    sections = read(Section, _STANDING, key)
    lines: dict[Any, list[LineItem]] = {section.id: [] for section in sections}
    all_lines = [line for line in read(LineItem, _LINES, key) if line.section_id in lines]
    by_id = {section.id: section for section in sections}
    for line in all_lines:
        line._state.fields_cache["section"] = by_id[line.section_id]
        lines[line.section_id].append(line)
    standing_lines = {line.id: line for line in all_lines}
    taxes = read(Tax, _OF_PROPOSAL, key)
    _give_taxes(key, all_lines, taxes)
    discounts = [
        discount
        for discount in read(Discount, _OF_PROPOSAL, key)
        if (discount.line_id is None or discount.line_id in standing_lines)
        and (discount.section_id is None or discount.section_id in lines)
    ]
    return ProposalRows(
        proposal=proposal,
        sections=sections,
        lines=lines,
        discounts=discounts,
        taxes=taxes,
        rates=read(Rate, _OF_PROPOSAL, key),
        parties=_parties(key),
        instalments=read(Instalment, _OF_PROPOSAL, key),
        billing=_billing_terms(key, sections),
    )


def _give_taxes(key: Any, lines: Sequence[LineItem], taxes: Sequence[Tax]) -> None:
    """Fill in `LineItem.tax_ids` of the standing lines with one query."""
    carried: dict[Any, list[Any]] = {kept_key(line.id): [] for line in lines}
    ids = {kept_key(tax.id): tax.id for tax in taxes}
    for line_key, tax_key in rows_of(_TAXES_OF_LINES, key):
        if line_key in carried and tax_key in ids:
            carried[line_key].append(ids[tax_key])
    for line, tax_ids in zip(lines, carried.values(), strict=True):
        line.tax_ids = frozenset(tax_ids)


def _parties(key: Any) -> dict[str, Party]:
    """The parties by their side, each with its firm."""
    parties = read(Party, 'WHERE own."proposal_id" = %s', key)
    firms = {firm.id: firm for firm in read(Firm, _FIRMS, key)}
    for party in parties:
        if party.firm_id in firms:
            party.firm = firms[party.firm_id]
    return {party.side: party for party in parties}


def _billing_terms(key: Any, sections: Sequence[Section]) -> dict[Any, BillingTerms]:
    """The terms of the billing sections with their worksheets, by the section's id."""
    by_id = {section.id: section for section in sections if section.kind == Section.Kind.BILLING}
    if not by_id:
        return {}
    worksheets = {sheet.terms_id: sheet for sheet in read(ValueWorksheet, _WORKSHEETS, key)}
    all_terms = read(BillingTerms, _BILLING, key, Section.Kind.BILLING.value)
    found = {terms.section_id: terms for terms in all_terms if terms.section_id in by_id}
    for section_id, terms in found.items():
        terms.section = by_id[section_id]
        worksheet = worksheets.get(section_id)
        if worksheet is not None:
            worksheet.terms = terms
        terms._state.fields_cache["worksheet"] = worksheet  # as `select_related` leaves it: None for “there is none”
    return found


def number(value: Decimal | str | None) -> str | None:
    """A stored number as text."""
    if value is None or (isinstance(value, str) and not value):
        return None
    return plain(value if isinstance(value, Decimal) else Decimal(value))


def day(value: date | None) -> str | None:
    """A date as ISO text."""
    return value.isoformat() if value else None


def discount_content(discount: Discount) -> dict[str, Any]:
    """A discount as the calculation takes it, with by when it is to be paid and what it rests on, if there is that."""
    content: dict[str, Any] = {
        "type": discount.type,
        "value": number(discount.value),
        "reason": discount.reason,
        "text": discount.text,
    }
    if discount.conditional:
        content["conditional"] = True
    given = {
        "within_days": discount.within_days,
        "pay_by": day(discount.pay_by),
        "policy_line": discount.policy_line,
        "policy_version": discount.policy_version,
        "policy_words": discount.policy_words,
        "exception": discount.exception,
    }
    return content | {name: value for name, value in given.items() if value not in (None, "")}


def tax_content(tax: Tax) -> dict[str, Any]:
    """A tax as the calculation takes it."""
    return {
        "id": str(tax.id),
        "label": tax.label,
        "jurisdiction": tax.jurisdiction,
        "category": tax.category,
        "rate": number(tax.rate),
        "note": tax.note,
    }


def rate_content(rate: Rate) -> dict[str, Any]:
    """A rate card entry as the calculation takes it."""
    return {
        "role": rate.role,
        "rate": number(rate.rate),
        "unit": rate.unit,
        "from": day(rate.valid_from),
        "to": day(rate.valid_to),
    }


def instalment_content(instalment: Instalment) -> dict[str, Any]:
    """An instalment as it is planned: what counts for its share and for when it is due."""
    content: dict[str, Any] = {"title": instalment.title, "share": instalment.share, "due": instalment.due}
    given = {
        "value": number(instalment.value),
        "count": instalment.count,
        "every": instalment.every,
        "due_on": day(instalment.due_on),
        "net_days": instalment.net_days,
        "acceptance": instalment.acceptance,
    }
    return content | {name: value for name, value in given.items() if value not in (None, "")}


def paper_content(proposal: Proposal) -> dict[str, str]:
    """The paper that a document is printed on, if it is not the usual one."""
    return {} if proposal.paper == Proposal.Paper.A4 else {"paper": proposal.paper}


def offer_content(proposal: Proposal) -> dict[str, str]:
    """Why the offer stands until its last day, if it has one and somebody said why."""
    return {"offer_reason": proposal.offer_reason} if proposal.offer_until and proposal.offer_reason else {}


def signing_content(proposal: Proposal) -> dict[str, str]:
    """Which side signs first, if the parties sign in order."""
    in_any_order = proposal.signing_order == Proposal.SigningOrder.PARALLEL
    return {} if in_any_order else {"signing_order": proposal.signing_order}


def party_content(party: Party) -> dict[str, str]:
    """A party as it stands in the contract."""
    return {
        "name": party.name,
        "legal_name": party.legal_name,
        "address": party.address,
        "registration": party.registration,
    }


def logo_content(seller: Party) -> dict[str, str]:
    """The SHA-256 of the logo on the cover, if the seller's firm has one. It is appearance, and no term."""
    return {"seller_logo": seller.firm.logo} if seller.firm.logo else {}


def line_content(line: LineItem, discounts: Iterable[Discount]) -> dict[str, Any]:
    """A line with what counts for its kind, as the calculation takes it, and the words people read."""
    content: dict[str, Any] = {
        "id": str(line.id),
        "kind": line.kind,
        "title": line.title,
        "detail": line.detail,
        "unit_label": line.unit_label,
        "taxes": sorted(map(str, line.tax_ids)),
        "discounts": [discount_content(discount) for discount in discounts],
        "optional": line.optional,
        "selected": line.selected,
    }
    for name in LINE_FIELDS[line.kind]:
        value = getattr(line, name)
        if name in LINE_NUMBERS:
            value = number(value)
        if name == "rate_date":
            value = day(value)
        if value is not None and value not in ("", []):
            content[_CALLED.get(name, name)] = value
    if line.alternative_group:
        content["alt"] = {"group": line.alternative_group, "option": line.alternative_option}
    if line.discountable is not None:
        content["discountable"] = line.discountable
    if line.certainty:
        content["certainty"] = line.certainty
    if line.client_may_change_quantity and line.kind in QUANTITY_FIELDS:
        content["quantity_limits"] = {"min": number(line.quantity_min), "max": number(line.quantity_max)}
    return content
