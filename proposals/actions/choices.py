"""The client's choices: options, alternatives, quantities that the seller left open. A choice is never trapped."""

import uuid
from decimal import Decimal

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, bump, changing, check_version
from proposals.documents.contents import number
from proposals.exceptions import Invalid
from proposals.models import Discount, LineItem
from proposals.models.fields import plain


def choose_option(*, by: Actor, line_id: uuid.UUID | str, selected: bool) -> LineItem:
    """Take an option or leave it out. Only the client does; the product never ticks for anyone."""
    with changing(by, "choose") as change:
        line = change.line(line_id)
        if not line.optional:
            raise values.refuse("selected", "not_optional", f"“{line.title}” is not an option; it always counts.")
        if line.selected == selected:
            return line
        bump(line, {"selected": selected})
        _cut_discounts_to_their_base(change)
        change.record(
            "option.chosen" if selected else "option.left_out",
            line=str(line.id),
            section=str(line.section_id),
            title=line.title,
        )
        return line


def choose_alternative(*, by: Actor, group: str, option: str) -> None:
    """Decide for one option of a group of alternatives; the empty option leaves the group undecided."""
    with changing(by, "choose") as change:
        known = LineItem.objects.filter(
            section__proposal=change.proposal, section__removed_at__isnull=True, alternative_group=group
        )
        options = sorted({line.alternative_option for line in known})
        if not options or (option and option not in options):
            detail = f"There is no option “{option}” in “{group}”; it has: {', '.join(options) or 'nothing'}."
            raise values.refuse("choices", "unknown_option", detail)
        chosen = dict(change.proposal.choices)
        was = chosen.pop(group, "")
        if option:
            chosen[group] = option
        if was == option:
            return
        change.proposal.choices = chosen
        change.proposal.save(update_fields=["choices"])
        _cut_discounts_to_their_base(change)
        change.record("alternative.chosen", group=group, was=was, now=option)


def change_quantity(
    *, by: Actor, line_id: uuid.UUID | str, quantity: str, expected_version: int | None = None
) -> LineItem:
    """Change a quantity that the seller left to the client, within its limits."""
    with changing(by, "choose") as change:
        line = change.line(line_id)
        check_version(line.version, expected_version, "line")
        if not line.client_may_change_quantity:
            detail = f"The quantity of “{line.title}” is the seller’s to change. Ask for it beside the text."
            raise values.refuse("quantity", "not_allowed", detail)
        wanted = values.number()("quantity", quantity)
        low, high = line.quantity_min, line.quantity_max
        if (low is not None and wanted < low) or (high is not None and wanted > high):
            limits = f"from {number(low) or '0'}" + (f" to {number(high)}" if high is not None else "")
            raise values.refuse(
                "quantity", "out_of_limits", f"“{quantity}” is outside what “{line.title}” allows: {limits}."
            )
        if line.quantity == wanted:
            return line
        was = line.quantity
        bump(line, {"quantity": wanted})
        _cut_discounts_to_their_base(change)
        fact = {"field": "quantity", "was": number(was) or "", "now": plain(wanted)}
        amount = change.price().line(line.id)["amount"]
        change.record(
            "line.changed",
            line=str(line.id),
            section=str(line.section_id),
            title=line.title,
            changes=[fact],
            amount=amount,
        )
        return line


def _cut_discounts_to_their_base(change: Change) -> None:
    """Cut amount discounts that a choice left larger than what they reduce, and tell both.

    Goes from the line's discounts to the section's to the document's, each time the last one first, until
    the document can be calculated. Every other reason that it can't be is the caller's refusal.
    """
    for _ in range(1 + Discount.objects.filter(proposal=change.proposal).count()):
        try:
            change.price()
        except Invalid as refusal:
            if refusal.code != "discount_exceeds_base" or not _cut_one(change, refusal):
                raise
        else:
            return
    change.price()


def _cut_one(change: Change, refusal: Invalid) -> bool:
    base = refusal.extra.get("base")
    discount = _discount_at_fault(change, refusal)
    if discount is None or base is None:
        return False
    was = number(discount.value) or ""
    level = discount.line.title if discount.line else discount.section.title if discount.section else "the whole"
    if Decimal(base) > 0:
        discount.value = Decimal(base)
        discount.save(update_fields=["value"])
        now = plain(Decimal(base))
    else:
        discount.delete()
        now = "0"
    change.record("discount.cut", title=level, text=discount.text, was=was, now=now)
    return True


def _discount_at_fault(change: Change, refusal: Invalid) -> Discount | None:
    line, section, index = (refusal.extra.get(name) for name in ("line", "section", "discount_index"))
    level = Discount.objects.filter(
        proposal=change.proposal, line_id=line or None, section_id=(section or None) if not line else None
    )
    rows = list(level.order_by("position", "id"))
    if index is None or index >= len(rows) or rows[index].type != Discount.Type.AMOUNT:
        return None
    return rows[index]
