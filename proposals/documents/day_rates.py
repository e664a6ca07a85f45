"""Rates of hours by the day, as sentences about billing say them: “Designer €112.50 an hour (€900.00 a day)”.

The words of a section are kept as text, in a revision too, so its amounts are found again in them where they are shown.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from proposals.documents import wording
from proposals.documents.said import Piece, Said
from proposals.pricing import Currency
from proposals.pricing.billing import MODELS
from proposals.pricing.money import Money

Json = Mapping[str, Any]


class DayRate(NamedTuple):
    """A role's rate of an hour, and the name of what it comes to in a day."""

    role: str
    rate: Decimal
    name: str


def day_rates(content: Json) -> Iterator[DayRate]:
    """The day rates of a section's model, in the order of its roles; none while the work is not counted in days."""
    model = MODELS.get(content.get("model", ""))
    if model is None or content.get("estimate", {}).get("unit") != "day":
        return
    for parameter in model.parameters:
        rates = content["params"].get(parameter.name) if parameter.kind == "rates" else None
        for place, (role, rate) in enumerate((rates or {}).items()):
            yield DayRate(role, Decimal(rate), f"by_day.{place}")


def opened(about: Json, section_id: str, content: Json, facts: Json) -> Json:
    """What is said about a section's model, with its day rates opening to how they are made."""
    rates = [
        (f"{rate.role} {_hourly(rate, facts)} an hour (", _piece(rate, section_id, facts))
        for rate in day_rates(content)
    ]
    if not rates:
        return about
    return {
        **about,
        "sentences": [_found(sentence, rates) for sentence in about["sentences"]],
        "figures": [{**row, "value": _found(row["value"], rates)} for row in about["figures"]],
    }


def _found(text: str, rates: list[tuple[str, Piece]]) -> str:
    pieces: list[str | Piece] = []
    rest = text
    for before, amount in rates:
        head, found, tail = rest.partition(f"{before}{amount.words} a day)")
        if found:
            pieces += [f"{head}{before}", amount]
            rest = f" a day){tail}"
    return Said.of(*pieces, rest) if pieces else text


def _hourly(rate: DayRate, facts: Json) -> str:
    return wording.rate(rate.rate, facts["currency"], facts["language"])


def _piece(rate: DayRate, section_id: str, facts: Json) -> Piece:
    by_day = Money.rounded(Fraction(rate.rate) * Fraction(facts["hours_per_day"]), Currency(facts["currency"]))
    return Piece(wording.money(str(by_day), facts["currency"], facts["language"]), f"billing:{section_id}.{rate.name}")
