"""The seller's verbs for one line of the price: add, edit, move, take out.

What would leave a document that can't be calculated is refused with its cause, and nothing is changed.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, bump, changing, check_version, money_told
from proposals.actions.discount_grounds import find_grounds
from proposals.actions.discounts import applied_by_id, insert_discounts
from proposals.actions.left_to_client import require_left_alone
from proposals.actions.line_rows import (
    checked_price,
    line_of,
    made_line,
    pricing_section,
    renumber,
    require_free_keys,
    require_room,
    require_sense,
    require_unnamed,
)
from proposals.actions.price_fields import LINE_EDITS, WORDS_FOR, require_words
from proposals.actions.rates import add_rate
from proposals.actions.seen import check_line_version, require_seen
from proposals.actions.taxes import labels, named_taxes
from proposals.documents import contents
from proposals.models import Discount, LineItem, Section


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
        section = pricing_section(change, section_id)
        if rate is not None:
            add_rate(change, rate)
        line, discounts = _insert_line(change, section, fields, position, restores=undoes is not None)
        price = checked_price(change)
        fresh = discounts if undoes is None else []
        outside = find_grounds(change.proposal, fresh, applied_by_id(price, discounts))
        change.record(
            "line.added",
            line=str(line.id),
            section=str(section.id),
            title=line.title,
            amount=price.line(line.id)["amount"],
            **({"exceptions": outside} if outside else {}),
            **money_told(price, why, undoes),
        )
        return line


def edit_line(
    *,
    by: Actor,
    line_id: uuid.UUID | str,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    seen: Mapping[str, Any] | None = None,
    why: str = "",
    undoes: int | None = None,
    proposed: bool = False,
) -> LineItem:
    """Change fields of a line, or its `taxes` (ids), with a sentence `why` if there is one.

    `seen` is what the person saw in fields that are changed; where something else stands now, it is refused with both.
    What was left to the client is refused too, unless it is `proposed`: a counter-offer that both sides agree to.
    """
    with changing(by, "price") as change:
        rows = change.rows()
        line = line_of(rows, line_id)
        given = dict(changes)
        taxes = given.pop("taxes", None)
        parsed = values.parse_all(LINE_EDITS, given)
        check_line_version(line, expected_version, parsed)
        require_seen(change.proposal, line, values.parse_all(LINE_EDITS, seen or {}), parsed)
        differing = {name: value for name, value in parsed.items() if getattr(line, name) != value}
        if not proposed:
            require_left_alone(change.proposal, line, differing)
        old_taxes = {tax for tax in rows.taxes if tax.id in line.tax_ids}
        new_taxes = old_taxes if taxes is None else set(named_taxes(change, taxes))
        if not differing and new_taxes == old_taxes:
            return line
        facts: list[dict[str, Any]] = [values.fact(line, name, value) for name, value in differing.items()]
        for told in facts:
            if told["field"] == "percent_of":
                told["before"] = list(line.percent_of)
        if new_taxes != old_taxes:
            before = [str(tax.id) for tax in old_taxes]
            facts.append({"field": "taxes", "was": labels(old_taxes), "now": labels(new_taxes), "before": before})
            line.taxes.set(new_taxes)
            line.tax_ids = frozenset(tax.id for tax in new_taxes)
        bump(line, differing)
        require_sense(line)
        if not WORDS_FOR.isdisjoint(differing):
            require_words(line)
        price = checked_price(change, rows)
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
            renumber(standing)
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
        require_unnamed(change, line)
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


def _insert_line(
    change: Change, section: Section, fields: Mapping[str, Any], position: int | None, *, restores: bool
) -> tuple[LineItem, list[Discount]]:
    given = dict(fields)
    taxes = named_taxes(change, given.pop("taxes", None))
    discounts = given.pop("discounts", [])
    standing = list(section.lines.order_by("position", "id"))
    require_room(change, 1)
    place = len(standing) if position is None else max(0, min(position, len(standing)))
    line = made_line(section, given, place)
    require_free_keys(change, [line])
    line.save(force_insert=True)
    line.taxes.set(taxes)
    standing.insert(place, line)
    renumber(standing)
    return line, insert_discounts(change, discounts, line=line, restores=restores)


def _removed(line: LineItem) -> dict[str, Any]:
    """All that is needed to add a removed line once more."""
    fields = {name: getattr(line, name) for name in LINE_EDITS}
    told = {name: values.as_json(value) for name, value in fields.items()}
    keys = {name: value for name in values.KEY_EDITS if (value := getattr(line, name))}
    return {
        **({"keys": keys} if keys else {}),
        "fields": {name: value for name, value in told.items() if value not in (None, "", [], False)},
        "position": line.position,
        "taxes": [str(tax.id) for tax in line.taxes.all()],
        "discounts": [contents.discount_content(row) for row in line.discounts.all()],
    }
