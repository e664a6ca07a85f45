"""Billing models beside each other in a document: which ones are shown, what they are called, what they come to.

Works on plain contents (`billing_terms.agreed_content`), so that a revision says the same as the page it was made from.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from proposals.documents import wording
from proposals.models.fields import plain
from proposals.pricing import Currency, PricingError, calculate
from proposals.pricing.billing import COMPARABLE, ComparableModel, Parameter
from proposals.pricing.billing.piecewise import Line
from proposals.pricing.money import HOUR_PLACES, Money, rounded_text
from proposals.pricing.side_by_side import comparable_params, depends_on_cost

SELLERS_RESULTS: Final = frozenset(
    {"seller_profit", "expected_seller_profit", "seller_exposure", "margin_percent_likely", "break_even"}
)
"""What a comparison says of the seller: shown only while its cost is disclosed, since the cost follows from it."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Beside:
    """A model of a comparison, with the values that `what_if` takes of it.

    `name` is what the parties call this version of it, "" if nothing. `is_added` is the fixed version of terms that
    reward waste: it stands beside them without being asked for, and nobody agrees to it.
    """

    model: ComparableModel[Any, Any]
    params: Mapping[str, Any]
    name: str = ""
    is_added: bool = False

    @property
    def label(self) -> str:
        """“Fixed fee: with training”."""
        return f"{self.model.name}: {self.name}" if self.name else self.model.name

    def line(self, currency: Currency, cost: Line) -> Line:
        """What the client pays as a function of hours."""
        return self.model.curve(self.params, currency, cost)

    def pays(self, line: Line, hours: Fraction, currency: Currency, cost: Line) -> Money:
        """What the client pays for so many hours, as it would be billed; `line` is `line(currency, cost)`."""
        by_cost = self.model.paid_by_cost(self.params, currency)
        return (
            Money.rounded(line.at(hours), currency)
            if by_cost is None
            else by_cost(Money.rounded(cost.at(hours), currency))
        )


def in_hours(quantity: str, content: Json, facts: Json) -> Fraction:
    """A number of the estimate's unit as hours, exactly."""
    return Fraction(quantity) * (Fraction(facts["hours_per_day"]) if content["estimate"]["unit"] == "day" else 1)


def cost_line(content: Json) -> Line:
    """What the work costs the seller by hours; nothing while that is not disclosed."""
    cost = content.get("cost", {})
    return Line.straight(Fraction(cost.get("fixed_costs") or 0), Fraction(cost.get("cost_per_hour") or 0))


def agreed_rows(content: Json, facts: Json) -> list[Beside]:
    """The models that can be shown side by side, the chosen one first.

    A model whose bill follows the seller's cost is left out while that cost is not disclosed.
    """
    rows = [{"model": content["model"], "params": content["params"]}, *content.get("compared", [])]
    found = []
    for row in rows:
        model = COMPARABLE.get(row["model"])
        params = comparable_params(model, row["params"]) if model else None
        if model is None or params is None:
            continue
        try:
            hidden = "cost" not in content and depends_on_cost(model, params, Currency(facts["currency"]))
        except PricingError:
            continue
        if not hidden:
            found.append(Beside(model, params, row.get("name", "")))
    return found


def shown_rows(content: Json, facts: Json, *, with_added: bool = True) -> list[Beside]:
    """The same, with the fixed version of terms that reward waste right after them, and with names that differ.

    It is not added where the parties compare a fixed version already.
    """
    rows = agreed_rows(content, facts)
    versions = [_fixed_version(row, content, facts) if with_added else None for row in rows]
    sound = {row.model.key for row, version in zip(rows, versions, strict=True) if version is None}
    for place, (row, version) in enumerate(zip(rows, versions, strict=True), start=1):
        if version is not None and row.model.key not in sound:
            return _told_apart([*rows[:place], version, *rows[place:]], facts)
    return _told_apart(rows, facts)


