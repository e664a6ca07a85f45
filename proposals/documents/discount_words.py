"""Discounts in words: how much, what they rest on, and what paying early saves."""

from collections.abc import Mapping
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.said import Piece, Said

REASONS: Final = {
    "volume": "Volume",
    "long_term": "Long-term commitment",
    "early_payment": "Early payment",
    "non_profit": "Non-profit",
    "launch_reference": "Launch partner or reference",
    "goodwill": "Goodwill",
    "scope_risk_shared": "Shared risk of scope",
    "bundled": "Bundled",
    "negotiated": "Negotiated",
    "other": "Other",
}

Written = Mapping[str, Any]
"""A discount as `contents.discount_content` gives it."""


def amount_words(discount: Written, currency: str, language: str = "en") -> str:
    """“10%” or “€400.00”."""
    if discount["type"] == "percent":
        return wording.percent(discount["value"], language)
    return wording.money(discount["value"], currency, language)


def grounds_words(discount: Written) -> str:
    """What it rests on, for both to read: “Volume: up to 5%, from 20 days, policy line 2”, or the exception."""
    reason = REASONS.get(discount["reason"], "")
    if discount.get("exception"):
        return f"{reason}. Exception: {discount['exception']}"
    if discount.get("policy_line"):
        version = discount.get("policy_version") or 1
        of_list = f" (version {version} of the list)" if version > 1 else ""
        return f"{discount['policy_words']}, policy line {discount['policy_line']}{of_list}"
    return reason


def by_when(discount: Written, language: str = "en") -> str:
    """“within 10 days of the invoice”, “by 12 January 2027”, or “early” where nothing is said."""
    days = discount.get("within_days")
    if days:
        return f"within {days} day{'' if days == 1 else 's'} of the invoice"
    return f"by {wording.short_date(discount['pay_by'], language)}" if discount.get("pay_by") else "early"


def early_label(discount: Written, saving: str, currency: str, language: str = "en", *, of: str = "") -> Said:
    """“2% less, €378.00, if paid within 10 days of the invoice”; `saving` is a money text of the calculation, and `of`
    its name in the working."""
    saved = Piece(wording.money(saving, currency, language), of)
    when = f", if paid {by_when(discount, language)}"
    if discount["type"] == "percent":
        return Said.of(f"{amount_words(discount, currency, language)} less, ", saved, when)
    return Said.of(saved, " less", when)
