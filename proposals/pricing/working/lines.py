"""The steps of a line by itself: its rate, its gross amount and its own discounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from ..discounts import Discount, PercentDiscount
from ..lines import (
    AllowanceLine,
    CreditLine,
    ExpenseLine,
    FixedLine,
    Line,
    PercentAllowanceLine,
    SubscriptionLine,
    TimeLine,
    UnitLine,
)
from ..rate_card import RateCard
from ..result import LineResult
from .record import Record, called
from .steps import EXACT, Input, Step, exact_text, ratio_text

HUNDRED: Final = Decimal(100)


def line_amounts(record: Record) -> list[Input]:
    """Steps 1 and 2: every line by itself, percent allowances after the others; what their own discounts leave."""
    working = _LineWorking(record)
    amounts: dict[int, Input] = {}
    for number, priced in enumerate(record.result.lines):
        if not isinstance(priced.line, PercentAllowanceLine):
            gross = working.gross(priced)
            amounts[number] = working.less_own_discounts(priced, gross)
    for _, allowance in record.document.percent_allowances:
        number = record.document.line_numbers[allowance.id]
        of = [record.document.line_numbers[line_id] for line_id in allowance.of]
        counted = [amounts[other] for other in of if record.result.lines[other].included]
        gross = working.allowance(record.result.lines[number], allowance, counted)
        amounts[number] = working.less_own_discounts(record.result.lines[number], gross)
    return [amounts[number] for number in range(len(record.result.lines))]


class _LineWorking:
    """Writes down the steps of the lines of one document."""

    __slots__ = ("_card", "_places", "_rates", "_record")

    def __init__(self, record: Record) -> None:
        self._record = record
        self._card = RateCard(record.document.rate_card)
        self._places = record.places
        self._rates: dict[tuple[str, str, date | None], Step] = {}

    def allowance(self, priced: LineResult, line: PercentAllowanceLine, counted: list[Input]) -> Input:
        """A percentage of what the named, included lines come to after their own discounts."""
        base = self._record.summed(f"line:{line.id}.base", counted)
        exact = percentage(base.value, line.percent, self._places)
        inputs = (called("base", base), Input("percent", f"{line.percent:f}"))
        step = Step(f"line:{line.id}.gross", "allowance", inputs, exact, self._record.text(priced.gross.minor))
        return self._record.add(step, priced.gross.minor)

    def gross(self, priced: LineResult) -> Input:
        """The steps up to the gross amount of any other line."""
        line, key, result = priced.line, f"line:{priced.line.id}", self._record.text(priced.gross.minor)
        if isinstance(line, TimeLine):
            rate = self._rate(line)
            self._record.steps[rate.key] = rate
            return self._record.add(self._time(line, rate, result), priced.gross.minor)
        gross = self._record.add(self._self_priced(line, result), priced.gross.minor)
        if isinstance(line, ExpenseLine) and priced.at_cost is not None:
            inputs = _inputs(quantity=line.quantity, unit_cost=line.unit_cost)
            exact = exact_text(EXACT.multiply(line.quantity, line.unit_cost), self._places)
            step = Step(f"{key}.at_cost", "at_cost", inputs, exact, str(priced.at_cost))
            at_cost = self._record.add(step, priced.at_cost.minor)
            self._record.less(f"{key}.markup", gross, called("at_cost", at_cost))
        return gross

    def less_own_discounts(self, priced: LineResult, left: Input) -> Input:
        """The line's discounts in turn, and what they leave."""
        key = f"line:{priced.line.id}"
        after = f"{key}.after_line_discounts"
        taken = []
        for index, applied in enumerate(priced.discounts):
            step = discount_step(
                f"{key}.discounts.{index}",
                applied.discount,
                left,
                self._record.text(applied.amount.minor),
                self._places,
            )
            taken.append(called("discount", self._record.add(step, applied.amount.minor)))
            last = index == len(priced.discounts) - 1
            left = self._record.less(after if last else f"{after}.{index}", left, taken[-1])
        if not taken:
            self._record.aliases[after] = left.of
        self._record.gather(f"{key}.line_discount", taken)
        return left

    def _self_priced(self, line: Line, result: str) -> Step:
        rule, inputs, exact = _SELF_PRICED[type(line)](line)
        text = result if exact is None else exact_text(exact, self._places)
        return Step(f"line:{line.id}.gross", rule, inputs, text, result)

    def _time(self, line: TimeLine, rate: Step, result: str) -> Step:
        inputs = (Input("quantity", f"{line.quantity:f}"), Input("rate", rate.result, rate.key))
        if "/" in rate.result:
            exact = Fraction(rate.result) * Fraction(line.quantity)
            text = ratio_text(exact.numerator, exact.denominator, self._places)
        else:
            text = exact_text(EXACT.multiply(line.quantity, Decimal(rate.result)), self._places)
        return Step(f"line:{line.id}.gross", "time", inputs, text, result, {"unit": line.unit})

    def _rate(self, line: TimeLine) -> Step:
        """The rate per unit of the line, exact: looked up and perhaps converted, or the line's own."""
        on = line.on or self._record.document.price_date
        looked_up = (line.role, line.unit, on)
        of_card = self._rates.get(looked_up)
        if of_card is None:
            of_card = self._rates[looked_up] = self._card_rate(*looked_up)
        key = f"line:{line.id}.rate"
        if line.rate_override is None:
            return of_card._replace(key=key)
        text = exact_text(line.rate_override, self._places)
        facts = {**of_card.facts, "card_rate": of_card.result} if of_card.result else of_card.facts
        return Step(key, "own_rate", (Input("rate", text),), text, text, facts)

    def _card_rate(self, role: str, unit: str, on: date | None) -> Step:
        """What the card says, converted to the unit; without inputs and result where it says nothing."""
        facts = {"role": role, "unit": unit}
        if on is not None:
            facts["on"] = on.isoformat()
        entry = None if on is None else self._card.find(role, unit, on)
        if entry is None:
            return Step("", "card_rate", (), "", "", facts)
        facts |= {"card_unit": entry.unit, "from": entry.valid_from.isoformat()}
        if entry.valid_to is not None:
            facts["to"] = entry.valid_to.isoformat()
        stated = Input("card_rate", exact_text(entry.rate, self._places))
        if entry.unit == unit:
            return Step("", "card_rate", (stated,), stated.value, stated.value, facts)
        hours_per_day = self._record.document.hours_per_day
        rate = entry.per(unit, hours_per_day)
        text = ratio_text(rate.numerator, rate.denominator, self._places)
        rule = "day_rate" if unit == "day" else "hour_rate"
        return Step("", rule, (stated, Input("hours_per_day", f"{hours_per_day:f}")), text, text, facts)


