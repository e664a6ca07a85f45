"""The seller's verbs for prices: lines, rates, discounts, taxes, document-wide settings.

What would leave a document that can't be calculated is refused with its cause, and nothing is changed.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, bump, changing, check_version, money_told
from proposals.actions.price_fields import (
    DISCOUNT_EDITS,
    LINE_EDITS,
    RATE_EDITS,
    SETTINGS_EDITS,
    TAX_EDITS,
    UNTOLD,
    WORDS_FOR,
    require_legal_ground,
    require_words,
    with_grounds,
)
from proposals.actions.seen import check_line_version, require_seen
from proposals.documents import contents
from proposals.documents.discount_policy import new_exceptions, rules_of
from proposals.documents.price_document import Price, require_few_combinations
from proposals.exceptions import Invalid
from proposals.models import Discount, LineItem, Proposal, Rate, Section, Tax
from proposals.models.fields import plain

LINES_COUNT = 2000
"""How many lines a proposal may have."""

DISCOUNTS_COUNT = 20
"""How many discounts a line, a section or the document may have."""

TITLES_TOLD_COUNT = 3
"""How many of several lines an event names."""

TAXES_COUNT = 50
RATES_COUNT = 500


def add_line(
    *,
    by: Actor,
    section_id: uuid.UUID | str,
    fields: Mapping[str, Any],
    position: int | None = None,
    rate: Mapping[str, Any] | None = None,
    why: str = "",
    undoes: int | None = None,
) -> LineItem:
    """Add a line to a price section, with a sentence `why` if there is one.

    `rate` (role, rate, unit) goes into the rate card with it, for a role that has none yet.

    Taxes: those named in `taxes`, else all of the document's standard ones (the first, if prices include tax).
    """
    with changing(by, "price") as change:
        section = _pricing_section(change, section_id)
        if rate is not None:
            _add_rate(change, rate)
        line = _insert_line(change, section, fields, position)
        price = _price(change)
        change.record(
            "line.added",
            line=str(line.id),
            section=str(section.id),
            title=line.title,
            amount=price.line(line.id)["amount"],
            **money_told(price, why, undoes),
        )
        return line


def add_lines(
    *,
    by: Actor,
    section_id: uuid.UUID | str,
    lines: Sequence[Mapping[str, Any]],
    why: str = "",
    undoes: int | None = None,
) -> list[LineItem]:
    """Add several lines at the end of a price section, all of them or none, with the usual taxes; one event tells."""
    values.require_few("lines", lines, LINES_COUNT)
    with changing(by, "price") as change:
        section = _pricing_section(change, section_id)
        place = section.lines.count()
        _require_room(change, len(lines))
        added = [_made_line(section, fields, place + number) for number, fields in enumerate(lines)]
        LineItem.objects.bulk_create(added)
        carried = [(line, tax) for line in added for tax in usual_taxes(change.proposal)]
        carries = LineItem.taxes.through
        carries.objects.bulk_create([carries(lineitem_id=line.id, tax_id=tax.id) for line, tax in carried])
        if added:
            change.record("lines.added", **_several(section, added), **money_told(_price(change), why, undoes))
        return added


def remove_lines(*, by: Actor, line_ids: Sequence[str], why: str = "", undoes: int | None = None) -> None:
    """Take several lines of a section out of the price, all of them or none."""
    with changing(by, "price") as change:
        lines = [change.line(line_id) for line_id in line_ids]
        for line in lines:
            _require_unnamed(change, line)
        if lines:
            facts = _several(lines[0].section, lines)
            for line in lines:
                line.delete()
            change.record("lines.removed", **facts, **money_told(change.price(), why, undoes))


def edit_line(
    *,
    by: Actor,
    line_id: uuid.UUID | str,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    seen: Mapping[str, Any] | None = None,
    why: str = "",
    undoes: int | None = None,
) -> LineItem:
    """Change fields of a line, or its `taxes` (ids), with a sentence `why` if there is one.

    `seen` is what the person saw in fields that are changed; where something else stands now, it is refused with both.
    """
    with changing(by, "price") as change:
        line = change.line(line_id)
        given = dict(changes)
        taxes = given.pop("taxes", None)
        parsed = values.parse_all(LINE_EDITS, given)
        check_line_version(line, expected_version, parsed)
        require_seen(change.proposal, line, values.parse_all(LINE_EDITS, seen or {}), parsed)
        differing = {name: value for name, value in parsed.items() if getattr(line, name) != value}
        old_taxes = set(line.taxes.all())
        new_taxes = old_taxes if taxes is None else set(_named_taxes(change, taxes))
        if not differing and new_taxes == old_taxes:
            return line
        facts: list[dict[str, Any]] = [
            values.fact(line, name, value) for name, value in differing.items() if name not in UNTOLD
        ]
        for told in facts:
            if told["field"] == "percent_of":
                told["before"] = list(line.percent_of)
        if new_taxes != old_taxes:
            before = [str(tax.id) for tax in old_taxes]
            facts.append({"field": "taxes", "was": labels(old_taxes), "now": labels(new_taxes), "before": before})
            line.taxes.set(new_taxes)
        bump(line, differing)
        _require_sense(line)
        if not WORDS_FOR.isdisjoint(differing):
            require_words(line)
        price = _price(change)
        if not facts:
            change.note()
            return line
        change.record(
            "line.changed",
            line=str(line.id),
            section=str(line.section_id),
            title=line.title,
            changes=facts,
            amount=price.line(line.id)["amount"],
            **money_told(price, why, undoes),
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


def remove_line(
    *,
    by: Actor,
    line_id: uuid.UUID | str,
    expected_version: int | None = None,
    why: str = "",
    undoes: int | None = None,
) -> None:
    """Take a line out of the price."""
    with changing(by, "price") as change:
        line = change.line(line_id)
        check_version(line.version, expected_version, "line")
        _require_unnamed(change, line)
        amount = change.price().line(line.id)["amount"]
        facts = {
            "line": str(line.id),
            "section": str(line.section_id),
            "title": line.title,
            "amount": amount,
            "removed": _removed(line),
        }
        line.delete()
        change.record("line.removed", **facts, **money_told(change.price(), why, undoes))


def set_discounts(
    *,
    by: Actor,
    discounts: list[Mapping[str, Any]],
    line_id: uuid.UUID | str | None = None,
    section_id: uuid.UUID | str | None = None,
    why: str = "",
    undoes: int | None = None,
) -> list[Discount]:
    """Replace the discounts of a line, of a section, or (with neither) of the document, in this order.

    Every discount needs a reason and a sentence of at least ten characters that the client reads.
    """
    values.require_few("discounts", discounts, DISCOUNTS_COUNT)
    with changing(by, "price") as change:
        line = change.line(line_id) if line_id else None
        section = change.section(section_id) if section_id else None
        if section is not None and section.kind != Section.Kind.PRICING:
            raise Invalid("Only a price section can have a discount. Nothing was changed.", code="not_pricing")
        standing = Discount.objects.filter(proposal=change.proposal, line=line, section=section)
        was = [contents.discount_content(row) for row in standing]
        standing.delete()
        rows = [_insert_discount(change, content, line=line, section=section) for content in discounts]
        now = [contents.discount_content(row) for row in rows]
        if was == now:
            return rows
        price = change.price()
        if line is not None:
            bump(line, {})
        if section is not None:
            bump(section, {})
        outside = new_exceptions(_applied(price, line, section), was, rules_of(change.proposal))
        change.record(
            "discount.changed",
            line=str(line.id) if line else "",
            section=str(section.id if section else line.section_id if line else ""),
            title=line.title if line else section.title if section else "the whole proposal",
            was=was,
            now=now,
            **({"exceptions": outside} if outside else {}),
            **money_told(price, why, undoes),
        )
        return rows


def set_taxes(*, by: Actor, taxes: list[Mapping[str, Any]], why: str = "") -> list[Tax]:
    """Replace the document's taxes. A tax with a known `id` is changed, one without is added, others go.

    A new tax of the standard category is put on every line that has no tax at all.
    """
    values.require_few("taxes", taxes, TAXES_COUNT)
    with changing(by, "price") as change:
        known = {str(tax.id): tax for tax in change.proposal.taxes.all()}
        was = [contents.tax_content(tax) for tax in known.values()]
        kept: list[Tax] = []
        for position, content in enumerate(taxes):
            given = dict(content)
            key = str(given.pop("id", "") or "")
            if key and (key not in known or known[key] in kept):
                detail = f"There is no {'second ' if key in known else ''}tax “{values.shown(key)}” in this proposal."
                raise values.refuse(f"taxes/{position}/id", "unknown_tax", detail)
            tax = known.get(key) or Tax(proposal=change.proposal, position=position)
            fields = values.parse_all(
                TAX_EDITS, given if key else {"label": "", "rate": "", **given}, within=f"taxes/{position}/"
            )
            for name, value in {**fields, "position": position}.items():
                setattr(tax, name, value)
            require_legal_ground(tax, f"taxes/{position}/note")
            tax.save()
            kept.append(tax)
            if not key:
                _put_on_untaxed_lines(change, tax)
        for tax in known.values():
            if tax.id not in {row.id for row in kept}:
                tax.delete()
        now = [contents.tax_content(tax) for tax in kept]
        if was != now:
            change.record("taxes.changed", was=was, now=now, **money_told(change.price(), why))
        return kept


def set_rate_card(*, by: Actor, rates: list[Mapping[str, Any]], why: str = "", undoes: int | None = None) -> list[Rate]:
    """Replace the proposal's rate card. A line whose role would have no rate left is named and nothing changes."""
    values.require_few("rates", rates, RATES_COUNT)
    with changing(by, "price") as change:
        was = [contents.rate_content(rate) for rate in change.proposal.rates.all()]
        change.proposal.rates.all().delete()
        rows = []
        for position, content in enumerate(rates):
            fields = values.parse_all(
                RATE_EDITS, {"role": "", "rate": "", "unit": "", **content}, within=f"rates/{position}/"
            )
            fields["valid_from"] = fields.get("valid_from") or change.proposal.price_date
            rate = Rate(proposal=change.proposal, position=position, **fields)
            rate.save(force_insert=True)
            rows.append(rate)
        now = [contents.rate_content(rate) for rate in rows]
        if was != now:
            change.record("rate_card.changed", was=was, now=now, **money_told(change.price(), why, undoes))
        return rows


