"""The seller's verb for discounts: of a line, of a section, of the document."""

import uuid
from collections.abc import Mapping
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, bump, changing, money_told
from proposals.actions.price_fields import DISCOUNT_EDITS, with_grounds
from proposals.documents import contents
from proposals.documents.discount_policy import new_exceptions, rules_of
from proposals.documents.price_document import Price
from proposals.exceptions import Invalid
from proposals.models import Discount, LineItem, Section

DISCOUNTS_COUNT = 20
"""How many discounts a line, a section or the document may have."""


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
        rows = [insert_discount(change, content, line=line, section=section) for content in discounts]
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


def insert_discount(
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
