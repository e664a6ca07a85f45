"""The seller's verbs for prices: lines, rates, discounts, taxes, document-wide settings.

What would leave a document that can't be calculated is refused with its cause, and nothing is changed.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, bump, changing, check_version
from proposals.documents import contents
from proposals.exceptions import Invalid
from proposals.models import Discount, LineItem, Proposal, Rate, Section, Tax
from proposals.models.fields import plain
from proposals.pricing.currencies import CURRENCIES

LINES_COUNT = 2000
"""How many lines a proposal may have."""

_optional_number = values.number(required=False)

LINE_EDITS: dict[str, values.Parse] = {
    "kind": values.one_of(list(LineItem.Kind.values)),
    "title": values.text(200, required=True),
    "detail": values.text(500),
    "role": values.text(100),
    "quantity": _optional_number,
    "unit": values.one_of(["", *Rate.Unit.values]),
    "unit_label": values.text(40),
    "rate_override": _optional_number,
    "rate_note": values.text(300),
    "amount": _optional_number,
    "unit_cost": _optional_number,
    "markup_percent": _optional_number,
    "price": _optional_number,
    "periods": _optional_number,
    "unit_price": _optional_number,
    "percent": _optional_number,
    "percent_of": lambda _pointer, value: [str(item) for item in value] if isinstance(value, list) else [],
    "certainty": values.one_of(["", *LineItem.Certainty.values]),
    "discountable": lambda pointer, value: None if value in (None, "") else values.yes_or_no(pointer, value),
    "optional": values.yes_or_no,
    "alternative_group": values.text(60),
    "alternative_option": values.text(60),
    "client_may_change_quantity": values.yes_or_no,
    "quantity_min": _optional_number,
    "quantity_max": _optional_number,
    "external_id": values.text(200),
    "metadata": lambda _pointer, value: value,
}
"""The fields of a line that the seller edits. `selected` is the client's (`actions.choices`)."""

DISCOUNT_EDITS: dict[str, values.Parse] = {
    "type": values.one_of(list(Discount.Type.values)),
    "value": values.number(),
    "reason": values.one_of(list(Discount.Reason.values)),
    "text": values.text(300),
    "conditional": values.yes_or_no,
}

TAX_EDITS: dict[str, values.Parse] = {
    "label": values.text(100, required=True),
    "jurisdiction": values.text(100),
    "category": values.one_of(list(Tax.Category.values)),
    "rate": values.number(),
    "note": values.text(300),
}

RATE_EDITS: dict[str, values.Parse] = {
    "role": values.text(100, required=True),
    "rate": values.number(),
    "unit": values.one_of(list(Rate.Unit.values)),
    "valid_from": values.day,
    "valid_to": values.day,
}

SETTINGS_EDITS: dict[str, values.Parse] = {
    "currency": values.one_of(list(CURRENCIES)),
    "price_basis": values.one_of(list(Proposal.PriceBasis.values)),
    "tax_rounding": values.one_of(list(Proposal.TaxRounding.values)),
    "price_date": values.day,
    "hours_per_day": values.number(),
}


def add_line(
    *, by: Actor, section_id: uuid.UUID | str, fields: Mapping[str, Any], position: int | None = None
) -> LineItem:
    """Add a line to a price section. Taxes: those named in `taxes`, else all of the document's standard ones."""
    with changing(by, "price") as change:
        section = change.section(section_id)
        if section.kind != Section.Kind.PRICING:
            raise Invalid(
                "Lines belong into a price section; this one is text only. Nothing was changed.", code="not_pricing"
            )
        given = dict(fields)
        taxes = _named_taxes(change, given.pop("taxes", None))
        discounts = given.pop("discounts", [])
        parsed = values.parse_all(LINE_EDITS, given)
        standing = list(section.lines.order_by("position", "id"))
        if LineItem.objects.filter(section__proposal=change.proposal).count() >= LINES_COUNT:
            raise Invalid(f"A proposal takes {LINES_COUNT} lines at most. Nothing was changed.", code="too_many")
        place = len(standing) if position is None else max(0, min(position, len(standing)))
        line = LineItem(section=section, position=place, **{"kind": "fixed", "title": "", **parsed})
        if not line.title:
            raise values.refuse("title", "required", "A line needs a title.")
        line.save(force_insert=True)
        line.taxes.set(taxes)
        standing.insert(place, line)
        _renumber(standing)
        for content in discounts:
            _insert_discount(change, content, line=line)
        amount = change.price().line(line.id)["amount"]
        change.record("line.added", line=str(line.id), section=str(section.id), title=line.title, amount=amount)
        return line


