"""The values that a counter-offer may be about: whose they are, and what stands there.

A target is a field of a line, or of the whole. Values are canonical texts (see `CounterOffer`).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from proposals.documents import contents
from proposals.documents.contents import ProposalRows
from proposals.documents.offered_terms import early_text, plan_text
from proposals.documents.price_document import Price
from proposals.models import CounterOffer, LineItem, Section, Side
from proposals.models.fields import plain

STAYS, OUT = "stays", "out"
YES, NO = "yes", "no"
NONE: Final = "0"
"""No discount."""


@dataclass(frozen=True)
class Target:
    """What is meant: a field, of a line, of a section or (with both empty) of the whole; for alternatives the group's
    name."""

    field: str
    line: str = ""
    group: str = ""
    section: str = ""


@dataclass(frozen=True)
class Kind:
    """A field that may be proposed: its name for people, how its values read, whose they are, and who may change it.

    `shape`: money, number, percent, day, discount, early, schedule, removal, option or alternative. `side`
    is "" where both sides may change it.
    """

    label: str
    shape: str
    side: str = Side.SELLER
    ability: str = "price"


LINE_KINDS: Final[dict[str, Kind]] = {
    "rate": Kind("rate", "money"),
    "amount": Kind("amount", "money"),
    "unit_price": Kind("unit price", "money"),
    "unit_cost": Kind("cost per unit", "money"),
    "price": Kind("price per period", "money"),
    "quantity": Kind("quantity", "number"),
    "periods": Kind("number of periods", "number"),
    "markup_percent": Kind("markup", "percent"),
    "percent": Kind("percentage", "percent"),
    "discount": Kind("discount", "discount"),
    "removal": Kind("removal", "removal"),
    "selected": Kind("option", "option", Side.CLIENT, "choose"),
}
SECTION_KINDS: Final[dict[str, Kind]] = {"discount": Kind("discount on the section", "discount")}
WHOLE_KINDS: Final[dict[str, Kind]] = {
    "discount": Kind("discount on the whole", "discount"),
    "early_payment": Kind("discount for early payment", "early"),
    "schedule": Kind("payment schedule", "schedule"),
    "hours_per_day": Kind("number of hours in a day", "number"),
    "starts_on": Kind("start", "day", "", "set_terms"),
    "offer_until": Kind("end of the offer", "day", "", "set_terms"),
    "alternative": Kind("choice", "alternative", Side.CLIENT, "choose"),
}

FIELDS_OF_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "time": ("rate", "quantity"),
    "fixed": ("amount",),
    "expense": ("unit_cost", "quantity", "markup_percent"),
    "subscription": ("price", "periods", "quantity"),
    "unit": ("unit_price", "quantity"),
    "allowance": ("amount", "percent"),
    "credit": ("amount",),
}
"""The numbers of each kind of line that may be proposed, the most likely first."""


def kind_of(target: Target) -> Kind | None:
    """What is known about a target's field; None if there is no such field."""
    kinds = LINE_KINDS if target.line else SECTION_KINDS if target.section else WHOLE_KINDS
    return kinds.get(target.field)


def target_of(offer: CounterOffer) -> Target:
    """What a counter-offer is about."""
    line, section = (str(key) if key else "" for key in (offer.line_id, offer.section_id))
    return Target(offer.field, line, offer.group, section)


def section_of(rows: ProposalRows, section_id: str) -> Section | None:
    """A standing price section by its id."""
    priced = (section for section in rows.sections if section.kind == Section.Kind.PRICING)
    return next((section for section in priced if str(section.id) == section_id), None)


def line_of(rows: ProposalRows, line_id: str) -> LineItem | None:
    """A standing line by its id."""
    return rows.lines_by_id.get(line_id)


def fields_of(line: LineItem) -> tuple[str, ...]:
    """The fields of a line about which a value can be proposed."""
    numbers = tuple(name for name in FIELDS_OF_KINDS[line.kind] if name == "rate" or _number(line, name) is not None)
    discounts = () if line.kind == LineItem.Kind.CREDIT else ("discount",)
    return (*numbers, *discounts, "removal", *(("selected",) if line.optional else ()))


def groups_of(rows: ProposalRows) -> dict[str, list[str]]:
    """The groups of alternatives with their options, in order."""
    groups: dict[str, list[str]] = {}
    for lines in rows.lines.values():
        for line in lines:
            if line.alternative_group and line.alternative_option not in groups.setdefault(line.alternative_group, []):
                groups[line.alternative_group].append(line.alternative_option)
    return groups


def standing_value(rows: ProposalRows, price: Price, target: Target) -> str | None:
    """What stands there now; None if it is not there (any more)."""
    if target.section:
        section = section_of(rows, target.section)
        if section is None or target.line or target.field not in SECTION_KINDS:
            return None
        return _discount_value([contents.discount_content(row) for row in rows.discounts_of(section=section)])
    if not target.line:
        return _whole_value(rows, target)
    line = line_of(rows, target.line)
    if line is None or target.field not in fields_of(line):
        return None
    if target.field == "rate":
        return plain(Decimal(price.line(line.id)["rate"]))
    if target.field == "discount":
        return _discount_value([contents.discount_content(row) for row in rows.discounts_of(line=line)])
    if target.field == "removal":
        return STAYS
    if target.field == "selected":
        return YES if line.selected else NO
    return _number(line, target.field)


def owner_of(rows: ProposalRows, target: Target, value: str) -> Kind:
    """Whose a value is. A quantity that the seller left to the client is the client's within its limits."""
    kind = kind_of(target)
    assert kind is not None, target
    line = line_of(rows, target.line) if target.line else None
    if line is None or target.field != contents.quantity_field(line.kind, line.quantity):
        return kind
    if line.client_may_change_quantity and within_limits(line, Decimal(value)):
        return Kind(kind.label, kind.shape, Side.CLIENT, "choose")
    return kind


def within_limits(line: LineItem, wanted: Decimal) -> bool:
    """Whether a quantity is within what the line allows the client."""
    low, high = line.quantity_min, line.quantity_max
    return (low is None or wanted >= low) and (high is None or wanted <= high)


def _number(line: LineItem, name: str) -> str | None:
    return contents.number(getattr(line, name)) if name in contents.LINE_NUMBERS else None


def _whole_value(rows: ProposalRows, target: Target) -> str | None:
    proposal = rows.proposal
    if target.field == "alternative":
        known = target.group in groups_of(rows)
        return str(proposal.choices.get(target.group, "")) if known else None
    if target.field == "discount":
        return _discount_value(deducted([contents.discount_content(row) for row in rows.discounts_of()]))
    if target.field == "early_payment":
        return early_text(first_conditional([contents.discount_content(row) for row in rows.discounts_of()]))
    if target.field == "schedule":
        return plan_text([contents.instalment_content(row) for row in rows.instalments])
    if target.field == "hours_per_day":
        return contents.number(proposal.hours_per_day)
    if target.field in ("starts_on", "offer_until"):
        return contents.day(getattr(proposal, target.field)) or ""
    return None


def deducted(discounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Discounts that are deducted: an early-payment offer stands beside the total."""
    return [row for row in discounts if not row.get("conditional")]


def first_conditional(discounts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first discount that is given if it is paid early."""
    return next((row for row in discounts if row.get("conditional")), None)


def _discount_value(discounts: list[dict[str, Any]]) -> str:
    if not discounts:
        return NONE
    first = discounts[0]
    return f"{first['value']}%" if first["type"] == "percent" else str(first["value"])
