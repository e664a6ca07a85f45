"""What is said of the value worksheet, in the log and in the room."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from proposals.documents import wording
from proposals.documents.value_worksheet import FIELD_LABELS, UNCONFIRMED

Facts = Mapping[str, Any]


class Moved(NamedTuple):
    """A field of a worksheet that changed, with the words of both values; "" for nothing."""

    field: str
    was: str
    now: str


def moves(facts: Facts) -> list[Moved]:
    """What a change of a worksheet changed; the expected value as an amount."""
    return [
        Moved(FIELD_LABELS[each["field"]], *(_shown(each["field"], each[name], facts) for name in ("was", "now")))
        for each in facts["changes"]
    ]


def _shown(field: str, value: str, facts: Facts) -> str:
    is_amount = field == "expected_value" and value
    return wording.money(value, facts["currency"]) if is_amount else value


def _changed(facts: Facts) -> str:
    said = []
    for move in moves(facts):
        name, was, now = move.field, move.was or "nothing", move.now or "nothing"
        said.append(f"{name} from {was} to {now}" if len(was) + len(now) < 90 else name)
    ending = {
        "given": "; the client confirmed the value by it",
        "lost": f"; the value is {UNCONFIRMED} any more",
        "": "",
    }[facts["confirmation"]]
    return f"changed the value worksheet of {facts['title']}: {wording.listing(said)}{ending}"


def _amount(facts: Facts) -> str:
    return wording.money(facts["value"], facts["currency"]) if facts["value"] else "the value"


def _own(facts: Facts) -> str:
    if not facts["now"]:
        return f"took away the client’s own estimate of the value in {facts['title']}; it was {facts['was']}"
    instead = f" instead of {facts['was']}" if facts["was"] else ""
    note = f": {facts['note']}" if facts["note"] else ""
    return f"estimated the value in {facts['title']} for the client at {facts['now']}{instead}{note}"


VALUE: dict[str, Callable[[Facts], str]] = {
    "billing.value_changed": _changed,
    "billing.value_confirmed": lambda facts: f"confirmed the expected value in {facts['title']}: {_amount(facts)}",
    "billing.value_unconfirmed": lambda facts: (
        f"took back the confirmation of the expected value in {facts['title']}: {_amount(facts)}"
    ),
    "billing.own_value_stated": _own,
}
"""What each event says after the actor's name."""
