"""The seller's verbs for several lines at once: all of them or none, and one event tells."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import changing, money_told
from proposals.actions.line_rows import (
    LINES_COUNT,
    checked_price,
    made_line,
    pricing_section,
    require_free_keys,
    require_room,
    require_unnamed,
)
from proposals.actions.taxes import usual_taxes
from proposals.exceptions import FieldProblem, Invalid
from proposals.models import LineItem, Section

TITLES_TOLD_COUNT = 3
"""How many of several lines an event names."""


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
        section = pricing_section(change, section_id)
        place = section.lines.count()
        require_room(change, len(lines))
        added = [_made(section, fields, place, number) for number, fields in enumerate(lines)]
        require_free_keys(change, added)
        LineItem.objects.bulk_create(added)
        carried = [(line, tax) for line in added for tax in usual_taxes(change.proposal)]
        carries = LineItem.taxes.through
        carries.objects.bulk_create([carries(lineitem_id=line.id, tax_id=tax.id) for line, tax in carried])
        if added:
            change.record("lines.added", **_several(section, added), **money_told(checked_price(change), why, undoes))
        return added


def remove_lines(*, by: Actor, line_ids: Sequence[str], why: str = "", undoes: int | None = None) -> None:
    """Take several lines of a section out of the price, all of them or none."""
    with changing(by, "price") as change:
        lines = [change.line(line_id) for line_id in line_ids]
        for line in lines:
            require_unnamed(change, line)
        if lines:
            facts = _several(lines[0].section, lines)
            for line in lines:
                line.delete()
            change.record("lines.removed", **facts, **money_told(change.price(), why, undoes))


def _made(section: Section, fields: Mapping[str, Any], place: int, number: int) -> LineItem:
    """The line with this number among several; a refusal says which one it is about."""
    try:
        return made_line(section, fields, place + number)
    except Invalid as refusal:
        refusal.errors = tuple(
            FieldProblem(f"lines/{number}/{each.pointer}", each.code, each.detail) for each in refusal.errors
        )
        raise


def _several(section: Section, lines: Sequence[LineItem]) -> dict[str, Any]:
    """What an event tells of several lines."""
    return {
        "section": str(section.id),
        "section_title": section.title,
        "lines": [str(line.id) for line in lines],
        "titles": [line.title for line in lines[:TITLES_TOLD_COUNT]],
        "count": len(lines),
    }