def edit_line(
    *, by: Actor, line_id: uuid.UUID | str, changes: Mapping[str, Any], expected_version: int | None = None
) -> LineItem:
    """Change fields of a line, its `taxes` (ids) or its `section` (moving it there)."""
    with changing(by, "price") as change:
        line = change.line(line_id)
        check_version(line.version, expected_version, "line")
        given = dict(changes)
        taxes = given.pop("taxes", None)
        parsed = values.parse_all(LINE_EDITS, given)
        differing = {name: value for name, value in parsed.items() if getattr(line, name) != value}
        old_taxes = {tax.id for tax in line.taxes.all()}
        new_taxes = old_taxes if taxes is None else {tax.id for tax in _named_taxes(change, taxes)}
        if not differing and new_taxes == old_taxes:
            return line
        facts = [_fact(line, name, value) for name, value in differing.items()]
        if new_taxes != old_taxes:
            facts.append(
                {"field": "taxes", "was": _tax_labels(change, old_taxes), "now": _tax_labels(change, new_taxes)}
            )
            line.taxes.set(new_taxes)
        bump(line, differing)
        amount = change.price().line(line.id)["amount"]
        change.record(
            "line.changed",
            line=str(line.id),
            section=str(line.section_id),
            title=line.title,
            changes=facts,
            amount=amount,
        )
        return line


def move_line(*, by: Actor, line_id: uuid.UUID | str, position: int) -> LineItem:
    """Move a line within its section, to a position counted from 0."""
    with changing(by, "price") as change:
        line = change.line(line_id)
        before = [row.id for row in line.section.lines.order_by("position", "id")]
        standing = [row for row in line.section.lines.order_by("position", "id") if row.id != line.id]
        standing.insert(max(0, min(position, len(standing))), line)
        if [row.id for row in standing] != before:
            _renumber(standing)
            change.record("line.moved", line=str(line.id), section=str(line.section_id), title=line.title)
        return line


def remove_line(*, by: Actor, line_id: uuid.UUID | str, expected_version: int | None = None) -> None:
    """Take a line out of the price."""
    with changing(by, "price") as change:
        line = change.line(line_id)
        check_version(line.version, expected_version, "line")
        amount = change.price().line(line.id)["amount"]
        facts = {"line": str(line.id), "section": str(line.section_id), "title": line.title, "amount": amount}
        line.delete()
        change.price()
        change.record("line.removed", **facts)


def set_discounts(
    *,
    by: Actor,
    discounts: list[Mapping[str, Any]],
    line_id: uuid.UUID | str | None = None,
    section_id: uuid.UUID | str | None = None,
) -> list[Discount]:
    """Replace the discounts of a line, of a section, or (with neither) of the document, in this order.

    Every discount needs a reason and a sentence of at least ten characters that the client reads.
    """
    with changing(by, "price") as change:
        line = change.line(line_id) if line_id else None
        section = change.section(section_id) if section_id else None
        standing = Discount.objects.filter(proposal=change.proposal, line=line, section=section)
        was = [contents.discount_content(row) for row in standing]
        standing.delete()
        rows = [_insert_discount(change, content, line=line, section=section) for content in discounts]
        now = [contents.discount_content(row) for row in rows]
        if was == now:
            return rows
        change.price()
        if line is not None:
            bump(line, {})
        if section is not None:
            bump(section, {})
        change.record(
            "discount.changed",
            line=str(line.id) if line else "",
            section=str(section.id if section else line.section_id if line else ""),
            title=line.title if line else section.title if section else "the whole proposal",
            was=was,
            now=now,
        )
        return rows


def set_taxes(*, by: Actor, taxes: list[Mapping[str, Any]]) -> list[Tax]:
    """Replace the document's taxes. A tax with a known `id` is changed, one without is added, others go.

    A new tax of the standard category is put on every line that has no tax at all.
    """
    with changing(by, "price") as change:
        known = {str(tax.id): tax for tax in change.proposal.taxes.all()}
        was = [contents.tax_content(tax) for tax in known.values()]
        kept: list[Tax] = []
        for position, content in enumerate(taxes):
            given = dict(content)
            key = str(given.pop("id", "") or "")
            if key and key not in known:
                raise values.refuse(f"taxes/{position}/id", "unknown_tax", f"There is no tax “{key}” in this proposal.")
            fields = values.parse_all(TAX_EDITS, given)
            tax = known.get(key) or Tax(proposal=change.proposal)
            for name, value in {**fields, "position": position}.items():
                setattr(tax, name, value)
            tax.save()
            kept.append(tax)
            if not key:
                _put_on_untaxed_lines(change, tax)
        for tax in known.values():
            if tax.id not in {row.id for row in kept}:
                tax.delete()
        now = [contents.tax_content(tax) for tax in kept]
        if was != now:
            change.price()
            change.record("taxes.changed", was=was, now=now)
        return kept


