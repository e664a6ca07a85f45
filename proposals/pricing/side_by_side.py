"""Billing models beside each other: where two of them cost the client the same, and what the seller carries.

``what_if`` says what each model costs at low, likely and high. Here is what only shows between those numbers, on the
exact, piecewise linear functions of hours that the models give (``ComparableModel.curve``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from .billing import BillingModel, ComparableModel, Parameter
from .billing.piecewise import Line
from .money import Currency
from .reading import JsonObject

FREE: Final = Line.straight(Fraction(0))
"""The cost of hours that cost nothing, for models that don't ask."""


def comparable_params(model: BillingModel[Any, Any], params: JsonObject) -> dict[str, Any] | None:
    """What ``what_if`` takes for agreed figures; ``None`` while something is missing, or if hours don't matter.

    A model that is agreed on by role is compared by one rate: its only one, or the average that stands beside them.
    """
    if not isinstance(model, ComparableModel):
        return None
    taken = {each.name: params[each.name] for each in model.comparison if params.get(each.name) is not None}
    rates = params.get("rates")
    if "rate" not in taken and isinstance(rates, Mapping) and len(rates) == 1:
        taken["rate"] = next(iter(rates.values()))
    return taken if is_complete(model.comparison, taken) else None


def is_complete(parameters: Iterable[Parameter], params: JsonObject) -> bool:
    """Whether every parameter that is required beside the others is there."""
    known = list(parameters)
    values = {each.name: each.default if params.get(each.name) is None else params[each.name] for each in known}
    return all(values[each.name] is not None for each in known if each.required and each.applies(values))


def depends_on_cost(model: ComparableModel[Any, Any], params: JsonObject, currency: Currency) -> bool:
    """Whether what the client pays tells what the work costs the seller."""
    dear = Line.straight(Fraction(1), Fraction(1))
    return model.curve(params, currency, FREE) != model.curve(params, currency, dear)


def crossings(one: Line, other: Line, until: Fraction) -> tuple[Fraction, ...]:
    """The hours above 0, up to ``until``, at which the one becomes dearer or cheaper than the other."""
    difference = one - other
    ends = [*difference.breakpoints, until]
    found = []
    side = 0
    for piece, end in zip(difference.pieces, ends, strict=True):
        for hours in (piece.start, min(end, until)):
            value = piece.at(hours)
            sign = (value > 0) - (value < 0)
            if sign and side and sign != side:
                found.append(hours if not piece.slope else -piece.intercept / piece.slope)
            side = sign or side
        if end >= until:
            break
    return tuple(found)


def carried(line: Line, hours: Fraction) -> tuple[Fraction, Fraction] | None:
    """What the seller carries alone at that many hours: how many of them, and what they would have cost.

    ``None`` unless the client's bill has stopped growing: a limit was reached, and the hours before it were paid.
    """
    last = line.pieces[-1]
    if len(line.pieces) < 2 or last.slope or hours <= last.start:
        return None
    before = line.pieces[-2]
    return hours - last.start, before.at(hours) - last.at(hours)


def ends(line: Line) -> bool:
    """Whether the client's bill stops growing at some number of hours."""
    return line.pieces[-1].slope == 0
