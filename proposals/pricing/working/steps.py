"""The steps of which a working is made: what went in, by which rule, the exact value, what came out.

A step is data; words are made where they are shown. Numbers are texts, as everywhere at the edge of the core, so that
a step can be checked by anybody who can read its JSON form (``replay``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from math import gcd
from types import MappingProxyType
from typing import Any, Final, NamedTuple

EXACT: Final = Context(prec=400, rounding=ROUND_HALF_UP, traps=[Inexact, InvalidOperation])
"""For products of numbers as long as N1 allows: whatever is not exact is an error."""

NO_FACTS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of calculation. ``rounding`` is ``half_away``, ``largest_remainder`` or ``none``."""

    id: str
    name: str
    source: str
    formula: str
    rounding: str = "none"

    def as_dict(self) -> dict[str, str]:
        return {"name": self.name, "source": self.source, "formula": self.formula, "rounding": self.rounding}


_HALF_AWAY: Final = "half_away"

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            Rule("stated", "Stated amount", "pricing-spec 3", "amount"),
            Rule("credit", "Credit", "pricing-spec 3", "-amount"),
            Rule("card_rate", "Rate of the card", "pricing-spec 4.2", "card_rate"),
            Rule("day_rate", "Rate of a day from that of an hour", "pricing-spec 4.4", "card_rate * hours_per_day"),
            Rule("hour_rate", "Rate of an hour from that of a day", "pricing-spec 4.4", "card_rate / hours_per_day"),
            Rule("own_rate", "Own rate instead of the card's", "pricing-spec 3", "rate"),
            Rule("time", "Time at a rate", "pricing-spec 3", "quantity * rate", _HALF_AWAY),
            Rule("at_cost", "Expense at cost", "pricing-spec 3", "quantity * unit_cost", _HALF_AWAY),
            Rule(
                "expense",
                "Expense with its markup",
                "pricing-spec 3",
                "quantity * unit_cost * (100 + markup_percent) / 100",
                _HALF_AWAY,
            ),
            Rule("subscription", "Subscription", "pricing-spec 3", "quantity * price * periods", _HALF_AWAY),
            Rule("unit", "Quantity at a unit price", "pricing-spec 3", "quantity * unit_price", _HALF_AWAY),
            Rule("allowance", "Percentage of other lines", "pricing-spec 3", "base * percent / 100", _HALF_AWAY),
            Rule("percent_discount", "Discount in percent", "pricing-spec 5", "base * percent / 100", _HALF_AWAY),
            Rule("amount_discount", "Discount of an amount", "pricing-spec 5", "amount"),
            Rule("share", "Share of a discount", "pricing-spec 9.1", "total * amount / base", "largest_remainder"),
            Rule(
                "left_over",
                "What rounding all shares down leaves over",
                "pricing-spec 9.1",
                "total - the sum of total * amount / (sum of the amounts), each rounded down",
            ),
            Rule("tax", "Tax on an amount before tax", "pricing-spec 7", "base * percent / 100", _HALF_AWAY),
            Rule(
                "tax_within",
                "Tax contained in a price",
                "pricing-spec 7",
                "price * percent / (100 + percent)",
                _HALF_AWAY,
            ),
            Rule("sum", "Sum", "pricing-spec 8", "the sum of the inputs"),
            Rule("rounded_sum", "Sum", "pricing-spec 13", "the sum of the inputs", _HALF_AWAY),
            Rule("smallest", "Smallest", "pricing-spec 13", "the smallest of the inputs"),
            Rule("largest", "Largest", "pricing-spec 13", "the largest of the inputs"),
            Rule("times", "Product", "billing-models", "the inputs multiplied"),
            Rule("product", "Quantity at a rate", "billing-models", "quantity * rate", _HALF_AWAY),
            Rule("percentage", "Percentage of an amount", "billing-models", "base * percent / 100", _HALF_AWAY),
            Rule("raised", "Raised by a percentage", "billing-models", "base * (100 + percent) / 100", _HALF_AWAY),
            Rule("quotient", "Quotient", "billing-models", "dividend / divisor", _HALF_AWAY),
            Rule("ratio_percent", "In percent", "billing-models", "part * 100 / whole", _HALF_AWAY),
            Rule(
                "expected",
                "Expected over three outcomes",
                "pricing-spec 13",
                "(low + 4 * likely + high) / 6",
                _HALF_AWAY,
            ),
            Rule("at_most", "Up to a limit", "billing-models", "the smaller of amount and limit"),
            Rule("at_least", "Down to a floor", "billing-models", "the larger of amount and floor"),
            Rule("beyond", "Beyond what is included", "billing-models", "quantity - included, or 0 if that is less"),
            Rule(
                "whole_steps",
                "Rounded up to whole steps",
                "billing-models",
                "the least multiple of step not below quantity",
            ),
            Rule(
                "total_assumption",
                "Point of total assumption",
                "billing-models",
                "target_cost + room * 100 / percent",
                _HALF_AWAY,
            ),
            Rule(
                "solved",
                "Solved for the quantity at which both are the same",
                "pricing-spec 13",
                "(second_fixed - first_fixed) / (first_rate - second_rate)",
            ),
            Rule("in_unit", "Hours in another unit", "pricing-spec 13", "hours / hours_per_unit", _HALF_AWAY),
            Rule("difference", "Difference", "pricing-spec 8", "the first input less the others"),
            Rule("least", "Least total", "pricing-spec 6", "the least of the inputs"),
            Rule("greatest", "Greatest total", "pricing-spec 6", "the greatest of the inputs"),
        )
    }
)
"""Every rule by its id. ``source`` is the section of the specification, which docs/pricing.md sums up."""