def discount_step(key: str, discount: Discount, base: Input, result: str, places: int) -> Step:
    """One discount as applied to a base."""
    of = called("base", base)
    facts = {"reason": discount.grounds.reason, "text": discount.grounds.text}
    if isinstance(discount, PercentDiscount):
        exact = percentage(base.value, discount.percent, places)
        return Step(key, "percent_discount", (of, Input("percent", f"{discount.percent:f}")), exact, result, facts)
    return Step(key, "amount_discount", (Input("amount", result), of), result, result, facts)


def percentage(base: str, percent: Decimal, places: int) -> str:
    """``base * percent / 100``, exactly."""
    return exact_text(EXACT.divide(EXACT.multiply(Decimal(base), percent), HUNDRED), places)


def _inputs(**numbers: Decimal) -> tuple[Input, ...]:
    return tuple(Input(name, f"{number:f}") for name, number in numbers.items())


_Made = tuple[str, tuple[Input, ...], Decimal | None]
"""A rule, its inputs and the exact value; ``None`` where that is the result."""


def _stated(line: FixedLine | AllowanceLine) -> _Made:
    return "stated", (Input("amount", str(line.amount)),), None


def _credit(line: CreditLine) -> _Made:
    return "credit", (Input("amount", str(line.amount)),), None


def _expense(line: ExpenseLine) -> _Made:
    inputs = _inputs(quantity=line.quantity, unit_cost=line.unit_cost, markup_percent=line.markup_percent)
    at_cost = EXACT.multiply(line.quantity, line.unit_cost)
    return "expense", inputs, EXACT.divide(EXACT.multiply(at_cost, EXACT.add(line.markup_percent, HUNDRED)), HUNDRED)


def _subscription(line: SubscriptionLine) -> _Made:
    inputs = _inputs(quantity=line.quantity, price=line.price, periods=line.periods)
    return "subscription", inputs, EXACT.multiply(EXACT.multiply(line.quantity, line.price), line.periods)


def _unit(line: UnitLine) -> _Made:
    return (
        "unit",
        _inputs(quantity=line.quantity, unit_price=line.unit_price),
        EXACT.multiply(line.quantity, line.unit_price),
    )


_SELF_PRICED: Final[dict[type[Line], Callable[..., _Made]]] = {
    FixedLine: _stated,
    AllowanceLine: _stated,
    CreditLine: _credit,
    ExpenseLine: _expense,
    SubscriptionLine: _subscription,
    UnitLine: _unit,
}
