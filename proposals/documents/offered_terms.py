"""Proposed values with several parts, as one canonical text: a discount for early payment, a payment schedule.

An early-payment discount reads `2%/10` (2 % within 10 days of the invoice), `400/2027-01-12` (by a day), `2%` (nothing
said of when), `0` for none. A schedule is the JSON of its instalments, as `contents.instalment_content` gives them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from proposals.documents.discount_words import amount_words, by_when
from proposals.documents.payment import due_words, share_words

NONE: Final = "0"
NO_PLAN: Final = "[]"

Planned = Mapping[str, Any]


def early_text(discount: Mapping[str, Any] | None) -> str:
    """A conditional discount (`discount_content`) as one text."""
    if discount is None:
        return NONE
    amount = f"{discount['value']}%" if discount["type"] == "percent" else str(discount["value"])
    until = discount.get("within_days") or discount.get("pay_by")
    return f"{amount}/{until}" if until else amount


def early_discount(text: str) -> dict[str, Any]:
    """What such a text says: `type, value, reason, conditional`, and by when."""
    amount, _, until = text.partition("/")
    percent = amount.endswith("%")
    said: dict[str, Any] = {"type": "percent" if percent else "amount", "value": amount.removesuffix("%")}
    said |= {"reason": "early_payment", "conditional": True}
    if until:
        said["within_days" if until.isdecimal() else "pay_by"] = int(until) if until.isdecimal() else until
    return said


def early_words(text: str, currency: str, language: str) -> str:
    """“2% less if paid within 10 days of the invoice”."""
    if text == NONE:
        return "no discount for early payment"
    said = early_discount(text)
    return f"{amount_words(said, currency, language)} less if paid {by_when(said, language)}"


def plan_text(plan: Sequence[Planned]) -> str:
    """A payment schedule as one text."""
    return json.dumps(list(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plan_of(text: str) -> list[dict[str, Any]]:
    """The instalments of such a text."""
    plan: list[dict[str, Any]] = json.loads(text)
    return plan


def plan_words(text: str, currency: str, language: str) -> str:
    """“At the start 30% of the total, 14 days after signature; Done what is left, on acceptance”."""
    said = [
        f"{planned['title']} {share_words(planned, currency, language)}, {_lower(due_words(planned, language))}"
        for planned in plan_of(text)
    ]
    return "; ".join(said) or "no payment schedule"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
