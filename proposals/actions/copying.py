"""The contents of a proposal, written into another one that is empty: sections, texts, prices, party details."""

import uuid
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from django.utils import timezone

from accounts.ids import new_id
from proposals.access import Actor
from proposals.documents import contents
from proposals.documents.change_order import carried_id
from proposals.documents.value_worksheet import worksheet_of
from proposals.models import BillingTerms, LineItem, Proposal, Section
from proposals.prose import without_comments
from proposals.text import ProseDocument, port

ON_ITS_OWN: Final = {"policy_line": "", "policy_version": None, "policy_words": "", "exception": "", "pay_by": None}
"""A copied discount cites no list, as none is disclosed with the copy, and is to be paid by no day of the old one."""

PARTY_DETAILS = ("name", "legal_name", "address", "registration")


def duplicate_contents(
    source: Proposal, locked: Proposal, by: Actor, *, sides: Iterable[str], as_signed: bool = False
) -> None:
    """Write sections, texts (without comment marks), lines, discounts, rates, taxes and the payment schedule
    into an empty proposal.

    The party details of `sides` are those of the source. Choices are the client's to make: no option is taken.
    With `as_signed` everything is taken as it was signed: chosen options, what the client said of the value, the cards
    that discounts rest on; and what is taken has ids that follow from those there, so that the two can be compared.
    """
    rows = contents.load(source)
    id_for: Callable[[uuid.UUID], uuid.UUID] = partial(carried_id, locked.id) if as_signed else lambda _: new_id()
    texts = port().read(source, [section.id for section in rows.sections])
    taxes = {tax.id: _duplicate(tax, id=id_for(tax.id), proposal=locked) for tax in rows.taxes}
    for rate in rows.rates:
        _duplicate(rate, proposal=locked)
    fresh: dict[str, Any] = {"version": 1, "external_id": "", "metadata": {}, "updated_at": timezone.now()}
    new_texts: dict[uuid.UUID, ProseDocument] = {}
    sections: dict[uuid.UUID, Section] = {}
    lines: dict[uuid.UUID, LineItem] = {}
    for section in rows.sections:
        new = sections[section.id] = _duplicate(
            section, id=id_for(section.id), proposal=locked, created_at=timezone.now(), **fresh
        )
        if section.id in rows.billing:
            _duplicate_billing(rows.billing[section.id], new, as_signed=as_signed)
        new_texts[new.id] = without_comments(texts.of(section.id))
        for line in rows.lines[section.id]:
            selected = line.selected and as_signed
            lines[line.id] = _duplicate(line, id=id_for(line.id), section=new, selected=selected, **fresh)
            lines[line.id].taxes.set([taxes[tax_id] for tax_id in line.tax_ids])
    _point_to_copies(lines)
    for discount in rows.discounts:
        _duplicate(
            discount,
            proposal=locked,
            section=sections[discount.section_id] if discount.section_id else None,
            line=lines[discount.line_id] if discount.line_id else None,
            **({} if as_signed else ON_ITS_OWN),
        )
    if as_signed:
        _duplicate_cards(source, locked)
    for instalment in rows.instalments:
        _duplicate(instalment, proposal=locked)
    for side in sides:
        told = rows.parties[side]
        locked.parties.filter(side=side).update(**{name: getattr(told, name) for name in PARTY_DETAILS})
    port().create(locked, new_texts, by)


def _duplicate_cards(source: Proposal, locked: Proposal) -> None:
    """The cards that stand, as they stand; what was said of them and changed in them before stays where it was."""
    for card in source.disclosures.standing().prefetch_related("versions"):
        current = list(card.versions.all())[-1]
        new = _duplicate(card, proposal=locked, created_at=timezone.now(), updated_at=timezone.now())
        _duplicate(current, disclosure=new, epoch=locked.epoch, changes=[], why="", created_at=timezone.now())


def _duplicate_billing(terms: BillingTerms, section: Section, *, as_signed: bool) -> None:
    """The same model, figures, clauses and value worksheet; what the work costs is disclosed anew, or not.

    What the client said of the value is not taken along, unless as it was signed: the copy's client says it.
    """
    kept: dict[str, Any] = {} if as_signed else {"cost_disclosed": False}
    new = _duplicate(terms, section=section, **kept)
    sheet = worksheet_of(terms)
    if sheet is not None and as_signed:
        _duplicate(sheet, terms=new)
    elif sheet is not None:
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
        fields.pop(row._meta.get_field(name).attname, None)
    return type(row).objects.create(**fields, **changes)
