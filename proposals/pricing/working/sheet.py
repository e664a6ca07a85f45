"""Arithmetic that is written down while it is done: for billing models, instalments and what a total can become.

Each method of ``Sheet`` computes a number, writes the step down and answers with the number, so that it can go into
the next one. Amounts are rounded by the rule of the step and nowhere else; hours, units and percentages stay exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ..allocation import largest_remainders, whole_weights
from ..money import Money, rounded_text
from .explain import Working
from .record import Record, stated
from .steps import NO_FACTS, InputJson, ratio_text, step_json


class Figure(NamedTuple):
    """A number with its form as an input of further steps. ``places`` is the least number of decimals it is shown with:
    those of the currency for an amount."""

    exact: Fraction
    given: InputJson
    places: int

    def called(self, name: str) -> Figure:
        """The same number as an input of another name."""
        return Figure(self.exact, {**self.given, "name": name}, self.places)

    @property
    def of(self) -> str:
        """The key of the step that made it; "" where somebody stated it."""
        return self.given.get("of", "")


class Sheet:
    """Writes steps into a record; all keys begin with ``prefix``."""

    def __init__(self, record: Record, prefix: str = "") -> None:
        self.record = record
        self.prefix = prefix

    @property
    def zero(self) -> Money:
        """No money."""
        return Money(0, self.record.currency)

    def money(self, name: str, amount: Money | None) -> Figure:
        """An amount that somebody stated; nothing is 0."""
        known = self.zero if amount is None else amount
        return Figure(known.exact, stated(name, str(known)), self.record.places)

    def number(self, name: str, value: Decimal | Fraction | int | None) -> Figure:
        """A quantity, rate or percentage that somebody stated; nothing is 0."""
        exact = Fraction(value or 0)
        return Figure(exact, stated(name, ratio_text(exact.numerator, exact.denominator, 0)), 0)

    def name(self, key: str, figure: Figure) -> Figure:
        """A further name of a number. One that no step made gets a step that says so."""
        if figure.of:
            self.record.aliases[self.prefix + key] = figure.of
            return figure
        return self._exactly(key, "stated", [figure.called("amount")], figure.exact, figure.places)

    def made(self, key: str) -> Figure:
        """The result of a step that stands here already, by any of its names."""
        of = self.record.aliases.get(self.prefix + key, self.prefix + key)
        result = self.record.steps[of]["result"]
        given = {"name": "amount", "value": result, "of": of}
        return Figure(Fraction(result), given, len(result.partition(".")[2]))

    def sum(self, key: str, parts: Sequence[Figure], places: int | None = None) -> Figure:
        """The parts added; none of them is 0 in ``places``, those of an amount by default."""
        least = self.record.places if places is None else places
        exact = sum((part.exact for part in parts), Fraction(0))
        return self._exactly(key, "sum", parts, exact, max([least if not parts else 0, *[p.places for p in parts]]))

    def less(self, key: str, whole: Figure, off: Figure) -> Figure:
        """A number less another."""
        return self._exactly(key, "difference", [whole, off], whole.exact - off.exact, whole.places)

    def at_most(self, key: str, amount: Figure, limit: Figure | None) -> Figure:
        """An amount, or its limit if that is smaller; the amount itself where there is no limit."""
        if limit is None:
            return self.name(key, amount)
        inputs = [amount.called("amount"), limit.called("limit")]
        return self._exactly(key, "at_most", inputs, min(amount.exact, limit.exact), amount.places)

    def at_least(self, key: str, amount: Figure, floor: Figure | None) -> Figure:
        """An amount, or its floor if that is larger; the amount itself where there is no floor."""
        if floor is None:
            return self.name(key, amount)
        inputs = [amount.called("amount"), floor.called("floor")]
        return self._exactly(key, "at_least", inputs, max(amount.exact, floor.exact), amount.places)

    def beyond(self, key: str, quantity: Figure, included: Figure) -> Figure:
        """What is more than included, or 0."""
        inputs = [quantity.called("quantity"), included.called("included")]
        return self._exactly(key, "beyond", inputs, max(Fraction(0), quantity.exact - included.exact), quantity.places)

    def least(self, key: str, amounts: Sequence[Figure]) -> Figure:
        """The smallest of several amounts."""
        return self._exactly(key, "smallest", amounts, min(each.exact for each in amounts), self.record.places)

    def greatest(self, key: str, amounts: Sequence[Figure]) -> Figure:
        """The largest of several amounts."""
        return self._exactly(key, "largest", amounts, max(each.exact for each in amounts), self.record.places)

    def times(self, key: str, quantity: Figure, factor: Figure) -> Figure:
        """The exact product, not rounded."""
        exact = quantity.exact * factor.exact
        return self._exactly(key, "times", [quantity, factor], exact, max(quantity.places, factor.places))

    def whole_steps(self, key: str, quantity: Figure, step: Figure) -> Figure:
        """A quantity rounded up to a whole number of steps."""
        exact = -(-quantity.exact // step.exact) * step.exact
        return self._exactly(key, "whole_steps", [quantity.called("quantity"), step.called("step")], exact, 0)

    def product(self, key: str, quantity: Figure, rate: Figure, *, role: str = "", places: int | None = None) -> Figure:
        """A quantity at a rate, rounded to money or to ``places`` decimals."""
        inputs, exact = [quantity.called("quantity"), rate.called("rate")], quantity.exact * rate.exact
        return self._rounded(key, "product", inputs, exact, {"role": role} if role else NO_FACTS, places)

    def percentage(self, key: str, base: Figure, percent: Figure) -> Figure:
        """A percentage of an amount, rounded to money."""
        inputs = [base.called("base"), percent.called("percent")]
        return self._rounded(key, "percentage", inputs, base.exact * percent.exact / 100)

    def raised(self, key: str, base: Figure, percent: Figure) -> Figure:
        """An amount with a percentage on top of it, rounded to money."""
        inputs = [base.called("base"), percent.called("percent")]
        return self._rounded(key, "raised", inputs, base.exact * (100 + percent.exact) / 100)

    def quotient(self, key: str, dividend: Figure, divisor: Figure, places: int | None = None) -> Figure:
        """One number through another, rounded to money or to ``places`` decimals."""
        inputs = [dividend.called("dividend"), divisor.called("divisor")]
        return self._rounded(key, "quotient", inputs, dividend.exact / divisor.exact, places=places)

    def ratio_percent(self, key: str, part: Figure, whole: Figure, places: int) -> Figure:
        """A part in percent of the whole, rounded to ``places`` decimals."""
        inputs = [part.called("part"), whole.called("whole")]
        return self._rounded(key, "ratio_percent", inputs, part.exact * 100 / whole.exact, places=places)

    def expected(self, key: str, low: Figure, likely: Figure, high: Figure) -> Figure:
        """The likely outcome counted four times, with low and high, through six; rounded to money."""
        inputs = [low.called("low"), likely.called("likely"), high.called("high")]
        return self._rounded(key, "expected", inputs, (low.exact + 4 * likely.exact + high.exact) / 6)

    def solved(self, key: str, first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]) -> Figure:
        """The hours at which two amounts are the same, exactly. Each is a fixed part and one for every hour."""
        inputs = [
            self.number(f"{which}_{part}", value)
            for which, line in (("first", first), ("second", second))
            for part, value in zip(("fixed", "rate"), line, strict=True)
        ]
        exact = (second[0] - first[0]) / (first[1] - second[1])
        return self._exactly(key, "solved", inputs, exact, 0)

    def in_unit(self, key: str, hours: Figure, per_unit: Figure, places: int, checks: Sequence[Figure] = ()) -> Figure:
        """Hours in a unit of so many hours, rounded to ``places``. ``checks`` are figures to check them by."""
        inputs = [hours.called("hours"), per_unit.called("hours_per_unit"), *checks]
        return self._rounded(key, "in_unit", inputs, hours.exact / per_unit.exact, places=places)

    def rounded(self, key: str, rule: str, inputs: Sequence[Figure], exact: Fraction, **facts: str) -> Figure:
        """Any other rule whose result is an amount."""
        return self._rounded(key, rule, inputs, exact, facts)

    def shared(self, key: str, names: Sequence[str], total: Figure, weights: Sequence[Figure]) -> list[Figure]:
        """An amount shared out by largest remainder: ``names`` are the keys of the shares, ``key`` what they share."""
        unit = self.record.currency.minor_per_major
        total_minor = int(total.exact * unit)
        allocation = largest_remainders(total_minor, whole_weights([weight.exact for weight in weights]))
        all_weights = self.sum(f"{key}.base", weights)
        if not all_weights.exact:
            return [self.sum(name, ()) for name in names]
        named_total, base = total.called("total"), all_weights.called("base")
        left_over = Fraction(allocation.left_over, unit)
        over = self._exactly(f"{key}.left_over", "left_over", [named_total, *weights], left_over, self.record.places)
        named_over = over.called("left_over")
        shares = []
        for name, weight, floor, place in zip(names, weights, allocation.floors, allocation.places, strict=True):
            minor = floor + (0 < place <= allocation.left_over)
            exact = total.exact * weight.exact / all_weights.exact
            inputs = [named_total, weight.called("amount"), base, named_over]
            text, facts = self.record.texts[minor], {"place": str(place)}
            shares.append(self._write(name, "share", inputs, exact, text, facts, Fraction(minor, unit)))
        return shares

    def _exactly(self, key: str, rule: str, inputs: Sequence[Figure], exact: Fraction, places: int) -> Figure:
        text = ratio_text(exact.numerator, exact.denominator, places)
        return self._write(key, rule, inputs, exact, text, NO_FACTS, exact, places)

    def _rounded(
        self,
        key: str,
        rule: str,
        inputs: Sequence[Figure],
        exact: Fraction,
        facts: Mapping[str, str] = NO_FACTS,
        places: int | None = None,
    ) -> Figure:
        result = rounded_text(exact, self.record.places if places is None else places)
        return self._write(key, rule, inputs, exact, result, facts, Fraction(result), places)

    def _write(
        self,
        key: str,
        rule: str,
        inputs: Sequence[Figure],
        exact: Fraction,
        result: str,
        facts: Mapping[str, str],
        value: Fraction,
        places: int | None = None,
    ) -> Figure:
        least = self.record.places if places is None else places
        full, text = self.prefix + key, ratio_text(exact.numerator, exact.denominator, least)
        self.record.steps[full] = step_json(full, rule, [each.given for each in inputs], text, result, dict(facts))
        return Figure(value, {"name": "amount", "value": result, "of": full}, least)


def figure_of(working: Working, key: str, name: str = "amount") -> Figure:
    """An amount of another working, as an input of further steps."""
    step = working.step(key)
    return Figure(Fraction(step.result), {"name": name, "value": step.result, "of": step.key}, working.places)
