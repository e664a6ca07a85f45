"""The steps of a working as sentences with figures, in the language and the currency of a document.

Steps are data (`proposals.pricing.working`); here they get names and words, when somebody looks. Nothing is calculated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.working_names import OFFER, ExtraNames
from proposals.documents.working_sentences import SENTENCES
from proposals.documents.working_whole import Explained
from proposals.pricing.working import Input, Step

MORE_PLACES: Final = 4
"""How many decimals beyond the currency's are shown of a number without end."""

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
        short_name = name.rpartition(": ")[2] if step.key.startswith(_OWNED) else name.removeprefix(_IF_ACCEPTED)
        short_name = short_name[:1].upper() + short_name[1:]
        return StepWords(step.key, name, short_name, self.sentence(step), self.figure(step.result))

    def money(self, key: str) -> str:
        """The result of a step as an amount with its currency."""
        return wording.money(self.working.step(key).result, self.currency, self.language)

    def amount(self, key: str) -> str:
        """The result of a step in its unit: an amount with its currency, a percentage, or a number of hours or days."""
        return self._in_unit(self.working.step(key)) or self.money(key)

    def bare(self, step: Step) -> str:
        """The same for a table in one currency: an amount without it."""
        return self._in_unit(step) or self.figure(step.result)

    def _in_unit(self, step: Step) -> str:
        """A percentage, hours or days with their unit; "" for an amount."""
        unit = self._extra.unit(step)
        if unit == "percent":
            return wording.percent(step.result, self.language)
        if not unit:
            return ""
        said = self.number(step.result) if "/" in step.result else wording.quantity(step.result, self.language)
        return f"{said} {unit}{'' if said == '1' else 's'}"

    def sentence(self, step: Step) -> str:
        """How the step came about, in one sentence down to the rounding."""
        return SENTENCES[step.rule](self, step, {each.name: each for each in step.inputs})

    def name(self, key: str) -> str:
        """What a step is called: “Design, after its discounts”."""
        extra = self._extra.name(key)
        if extra is not None:
            return extra
        if key.startswith(_ENDS):
            return f"{_TOTALS[key[:9]]}, {self.name(_own_key(key))}"
        if key.startswith(OFFER):
            return f"{_IF_ACCEPTED}{self.name(_own_key(key))}"
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
        return self.number(value.value) if "/" in value.value else wording.quantity(value.value, self.language)

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

_IF_ACCEPTED: Final = "If accepted: "

_ENDS: Final = ("range.min.", "range.max.")


def _own_key(key: str) -> str:
    """The key without the end of a range that it leads to, or the counter-offer that it is tried out for."""
    if key.startswith(OFFER):
        return _own_key(key.partition(".")[2])
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
