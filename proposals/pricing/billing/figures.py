"""How amounts and numbers are written in sentences. The pricing core knows no language: a face that does overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from ..money import Currency, Money, finite_text, rounded_text


class Figures:
    """The plain form: ISO code, digits in groups of three, a point: ``EUR 14,000.00``. Override to write otherwise."""

    def money(self, amount: Money) -> str:
        """An amount with its currency."""
        return f"{amount.currency.code} {_grouped(str(amount))}"

    def price(self, price: Decimal, currency: Currency) -> str:
        """A rate or unit price with its currency; it may have more decimals than an amount."""
        text = finite_text(Fraction(price), least_places=currency.minor_units, most_places=6) or f"{price:f}"
        return f"{currency.code} {_grouped(text)}"

    def number(self, value: Decimal | Fraction | int) -> str:
        """A number of hours, units or periods: as many decimals as it needs, at most four."""
        exact = Fraction(value)
        return _grouped(finite_text(exact, least_places=0, most_places=4) or rounded_text(exact, 4))

    def percent(self, value: Decimal | Fraction) -> str:
        """A percentage."""
        return f"{self.number(value)} %"

    def rates(self, rates: Mapping[str, Decimal], currency: Currency) -> str:
        """Rates by role: ``senior EUR 200.00 and junior EUR 90.00 an hour``."""
        return f"{joined([f'{role} {self.price(rate, currency)}' for role, rate in rates.items()])} an hour"

    def counted(self, value: Decimal | Fraction | int, unit: str) -> str:
        """A number of things: ``1 hour``, ``20 hours``. ``unit`` stands for several: ``hours per period``."""
        return f"{self.number(value)} {one_of(unit) if value == 1 else unit}"

    def increment(self, hours: Decimal) -> str:
        """What entries of time are rounded up to: ``a full hour``, ``steps of 15 minutes``."""
        minutes = Fraction(hours) * 60
        if minutes == 60:
            return "a full hour"
        if minutes.denominator == 1:
            return f"steps of {self.counted(minutes, 'minutes')}"
        return f"steps of {self.counted(hours, 'hours')}"


def _grouped(number: str) -> str:
    whole, point, decimals = number.partition(".")
    return f"{int(whole):,}{point}{decimals}" if whole != "-0" else number


def joined(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def one_of(unit: str) -> str:
    """``hour per period`` for ``hours per period``."""
    return re.sub(r"\b(hour|minute|unit|period|day)s\b", r"\1", unit, count=1)


PLAIN = Figures()
"""The plain form."""