def edit_price_settings(
    *,
    by: Actor,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    why: str = "",
    undoes: int | None = None,
) -> Proposal:
    """Change currency, price basis, tax rounding, price date or hours per day."""
    with changing(by, "price") as change:
        check_version(change.proposal.version, expected_version, "proposal")
        parsed = values.parse_all(SETTINGS_EDITS, changes)
        if parsed.get("price_date", change.proposal.price_date) is None:
            raise values.refuse("price_date", "required", "The price date can’t be empty.")
        differing = {name: value for name, value in parsed.items() if getattr(change.proposal, name) != value}
        if differing:
            facts = [values.fact(change.proposal, name, value) for name, value in differing.items()]
            for name, value in differing.items():
                setattr(change.proposal, name, value)
            change.proposal.save(update_fields=list(differing))
            change.record("pricing.changed", changes=facts, **money_told(change.price(), why, undoes))
        return change.proposal


def _pricing_section(change: Change, section_id: uuid.UUID | str) -> Section:
    section = change.section(section_id)
    if section.kind != Section.Kind.PRICING:
        raise Invalid(
            "Lines belong into a price section; this one is text only. Nothing was changed.", code="not_pricing"
        )
    return section


def _insert_line(change: Change, section: Section, fields: Mapping[str, Any], position: int | None) -> LineItem:
    given = dict(fields)
    taxes = _named_taxes(change, given.pop("taxes", None))
    discounts = given.pop("discounts", [])
    values.require_few("discounts", discounts, DISCOUNTS_COUNT)
    standing = list(section.lines.order_by("position", "id"))
    _require_room(change, 1)
    place = len(standing) if position is None else max(0, min(position, len(standing)))
    line = _made_line(section, given, place)
    line.save(force_insert=True)
    line.taxes.set(taxes)
    standing.insert(place, line)
    _renumber(standing)
    for content in discounts:
        _insert_discount(change, content, line=line)
    return line


