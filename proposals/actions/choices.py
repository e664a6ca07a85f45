"""The client's choices: options, alternatives, quantities that the seller left open. A choice is never trapped."""

import uuid
from collections.abc import Iterable
from decimal import Decimal

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, bump, changing, check_version, money_told
from proposals.actions.seen import require_seen
from proposals.documents import contents
from proposals.documents.price_document import Price, price_of
from proposals.exceptions import Invalid
from proposals.models import Discount, LineItem, Proposal
from proposals.models.fields import plain

Facts = dict[str, str]


def choose_option(
    *, by: Actor, line_id: uuid.UUID | str, selected: bool, why: str = "", undoes: int | None = None
) -> LineItem:
    """Take an option or leave it out. Only the client does; the product never ticks for anyone."""
    with changing(by, "choose") as change:
        line = change.line(line_id)
        if not line.optional:
            raise values.refuse("selected", "not_optional", f"“{line.title}” is not an option; it always counts.")
        if line.selected == selected:
            return line
        bump(line, {"selected": selected})
        cuts, price = cut_discounts_to_their_base(change.proposal)
        change.record(
            "option.chosen" if selected else "option.left_out",
            line=str(line.id),
            section=str(line.section_id),
            title=line.title,
            **money_told(price, why, undoes),
        )
        tell_cuts(change, cuts)
        return line


def choose_alternative(*, by: Actor, group: str, option: str, why: str = "", undoes: int | None = None) -> None:
    """Decide for one option of a group of alternatives; the empty option leaves the group undecided."""
    group, option = values.text(60)("group", group), values.text(60)("option", option)
    with changing(by, "choose") as change:
        known = LineItem.objects.filter(
            section__proposal=change.proposal, section__removed_at__isnull=True, alternative_group=group
        )
        options = sorted({line.alternative_option for line in known}) if group else []
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
        cuts, price = cut_discounts_to_their_base(change.proposal)
        change.record("alternative.chosen", group=group, was=was, now=option, **money_told(price, why, undoes))
        tell_cuts(change, cuts)


def change_quantity(
    *,
    by: Actor,
    line_id: uuid.UUID | str,
    quantity: str,
    expected_version: int | None = None,
    seen: str = "",
    why: str = "",
    undoes: int | None = None,
) -> LineItem:
    """Change a quantity that the seller left to the client, within its limits.

    `seen` is the quantity that the person saw; where another stands now, it is refused with both.
    """
    with changing(by, "choose") as change:
        line = change.line(line_id)
        check_version(line.version, expected_version, "line")
        name = contents.quantity_field(line.kind, line.quantity)
        if not (line.client_may_change_quantity and name):
            detail = f"The quantity of “{line.title}” is the seller’s to change. Ask for it beside the text."
            raise values.refuse("quantity", "not_allowed", detail)
        wanted = values.number()("quantity", quantity)
        _require_within_limits(line, wanted)
        if seen:
            require_seen(change.proposal, line, {name: values.number()("seen", seen)}, {name: wanted})
        if getattr(line, name) == wanted:
            return line
        told = values.fact(line, name, wanted)
        bump(line, {name: wanted})
        cuts, price = cut_discounts_to_their_base(change.proposal)
        change.record(
            "line.changed",
            line=str(line.id),
            section=str(line.section_id),
            title=line.title,
            changes=[told],
            amount=price.line(line.id)["amount"],
            **money_told(price, why, undoes),
        )
        tell_cuts(change, cuts)
        return line


def _require_within_limits(line: LineItem, wanted: Decimal) -> None:
    low, high = line.quantity_min, line.quantity_max
    if (low is None or wanted >= low) and (high is None or wanted <= high):
        return
    limits = f"from {contents.number(low) or '0'}" + (f" to {contents.number(high)}" if high is not None else "")
    raise values.refuse(
        "quantity", "out_of_limits", f"“{plain(wanted)}” is outside what “{line.title}” allows: {limits}."
    )


def cut_discounts_to_their_base(locked: Proposal) -> tuple[list[Facts], Price]:
    """Cut amount discounts that a choice left larger than what they reduce; gives what there is to tell, and the price.

    Goes from the lines' discounts to the sections' to the document's, until the document can be calculated.
    Raises Invalid for every other reason that it can't be.
    """
    cuts: list[Facts] = []
    while True:
        try:
            price = price_of(contents.load(locked), with_range=False)
        except Invalid as refusal:
            cut = _cut(locked, refusal) if refusal.code == "discount_exceeds_base" else None
            if cut is None:
                raise
            cuts.append(cut)
        else:
            return cuts, price


def tell_cuts(change: Change, cuts: Iterable[Facts]) -> None:
    """Tell both sides of discounts that were cut."""
    for cut in cuts:
        change.record_consequence("discount.cut", **cut)


def _cut(locked: Proposal, refusal: Invalid) -> Facts | None:
    """Cut the discount that a refusal names, or take it out if nothing is left of its base."""
    discount = _discount_at_fault(locked, refusal)
    if discount is None:
        return None
    was, base = discount.value, Decimal(refusal.extra["base"])
    if base > 0:
        discount.value = base
        discount.save(update_fields=["value"])
    else:
        discount.delete()
    line, section = discount.line, discount.section
    return {
        "line": str(line.id) if line else "",
        "section": str(section.id if section else line.section_id if line else ""),
        "title": line.title if line else section.title if section else "the whole proposal",
        "text": discount.text,
        "was": plain(was),
        "now": plain(base),
    }


def _discount_at_fault(locked: Proposal, refusal: Invalid) -> Discount | None:
    line, section, index = (refusal.extra.get(name) for name in ("line", "section", "discount_index"))
    rows = locked.discounts.select_related("line", "section").order_by("position", "id")
    if line:
        rows = rows.filter(line_id=line)
    elif section:
        rows = rows.filter(section_id=section, line=None)
    else:
        rows = rows.filter(section=None, line=None)
    return rows[index] if index is not None and index < len(rows) else None
