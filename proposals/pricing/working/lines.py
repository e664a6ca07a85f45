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
from .record import NOTHING, Amount, PriceRecord, Record, stated
from .steps import EXACT, InputJson, exact_text, ratio_text, step_json

HUNDRED: Final = Decimal(100)


def line_amounts(record: PriceRecord) -> tuple[list[Amount], list[Amount]]:
    """Steps 1 and 2: every line by itself, percent allowances after the others.

    The answer is the gross amounts, and what the lines' own discounts leave of them.
    """
    working = _LineWorking(record)
    grosses: dict[int, Amount] = {}
    amounts: dict[int, Amount] = {}
    for number, priced in enumerate(record.result.lines):
        if not isinstance(priced.line, PercentAllowanceLine):
            grosses[number] = working.gross(priced)
            amounts[number] = working.less_own_discounts(priced, grosses[number])
    for _, allowance in record.document.percent_allowances:
        number = record.document.line_numbers[allowance.id]
        of = [record.document.line_numbers[line_id] for line_id in allowance.of]
        counted = [amounts[other] for other in of if record.result.lines[other].included]
        grosses[number] = working.allowance(record.result.lines[number], allowance, counted)
        amounts[number] = working.less_own_discounts(record.result.lines[number], grosses[number])
    numbers = range(len(record.result.lines))
    return [grosses[number] for number in numbers], [amounts[number] for number in numbers]


_Rate = tuple[str, list[InputJson], str, dict[str, str]]
"""How a rate was found: rule, inputs, the rate, facts."""


class _LineWorking:
    """Writes down the steps of the lines of one document."""

    __slots__ = ("_card", "_places", "_rates", "_record")

    def __init__(self, record: PriceRecord) -> None:
        self._record = record
        self._card = RateCard(record.document.rate_card)
        self._places = record.places
        self._rates: dict[tuple[str, str, date | None], _Rate] = {}

    def allowance(self, priced: LineResult, line: PercentAllowanceLine, counted: list[Amount]) -> Amount:
        """A percentage of what the named, included lines come to after their own discounts."""
        base = self._record.summed(f"line:{line.id}.base", counted)
        exact = percentage(base.text, line.percent, self._places)
        inputs = [base.called("base").given, stated("percent", f"{line.percent:f}")]
        return self._record.add(f"line:{line.id}.gross", "allowance", inputs, exact, priced.gross.minor)

    def gross(self, priced: LineResult) -> Amount:
        """The steps up to the gross amount of any other line."""
        line, key, record = priced.line, f"line:{priced.line.id}", self._record
        if isinstance(line, TimeLine):
            inputs, exact = self._time(line)
            return record.add(f"{key}.gross", "time", inputs, exact, priced.gross.minor, {"unit": line.unit})
        rule, inputs, value = _SELF_PRICED[type(line)](line)
        exact = record.text(priced.gross.minor) if value is None else exact_text(value, self._places)
        gross = record.add(f"{key}.gross", rule, inputs, exact, priced.gross.minor)
        if isinstance(line, ExpenseLine) and priced.at_cost is not None:
            value = EXACT.multiply(line.quantity, line.unit_cost)
            at_cost = record.add(
                f"{key}.at_cost", "at_cost", inputs[:2], exact_text(value, self._places), priced.at_cost.minor
            )
            record.less(f"{key}.markup", gross, at_cost.called("at_cost"))
        return gross

    def less_own_discounts(self, priced: LineResult, left: Amount) -> Amount:
        """The line's discounts in turn, and what they leave."""
        key = f"line:{priced.line.id}"
        after = f"{key}.after_line_discounts"
        if not priced.discounts:
            self._record.aliases[after] = left.given["of"]
            self._record.aliases[f"{key}.line_discount"] = NOTHING
            return left
        taken = []
        for index, applied in enumerate(priced.discounts):
            amount = discounted(self._record, f"{key}.discounts.{index}", applied.discount, left, applied.amount.minor)
            taken.append(amount.called("discount"))
            last = index == len(priced.discounts) - 1
            left = self._record.less(after if last else f"{after}.{index}", left, taken[-1])
        self._record.gather(f"{key}.line_discount", taken)
        return left

    def _time(self, line: TimeLine) -> tuple[list[InputJson], str]:
        """Quantity and rate as inputs, with their exact product."""
        rate = self._rate(line)
        inputs = [
            {"name": "quantity", "value": f"{line.quantity:f}"},
            {"name": "rate", "value": rate, "of": f"line:{line.id}.rate"},
        ]
        if "/" not in rate:
            return inputs, exact_text(EXACT.multiply(line.quantity, Decimal(rate)), self._places)
        exact = Fraction(rate) * Fraction(line.quantity)
        return inputs, ratio_text(exact.numerator, exact.denominator, self._places)

    def _rate(self, line: TimeLine) -> str:
        """The rate per unit of the line, exact: looked up and perhaps converted, or the line's own."""
        on = line.on or self._record.document.price_date
        looked_up = (line.role, line.unit, on)
        of_card = self._rates.get(looked_up)
        if of_card is None:
            of_card = self._rates[looked_up] = self._card_rate(*looked_up)
        key = f"line:{line.id}.rate"
        rule, inputs, rate, facts = of_card
        if line.rate_override is not None:
            facts = {**facts, "card_rate": rate} if rate else facts
            rate = exact_text(line.rate_override, self._places)
            rule, inputs = "own_rate", [stated("rate", rate)]
        self._record.steps[key] = step_json(key, rule, inputs, rate, rate, facts)
        return rate

    def _card_rate(self, role: str, unit: str, on: date | None) -> _Rate:
        """What the card says, converted to the unit; without inputs and rate where it says nothing."""
        facts = {"role": role, "unit": unit}
        if on is not None:
            facts["on"] = on.isoformat()
        entry = None if on is None else self._card.find(role, unit, on)
        if entry is None:
            return "card_rate", [], "", facts
        facts |= {"card_unit": entry.unit, "from": entry.valid_from.isoformat()}
        if entry.valid_to is not None:
            facts["to"] = entry.valid_to.isoformat()
        card_rate = stated("card_rate", exact_text(entry.rate, self._places))
        if entry.unit == unit:
            return "card_rate", [card_rate], card_rate["value"], facts
        hours_per_day = self._record.document.hours_per_day
        rate = entry.per(unit, hours_per_day)
        text = ratio_text(rate.numerator, rate.denominator, self._places)
        inputs = [card_rate, stated("hours_per_day", f"{hours_per_day:f}")]
        return "day_rate" if unit == "day" else "hour_rate", inputs, text, facts


