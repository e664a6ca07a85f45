"""The rate build-up as a waterfall: each amount begins where the one before it ended, and the last is their sum.

Bars are in hundredths of the widest amount, as exact decimal texts, so that an SVG can draw them without arithmetic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proposals.documents.wording import MINUS, money
from proposals.pricing.money import rounded_text


@dataclass(frozen=True)
class Bar:
    """One amount: `sign` says how it joins those above it; `start` and `width` are per cent of the chart."""

    name: str
    label: str
    sign: str
    amount: str
    start: str
    width: str


@dataclass(frozen=True)
class Waterfall:
    """The bars from the first cost down to the rate, and the sum in words that they show."""

    bars: tuple[Bar, ...]
    says: str


def waterfall_of(result: Mapping[str, Any], currency: str, language: str) -> Waterfall:
    """The waterfall of what `build_up` answered. What is shown adds up to the bill rate."""
    direct, overhead, profit, rate = (
        Fraction(result[name]) for name in ("direct_cost_per_hour", "overhead_per_hour", "profit_per_hour", "bill_rate")
    )
    break_even = direct + overhead
    most = max(break_even, rate, Fraction(1, 10**6))

    def bar(name: str, label: str, sign: str, amount: Fraction, low: Fraction) -> Bar:
        return Bar(
            name=name,
            label=label,
            sign=sign,
            amount=money(_text(abs(amount)), currency, language),
            start=rounded_text(low * 100 / most, 2),
            width=rounded_text(abs(amount) * 100 / most, 2),
        )

    gains = profit >= 0
    bars = (
        bar("direct", "Direct cost of an hour", "", direct, Fraction(0)),
        bar("overhead", "Its share of the overhead", "+", overhead, direct),
        bar(
            "profit" if gains else "loss",
            "Profit" if gains else "Loss",
            "+" if gains else MINUS,
            profit,
            min(break_even, rate),
        ),
        bar("rate", "Rate of an hour", "=", rate, Fraction(0)),
    )
    said = " ".join(f"{each.sign} {each.amount}".strip() for each in bars)
    return Waterfall(bars, said)


def _text(amount: Fraction) -> str:
    return rounded_text(amount, 4)
