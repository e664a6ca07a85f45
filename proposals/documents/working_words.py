"""The steps of a working as sentences with figures, in the language and the currency of a document.

Steps are data (`proposals.pricing.working`); here they get names and words, when somebody looks. Nothing is calculated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.working_names import ExtraNames
from proposals.documents.working_whole import Explained
from proposals.pricing.working import Input, Step

MORE_PLACES: Final = 4
"""How many decimals beyond the currency's are shown of a number without end."""

MOST_SUMMANDS: Final = 4
"""A sum of more amounts names their number; they follow as steps of their own."""

_CUT: Final = Context(prec=60, rounding=ROUND_DOWN)


@dataclass(frozen=True)
class StepWords:
    """A step as people read it. `short_name` leaves out what it belongs to; `result` is the bare number."""

    key: str
    name: str
    short_name: str
    sentence: str
    result: str

    @property
    def owner(self) -> str:
        """The line, section or tax that the step belongs to; the same for steps that are not to be told apart."""
        return self.key.partition(".")[0]


class WorkingWords:
    """Puts the steps of one working into words.

    `document` is what was priced, as `calculate` takes it, with the titles of sections and lines.
    """

    def __init__(self, explained: Explained, document: Mapping[str, Any], language: str = "en") -> None:
        working = explained.working
        self.working = working
        self.language = language
        self.currency = working.currency_code
        self._document = document
        self._extra = ExtraNames(explained, self._tax_labels)

    def words(self, key: str) -> StepWords:
        """A step by any of its names. Raises PricingError with `unknown_amount`."""
        step = self.working.step(key)
        name = self.name(step.key)
        short_name = name.rpartition(": ")[2] if step.key.startswith(_OWNED) else name
        short_name = short_name[:1].upper() + short_name[1:]
        return StepWords(step.key, name, short_name, self.sentence(step), self.figure(step.result))

    def money(self, key: str) -> str:
        """The result of a step as an amount with its currency."""
        return wording.money(self.working.step(key).result, self.currency, self.language)

    def sentence(self, step: Step) -> str:
        """How the step came about, in one sentence down to the rounding."""
        return _SENTENCES[step.rule](self, step, {each.name: each for each in step.inputs})

    def name(self, key: str) -> str:
        """What a step is called: “Design, after its discounts”."""
        extra = self._extra.name(key)
        if extra is not None:
            return extra
        if key.startswith(_ENDS):
            return f"{_TOTALS[key[:9]]}, {self.name(_own_key(key))}"
        kind, _, rest = key.partition(":")
        if kind in ("line", "section", "tax"):
            owner, _, what = rest.partition(".")
            if kind == "line" and what == "gross" and self.working.aliases.get(f"line:{owner}.amount") == key:
                what = "amount"
            title = {"line": self.line_title, "section": self.section_title, "tax": self.tax_label}[kind](owner)
            return f"{title}: {self._what(what)}"
        if key.startswith("conditional."):
            what = key.split(".", 2)[2]
            own = what == "saving" or what.startswith("discounts")
            return f"Paid early: {self._what(what) if own else self.name(what)}"
        if key.startswith("document."):
            return f"The whole: {self._what(key.removeprefix('document.'))}"
        return _TOTALS.get(key, "Nothing")

    def line_title(self, line_id: str) -> str:
        """The title of a line."""
        return str(self._lines.get(line_id, {}).get("title") or line_id)

    def section_title(self, section_id: str) -> str:
        """The title of a section."""
        return self._section_titles.get(section_id, section_id)

    def tax_label(self, tax_id: str) -> str:
        """The label of a tax."""
        return self._tax_labels.get(tax_id, tax_id)

    def number(self, value: str) -> str:
        """A bare amount or rate: the currency's decimals at least, what has no end cut with an ellipsis."""
        if "/" not in value:
            places = max(len(value.partition(".")[2]), self.working.places)
            return wording.decimals(value, places, self.language)
        ratio = Fraction(value)
        exponent = Decimal(1).scaleb(-self.working.places - MORE_PLACES)
        digits = _CUT.quantize(_CUT.divide(Decimal(ratio.numerator), Decimal(ratio.denominator)), exponent)
        return f"{wording.decimals(digits, self.working.places + MORE_PLACES, self.language)}…"

    def figure(self, value: str) -> str:
        """An amount; or a number of hours or units, which has fewer decimals than an amount must have."""
        decimals = value.partition(".")[2]
        if "/" in value or len(decimals) >= self.working.places:
            return self.number(value)
        return wording.quantity(value, self.language)

    def reached(self, step: Step) -> str:
        """“ = 270.00”, or the exact value and how it was rounded."""
        if not step.is_rounded:
            return f" = {self.figure(step.result)}"
        return f" = exactly {self.number(step.exact)}, rounded half away from zero to {self.number(step.result)}"

    def quantity(self, value: Input) -> str:
        """A quantity or a percentage, without the sign."""
        return wording.quantity(value.value, self.language)

    def line_of(self, step: Step) -> Mapping[str, Any]:
        """The content of the line that a step belongs to."""
        return self._lines.get(_own_key(step.key).removeprefix("line:").partition(".")[0], {})

    @cached_property
    def _lines(self) -> dict[str, Mapping[str, Any]]:
        return {line["id"]: line for section in self._document["sections"] for line in section["lines"]}

    @cached_property
    def _section_titles(self) -> dict[str, str]:
        return {section["id"]: str(section.get("title") or section["id"]) for section in self._document["sections"]}

    @cached_property
    def _tax_labels(self) -> dict[str, str]:
        return {tax["id"]: str(tax.get("label") or tax["id"]) for tax in self._document.get("taxes", ())}

    def _what(self, what: str) -> str:
        """The name of an amount without its owner; further discounts of a level are counted from two."""
        head, _, tail = what.partition(".")
        if head.startswith("tax:"):
            return self.tax_label(what.removeprefix("tax:"))
        if head == "conditional":
            return f"paid early, {self._what(tail.partition('.')[2])}"
        number, _, part = tail.partition(".")
        count = f" {int(number) + 1}" if number.isdecimal() and number != "0" else ""
        return f"{_WHAT.get(head, head)}{count}{_PARTS.get(part, '')}"


