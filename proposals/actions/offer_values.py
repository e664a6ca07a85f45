"""Proposed values: reading them as written, and applying them through the verbs that change them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from proposals.access import Actor
from proposals.actions import choices, values
from proposals.actions.discount_grounds import as_given
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import edit_line, remove_line
from proposals.actions.price_fields import EARLY_DAYS
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.proposals import set_terms
from proposals.actions.schedule import read_plan, set_schedule
from proposals.documents import contents
from proposals.documents.contents import ProposalRows
from proposals.documents.offered_terms import NO_PLAN, plan_of, plan_text
from proposals.documents.targets import (
    NO,
    NONE,
    OUT,
    YES,
    Kind,
    Target,
    groups_of,
    line_of,
    section_of,
    target_of,
    within_limits,
)
from proposals.documents.trials import replaced_discounts, replaced_early
from proposals.models import CounterOffer, LineItem
from proposals.models.fields import plain


@dataclass(frozen=True)
class Grounds:
    """The reason of a discount, the sentence that the client reads beside it, and what it rests on."""

    reason: str = ""
    text: str = ""
    policy_line: str = ""
    exception: str = ""

    def of(self, discount: dict[str, Any], said: str) -> dict[str, Any]:
        """A proposed discount with its grounds; `said` is the proposer's sentence."""
        given = {"text": self.text.strip() or said, "policy_line": self.policy_line, "exception": self.exception}
        return {**discount, **{name: value for name, value in given.items() if value or name == "text"}}


def read_value(rows: ProposalRows, target: Target, shape: str, value: str) -> str:
    """A proposed value as written, in canonical form. Raises Invalid naming it."""
    return _READ.get(shape, _read_number)(rows, target, value)


def apply_value(doer: Actor, offer: CounterOffer, rows: ProposalRows, kind: Kind, why: str, grounds: Grounds) -> None:
    """Put a proposed value where it belongs, through the verb of whoever may."""
    target = target_of(offer)
    if target.line and kind.shape in ("money", "number", "percent"):
        _apply_number(doer, offer, rows, kind, why)
    elif kind.shape == "number":
        edit_price_settings(by=doer, changes={offer.field: offer.value}, why=why)
    elif kind.shape == "discount":
        _apply_discount(doer, offer, rows, why, grounds)
    elif kind.shape == "early":
        _apply_early(doer, offer, rows, why, grounds)
    elif kind.shape == "schedule":
        set_schedule(by=doer, instalments=plan_of(offer.value), why=why)
    elif kind.shape == "removal":
        remove_line(by=doer, line_id=target.line, why=why)
    elif kind.shape == "option":
        choices.choose_option(by=doer, line_id=target.line, selected=offer.value == YES, why=why)
    elif kind.shape == "alternative":
        choices.choose_alternative(by=doer, group=offer.group, option=offer.value, why=why)
    else:
        set_terms(by=doer, changes={offer.field: offer.value})


def _apply_number(doer: Actor, offer: CounterOffer, rows: ProposalRows, kind: Kind, why: str) -> None:
    line_id = target_of(offer).line
    if kind.ability == "choose":
        choices.change_quantity(by=doer, line_id=line_id, quantity=offer.value, why=why)
        return
    changes = {offer.field: offer.value}
    if offer.field == "rate":
        # A rate of its own carries a note that its reader sees beside the card's rate (pricing-spec 3).
        note = offer.why or f"Proposed by {offer.offered_by_name} and accepted"
        changes = {"rate_override": offer.value, "rate_note": note[:300]}
    line = line_of(rows, line_id)
    if line is not None and offer.field == contents.quantity_field(line.kind, line.quantity):
        changes |= _wider_limits(line, Decimal(offer.value))
    edit_line(by=doer, line_id=line_id, changes=changes, why=why, proposed=True)


