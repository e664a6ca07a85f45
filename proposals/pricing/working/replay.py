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
    if rule == "rounded_sum":
        exact = _sum(values)
        return exact, _half_away(exact, Fraction(1, 10 ** len(step["result"].partition(".")[2])))
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
    whole = sum(amounts)
    return total - sum(_down(total * amount / whole, unit) for amount in amounts) if whole else Fraction(0)


def _first_less_others(values: list[Fraction]) -> Fraction:
    return values[0] - sum(values[1:])


def _sum(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def _product(values: list[Fraction]) -> Fraction:
    product = Fraction(1)
    for value in values:
        product *= value
    return product


_OF_MANY: Mapping[str, Callable[[list[Fraction]], Fraction]] = {
    "sum": _sum,
    "difference": _first_less_others,
    "least": min,
    "greatest": max,
    "smallest": min,
    "largest": max,
    "times": _product,
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
    "product": lambda n: n["quantity"] * n["rate"],
    "percentage": lambda n: n["base"] * n["percent"] / 100,
    "raised": lambda n: n["base"] * (100 + n["percent"]) / 100,
    "quotient": lambda n: n["dividend"] / n["divisor"],
    "ratio_percent": lambda n: n["part"] * 100 / n["whole"],
    "expected": lambda n: (n["low"] + 4 * n["likely"] + n["high"]) / 6,
    "at_most": lambda n: min(n["amount"], n["limit"]),
    "at_least": lambda n: max(n["amount"], n["floor"]),
    "beyond": lambda n: max(n["quantity"] - n["included"], Fraction(0)),
    "whole_steps": lambda n: n["step"] * -(-n["quantity"] // n["step"]),
    "total_assumption": lambda n: n["target_cost"] + n["room"] * 100 / n["percent"],
    "solved": lambda n: (n["second_fixed"] - n["first_fixed"]) / (n["first_rate"] - n["second_rate"]),
    "in_unit": lambda n: n["hours"] / n["hours_per_unit"],
    "tax_within": lambda n: n["price"] * n["percent"] / (100 + n["percent"]),
}
