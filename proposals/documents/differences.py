"""What differs between a part as it was agreed to and as it stands, in words: what, before, now.

Works on the plain contents that fingerprints are made of (`parts.py`), whatever is in them. Lists are compared by what
names their members, so that a line that moved is no other line. Texts are left out: words are compared word by word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.field_words import FIELD_WORDS

Content = Mapping[str, Any]

SHOWN_RESULTS: Final = frozenset({"amount", "total"})
"""Of what was calculated only what a reader looks for; the rest follows from what is shown."""

SHOWN_OUTCOMES: Final = frozenset({"worth", "client_pays"})
"""The same of each outcome on a value worksheet (`results`, by outcome)."""

HIDDEN: Final = frozenset({"id", "text", "position"})
MONEY: Final = frozenset(
    {
        *("amount", "unit_price", "unit_cost", "price", "rate", "rate_override", "total", "value_amount", "cap", "fee"),
        *("worth", "worth_of_one", "client_pays"),
    }
)
DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?\Z")
NAMES: Final = ("title", "label", "role", "name", "text")
"""The members that name a thing in a list, the first that is there."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `was` is empty for what is new, `now` for what is gone."""

    what: str
    was: str
    now: str


def differences(then: Content, now: Content, currency: str) -> list[Difference]:
    """All differences but those of texts, in the order in which the content stands."""
    return list(_of_objects(then, now, (), currency))


def _of_objects(then: Content, now: Content, path: tuple[str, ...], currency: str) -> Iterator[Difference]:
    for key in [*now, *(key for key in then if key not in now)]:
        if key in HIDDEN or (path[-1:] == ("result",) and key not in SHOWN_RESULTS | {"totals"}):
            continue
        if path[-2:] == ("result", "totals") and key not in SHOWN_RESULTS:
            continue
        if path[-2:-1] == ("results",) and key not in SHOWN_OUTCOMES:
            continue
        was, stands = then.get(key), now.get(key)
        if was != stands:
            yield from _of_values(was, stands, (*path, key), currency)


def _of_values(was: Any, now: Any, path: tuple[str, ...], currency: str) -> Iterator[Difference]:
    if isinstance(was or now, Mapping):
        yield from _of_objects(was or {}, now or {}, path, currency)
    elif _is_named_list(was or now) and _is_named_list(now or was):
        yield from _of_lists(was or [], now or [], path, currency)
    else:
        said = _said(was, path, currency), _said(now, path, currency)
        if said[0] != said[1]:
            yield Difference(_what(path), *said)


def _of_lists(
    was: Sequence[Content], now: Sequence[Content], path: tuple[str, ...], currency: str
) -> Iterator[Difference]:
    before, after = ({_key(member): member for member in members} for members in (was, now))
    for key, member in after.items():
        name = (*path[:-1], f"“{_name(member)}”")
        if key not in before:
            yield Difference(_what(name), "", _summary(member, path, currency))
        else:
            yield from _of_objects(before[key], member, name, currency)
    for key, member in before.items():
        if key not in after:
            yield Difference(_what((*path[:-1], f"“{_name(member)}”")), _summary(member, path, currency), "")
    kept = [[_name(before[key]) for key in keys if key in before and key in after] for keys in (before, after)]
    if sorted(kept[0]) == sorted(kept[1]) and kept[0] != kept[1]:
        yield Difference(f"Order of the {_words(path[-1])}", ", ".join(kept[0]), ", ".join(kept[1]))


def _is_named_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(member, Mapping) for member in value)


def _key(member: Content) -> str:
    return str(member.get("id") or _name(member))


def _name(member: Content) -> str:
    return next((str(member[name]) for name in NAMES if member.get(name)), "") or str(member.get("id", ""))


def _summary(member: Content, path: tuple[str, ...], currency: str) -> str:
    """A whole member in a few words: its amount, or its rate, or that it is there."""
    result = member.get("result")
    if isinstance(result, Mapping) and "amount" in result:
        return _said(result["amount"], (*path, "amount"), currency)
    if "value" in member and "type" in member:
        return f"{member['value']}%" if member["type"] == "percent" else _said(member["value"], ("amount",), currency)
    for key in ("amount", "rate"):
        if key in member and member[key] is not None:
            return _said(member[key], (*path, key), currency)
    return "yes"


def _said(value: Any, path: tuple[str, ...], currency: str) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_said(member, path, currency) for member in value)
    if isinstance(value, Mapping):
        return ", ".join(filter(None, (_said(member, (*path, key), currency) for key, member in value.items())))
    written = str(value)
    is_number = NUMBER.match(written) is not None
    if path[-1] in MONEY and is_number and "taxes" not in path:
        return wording.money(written, currency)
    if DATE.match(written):
        return wording.short_date(written)
    return wording.quantity(written) if is_number else written


def _what(path: tuple[str, ...]) -> str:
    """“Booking portal”: unit price. The last steps only say which member of the content it was."""
    if path[-2:] == ("result", "amount"):
        path = (*path[:-1], "sum")
    steps = [_words(step) for step in path if step not in ("result", "results", "totals", "parties")]
    said = ", ".join(steps)
    return said[:1].upper() + said[1:]


def _words(step: str) -> str:
    return FIELD_WORDS.get(step, step.replace("_", " "))
