"""One sentence with figures for each rule by which a step of a working is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from proposals.documents import wording
from proposals.pricing.working import Input, Step

if TYPE_CHECKING:
    from proposals.documents.working_words import WorkingWords

MOST_SUMMANDS: Final = 4
"""A sum of more amounts names their number; they follow as steps of their own."""

Named = Mapping[str, Input]
_Sentence = Callable[["WorkingWords", Step, Named], str]


def _stated(say: WorkingWords, step: Step, named: Named) -> str:
    kind = {"allowance": "An allowance", "fixed": "A fixed price"}.get(say.line_of(step).get("kind", ""), "An amount")
    return f"{kind}, stated as {say.figure(step.result)}."


def _credit(say: WorkingWords, step: Step, named: Named) -> str:
    return f"A credit of {say.number(named['amount'].value)} lowers the total."


def _card_rate(say: WorkingWords, step: Step, named: Named) -> str:
    return f"{say.number(step.result)} {_each(step.facts['unit'])}, {_of_card(say, step)}."


def _converted(say: WorkingWords, step: Step, named: Named) -> str:
    rate = f"{say.number(named['card_rate'].value)} {_each(step.facts['card_unit'])}"
    hours = f"{say.quantity(named['hours_per_day'])} hours a day"
    sign = "×" if step.rule == "day_rate" else "÷"
    kept = ", kept exact" if "/" in step.result else ""
    return (
        f"{rate}, {_of_card(say, step)}; {sign} {hours} = {say.number(step.result)} {_each(step.facts['unit'])}{kept}."
    )


def _own_rate(say: WorkingWords, step: Step, named: Named) -> str:
    beside = (
        f"the card says {say.number(step.facts['card_rate'])}" if "card_rate" in step.facts else "the card has none"
    )
    return f"{say.number(step.result)} {_each(step.facts['unit'])}, an own rate for {step.facts['role']}; {beside}."


def _of_card(say: WorkingWords, step: Step) -> str:
    since = wording.short_date(step.facts["from"], say.language)
    of = f"the rate card’s rate for {step.facts['role']} since {since}"
    if "date" not in say.line_of(step):
        return of
    return f"{of}, which is in force on {wording.short_date(step.facts['on'], say.language)}, the day this line names"


def _each(unit: str) -> str:
    return {"hour": "an hour", "day": "a day"}[unit]


def _time(say: WorkingWords, step: Step, named: Named) -> str:
    quantity, unit = say.quantity(named["quantity"]), step.facts["unit"]
    units = unit if quantity == "1" else f"{unit}s"
    return f"{quantity} {units} at {say.number(named['rate'].value)} {_each(unit)}{say.reached(step)}."


def _expense(say: WorkingWords, step: Step, named: Named) -> str:
    cost = f"{say.quantity(named['quantity'])} × {say.number(named['unit_cost'].value)}"
    if "markup_percent" not in named:
        return f"{cost}{say.reached(step)}."
    markup = say.quantity(named["markup_percent"])
    return f"{cost}, {'at cost' if markup == '0' else f'with a markup of {markup}%'}{say.reached(step)}."


def _subscription(say: WorkingWords, step: Step, named: Named) -> str:
    quantity, periods = say.quantity(named["quantity"]), say.quantity(named["periods"])
    label = say.line_of(step).get("unit_label") or ("period" if periods == "1" else "periods")
    several = f"{quantity} × " if quantity != "1" else ""
    return f"{several}{periods} {label} at {say.number(named['price'].value)}{say.reached(step)}."


def _unit(say: WorkingWords, step: Step, named: Named) -> str:
    label = say.line_of(step).get("unit_label") or ""
    counted = f"{say.quantity(named['quantity'])} {label}".strip()
    return f"{counted} at {say.number(named['unit_price'].value)}{say.reached(step)}."


def _percentage(say: WorkingWords, step: Step, named: Named) -> str:
    return f"{say.quantity(named['percent'])}% of {say.number(named['base'].value)}{say.reached(step)}."


def _discount(say: WorkingWords, step: Step, named: Named) -> str:
    return f"{_percentage(say, step, named).removesuffix('.')} (“{step.facts['text']}”)."


def _amount_discount(say: WorkingWords, step: Step, named: Named) -> str:
    off = f"{say.number(named['amount'].value)} off {say.number(named['base'].value)}"
    return f"{off} (“{step.facts['text']}”)."


def _share(say: WorkingWords, step: Step, named: Named) -> str:
    total, amount, base = (say.figure(named[name].value) for name in ("total", "amount", "base"))
    place, left_over = int(step.facts["place"]), named["left_over"].minor
    exact = f"{total} × {amount} ÷ {base} = {say.number(step.exact)}"
    if place == 0:
        return f"{exact}."
    unit = say.number(_smallest(say.working.places))
    if place > left_over:
        largest = "the largest" if left_over == 1 else f"among the {left_over} largest"
        why = f"its fraction is not {largest}" if left_over else "nothing was left over"
        return f"{exact}, rounded down to {say.number(step.result)}; {why}."
    largest = "the largest fraction" if left_over == 1 else f"one of the {left_over} largest fractions"
    return f"{exact}, rounded down, and {unit} of what was left over for {largest}: {say.number(step.result)}."


def _left_over(say: WorkingWords, step: Step, named: Named) -> str:
    unit = say.number(_smallest(say.working.places))
    total = say.number(named["total"].value)
    if not step.result.strip("0."):
        return f"All shares of {total} rounded down add up to it: nothing is left over."
    return (
        f"All shares of {total} rounded down leave {say.number(step.result)}. It goes out in steps of {unit}, "
        "to the largest fractions first and among equal ones to the earlier line."
    )


def _smallest(places: int) -> str:
    return f"{Decimal(1).scaleb(-places):f}"


def _tax_within(say: WorkingWords, step: Step, named: Named) -> str:
    price, percent = say.number(named["price"].value), say.quantity(named["percent"])
    return f"{price} × {percent} ÷ (100 + {percent}){say.reached(step)}."


def _sum(say: WorkingWords, step: Step, named: Named) -> str:
    amounts = [say.figure(each.value) for each in step.inputs]
    if not amounts:
        return f"There is nothing of this kind: {say.number(step.result)}."
    if len(amounts) == 1:
        return f"One amount: {amounts[0]}."
    if len(amounts) > MOST_SUMMANDS:
        return f"The sum of {len(amounts)} amounts{say.reached(step)}."
    return f"{' + '.join(amounts)}{say.reached(step)}."


def _difference(say: WorkingWords, step: Step, named: Named) -> str:
    amounts = [say.figure(each.value) for each in step.inputs]
    return f"{f' {wording.MINUS} '.join(amounts)} = {say.figure(step.result)}."


def _times(say: WorkingWords, step: Step, named: Named) -> str:
    if "hours_per_day" in named:
        days, each = say.quantity(named["days"]), say.quantity(named["hours_per_day"])
        return f"{days} days × {each} hours a day = {say.figure(step.result)} hours."
    return f"{' × '.join(say.figure(each.value) for each in step.inputs)} = {say.figure(step.result)}."


def _product(say: WorkingWords, step: Step, named: Named) -> str:
    role = f" for {step.facts['role']}" if "role" in step.facts else ""
    quantity = (
        f"{say.quantity(named['quantity'])} hours"
        if _is_work(named["quantity"]) or ".by_day." in step.key
        else say.quantity(named["quantity"])
    )
    return f"{quantity} × {say.number(named['rate'].value)}{role}{say.reached(step)}."


def _is_work(quantity: Input) -> bool:
    """Whether a quantity is hours that a comparison is made for: of an outcome, asked for, or solved."""
    owner, _, rest = quantity.of.partition(".")
    return owner.startswith("billing:") and (
        rest.startswith("hours.") or rest.endswith((":hours", "carried.hours", ".exact", ".before"))
    )


def _raised(say: WorkingWords, step: Step, named: Named) -> str:
    return f"{say.number(named['base'].value)} and {say.quantity(named['percent'])}% more{say.reached(step)}."


def _quotient(say: WorkingWords, step: Step, named: Named) -> str:
    return f"{say.figure(named['dividend'].value)} ÷ {say.figure(named['divisor'].value)}{say.reached(step)}."


def _in_percent(say: WorkingWords, step: Step, named: Named) -> str:
    return f"{say.figure(named['part'].value)} × 100 ÷ {say.figure(named['whole'].value)}{say.reached(step)}."


def _expected(say: WorkingWords, step: Step, named: Named) -> str:
    low, likely, high = (say.number(named[name].value) for name in ("low", "likely", "high"))
    return f"Low once, likely four times and high once: ({low} + 4 × {likely} + {high}) ÷ 6{say.reached(step)}."


def _bounded(say: WorkingWords, step: Step, named: Named) -> str:
    amount, result = say.figure(named["amount"].value), say.figure(step.result)
    if step.rule == "at_most":
        return f"The smaller of {amount} and the limit of {say.figure(named['limit'].value)}: {result}."
    return f"The larger of {amount} and the floor of {say.figure(named['floor'].value)}: {result}."


def _beyond(say: WorkingWords, step: Step, named: Named) -> str:
    quantity, included = say.figure(named["quantity"].value), say.figure(named["included"].value)
    return f"{quantity} {wording.MINUS} {included}, or nothing if that is less than 0: {say.figure(step.result)}."


def _whole_steps(say: WorkingWords, step: Step, named: Named) -> str:
    quantity, size = say.quantity(named["quantity"]), say.quantity(named["step"])
    return f"{quantity} rounded up to a whole number of steps of {size}: {say.figure(step.result)}."


def _one_of_all(say: WorkingWords, step: Step, named: Named) -> str:
    amounts = "; ".join(say.figure(each.value) for each in step.inputs)
    return f"The {step.rule} of {amounts}: {say.figure(step.result)}."


def _total_assumption(say: WorkingWords, step: Step, named: Named) -> str:
    target, room = say.number(named["target_cost"].value), say.number(named["room"].value)
    return f"{target} + {room} × 100 ÷ {say.quantity(named['percent'])}{say.reached(step)}."


def _solved(say: WorkingWords, step: Step, named: Named) -> str:
    first, second = (
        _straight(say, named[f"{which}_fixed"].value, named[f"{which}_rate"].value) for which in ("first", "second")
    )
    return f"Solved, not added up: {first} = {second} at {say.figure(step.result)} hours."


def _straight(say: WorkingWords, fixed: str, rate: str) -> str:
    """A fixed part and one for every hour: “4,000.00 + 110.55 × hours”, without what is nothing."""
    by_hour = f"{say.number(rate.removeprefix('-'))} × hours"
    if not Fraction(rate):
        return say.number(fixed)
    if not Fraction(fixed):
        return f"{wording.MINUS if rate.startswith('-') else ''}{by_hour}"
    return f"{say.number(fixed)} {wording.MINUS if rate.startswith('-') else '+'} {by_hour}"


def _in_unit(say: WorkingWords, step: Step, named: Named) -> str:
    hours, per_unit = say.figure(named["hours"].value), named["hours_per_unit"].value
    if Fraction(per_unit) == 1:
        places = len(step.result.partition(".")[2])
        rounded = f", rounded half away from zero at {places} decimals: {say.figure(step.result)}"
        said = f"{hours} hours{rounded if step.is_rounded else ''}."
    else:
        said = f"{hours} hours ÷ {say.quantity(named['hours_per_unit'])} hours a day{say.reached(step)}."
    if "first_there" not in named:
        return said
    first, second = (say.figure(named[f"{which}_there"].value) for which in ("first", "second"))
    said = f"{said} To check: there one is {first} and the other {second}"
    if "before" not in named:
        return f"{said}."
    first, second = (say.figure(named[f"{which}_before"].value) for which in ("first", "second"))
    return f"{said}; at {say.figure(named['before'].value)} hours {first} and {second}."


def _extreme(say: WorkingWords, step: Step, named: Named) -> str:
    which = "least" if step.rule == "least" else "greatest"
    totals = "; ".join(f"{each.note}: {say.number(each.value)}" for each in step.inputs)
    return f"The {which} of the totals of all ways to choose. {totals}."


SENTENCES: Final[Mapping[str, _Sentence]] = {
    "stated": _stated,
    "credit": _credit,
    "card_rate": _card_rate,
    "day_rate": _converted,
    "hour_rate": _converted,
    "own_rate": _own_rate,
    "time": _time,
    "at_cost": _expense,
    "expense": _expense,
    "subscription": _subscription,
    "unit": _unit,
    "allowance": _percentage,
    "percent_discount": _discount,
    "amount_discount": _amount_discount,
    "share": _share,
    "left_over": _left_over,
    "tax": _percentage,
    "tax_within": _tax_within,
    "sum": _sum,
    "difference": _difference,
    "rounded_sum": _sum,
    "times": _times,
    "product": _product,
    "percentage": _percentage,
    "raised": _raised,
    "quotient": _quotient,
    "ratio_percent": _in_percent,
    "expected": _expected,
    "at_most": _bounded,
    "at_least": _bounded,
    "beyond": _beyond,
    "whole_steps": _whole_steps,
    "smallest": _one_of_all,
    "largest": _one_of_all,
    "total_assumption": _total_assumption,
    "solved": _solved,
    "in_unit": _in_unit,
    "least": _extreme,
    "greatest": _extreme,
}
