"""The seller's verb for discounts: of a line, of a section, of the document."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, bump, changing, money_told
from proposals.actions.discount_grounds import GROUNDS, find_grounds, keep_grounds, restore_grounds
from proposals.actions.price_fields import DISCOUNT_EDITS, require_by_when, with_grounds
from proposals.documents import contents
from proposals.documents.discount_policy import Applied, applied_to
from proposals.documents.price_document import Price
from proposals.exceptions import Invalid
from proposals.models import Discount, LineItem, Section

DISCOUNTS_COUNT = 20
"""How many discounts a line, a section or the document may have."""


def set_discounts(
    *,
    by: Actor,
    discounts: Sequence[Mapping[str, Any]],
    line_id: uuid.UUID | str | None = None,
    section_id: uuid.UUID | str | None = None,
    why: str = "",
    undoes: int | None = None,
) -> list[Discount]:
    """Replace the discounts of a line, of a section, or (with neither) of the document, in this order.

    Every discount needs a reason and a sentence of at least ten characters that the client reads, and, where a
    discount list is published, a line of it (`policy_line`) or why it is an `exception` (see `discount_grounds`).
    `undoes` is the number of the person's own event that this takes back: then they rest on what they rested on.
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
        rows = insert_discounts(change, discounts, line=line, section=section, restores=undoes is not None)
        fresh = [] if undoes is not None else keep_grounds(rows, was)
        if was == [contents.discount_content(row) for row in rows]:
            return rows
        price = change.price()
        outside = find_grounds(change.proposal, fresh, applied_by_id(price, rows))
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
            now=[contents.discount_content(row) for row in rows],
            **({"exceptions": outside} if outside else {}),
            **money_told(price, why, undoes),
        )
        return rows


def insert_discounts(
    change: Change,
    discounts: Sequence[Mapping[str, Any]],
    *,
    line: LineItem | None = None,
    section: Section | None = None,
    restores: bool = False,
) -> list[Discount]:
    """Write discounts as they were given. `restores`: as they were told by an event, with what they rested on."""
    values.require_few("discounts", discounts, DISCOUNTS_COUNT)
    rows = []
    for position, content in enumerate(discounts):
        given = {name: value for name, value in content.items() if not (restores and name in GROUNDS)}
        rows.append(_insert(change, given, position, line, section))
    if restores:
        restore_grounds(rows, discounts)
    return rows


def applied_by_id(price: Price, rows: Sequence[Discount]) -> dict[uuid.UUID, Applied]:
    """The discounts of one place as they were applied, by their id."""
    if not rows:
        return {}
    deducted, early = (iter(some) for some in applied_to(price, line=rows[0].line_id, section=rows[0].section_id))
    return {row.id: next(early if row.conditional else deducted) for row in rows}


def _insert(
    change: Change, content: Mapping[str, Any], position: int, line: LineItem | None, section: Section | None
) -> Discount:
    within = f"discounts/{position}/"
    fields = values.parse_all(DISCOUNT_EDITS, with_grounds(content, within), within=within)
    for name in ("type", "value"):
        if name not in fields:
            raise values.refuse(f"{within}{name}", "required", f"A discount needs a {name}.")
    discount = Discount(
        proposal=change.proposal, line=line, section=section, position=position, **{"reason": "", "text": "", **fields}
    )
    require_by_when(discount, within)
    discount.save(force_insert=True)
    return discount
