"""The contents of a proposal, written into another one that is empty: sections, texts, prices, party details."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from django.utils import timezone

from proposals.access import Actor
from proposals.documents import contents
from proposals.documents.value_worksheet import worksheet_of
from proposals.models import BillingTerms, LineItem, Proposal, Section
from proposals.prose import without_comments
from proposals.text import ProseDocument, port

ON_ITS_OWN: Final = {"policy_line": "", "policy_version": None, "policy_words": "", "exception": "", "pay_by": None}
"""A copied discount cites no list, as none is disclosed with the copy, and is to be paid by no day of the old one."""

PARTY_DETAILS = ("name", "legal_name", "address", "registration")


def duplicate_contents(source: Proposal, locked: Proposal, by: Actor, *, sides: Iterable[str]) -> None:
    """Write sections, texts (without comment marks), lines, discounts, rates, taxes and the payment schedule
    into an empty proposal.

    The party details of `sides` are those of the source. Choices are the client's to make: no option is taken.
    """
    rows = contents.load(source)
    texts = port().read(source, [section.id for section in rows.sections])
    taxes = {tax.id: _duplicate(tax, proposal=locked) for tax in rows.taxes}
    for rate in rows.rates:
        _duplicate(rate, proposal=locked)
    fresh: dict[str, Any] = {"version": 1, "external_id": "", "metadata": {}, "updated_at": timezone.now()}
    new_texts: dict[uuid.UUID, ProseDocument] = {}
    sections: dict[uuid.UUID, Section] = {}
    lines: dict[uuid.UUID, LineItem] = {}
    for section in rows.sections:
        new = sections[section.id] = _duplicate(section, proposal=locked, created_at=timezone.now(), **fresh)
        if section.id in rows.billing:
            _duplicate_billing(rows.billing[section.id], new)
        new_texts[new.id] = without_comments(texts.of(section.id))
        for line in rows.lines[section.id]:
            lines[line.id] = _duplicate(line, section=new, selected=False, **fresh)
            lines[line.id].taxes.set([taxes[tax.id] for tax in line.taxes.all()])
    _point_to_copies(lines)
    for discount in rows.discounts:
        _duplicate(
            discount,
            proposal=locked,
            section=sections[discount.section_id] if discount.section_id else None,
            line=lines[discount.line_id] if discount.line_id else None,
            **ON_ITS_OWN,
        )
    for instalment in rows.instalments:
        _duplicate(instalment, proposal=locked)
    for side in sides:
        told = rows.parties[side]
        locked.parties.filter(side=side).update(**{name: getattr(told, name) for name in PARTY_DETAILS})
    port().create(locked, new_texts, by)


def _duplicate_billing(terms: BillingTerms, section: Section) -> None:
    """The same model, figures, clauses and value worksheet; what the work costs is disclosed anew, or not.

    What the client said of the value is not taken along: the copy's client says it.
    """
    new = _duplicate(terms, section=section, cost_disclosed=False)
    sheet = worksheet_of(terms)
    if sheet is not None:
        unsaid: dict[str, Any] = {"own_value": None, "own_note": "", "own_by_name": "", "confirmed": {}}
        _duplicate(sheet, terms=new, **unsaid, confirmed_by_name="", confirmed_at=None)


def _point_to_copies(lines: dict[uuid.UUID, LineItem]) -> None:
    """Let allowances that are a share of lines name the copies of these lines."""
    for line in lines.values():
        if line.percent_of:
            line.percent_of = [str(lines[uuid.UUID(key)].id) for key in line.percent_of if uuid.UUID(key) in lines]
            line.save(update_fields=["percent_of"])


def _duplicate(row: Any, **changes: Any) -> Any:
    """A new row with the fields of another one."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}
    for name in changes:
        fields.pop(row._meta.get_field(name).attname)
    return type(row).objects.create(**fields, **changes)