def _made_line(section: Section, fields: Mapping[str, Any], place: int) -> LineItem:
    """A line that is not saved yet, of fields as they were given."""
    parsed = values.parse_all(LINE_EDITS, fields)
    line = LineItem(section=section, position=place, **{"kind": "fixed", "title": "", **parsed})
    if not line.title:
        raise values.refuse("title", "required", "A line needs a title.")
    _require_sense(line)
    require_words(line)
    return line


def _require_room(change: Change, count: int) -> None:
    if LineItem.objects.filter(section__proposal=change.proposal).count() + count > LINES_COUNT:
        raise Invalid(f"A proposal takes {LINES_COUNT} lines at most. Nothing was changed.", code="too_many")


def _several(section: Section, lines: Sequence[LineItem]) -> dict[str, Any]:
    """What an event tells of several lines."""
    return {
        "section": str(section.id),
        "section_title": section.title,
        "lines": [str(line.id) for line in lines],
        "titles": [line.title for line in lines[:TITLES_TOLD_COUNT]],
        "count": len(lines),
    }


def _insert_discount(
    change: Change, content: Mapping[str, Any], *, line: LineItem | None = None, section: Section | None = None
) -> Discount:
    position = Discount.objects.filter(proposal=change.proposal, line=line, section=section).count()
    within = f"discounts/{position}/"
    fields = values.parse_all(DISCOUNT_EDITS, with_grounds(content, within), within=within)
    for name in ("type", "value"):
        if name not in fields:
            raise values.refuse(f"{within}{name}", "required", f"A discount needs a {name}.")
    discount = Discount(
        proposal=change.proposal, line=line, section=section, position=position, **{"reason": "", "text": "", **fields}
    )
    discount.save(force_insert=True)
    return discount