def _wider_limits(line: LineItem, wanted: Decimal) -> dict[str, str]:
    """Limits that include a quantity both want: else the line would contradict itself."""
    if not line.client_may_change_quantity or within_limits(line, wanted):
        return {}
    low = line.quantity_min is not None and wanted < line.quantity_min
    return {"quantity_min" if low else "quantity_max": plain(wanted)}


def _apply_discount(doer: Actor, offer: CounterOffer, rows: ProposalRows, why: str, grounds: Grounds) -> None:
    target = target_of(offer)
    line, section = line_of(rows, target.line), section_of(rows, target.section)
    standing = [contents.discount_content(row) for row in rows.discounts_of(line=line, section=section)]
    proposed = replaced_discounts(standing, offer.value, grounds.reason, "")
    discounts = [as_given(row) if row in standing else grounds.of(row, offer.why) for row in proposed]
    set_discounts(by=doer, line_id=offer.line_id, section_id=offer.section_id, discounts=discounts, why=why)


def _apply_early(doer: Actor, offer: CounterOffer, rows: ProposalRows, why: str, grounds: Grounds) -> None:
    standing = [contents.discount_content(row) for row in rows.discounts_of()]
    proposed = replaced_early(standing, offer.value, "")
    discounts = [as_given(row) if row in standing else grounds.of(row, offer.why) for row in proposed]
    set_discounts(by=doer, discounts=discounts, why=why)


def _read_number(rows: ProposalRows, target: Target, value: str) -> str:
    return plain(values.number()("value", value))


def _read_percent(rows: ProposalRows, target: Target, value: str) -> str:
    return _read_number(rows, target, value.strip().removesuffix("%"))


def _read_discount(rows: ProposalRows, target: Target, value: str) -> str:
    written = value.strip()
    number = _read_number(rows, target, written.removesuffix("%"))
    if number == NONE:
        return NONE
    return f"{number}%" if written.endswith("%") else number


def _read_early(rows: ProposalRows, target: Target, value: str) -> str:
    """“2%/10” as it was written; days from 1 to 365, or a day."""
    amount, _, until = value.partition("/")
    number, until = _read_discount(rows, target, amount), until.strip()
    if number == NONE or not until:
        return number
    if not until.isdecimal():
        return f"{number}/{contents.day(values.day('value', until))}"
    return f"{number}/{values.whole(least=1, most=EARLY_DAYS)('value', until)}"


def _read_schedule(rows: ProposalRows, target: Target, value: str) -> str:
    """The JSON of instalments, as `set_schedule` takes them."""
    try:
        given = json.loads(value or NO_PLAN)
    except ValueError as error:
        raise values.refuse(
            "value", "bad_schedule", "A schedule is proposed as the JSON of its instalments."
        ) from error
    if not isinstance(given, list) or not all(isinstance(planned, dict) for planned in given):
        raise values.refuse("value", "bad_schedule", "A schedule is proposed as a list of instalments.")
    return plan_text([contents.instalment_content(row) for row in read_plan(given)])


def _read_option(rows: ProposalRows, target: Target, value: str) -> str:
    if value in (YES, NO):
        return value
    return YES if values.yes_or_no("value", value) else NO


def _read_alternative(rows: ProposalRows, target: Target, value: str) -> str:
    options = groups_of(rows).get(target.group, [])
    if value and value not in options:
        detail = f"There is no option “{values.shown(value)}” in “{target.group}”; it has: {', '.join(options)}."
        raise values.refuse("value", "unknown_option", detail)
    return value


def _read_day(rows: ProposalRows, target: Target, value: str) -> str:
    return contents.day(values.day("value", value.strip())) or ""


_READ: Final[dict[str, Callable[[ProposalRows, Target, str], str]]] = {
    "percent": _read_percent,
    "discount": _read_discount,
    "early": _read_early,
    "schedule": _read_schedule,
    "removal": lambda rows, target, value: OUT,
    "option": _read_option,
    "alternative": _read_alternative,
    "day": _read_day,
}