def set_rate_card(*, by: Actor, rates: list[Mapping[str, Any]]) -> list[Rate]:
    """Replace the proposal's rate card. A line whose role would have no rate left is named and nothing changes."""
    with changing(by, "price") as change:
        was = [contents.rate_content(rate) for rate in change.proposal.rates.all()]
        change.proposal.rates.all().delete()
        rows = []
        for position, content in enumerate(rates):
            fields = values.parse_all(RATE_EDITS, content)
            fields["valid_from"] = fields.get("valid_from") or change.proposal.price_date
            rate = Rate(proposal=change.proposal, position=position, **fields)
            rate.save(force_insert=True)
            rows.append(rate)
        now = [contents.rate_content(rate) for rate in rows]
        if was != now:
            change.price()
            change.record("rate_card.changed", was=was, now=now)
        return rows


def edit_price_settings(*, by: Actor, changes: Mapping[str, Any], expected_version: int | None = None) -> Proposal:
    """Change currency, price basis, tax rounding, price date or hours per day."""
    with changing(by, "price") as change:
        check_version(change.proposal.version, expected_version, "proposal")
        parsed = values.parse_all(SETTINGS_EDITS, changes)
        if parsed.get("price_date", change.proposal.price_date) is None:
            raise values.refuse("price_date", "required", "The price date can’t be empty.")
        differing = {name: value for name, value in parsed.items() if getattr(change.proposal, name) != value}
        if differing:
            facts = [_fact(change.proposal, name, value) for name, value in differing.items()]
            for name, value in differing.items():
                setattr(change.proposal, name, value)
            change.proposal.save(update_fields=list(differing))
            change.price()
            change.record("pricing.changed", changes=facts)
        return change.proposal


def _insert_discount(
    change: Change, content: Mapping[str, Any], *, line: LineItem | None = None, section: Section | None = None
) -> Discount:
    fields = values.parse_all(DISCOUNT_EDITS, content)
    for name in ("type", "value"):
        if name not in fields:
            raise values.refuse(f"discounts/{name}", "required", f"A discount needs a {name}.")
    position = Discount.objects.filter(proposal=change.proposal, line=line, section=section).count()
    discount = Discount(
        proposal=change.proposal, line=line, section=section, position=position, **{"reason": "", "text": "", **fields}
    )
    discount.save(force_insert=True)
    return discount


def _named_taxes(change: Change, keys: Any) -> list[Tax]:
    known = {str(tax.id): tax for tax in change.proposal.taxes.all()}
    if keys is None:
        return [tax for tax in known.values() if tax.category == Tax.Category.STANDARD]
    if not isinstance(keys, list):
        raise values.refuse("taxes", "unknown_tax", "Taxes are a list of ids of the proposal’s taxes.")
    unknown = [str(key) for key in keys if str(key) not in known]
    if unknown:
        raise values.refuse("taxes", "unknown_tax", f"There is no tax “{unknown[0]}” in this proposal.")
    return [known[str(key)] for key in keys]


def _put_on_untaxed_lines(change: Change, tax: Tax) -> None:
    if tax.category != Tax.Category.STANDARD:
        return
    for line in LineItem.objects.filter(section__proposal=change.proposal, taxes__isnull=True):
        line.taxes.add(tax)


def _tax_labels(change: Change, ids: set[uuid.UUID]) -> str:
    return ", ".join(tax.label for tax in change.proposal.taxes.all() if tax.id in ids)


def _fact(row: Any, name: str, value: Any) -> dict[str, str]:
    return {"field": name, "was": _written(getattr(row, name)), "now": _written(value)}


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if hasattr(value, "normalize") else str(value)


def _renumber(lines: list[LineItem]) -> None:
    for place, line in enumerate(lines):
        if line.position != place:
            line.position = place
            line.save(update_fields=["position"])
