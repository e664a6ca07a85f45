"""“Show me the price” (T04): the client asks at any moment, the seller answers, or offers it and says why now.

A request can't be hidden, taken away or declined: it is answered with a figure, a range, or a reason and a date.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing, one
from proposals.documents.price_told import answer_words
from proposals.models import PriceRequest
from proposals.models.fields import plain
from proposals.pricing import PricingError
from proposals.pricing.currencies import CURRENCIES
from proposals.pricing.estimate import Task

Answer = PriceRequest.Answer

_sentence = values.text(500)

ANSWER_FIELDS: dict[str, values.Parse] = {
    "figure": values.number(required=False),
    "low": values.number(required=False),
    "likely": values.number(required=False),
    "high": values.number(required=False),
    "sure": _sentence,
    "would_change": _sentence,
    "reason": _sentence,
    "due_on": values.day,
}
NEEDED: dict[str, tuple[str, ...]] = {
    Answer.FIGURE: ("figure",),
    Answer.RANGE: ("low", "likely", "high", "sure", "would_change"),
    Answer.LATER: ("reason", "due_on"),
}
"""What each kind of answer says; all of it, and nothing else is kept."""


def ask_price(*, by: Actor, text: str = "") -> PriceRequest:
    """The client asks to be shown the price, with what it is for or without. One request waits at a time."""
    with changing(by, "ask_price") as change:
        if any(row.is_open for row in PriceRequest.objects.filter(proposal=change.proposal)):
            detail = "Your side has asked already, and both see that it waits for an answer."
            raise values.refuse("text", "already_asked", detail)
        request = _new(change, _sentence("text", text))
        request.save(force_insert=True)
        change.record("price.asked", request=str(request.id), text=request.text)
        return request


def answer_price(*, by: Actor, request_id: uuid.UUID | str, answer: str, given: Mapping[str, Any]) -> PriceRequest:
    """Answer with a `figure`, a `range` or `later`. A later answer replaces it; the log keeps both."""
    with changing(by, "price") as change:
        request: PriceRequest = one(PriceRequest.objects.filter(proposal=change.proposal), request_id)
        _answer(change, request, answer, given)
        request.version += 1
        request.save()
        change.record("price.answered", **_facts(request))
        return request


def offer_price(*, by: Actor, why_now: str, answer: str, given: Mapping[str, Any]) -> PriceRequest:
    """The seller says the price unasked, with a sentence why now."""
    with changing(by, "price") as change:
        why = values.text(500, required=True)("why_now", why_now)
        request = _new(change, why)
        if answer == Answer.LATER:
            raise values.refuse("answer", "unknown_value", "Offer a figure or a range; a date alone helps nobody.")
        _answer(change, request, answer, given)
        request.save(force_insert=True)
        change.record("price.offered", **_facts(request), text=why)
        return request


def _new(change: Change, text: str) -> PriceRequest:
    return PriceRequest(
        proposal=change.proposal,
        asked_by=change.by.user,
        asked_by_name=change.by.name,
        side=change.by.side,
        text=text,
    )


def _answer(change: Change, request: PriceRequest, answer: str, given: Mapping[str, Any]) -> None:
    """Put an answer into a request. What the other kinds of answer say is emptied."""
    kind = values.one_of(list(Answer.values))("answer", answer)
    needed = NEEDED[kind]
    parsed = values.parse_all(ANSWER_FIELDS, {name: given[name] for name in needed if name in given})
    for name in needed:
        if parsed.get(name) in (None, ""):
            detail = f"“{values.label(name).capitalize()}” is empty; this kind of answer needs it."
            raise values.refuse(name, "required", detail)
        if isinstance(parsed[name], Decimal):
            _require_money(name, parsed[name], change.proposal.currency)
    if kind == Answer.RANGE:
        _require_order(parsed)
    if kind == Answer.LATER:
        _require_future(parsed["due_on"])
    for name in ANSWER_FIELDS:
        empty = "" if name in ("sure", "would_change", "reason") else None
        setattr(request, name, parsed.get(name, empty))
    request.answer, request.currency = kind, change.proposal.currency
    request.answered_by_name, request.answered_at = change.by.name, timezone.now()


def _require_money(name: str, amount: Decimal, currency: str) -> None:
    exponent, places = amount.normalize().as_tuple().exponent, CURRENCIES[currency]
    if isinstance(exponent, int) and -exponent > places:
        detail = f"“{plain(amount)}” has more decimals than {currency} has, which is {places}."
        raise values.refuse(name, "too_many_decimals", detail)
    if amount < 0:
        raise values.refuse(name, "bad_number", f"“{plain(amount)}” is below zero; a price is not.")


def _require_order(points: Mapping[str, Any]) -> None:
    """The order of pricing-spec 12, `0 <= low <= likely <= high`."""
    try:
        Task(id="the price", low=points["low"], likely=points["likely"], high=points["high"])
    except PricingError as error:
        low, likely, high = (plain(points[name]) for name in ("low", "likely", "high"))
        detail = (
            f"Low {low}, likely {likely} and high {high} are not in order. Give the lowest as low, the highest as high."
        )
        raise values.refuse(error.field or "likely", error.code, detail) from error


def _require_future(due_on: date) -> None:
    if due_on < timezone.localdate():
        raise values.refuse("due_on", "bad_date", f"{due_on.isoformat()} is past. Say a day on which you can answer.")


def _facts(request: PriceRequest) -> dict[str, str]:
    """The answer in words and in numbers, as it was given."""
    numbers = {name: getattr(request, name) for name in ("figure", "low", "likely", "high")}
    said = {name: getattr(request, name) for name in ("sure", "would_change", "reason")}
    return {
        "request": str(request.id),
        "answer": request.answer,
        "words": answer_words(request, request.proposal.language),
        "currency": request.currency,
        **{name: plain(number) for name, number in numbers.items() if number is not None},
        **{name: text for name, text in said.items() if text},
        **({"due_on": request.due_on.isoformat()} if request.due_on else {}),
    }
