"""What somebody entered into a form: its numbers turned into exact texts, and what to tell about them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from proposals.documents import wording
from proposals.exceptions import FieldProblem, Invalid
from proposals.forms.numbers import Ambiguous, Notations, Read, Unreadable, read_number
from proposals.models import Proposal
from proposals.pricing.currencies import CURRENCIES

MONEY_FIELDS: Final = frozenset({"amount", "unit_cost", "price", "unit_price", "rate_override", "rate", "new_rate"})
PERCENT_FIELDS: Final = frozenset({"percent", "markup_percent"})
NUMBER_FIELDS: Final = (
    MONEY_FIELDS
    | PERCENT_FIELDS
    | frozenset({"quantity", "periods", "quantity_min", "quantity_max", "hours_per_day", "value"})
)
"""The fields of price forms that hold numbers, by the names that actions know them by."""

PERCENT_SIGNS: Final = "%\uff05\u066a"
"""The per cent sign, full-width and Arabic too."""

SHOWN_LENGTH: Final = 40
GROUP_LENGTH: Final = 3
"""Digits of a group of thousands: a number with as many decimals is asked for unless that is usual."""

CHOOSE: Final = "Choose which one you mean."


class Entered:
    """Reads the numbers that a reader wrote, in the document's language or in the reader's own.

    `told` collects a sentence for every number that was written in another way than it is shown.
    """

    def __init__(self, proposal: Proposal, accept_language: str = "") -> None:
        self.language = proposal.language
        self.currency = proposal.currency
        self.notations = Notations.of(proposal.language, accept_language, proposal.currency)
        self.told: list[str] = []
        self.is_decided = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to tell about the numbers read so far."""
        return tuple(self.told)

    def number(self, pointer: str, written: str, *, field: str = "") -> str:
        """The number as an exact text; nothing stays nothing. Raises Invalid with both readings if it has two.

        `field` is the name that says what kind of number it is, unless the pointer does.
        """
        name = field or pointer
        text = written.strip()
        bare = text.rstrip(PERCENT_SIGNS).rstrip() if name in PERCENT_FIELDS else text
        if not bare:
            return ""
        found = read_number(bare, self._notations_of(name), usual_decimals=self._usual_decimals(name))
        if isinstance(found, Read):
            if found.is_translated:
                sign = "%" if bare != text else ""
                self.told.append(f"“{cut(text)}” read as {self.shown(found.value)}{sign}.")
            return found.value
        if isinstance(found, Ambiguous):
            raise self._asked(pointer, bare, found)
        why = self._why_not(name, bare) or found.why
        because = f": {why}" if why else ""
        detail = f"“{cut(text)}” is not a number we can use{because}. Write it like {self._example(name)}."
        raise Invalid(
            f"{detail} Nothing was changed.",
            code="bad_number",
            errors=[FieldProblem(pointer, "bad_number", detail)],
        )

    def is_money(self, written: str) -> bool:
        """Whether a number was written with the currency's sign or code."""
        bare = replace(self.notations, signs=frozenset())
        as_money = read_number(written.strip(), self.notations)
        return not isinstance(as_money, Unreadable) and isinstance(read_number(written.strip(), bare), Unreadable)

    def _notations_of(self, name: str) -> Notations:
        """Only money is written with a currency; a field that may be either takes it too."""
        is_money = name in MONEY_FIELDS or name == "value"
        return self.notations if is_money else replace(self.notations, signs=frozenset())

    def _why_not(self, name: str, text: str) -> str:
        """What kind of number was written where another one is wanted; "" if that is not the reason."""
        if text[-1:] in PERCENT_SIGNS and name not in PERCENT_FIELDS:
            wanted = f"an amount in {self.currency}" if name in MONEY_FIELDS else "a plain number"
            return f"it is a percentage, and {wanted} is wanted here"
        if name in MONEY_FIELDS or not isinstance(read_number(text, self.notations), Read):
            return ""
        wanted = "a percentage" if name in PERCENT_FIELDS else "a plain number"
        return f"it is an amount of money, and {wanted} is wanted here"

    def _example(self, name: str) -> str:
        return f"{self.shown('12.5')}%" if name in PERCENT_FIELDS else self.shown("1250.50")

    def with_decimal_mark(self, mark: str, *, is_decided: bool) -> None:
        """Read from now on with this mark before the decimals; `is_decided` also where it could group digits."""
        self.notations = replace(self.notations, decimals=frozenset(mark))
        self.is_decided = is_decided

    def as_seen(self, shown: str, *, field: str) -> str:
        """What a control showed, as an exact text; nothing if that can't be said for certain."""
        text = shown.strip().replace(wording.decimal_mark(self.language), ".")
        if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
            return text
        found = read_number(shown, self.notations, usual_decimals=self._usual_decimals(field))
        return found.value if isinstance(found, Read) else ""

    def in_cell(self, field: str, exact: str) -> str:
        """An exact number as a cell shows it."""
        amount = wording.cell_amount(exact, self.currency) if field in MONEY_FIELDS and exact else exact
        return wording.cell_number(amount, self.language)

    def _usual_decimals(self, field: str) -> int:
        if self.is_decided:
            return GROUP_LENGTH
        return CURRENCIES.get(self.currency, 2) if field in MONEY_FIELDS else 2

    def numbers(self, fields: Mapping[str, Any], *, within: str = "", names: Collection[str] = NUMBER_FIELDS) -> Any:
        """Fields with their numbers read; `within` stands before their names in a refusal."""
        return {
            name: self.number(f"{within}{name}", value, field=name)
            if name in names and isinstance(value, str)
            else value
            for name, value in fields.items()
        }

    def shown(self, value: str) -> str:
        """A number as the document writes it, with as many decimals as it has."""
        whole, _, part = value.lstrip("-").partition(".")
        grouped = wording.quantity(whole or "0", self.language)
        mark = wording.decimal_mark(self.language)
        return ("-" if value.startswith("-") else "") + grouped + (f"{mark}{part}" if part else "")

    def _asked(self, pointer: str, text: str, found: Ambiguous) -> Invalid:
        one, other = (self.shown(value) for value in found.values)
        detail = f"“{cut(text)}” can mean {one} or {other}. {CHOOSE}"
        return Invalid(
            f"{detail} Nothing was changed.",
            code="ambiguous_number",
            errors=[FieldProblem(pointer, "ambiguous_number", detail)],
            extra={
                "choices": [
                    {"label": self.shown(value), "fields": {pointer: self._unmistakable(value)}, "send": True}
                    for value in found.values
                ]
            },
        )

    def _unmistakable(self, value: str) -> str:
        """A reading in the document's notation, so written that it can't be misread again."""
        whole, _, part = value.partition(".")
        if not part.strip("0"):
            return whole
        padded = f"{part}0" if len(part) == 3 else part
        return f"{whole}{wording.decimal_mark(self.language)}{padded}"


def cut(text: str) -> str:
    """A text that fits a sentence."""
    return f"{text[:SHOWN_LENGTH]}…" if len(text) > SHOWN_LENGTH else text