def _applied(price: Price, line: LineItem | None, section: Section | None) -> list[dict[str, str]]:
    """The discounts of a line, of a section, or of the document, as they were applied."""
    result = price.line(line.id) if line else price.section(section.id) or {} if section else price.result
    return list(result.get("discounts", ()))


def _price(change: Change) -> Price:
    price = change.price()
    require_few_combinations(price)
    return price


def _removed(line: LineItem) -> dict[str, Any]:
    """All that is needed to add a removed line once more."""
    fields = {name: getattr(line, name) for name in LINE_EDITS if name not in UNTOLD}
    told = {name: plain(value) if isinstance(value, Decimal) else value for name, value in fields.items()}
    return {
        "fields": {name: value for name, value in told.items() if value not in (None, "", [], False)},
        "position": line.position,
        "taxes": [str(tax.id) for tax in line.taxes.all()],
        "discounts": [contents.discount_content(row) for row in line.discounts.all()],
    }


def _require_sense(line: LineItem) -> None:
    """Refuse limits in the wrong order and half an alternative: no calculation would, or not in these words."""
    if bool(line.alternative_group) != bool(line.alternative_option):
        missing = "alternative_option" if line.alternative_group else "alternative_group"
        detail = "An alternative has two names: what there is to choose, and which option this line is. Write both."
        raise values.refuse(missing, "required", detail)
    low, high = line.quantity_min, line.quantity_max
    if low is not None and high is not None and low > high:
        detail = f"“{line.title}” would take at least {plain(low)} and at most {plain(high)}. Exchange the two."
        raise values.refuse("quantity_max", "bad_limits", detail)


def _require_unnamed(change: Change, line: LineItem) -> None:
    """Refuse to take out a line that an allowance is a percentage of, and name the allowance."""
    allowances = LineItem.objects.filter(
        section__proposal=change.proposal, section__removed_at__isnull=True, kind=LineItem.Kind.ALLOWANCE
    )
    for allowance in allowances.order_by("position", "id"):
        if str(line.id) in allowance.percent_of:
            detail = f"“{allowance.title}” is a percentage of “{line.title}”. Take it out of there first."
            raise values.refuse("of", "bad_allowance_base", detail)


def usual_taxes(proposal: Proposal) -> list[Tax]:
    """The taxes that a new line gets unless others are named."""
    standard = [tax for tax in proposal.taxes.all() if tax.category == Tax.Category.STANDARD]
    return standard[:1] if proposal.price_basis == Proposal.PriceBasis.INCLUSIVE else standard


def _add_rate(change: Change, content: Mapping[str, Any]) -> None:
    """Put one more rate into the card. Raises Invalid for a role that is in there."""
    standing = list(change.proposal.rates.all())
    fields = values.parse_all(
        {**RATE_EDITS, "new_rate": values.number()},
        {"role": content.get("role", ""), "new_rate": content.get("rate", ""), "unit": content.get("unit", "")},
    )
    if any(entry.role == fields["role"] for entry in standing):
        detail = f"“{fields['role']}” has a rate in the card already. Leave the new rate empty, or use an own rate."
        raise values.refuse("new_rate", "has_rate", detail)
    values.require_few("rates", [*standing, content], RATES_COUNT)
    was = [contents.rate_content(entry) for entry in standing]
    made = Rate(
        proposal=change.proposal,
        position=len(standing),
        role=fields["role"],
        rate=fields["new_rate"],
        unit=fields["unit"],
        valid_from=change.proposal.price_date,
    )
    made.save(force_insert=True)
    now = [*was, contents.rate_content(made)]
    change.record("rate_card.changed", was=was, now=now, **money_told(change.price()))


def _named_taxes(change: Change, keys: Any) -> list[Tax]:
    known = {str(tax.id): tax for tax in change.proposal.taxes.all()}
    if keys is None:
        return usual_taxes(change.proposal)
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


def labels(taxes: Iterable[Tax]) -> str:
    """The names of taxes in their order."""
    return ", ".join(tax.label for tax in sorted(taxes, key=lambda tax: (tax.position, tax.id)))


def _renumber(lines: list[LineItem]) -> None:
    for place, line in enumerate(lines):
        if line.position != place:
            line.position = place
            line.save(update_fields=["position"])