def discounted(record: Record, key: str, discount: Discount, base: Amount, minor: int) -> Amount:
    """One discount as applied to a base: ``minor`` is what it comes to."""
    of = base.called("base").given
    facts = {"reason": discount.grounds.reason, "text": discount.grounds.text}
    if isinstance(discount, PercentDiscount):
        exact = percentage(base.text, discount.percent, record.places)
        inputs = [of, stated("percent", f"{discount.percent:f}")]
        return record.add(key, "percent_discount", inputs, exact, minor, facts)
    text = record.text(minor)
    return record.add(key, "amount_discount", [stated("amount", text), of], text, minor, facts)


def percentage(base: str, percent: Decimal, places: int) -> str:
    """``base * percent / 100``, exactly."""
    return exact_text(EXACT.scaleb(EXACT.multiply(Decimal(base), percent), -2), places)


def _inputs(**numbers: Decimal) -> list[InputJson]:
    return [stated(name, f"{number:f}") for name, number in numbers.items()]


_Made = tuple[str, list[InputJson], Decimal | None]
"""A rule, its inputs and the exact value; ``None`` where that is the result."""


def _stated(line: FixedLine | AllowanceLine) -> _Made:
    return "stated", [stated("amount", str(line.amount))], None


def _credit(line: CreditLine) -> _Made:
    return "credit", [stated("amount", str(line.amount))], None


def _expense(line: ExpenseLine) -> _Made:
    inputs = _inputs(quantity=line.quantity, unit_cost=line.unit_cost, markup_percent=line.markup_percent)
    at_cost = EXACT.multiply(line.quantity, line.unit_cost)
    return "expense", inputs, EXACT.scaleb(EXACT.multiply(at_cost, EXACT.add(line.markup_percent, HUNDRED)), -2)


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
