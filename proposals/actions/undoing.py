"""Taking back a change of price: the reverse change, through the verb that made it, if nothing has come since.

Which changes were whose stands in the trail, so that undoing works after a reload and by any number of steps. What
somebody has changed since is never overwritten: both values are told.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import choices, schedule, values
from proposals.actions.changing import Change, changing
from proposals.actions.discounts import set_discounts
from proposals.actions.keys import lines_of
from proposals.actions.line_blocks import remove_lines
from proposals.actions.lines import add_line, edit_line, remove_line
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import labels
from proposals.documents import contents
from proposals.exceptions import Invalid, NotFound, StaleVersion
from proposals.models import AuditEvent, Discount, LineItem, Proposal

LOOKED_AT_COUNT: Final = 200
"""How many of the last events are looked through for somebody's own."""

UNDO_WITHIN: Final = timedelta(hours=1)

Facts = Mapping[str, Any]
Undo = Callable[[Change, Actor, Facts, int], None]


def undo_price_change(*, by: Actor, number: int | None = None) -> None:
    """Take back one's own change of a price: the last that is not taken back yet, or the one with this number.

    Without a number only the changes of the last hour are looked at: nobody means last week's by Ctrl+Z.
    Raises Invalid if there is none, StaleVersion if it was changed since.
    """
    with changing(by, "price") as change:
        event = _event(change, by, number)
        _undo(SELLERS_UNDO, change, by, event)


def undo_choice(*, by: Actor, number: int | None = None) -> None:
    """Take back one's own choice of an option, an alternative or a quantity, likewise."""
    with changing(by, "choose") as change:
        event = _event(change, by, number)
        _undo(CLIENTS_UNDO, change, by, event)


def _undo(known: Mapping[str, Undo], change: Change, by: Actor, event: AuditEvent) -> None:
    undo = known.get(event.type)
    if undo is None:
        raise Invalid("This change can’t be taken back in one step. Nothing was changed.", code="not_undoable")
    undo(change, by, event.content.facts, event.number)


def _event(change: Change, by: Actor, number: int | None) -> AuditEvent:
    for event in own_changes(change.proposal, by, exactly=number is not None):
        if number == event.number or (number is None and timezone.now() - event.created_at < UNDO_WITHIN):
            return event
    raise Invalid(
        "There is no price change of yours from the last hour to take back. Nothing was changed.",
        code="nothing_to_undo",
    )


def own_changes(proposal: Proposal, by: Actor, *, exactly: bool = False) -> Iterable[AuditEvent]:
    """A person's own changes of prices in this epoch, the last first, without those that were taken back.

    Taking back is no change of its own, unless `exactly` that one is looked for.
    """
    events = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch, type__in=UNDOABLE)
    undone: set[int] = set()
    for event in events.select_related("content").order_by("-number")[:LOOKED_AT_COUNT]:
        undoes = event.content.facts.get("undoes")
        if undoes is not None:
            undone.add(undoes)
        if by.user_id is None or event.content.actor_id != by.user_id or event.number in undone:
            continue
        if undoes is None or exactly:
            yield event


def _line_changed(change: Change, by: Actor, facts: Facts, number: int) -> None:
    line = change.line(facts["line"])
    for told in facts["changes"]:
        _require_still(_standing_text(line, told), told, line.title)
    before = {told["field"]: told.get("before", _before(told)) for told in facts["changes"]}
    edit_line(by=by, line_id=line.id, changes=before, undoes=number)


def _before(told: Mapping[str, str]) -> Any:
    field = LineItem._meta.get_field(told["field"]) if told["field"] != "taxes" else None
    is_flag = field is not None and field.get_internal_type() == "BooleanField"
    return {"yes": True, "no": False, "": None}.get(told["was"]) if is_flag else told["was"]


def _standing_text(line: LineItem, told: Mapping[str, str]) -> str:
    return labels(line.taxes.all()) if told["field"] == "taxes" else values.written(getattr(line, told["field"]))


def _require_still(stands: str, told: Mapping[str, str], title: str) -> None:
    if stands != told["now"]:
        word = told["field"].replace("_", " ")
        raise StaleVersion(
            f"“{title}” was changed since: its {word} is {stands or 'empty'} now, and you had made it "
            f"{told['now'] or 'empty'}. Taking that back would have made it {told['was'] or 'empty'}. "
            "Nothing was changed.",
            extra={"field": told["field"], "current": stands, "sent": told["was"]},
        )


def _quantity_changed(change: Change, by: Actor, facts: Facts, number: int) -> None:
    line = change.line(facts["line"])
    (told,) = facts["changes"]
    _require_still(values.written(getattr(line, told["field"])), told, line.title)
    choices.change_quantity(by=by, line_id=line.id, quantity=told["was"], undoes=number)


def _line_added(change: Change, by: Actor, facts: Facts, number: int) -> None:
    line = change.line(facts["line"])
    if line.version > 1:
        raise StaleVersion(
            f"“{line.title}” was changed since you added it, so it is not taken out by itself. Nothing was changed."
        )
    remove_line(by=by, line_id=line.id, undoes=number)


