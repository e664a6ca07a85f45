"""What is said of requests for the price, in the log and in the room."""

from collections.abc import Callable, Mapping
from typing import Any

from proposals.documents import wording
from proposals.models import PriceRequest

Facts = Mapping[str, Any]


def answer_words(request: PriceRequest, language: str = "en") -> str:
    """“between €15,000.00 and €22,000.00, most likely €18,000.00”; “€18,000.00”; “not yet, by 3 March 2027: why”."""

    def money(name: str) -> str:
        return wording.money(getattr(request, name), request.currency, language)

    if request.answer == PriceRequest.Answer.FIGURE:
        return money("figure")
    if request.answer == PriceRequest.Answer.RANGE:
        return f"between {money('low')} and {money('high')}, most likely {money('likely')}"
    if request.answer == PriceRequest.Answer.LATER:
        return f"not yet; by {wording.short_date(request.due_on, language)}"
    return ""


def _answered(facts: Facts) -> str:
    reason = f", because: {facts['reason']}" if facts.get("reason") else ""
    return f"{facts['words']}{reason}"


PRICE_REQUESTS: dict[str, Callable[[Facts], str]] = {
    "price.asked": lambda facts: "asked to be shown the price" + (f": {facts['text']}" if facts["text"] else ""),
    "price.answered": lambda facts: f"answered what the price is: {_answered(facts)}",
    "price.offered": lambda facts: f"said what the price is, {facts['words']}, and why now: {facts['text']}",
}
