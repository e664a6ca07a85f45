"""Proposed values in words."""

from collections.abc import Callable
from typing import Final

from proposals.documents import wording
from proposals.documents.offered_terms import NO_PLAN, early_words, plan_words
from proposals.documents.targets import NONE, OUT, YES, Target, kind_of
from proposals.models import Proposal


def said(target: Target, value: str, proposal: Proposal) -> str:
    """A value as people read it: “850.00”, “10%”, “12 January 2027”, “no discount”."""
    kind = kind_of(target)
    return _SAID[kind.shape if kind else "number"](value, proposal.currency, proposal.language)


def words(target: Target, was: str, value: str, proposal: Proposal) -> str:
    """What is proposed: “a rate of 850.00 instead of 900.00”."""
    kind = kind_of(target)
    assert kind is not None, target
    now, before = said(target, value, proposal), said(target, was, proposal)
    if kind.shape == "removal":
        return "to take it out"
    if kind.shape == "option":
        return "to take the option" if value == YES else "to leave the option out"
    if kind.shape == "alternative":
        return f"{now} instead of {before} for {target.group}"
    if kind.shape == "early":
        return f"{now} instead of {before}"
    if kind.shape == "schedule":
        return f"another payment schedule: {now}" if value != NO_PLAN else "to take the payment schedule out"
    if kind.shape == "discount":
        return f"{now} instead of {before}" if value == NONE else f"a {kind.label} of {now} instead of {before}"
    if kind.shape == "day":
        return f"{now} instead of {before} as the {kind.label}"
    article = "an" if kind.label[0] in "aeio" else "a"
    return f"{article} {kind.label} of {now} instead of {before}"


def _said_discount(value: str, currency: str, language: str) -> str:
    if value == NONE:
        return "no discount"
    return (
        _said_percent(value[:-1], currency, language)
        if value.endswith("%")
        else wording.money(value, currency, language)
    )


def _said_percent(value: str, currency: str, language: str) -> str:
    return wording.percent(value, language)


_SAID: Final[dict[str, Callable[[str, str, str], str]]] = {
    "money": wording.plain_money,
    "number": lambda value, currency, language: wording.quantity(value, language),
    "percent": _said_percent,
    "discount": _said_discount,
    "early": early_words,
    "schedule": plan_words,
    "day": lambda value, currency, language: wording.short_date(value, language) or "no date",
    "removal": lambda value, currency, language: "out" if value == OUT else "as it stands",
    "option": lambda value, currency, language: "taken" if value == YES else "left out",
    "alternative": lambda value, currency, language: value or "no choice yet",
}
