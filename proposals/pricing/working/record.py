"""The record into which the stages of a calculation write their steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..document import PriceDocument
from ..result import PriceResult
from .steps import Input, Step

NOTHING: Final = "nothing"
"""The key of the step that stands for all amounts of zero that nothing went into."""


class Record:
    """Steps in the order in which they are written down, and further names for them."""

    __slots__ = ("_minor_per_major", "_pattern", "aliases", "document", "places", "result", "steps")

    def __init__(self, document: PriceDocument, result: PriceResult) -> None:
        self.document = document
        self.result = result
        self.places = document.currency.minor_units
        self._minor_per_major = document.currency.minor_per_major
        self._pattern = f"%d.%0{self.places}d" if self.places else "%d%.0s"
        self.steps: dict[str, Step] = {}
        self.aliases: dict[str, str] = {}
        self.summed(NOTHING, ())

    def text(self, minor: int) -> str:
        """Minor units as money text."""
        if minor < 0:
            return f"-{self.text(-minor)}"
        return self._pattern % divmod(minor, self._minor_per_major)

    def amount(self, key: str, minor: int) -> Input:
        """An amount, as an input of further steps, whose own step is written down elsewhere."""
        return Input("amount", self.text(minor), key, minor)

    def add(self, step: Step, minor: int) -> Input:
        """Write a step down. The answer is its result as an input of further steps."""
        self.steps[step.key] = step
        return Input("amount", step.result, step.key, minor)

    def summed(self, key: str, parts: Sequence[Input]) -> Input:
        """A sum; without parts it is zero."""
        minor = sum([part.minor for part in parts])
        text = self.text(minor)
        self.steps[key] = Step(key, "sum", tuple(parts), text, text)
        return Input("amount", text, key, minor)

    def less(self, key: str, whole: Input, off: Input) -> Input:
        """An amount less another."""
        minor = whole.minor - off.minor
        text = self.text(minor)
        self.steps[key] = Step(key, "difference", (whole, off), text, text)
        return Input("amount", text, key, minor)

    def gather(self, key: str, parts: Sequence[Input]) -> None:
        """One name for several amounts: their sum, the only one itself, or nothing."""
        if len(parts) > 1:
            self.summed(key, parts)
        else:
            self.aliases[key] = parts[0].of if parts else NOTHING


def called(name: str, amount: Input) -> Input:
    """An amount as an input of another name."""
    return Input(name, amount.value, amount.of, amount.minor)