ROUNDINGS: Final[Mapping[str, str]] = {rule.id: rule.rounding for rule in RULES.values()}
"""How the result of each rule is rounded."""

InputJson = dict[str, str]
"""An input as it is kept and shown: ``name, value``, and ``of``, ``note`` where there are any."""

StepJson = dict[str, Any]
"""A step as it is kept and shown: ``key, rule, inputs, exact, rounding, result``, perhaps ``facts``. A working has
thousands, so they are written once, in the form in which they leave: nothing else is left for the collector to walk."""


def step_json(
    key: str, rule: str, inputs: list[InputJson], exact: str, result: str, facts: Mapping[str, str] = NO_FACTS
) -> StepJson:
    """A step as JSON values."""
    step: StepJson = {
        "key": key,
        "rule": rule,
        "inputs": inputs,
        "exact": exact,
        "rounding": ROUNDINGS[rule],
        "result": result,
    }
    if facts:
        step["facts"] = facts
    return step


class Input(NamedTuple):
    """A number that went in. ``of`` is the key of the step that made it, empty where a person stated it.

    ``note`` says what the number stands for where the name does not: the options of a combination.
    """

    name: str
    value: str
    of: str = ""
    note: str = ""

    @property
    def minor(self) -> int:
        """An amount in minor units."""
        return int(self.value.replace(".", ""))


class Step(NamedTuple):
    """One named amount and how it came about.

    ``exact`` is the value before rounding: a decimal number, or a fraction (``400/3``) if that has no end.
    ``facts`` are what a reader needs beside the numbers: role, unit and date of a rate, the reason of a discount. Of a
    share it is the ``place``, from 1, of the fraction that was cut off, the largest first and of equal ones the
    earlier line first (0 if nothing was cut off): the first places get one smallest unit each, as long as any are
    left over.
    """

    key: str
    rule: str
    inputs: tuple[Input, ...]
    exact: str
    result: str
    facts: Mapping[str, str] = NO_FACTS

    @classmethod
    def of(cls, kept: StepJson) -> Step:
        """The step of this JSON form."""
        inputs = tuple([Input(**each) for each in kept["inputs"]])
        facts = kept.get("facts", NO_FACTS)
        return cls(kept["key"], kept["rule"], inputs, kept["exact"], kept["result"], facts)

    @property
    def is_rounded(self) -> bool:
        """Whether rounding changed the value."""
        return self.exact != self.result

    def as_dict(self) -> StepJson:
        """The step as JSON values: ``key, rule, inputs, exact, rounding, result``, perhaps ``facts``."""
        inputs = [{name: text for name, text in each._asdict().items() if text} for each in self.inputs]
        return step_json(self.key, self.rule, inputs, self.exact, self.result, dict(self.facts))


def exact_text(value: Decimal, least_places: int) -> str:
    """A decimal number with as few decimals as it needs, at least ``least_places``; never ``-0``."""
    text = f"{value:f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(least_places, "0")
    if whole == "-0" and not decimals.strip("0"):
        whole = "0"
    return f"{whole}.{decimals}" if decimals else whole


class Ratios:
    """Numbers over one denominator, written exactly: with their decimals if they end, otherwise as reduced fractions.

    They end if what the denominator has beside twos and fives divides the numerator too.
    """

    __slots__ = ("_beside_ten", "_denominator", "_least_places")

    def __init__(self, denominator: int, least_places: int) -> None:
        self._denominator = denominator
        self._least_places = least_places
        while (divisor := gcd(denominator, 10)) != 1:
            denominator //= divisor
        self._beside_ten = denominator

    def text(self, numerator: int) -> str:
        """``numerator / denominator``."""
        denominator = self._denominator
        divisor = gcd(numerator, denominator)
        if numerator % self._beside_ten:
            return f"{numerator // divisor}/{denominator // divisor}"
        numerator, denominator = numerator // divisor, denominator // divisor
        places = denominator.bit_length()
        digits = str(abs(numerator) * (10**places // denominator)).rjust(places + 1, "0")
        decimals = digits[-places:].rstrip("0").ljust(self._least_places, "0")
        whole = f"-{digits[:-places]}" if numerator < 0 else digits[:-places]
        return f"{whole}.{decimals}" if decimals else whole


def ratio_text(numerator: int, denominator: int, least_places: int) -> str:
    """``numerator / denominator`` exactly, see ``Ratios``."""
    return Ratios(denominator, least_places).text(numerator)
