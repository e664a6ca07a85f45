"""What the numbers of a working beyond the price are called: instalments, billing, and the most a total can become."""

from collections.abc import Mapping
from typing import Final

from proposals.documents.working_whole import Explained

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
}
_OUTCOMES: Final = ("low", "likely", "high")
_PARTS: Final[Mapping[str, str]] = {"base": "shares in all", "left_over": "left over when its shares are rounded down"}


class ExtraNames:
    """Names for the steps of `working_whole`."""

    def __init__(self, explained: Explained, tax_labels: Mapping[str, str]) -> None:
        self._instalments = explained.instalments
        self._models = explained.models
        self._tax_labels = tax_labels

    def name(self, key: str) -> str | None:
        """The name of a step; None if it is one of the price itself."""
        if key.startswith("schedule."):
            return self._of_schedule(key.removeprefix("schedule."))
        if key.startswith("most."):
            return self._of_most(key.removeprefix("most."))
        if key.startswith("billing:"):
            return self._of_billing(key)
        return None

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
        place, _, what = rest.partition(".")
        label = self._models.get(f"{owner}.{place}")
        if label is None:
            return {"hours": "Hours", "cost": "What the work costs the seller"}.get(place, "Billing") + _ending(rest)
        first, _, inner = what.partition(".")
        if first in _OUTCOMES:
            return f"{label}, {first}: {_what(inner)}"
        return f"{label}{f', {inner}' if inner in _OUTCOMES else ''}: {_what(first)}"


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
