"""The scale of a chart: round steps of an axis, short amounts and numbers beside it, coordinates."""

from fractions import Fraction

from proposals.documents import wording
from proposals.pricing.money import rounded_text


def ticks(most_value: Fraction, *, most: int) -> list[Fraction]:
    """0 and round steps, the last one at or above the value: at most `most` of them after 0."""
    size = Fraction(1, 100)
    while True:
        for factor in (1, 2, 5):
            step = size * factor
            if step * most >= most_value:
                count = -(-most_value // step)
                return [step * number for number in range(int(count) + 1)]
        size *= 10


def short_amount(amount: Fraction, currency: str, language: str) -> str:
    """“€10k”: an amount for an axis."""
    for size, suffix in ((1_000_000, "M"), (1_000, "k")):
        if amount >= size:
            return f"{wording.symbol(currency, language)}{written_number(amount / size, language)}{suffix}"
    return f"{wording.symbol(currency, language)}{written_number(amount, language)}"


def written_number(value: Fraction, language: str) -> str:
    """A number as its language writes it, with two decimals at most."""
    return wording.quantity(rounded_text(value, 2), language)


def px(value: Fraction | int) -> str:
    """A coordinate."""
    return rounded_text(Fraction(value), 1)