_OWNED: Final = ("line:", "section:", "tax:", "billing:", "schedule.")
"""The keys whose names begin with what they belong to and a colon."""

_ENDS: Final = ("range.min.", "range.max.")


def _own_key(key: str) -> str:
    """The key without the end of a range that it leads to."""
    return key[len(_ENDS[0]) :] if key.startswith(_ENDS) else key


_PARTS: Final[Mapping[str, str]] = {
    "base": ", what it is taken of",
    "left_over": ", left over when its shares are rounded down",
}
_WHAT: Final[Mapping[str, str]] = {
    "rate": "rate",
    "gross": "before discounts",
    "at_cost": "at cost",
    "markup": "markup",
    "base": "what it is taken of",
    "price": "price with tax",
    "discounts": "discount",
    "discount": "discount in all",
    "line_discount": "own discounts",
    "after_line_discounts": "after its own discount",
    "section_discount": "share of the section’s discount",
    "after_section_discounts": "after the section’s discount",
    "document_discount": "share of the discount on the whole",
    "after_document_discounts": "after the discount on the whole",
    "amount": "amount",
    "tax": "tax",
    "saving": "saving",
}

_TOTALS: Final[Mapping[str, str]] = {
    "totals.gross": "Total before discounts",
    "totals.discount": "Discounts in all",
    "totals.net": "Total before tax",
    "totals.tax": "Tax in all",
    "totals.total": "Total",
    "totals.firm": "What is firm",
    "totals.estimate": "What is an estimate",
    "totals.ceiling": "What is at most",
    "range.min": "Least total",
    "range.max": "Greatest total",
}

Named = Mapping[str, Input]
_Sentence = Callable[[WorkingWords, Step, Named], str]


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
    return f"{' × '.join(say.figure(each.value) for each in step.inputs)} = {say.figure(step.result)}."


def _product(say: WorkingWords, step: Step, named: Named) -> str:
    role = f" for {step.facts['role']}" if "role" in step.facts else ""
    return f"{say.quantity(named['quantity'])} × {say.number(named['rate'].value)}{role}{say.reached(step)}."


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


def _extreme(say: WorkingWords, step: Step, named: Named) -> str:
    which = "least" if step.rule == "least" else "greatest"
    totals = "; ".join(f"{each.note}: {say.number(each.value)}" for each in step.inputs)
    return f"The {which} of the totals of all ways to choose. {totals}."


_SENTENCES: Final[Mapping[str, _Sentence]] = {
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
    "least": _extreme,
    "greatest": _extreme,
}