def results_of(
    rows: Sequence[Beside], content: Json, facts: Json, *, with_series: bool = False
) -> list[dict[str, Any]]:
    """What each of the models costs at low, likely and high, as `what_if` answers it. Empty without an estimate."""
    if not rows or "estimate" not in content:
        return []
    cost = content.get("cost", {})
    given: dict[str, Any] = {
        "currency": facts["currency"],
        "estimate": {name: hours_text(content["estimate"][name], content, facts) for name in ("low", "likely", "high")},
        "cost_per_hour": cost.get("cost_per_hour") or "0",
        "fixed_costs": cost.get("fixed_costs") or "0",
        "models": [{"id": str(place), "model": row.model.key, "params": row.params} for place, row in enumerate(rows)],
    }
    if not with_series:
        given["grid"] = []
    try:
        answered = _answered(json.dumps(given))
    except PricingError:
        return []
    hidden = SELLERS_RESULTS if "cost" not in content else frozenset()
    left_out = hidden | {"id"} | (frozenset() if with_series else {"series"})
    results = []
    for row, result in zip(rows, answered, strict=True):
        kept = {name: value for name, value in result.items() if name not in left_out}
        if "series" in kept:
            kept["series"] = [
                {name: value for name, value in point.items() if name not in hidden} for point in kept["series"]
            ]
        named = {"name": row.name} if row.name else {}
        results.append({"model": row.model.key, **named, **kept})
    return results


@lru_cache(maxsize=256)
def _answered(given: str) -> list[dict[str, Any]]:
    """What `what_if` answers for each model, remembered: each change of a price line asks for the same again."""
    models: list[dict[str, Any]] = calculate("what_if", json.loads(given))["models"]
    return models


def lines_of(rows: Sequence[Beside], content: Json, facts: Json) -> list[Line]:
    """What the client pays under each model as a function of hours."""
    currency, cost = Currency(facts["currency"]), cost_line(content)
    return [row.line(currency, cost) for row in rows]


def _fixed_version(row: Beside, content: Json, facts: Json) -> Beside | None:
    currency = Currency(facts["currency"])
    likely = in_hours(content["estimate"]["likely"], content, facts)
    found = row.model.fixed_version(row.params, currency, Money.rounded(cost_line(content).at(likely), currency))
    return None if found is None else Beside(row.model, found.params, found.name, is_added=True)


def _told_apart(rows: Sequence[Beside], facts: Json) -> list[Beside]:
    """Rows of one model without a name are told apart by the figures in which they differ from the first of them."""
    first: dict[str, Beside] = {}
    told = []
    for row in rows:
        standing = first.setdefault(row.model.key, row)
        told.append(row if standing is row or row.name else replace(row, name=_differences(standing, row, facts)))
    return told


def _differences(one: Beside, other: Beside, facts: Json) -> str:
    """“limit €25,000.00 and rate €120.00”; "" if nothing differs."""
    said = [
        f"{parameter.label[:1].lower()}{parameter.label[1:]} {_figure(parameter, other.params[parameter.name], facts)}"
        for parameter in other.model.comparison
        if parameter.name in other.params and other.params[parameter.name] != one.params.get(parameter.name)
    ]
    return wording.listing(said)


def _figure(parameter: Parameter, value: Any, facts: Json) -> str:
    language = facts["language"]
    if parameter.kind == "money":
        return wording.money(value, facts["currency"], language)
    if parameter.kind == "rate":
        return wording.rate(value, facts["currency"], language)
    if parameter.kind == "percent":
        return wording.percent(value, language)
    if parameter.kind == "choice":
        return next(choice.label.lower() for choice in parameter.choices if choice.value == value)
    return wording.quantity(value, language)


def hours_text(quantity: str, content: Json, facts: Json) -> str:
    """A number of the estimate's unit as hours, as `what_if` takes it."""
    return plain(Decimal(rounded_text(in_hours(quantity, content, facts), HOUR_PLACES)))
