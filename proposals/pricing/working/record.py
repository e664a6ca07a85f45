"""The record into which the stages of a calculation write their steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ..document import PriceDocument
from ..money import Currency, MoneyTexts
from ..result import PriceResult
from .steps import NO_FACTS, InputJson, StepJson, step_json

NOTHING: Final = "nothing"
"""The key of the step that stands for all amounts of zero that nothing went into."""


class Amount(NamedTuple):
    """An amount that a step made: in minor units, and as the input ``given`` of further steps."""

    minor: int
    given: InputJson

    @property
    def text(self) -> str:
        """The amount as money text."""
        return self.given["value"]

    @property
    def of(self) -> str:
        """The key of the step that made it."""
        return self.given["of"]

    def called(self, name: str) -> Amount:
        """The same amount as an input of another name."""
        return Amount(self.minor, {**self.given, "name": name})


class Record:
    """Steps in the order in which they are written down, and further names for them."""

    __slots__ = ("aliases", "currency", "places", "steps", "texts")

    def __init__(self, currency: Currency) -> None:
        self.currency = currency
        self.places = currency.minor_units
        self.texts: Mapping[int, str] = MoneyTexts(currency)
        self.steps: dict[str, StepJson] = {}
        self.aliases: dict[str, str] = {}
        self.summed(NOTHING, ())

    def text(self, minor: int) -> str:
        """Minor units as money text."""
        return self.texts[minor]

    def amount(self, key: str, minor: int) -> Amount:
        """An amount, as an input of further steps, whose own step is written down elsewhere."""
        return Amount(minor, {"name": "amount", "value": self.texts[minor], "of": key})

    def add(
        self,
        key: str,
        rule: str,
        inputs: list[InputJson],
        exact: str,
        minor: int,
        facts: Mapping[str, str] = NO_FACTS,
    ) -> Amount:
        """Write a step down whose result is an amount. The answer is that amount as an input of further steps."""
        text = self.texts[minor]
        self.steps[key] = step_json(key, rule, inputs, exact, text, facts)
        return Amount(minor, {"name": "amount", "value": text, "of": key})

    def summed(self, key: str, parts: Sequence[Amount]) -> Amount:
        """A sum; without parts it is zero."""
        minor = sum([minor for minor, _ in parts])
        text = self.texts[minor]
        self.steps[key] = step_json(key, "sum", [given for _, given in parts], text, text)
        return Amount(minor, {"name": "amount", "value": text, "of": key})

    def less(self, key: str, whole: Amount, off: Amount) -> Amount:
        """An amount less another."""
        whole_minor, of_whole = whole
        off_minor, of_off = off
        minor = whole_minor - off_minor
        text = self.texts[minor]
        self.steps[key] = step_json(key, "difference", [of_whole, of_off], text, text)
        return Amount(minor, {"name": "amount", "value": text, "of": key})

    def gather(self, key: str, parts: Sequence[Amount]) -> None:
        """One name for several amounts: their sum, the only one itself, or nothing."""
        if len(parts) > 1:
            self.summed(key, parts)
        else:
            self.aliases[key] = parts[0].of if parts else NOTHING


class PriceRecord(Record):
    """The record of a document and its price. ``line_keys`` are what the keys of each line's steps begin with."""

    __slots__ = ("document", "line_keys", "result")

    def __init__(self, document: PriceDocument, result: PriceResult) -> None:
        super().__init__(document.currency)
        self.document = document
        self.line_keys = [f"line:{line.id}." for line in document.lines]
        self.result = result


def stated(name: str, value: str) -> InputJson:
    """A number that somebody stated, as an input."""
    return {"name": name, "value": value}
