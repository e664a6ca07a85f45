"""What the numbers of a working beyond the price are called: instalments, billing, and the most a total can become."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from proposals.documents.billing_takes import takes_of
from proposals.documents.working_whole import Explained
from proposals.pricing.working import Step

WHAT: Final[Mapping[str, str]] = {
    "amount": "to pay",
    "client_pays": "what you pay",
    "expected_client_pays": "what you pay on average",
    "client_exposure": "extra if high",
    "most_client_pays": "the most of low, likely and high",
    "seller_profit": "what it leaves the seller",
    "expected_seller_profit": "what it leaves the seller on average",
    "seller_exposure": "what the seller may miss",
    "least_seller_profit": "the least it leaves the seller",
    "margin_percent_likely": "the seller’s margin in percent",
    "fees": "fees",
    "tm_fees": "fees by the hour",
    "uncapped_fees": "fees before the limit",
    "uncapped": "before the limit",
    "overage_hours": "hours beyond the included ones",
    "overage_fee": "hours beyond the included ones, priced",
    "tm_hours": "hours beyond the included ones",
    "limit": "the most you can pay for it",
    "net": "before tax",
    "tax": "tax",
    "variance": "target cost less cost",
    "seller_percent": "the seller’s share in percent",
    "shared": "the seller’s share of the difference",
    "fee": "fee",
    "further_cost": "what high costs the seller beyond likely",
    "paid_of_further_cost": "your part of that in percent",
    "cost": "what it costs the seller",
    "hours": "hours",
    "taken": "how long that is",
    "worth": "what that is worth",
    "from": "hours until the limit is reached",
}
_WORKSHEET: Final[Mapping[str, str]] = {
    "worth": "what it is worth",
    "value": "what the share is taken of",
    "share": "share of the value",
    "share.floored": "share of the value, not below the floor",
    "client_net_value": "left for you",
    "value_multiple": "worth by fee",
}
OFFER: Final = "offer:"
CHANGE: Final = "change:"
"""What the names begin with of amounts beside the price that stands there (`working_beside`)."""

_HOURS: Final = frozenset({"hours", "exact", "before", "beyond", "overage_hours", "tm_hours"})
_OUTCOMES: Final = ("low", "likely", "high")
_PARTS: Final[Mapping[str, str]] = {"base": "shares in all", "left_over": "left over when its shares are rounded down"}


class ExtraNames:
    """Names for the steps of `working_whole`."""

    def __init__(self, explained: Explained, tax_labels: Mapping[str, str]) -> None:
        self._instalments = explained.instalments
        self._models = explained.models
        self._units = explained.units
        self._tax_labels = tax_labels

    def name(self, key: str) -> str | None:
        """The name of a step; None if it is one of the price itself."""
        if key.startswith("schedule."):
            return self._of_schedule(key.removeprefix("schedule."))
        if key.startswith("most."):
            return self._of_most(key.removeprefix("most."))
        if key.startswith("billing:"):
            return self._of_billing(key)
        if key.startswith(CHANGE):
            return "What the change did to the total"
        if key.startswith(OFFER) and key.endswith(".difference"):
            return "What accepting would change"
        return None

    def unit(self, step: Step) -> str:
        """What a step's result counts: `percent`, `hour`, `day`, `time` (as often); "" for an amount of money."""
        if step.rule == "ratio_percent":
            return "percent"
        if step.rule == "in_unit":
            per_unit = next(each.value for each in step.inputs if each.name == "hours_per_unit")
            return "hour" if Fraction(per_unit) == 1 else "day"
        last = step.key.rpartition(".")[2]
        if last == "value_multiple":
            return "time"
        is_time = step.rule == "solved" or last in _HOURS or ".hours." in step.key
        return "hour" if step.key.startswith("billing:") and is_time else ""

    def _of_schedule(self, rest: str) -> str:
        first, _, what = rest.partition(".")
        if first.isdecimal():
            return f"{self._instalments[int(first)]}: {_what(what)}"
        if first == "sum":
            return "All instalments"
        if first == "before_remainder":
            return "Instalments before the one that takes the rest"
        return f"{'Tax' if first == 'tax' else 'Instalments'}: {_PARTS.get(what, _what(what))}"

    def _of_most(self, rest: str) -> str:
        if rest == "total":
            return "The most it can become"
        if rest.startswith("tax:"):
            tax, _, what = rest.removeprefix("tax:").partition(".")
            of = "what it is taken of" if what == "base" else "tax"
            return f"The most it can become: {self._tax_labels.get(tax, tax)}, {of}"
        return f"The most it can become: {_what(rest)}"

    def _of_billing(self, key: str) -> str:
        owner, _, rest = key.partition(".")
        takes, rest = takes_of(rest)
        if takes:
            unit = self._units.get(owner, "hour")
            return f"If it takes {takes} {unit}{'' if takes == '1' else 's'}: {self._plain(owner, rest, inside=True)}"
        if rest.startswith("crossings."):
            return self._of_crossing(owner, rest.removeprefix("crossings."))
        return self._plain(owner, rest)

    def _of_crossing(self, owner: str, rest: str) -> str:
        place, _, what = rest.partition(".")
        pair = f"Where “{self._label(owner, '0')}” and “{self._label(owner, place)}” cost the same"
        return pair if not what else f"{pair}: {self._of_meeting(what, lambda inner: self._plain(owner, inner))}"

    @staticmethod
    def _of_meeting(what: str, inner_name: Callable[[str], str]) -> str:
        """The steps by which a meeting of two amounts is found and checked."""
        where, _, inner = what.partition(".")
        if inner:
            return f"{'there' if where == 'at' else 'just before'}, {inner_name(inner).replace(': ', ', ')}"
        return {
            "exact": "hours, exactly",
            "hours": "hours",
            "before": "hours just before",
            "beyond": "hours beyond the likely ones",
            "overrun_percent": "percent beyond the likely hours",
        }.get(where, _what(where))

    def _label(self, owner: str, place: str) -> str:
        return self._models.get(f"{owner}.{place}", place)

    def _plain(self, owner: str, rest: str, *, inside: bool = False) -> str:
        """The name of an amount of a model, or of what all models share."""
        place, _, what = rest.partition(".")
        if place == "by_day":
            return "A day at the hourly rate"
        if place == "worksheet":
            return _of_worksheet(what)
        label = self._models.get(f"{owner}.{place}")
        if label is not None and what.startswith("break_even."):
            return f"{label}, break-even: {self._of_meeting(what.removeprefix('break_even.'), _what)}"
        if label is None and (inside or place == "carried"):
            carried = place == "carried"
            return f"what the seller carries alone, {_what(what)}" if carried else _what(rest)
        if label is None:
            return {"hours": "Hours", "cost": "What the work costs the seller"}.get(place, "Billing") + _ending(rest)
        first, _, inner = what.partition(".")
        if first in _OUTCOMES:
            return f"{label}, {first}: {_what(inner)}"
        return f"{label}{f', {inner}' if inner in _OUTCOMES else ''}: {_what(first)}"


def _of_worksheet(rest: str) -> str:
    outcome, _, what = rest.partition(".")
    if not what:
        return {"hours": "Likely hours", "per_hour": "What an hour of the likely fee comes to"}.get(rest, _what(rest))
    comes = "half of it" if outcome == "half" else outcome
    return f"What comes of it, {comes}: {_WORKSHEET.get(what, _what(what))}"


def _ending(rest: str) -> str:
    first, _, what = rest.partition(".")
    if first in ("hours", "cost"):
        outcome, _, more = what.partition(".")
        return f", {outcome}{': by hours' if more else ''}"
    return f": {_what(rest)}"


def _what(key: str) -> str:
    head, _, tail = key.partition(".")
    more = f" {int(tail) + 1}" if tail.isdecimal() else f", {tail.replace('_', ' ').replace('.', ' ')}" if tail else ""
    return f"{WHAT.get(head, head.replace('_', ' '))}{more}"
