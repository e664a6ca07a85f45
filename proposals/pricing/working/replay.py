"""Recalculating a step of a working from nothing but its own JSON form.

This is the check that a reader could write: it shares no code with the calculation it checks, knows fractions and
rounding, and takes a step as ``Step.as_dict`` gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Numbers = Mapping[str, Fraction]


def replay(step: Mapping[str, Any]) -> tuple[Fraction, Fraction]:
    """The exact value and the result of a step, from its inputs and its rule.

    Raises ``ValueError`` for a rule that is unknown.
    """
    rule = step["rule"]
    values = [Fraction(each["value"]) for each in step["inputs"]]
    if rule in _OF_MANY:
        exact = _OF_MANY[rule](values)
        return exact, exact
    unit = Fraction(1, 10 ** len(step["result"].partition(".")[2]))
    if rule == "left_over":
        exact = _left_over(values[0], values[1:], unit)
        return exact, exact
    named = {each["name"]: Fraction(each["value"]) for each in step["inputs"]}
    if rule not in _OF_FEW:
        raise ValueError(f"no such rule: {rule}")
    exact = _OF_FEW[rule](named)
    if step["rounding"] == "half_away":
        return exact, _half_away(exact, unit)
    if step["rounding"] == "largest_remainder":
        units_left_over = named["left_over"] / unit
        return exact, _down(exact, unit) + unit * (0 < int(step["facts"]["place"]) <= units_left_over)
    return exact, exact


def _half_away(exact: Fraction, unit: Fraction) -> Fraction:
    """The nearest multiple of ``unit``; what lies in the middle goes away from zero."""
    magnitude = _down(abs(exact) + unit / 2, unit)
    return magnitude if exact >= 0 else -magnitude


def _down(exact: Fraction, unit: Fraction) -> Fraction:
    return unit * (exact / unit).__floor__()


def _left_over(total: Fraction, amounts: list[Fraction], unit: Fraction) -> Fraction:
    """What sharing ``total`` in proportion leaves over when every share is rounded down."""
    return total - sum(_down(total * amount / sum(amounts), unit) for amount in amounts)


def _first_less_others(values: list[Fraction]) -> Fraction:
    return values[0] - sum(values[1:])


def _sum(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


_OF_MANY: Mapping[str, Callable[[list[Fraction]], Fraction]] = {
    "sum": _sum,
    "difference": _first_less_others,
    "least": min,
    "greatest": max,
}

_OF_FEW: Mapping[str, Callable[[Numbers], Fraction]] = {
    "stated": lambda n: n["amount"],
    "credit": lambda n: -n["amount"],
    "card_rate": lambda n: n["card_rate"],
    "day_rate": lambda n: n["card_rate"] * n["hours_per_day"],
    "hour_rate": lambda n: n["card_rate"] / n["hours_per_day"],
    "own_rate": lambda n: n["rate"],
    "time": lambda n: n["quantity"] * n["rate"],
    "at_cost": lambda n: n["quantity"] * n["unit_cost"],
    "expense": lambda n: n["quantity"] * n["unit_cost"] * (1 + n["markup_percent"] / 100),
    "subscription": lambda n: n["quantity"] * n["price"] * n["periods"],
    "unit": lambda n: n["quantity"] * n["unit_price"],
    "allowance": lambda n: n["base"] * n["percent"] / 100,
    "percent_discount": lambda n: n["base"] * n["percent"] / 100,
    "amount_discount": lambda n: n["amount"],
    "share": lambda n: n["total"] * n["amount"] / n["base"],
    "tax": lambda n: n["base"] * n["percent"] / 100,
    "tax_within": lambda n: n["price"] * n["percent"] / (100 + n["percent"]),
}