def _lines_added(change: Change, by: Actor, facts: Facts, number: int) -> None:
    lines = [change.line(key) for key in facts["lines"]]
    changed = next((line for line in lines if line.version > 1), None)
    if changed is not None:
        raise StaleVersion(
            f"“{changed.title}” was changed since you added it, so the {len(lines)} lines are not taken out by "
            "themselves. Nothing was changed."
        )
    remove_lines(by=by, line_ids=facts["lines"], undoes=number)


def _line_removed(change: Change, by: Actor, facts: Facts, number: int) -> None:
    removed = facts.get("removed")
    if removed is None:
        raise NotFound("What that line held is not known any more. Add it anew.")
    known = {str(tax.id) for tax in change.proposal.taxes.all()}
    fields = {**removed["fields"], "taxes": [key for key in removed["taxes"] if key in known]}
    add_line(
        by=by,
        section_id=facts["section"],
        fields={**fields, **_free_keys(change, removed.get("keys", {})), "discounts": removed["discounts"]},
        position=removed["position"],
        undoes=number,
    )


def _free_keys(change: Change, keys: Facts) -> Facts:
    """What programs kept with a line, without an external id that another line has taken meanwhile."""
    taken = lines_of(change.proposal).filter(external_id=keys.get("external_id", "")).exists()
    return {name: value for name, value in keys.items() if not (taken and name == "external_id")}


def _discount_changed(change: Change, by: Actor, facts: Facts, number: int) -> None:
    line = facts["line"] or None
    section = None if line else facts["section"] or None
    standing = Discount.objects.filter(proposal=change.proposal)
    standing = standing.filter(line_id=line) if line else standing.filter(line=None)
    standing = standing.filter(section_id=section) if section else standing.filter(section=None)
    if [contents.discount_content(row) for row in standing] != facts["now"]:
        raise StaleVersion(f"The discount on {facts['title']} was changed since. Nothing was changed.")
    set_discounts(by=by, line_id=line, section_id=section, discounts=facts["was"], undoes=number)


def _rate_card_changed(change: Change, by: Actor, facts: Facts, number: int) -> None:
    if [contents.rate_content(rate) for rate in change.proposal.rates.all()] != facts["now"]:
        raise StaleVersion("The rate card was changed since. Nothing was changed.")
    names = {"from": "valid_from", "to": "valid_to"}
    rates: list[Mapping[str, Any]] = [
        {names.get(name, name): value for name, value in rate.items()} for rate in facts["was"]
    ]
    set_rate_card(by=by, rates=rates, undoes=number)


def _rate_card_taken(change: Change, by: Actor, facts: Facts, number: int) -> None:
    _rate_card_changed(change, by, facts, number)
    change.proposal.rate_card_number = facts["before"]
    change.proposal.save(update_fields=["rate_card_number"])


def _schedule_changed(change: Change, by: Actor, facts: Facts, number: int) -> None:
    if [contents.instalment_content(row) for row in change.proposal.instalments.all()] != facts["now"]:
        raise StaleVersion("The payment schedule was changed since. Nothing was changed.")
    schedule.set_schedule(by=by, instalments=facts["was"], undoes=number)


def _settings_changed(change: Change, by: Actor, facts: Facts, number: int) -> None:
    for told in facts["changes"]:
        _require_still(values.written(getattr(change.proposal, told["field"])), told, change.proposal.title)
    before = {told["field"]: told["was"] for told in facts["changes"]}
    edit_price_settings(by=by, changes=before, undoes=number)


def _option_changed(change: Change, by: Actor, facts: Facts, number: int) -> None:
    line = change.line(facts["line"])
    choices.choose_option(by=by, line_id=line.id, selected=not line.selected, undoes=number)


def _alternative_chosen(change: Change, by: Actor, facts: Facts, number: int) -> None:
    stands = change.proposal.choices.get(facts["group"], "")
    _require_still(stands, {"field": "choice", "was": facts["was"], "now": facts["now"]}, facts["group"])
    choices.choose_alternative(by=by, group=facts["group"], option=facts["was"], undoes=number)


SELLERS_UNDO: Final[dict[str, Undo]] = {
    "line.changed": _line_changed,
    "line.added": _line_added,
    "lines.added": _lines_added,
    "line.removed": _line_removed,
    "discount.changed": _discount_changed,
    "rate_card.changed": _rate_card_changed,
    "rate_card.taken": _rate_card_taken,
    "schedule.changed": _schedule_changed,
    "pricing.changed": _settings_changed,
}
CLIENTS_UNDO: Final[dict[str, Undo]] = {
    "line.changed": _quantity_changed,
    "option.chosen": _option_changed,
    "option.left_out": _option_changed,
    "alternative.chosen": _alternative_chosen,
}
UNDOABLE: Final = frozenset(SELLERS_UNDO) | frozenset(CLIENTS_UNDO) | {"taxes.changed", "line.moved", "lines.removed"}
"""Changes of prices by the person who made them. Taxes and order are named, but not taken back in one step."""
