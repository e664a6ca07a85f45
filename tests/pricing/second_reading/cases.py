"""Inputs of all sorts that can be priced, from a seeded generator: every function, kind, model and currency class."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import TypeVar

from .numbers import FOUR_DECIMALS, NO_DECIMALS, THREE_DECIMALS, Json, places_of, text

T = TypeVar("T")
CODES = [*f"{NO_DECIMALS} {THREE_DECIMALS} {FOUR_DECIMALS}".split(), *["EUR"] * 12, "USD", "GBP", "HUF", "TWD", "MRU"]
DATES = ("2024-02-29", "2025-01-01", "2025-06-30", "2025-07-01")
WHY = {"reason": "volume", "text": "agreed for this piece of work"}


class Cases:
    """Draws from one seed, so that a case can be had again."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.currency = self.one_of(CODES)
        self.places = places_of({"currency": self.currency})

    def one_of(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self, most: int, *places: int) -> str:
        of_these = self.one_of(places or (0, 1, 2, 4))
        return text(Fraction(self.random.randint(0, most * 10**of_these), 10**of_these), of_these)

    def above_zero(self, most: int, *places: int) -> str:
        return self.number(most, *places) if self.chance(0.1) else str(self.random.randint(1, most))

    def money(self, most: int = 0) -> str:
        most = most or self.one_of((1, 10, 1000, 10**5, 10**9, 10**14))
        return self.one_of(("0", self.number(most, self.places), self.number(most, self.places), self.number(most, 0)))

    def rate(self) -> str:
        return self.one_of(("0", self.number(1, 6), self.number(300, 0, 2, 4, 6), self.number(5000, 2)))

    def percent(self) -> str:
        return self.one_of(("0", "100", "50", "33.3333", "0.0001", "99.9999", self.number(100)))

    def some(self, **optional: object) -> Json:
        """Each of these with a chance of one half."""
        return {name: value for name, value in optional.items() if self.chance(0.5)}

    def cut(self, whole: int, parts: int) -> list[int]:
        """Whole numbers, 0 or more, that add up."""
        ends = sorted(self.random.randint(0, whole) for _ in range(parts - 1))
        return [end - start for start, end in zip([0, *ends], [*ends, whole], strict=True)]

    def nonzero(self, value: str, otherwise: str = "1") -> str:
        return value if Fraction(value) else otherwise
