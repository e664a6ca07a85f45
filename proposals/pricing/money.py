"""Numbers, currencies and money. This is the only module of the pricing core that rounds.

Numbers arrive as strings (pricing-spec 1, N1), are held as exact ``Decimal`` or ``Fraction`` values, and leave as
strings. ``float`` is used nowhere (N2), and nothing depends on the decimal context of the thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Final

from .currencies import CURRENCIES
from .errors import PricingError, shown

PERCENT_PLACES: Final = 4
"""Most decimals of a percentage (N7)."""

RATE_PLACES: Final = 6
"""Most decimals of a unit price, rate or unit cost (pricing-spec 2)."""

HOUR_PLACES: Final = 4
"""Decimals of hours and units in an answer (N6)."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,10})?")


def round_half_away(numerator: int, denominator: int) -> int:
    """The whole number nearest to ``numerator / denominator``; an exact half goes away from zero (N4).

    Every rounding of every amount is a call of this function. ``denominator`` must be positive.
    """
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -magnitude if numerator < 0 else magnitude


def parse_decimal(text: object, field: str | None = None) -> Decimal:
    """The exact number written in ``text``, for example ``"1200.50"`` or ``"-3"``.

    At most 15 digits before the point and 10 after it; no exponent, plus sign, blank, thousands separator or leading
    zero. Anything else, and anything that is not a string, is refused with ``bad_number`` naming ``field``.
    """
    if not isinstance(text, str):
        raise PricingError(
            "bad_number", f'A number must be written as text, such as "1200.50"; found {shown(text)}.', field=field
        )
    if _NUMBER.fullmatch(text) is None:
        raise PricingError(
            "bad_number",
            f"{shown(text)} is not a number we can read. Write digits with at most one point, such as 1200.50.",
            field=field,
        )
    return Decimal(text)


def product(*numbers: Decimal) -> Fraction:
    """The exact product of decimal numbers, reduced once."""
    numerator = denominator = 1
    for number in numbers:
        its_numerator, its_denominator = number.as_integer_ratio()
        numerator *= its_numerator
        denominator *= its_denominator
    return Fraction(numerator, denominator)


def require_finite(value: Decimal, field: str) -> None:
    """Refuse anything but a finite ``Decimal``: a float is a ``TypeError``, NaN and Infinity are ``bad_number``."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{field} must be a Decimal, not {type(value).__name__}")
    if not value.is_finite():
        raise PricingError("bad_number", f"{value} is not a number that can be priced.", field=field)


def fits_places(value: Decimal, places: int) -> bool:
    """Whether ``value`` needs no more than ``places`` decimals. Trailing zeros carry nothing and don't count."""
    denominator = value.as_integer_ratio()[1]
    return bool(10**places % denominator == 0)


def require_places(value: Decimal, places: int, field: str) -> None:
    """Refuse a number with more than ``places`` decimals: ``too_many_decimals``."""
    require_finite(value, field)
    if not fits_places(value, places):
        raise PricingError(
            "too_many_decimals",
            f"{value:f} has more than {places} decimals. Shorten it to {places} decimals.",
            field=field,
        )


def require_percent(value: Decimal, field: str, *, most: int | None = None) -> None:
    """Refuse a percentage below 0, above ``most`` (``bad_percent``), or with more than four decimals."""
    require_places(value, PERCENT_PLACES, field)
    if value < 0 or (most is not None and value > most):
        limits = "0 or more" if most is None else f"between 0 and {most}"
        raise PricingError("bad_percent", f"{value:f} percent is outside the limits. It must be {limits}.", field=field)


def require_rate(value: Decimal, field: str) -> None:
    """Refuse a unit price, rate or unit cost that is negative or has more than six decimals."""
    require_places(value, RATE_PLACES, field)
    if value < 0:
        raise PricingError(
            "bad_number",
            f"{value:f} is below 0. A price or rate is 0 or more.",
            field=field,
        )


def require_hours(value: Decimal, field: str) -> None:
    """Refuse negative hours: ``negative_quantity``."""
    require_finite(value, field)
    if value < 0:
        raise PricingError("negative_quantity", f"{value:f} hours are not possible. Give 0 or more.", field=field)


def require_not_negative(amount: Money, field: str) -> None:
    """Refuse an amount below 0: ``bad_number``."""
    if amount.minor < 0:
        raise PricingError("bad_number", f"{amount} is below 0. Give 0 or more.", field=field)


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency of the table, with its number of decimals. Any other code is ``unknown_currency``."""

    code: str
    minor_units: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        minor_units = CURRENCIES.get(self.code) if isinstance(self.code, str) else None
        if minor_units is None:
            raise PricingError(
                "unknown_currency",
                f"{shown(self.code)} is not a currency with minor units. Use a three-letter ISO 4217 code in capitals,"
                " such as EUR.",
                field="currency",
            )
        object.__setattr__(self, "minor_units", minor_units)

    @property
    def minor_per_major(self) -> int:
        """How many minor units make one: 100 for EUR, 1 for JPY, 1,000 for KWD."""
        return int(10**self.minor_units)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: a whole number of minor units (cents) of one currency. Prints with exactly its decimals (N5)."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if type(self.minor) is not int or not isinstance(self.currency, Currency):
            raise TypeError("Money is a whole number of minor units and a Currency")

    @classmethod
    def stated(cls, value: Decimal, currency: Currency, field: str) -> Money:
        """An amount that a person wrote. More decimals than the currency has are refused, not rounded."""
        require_finite(value, field)
        if not fits_places(value, currency.minor_units):
            raise PricingError(
                "too_many_decimals",
                f"{value:f} has too many decimals: {currency.code} has {currency.minor_units}. Shorten the amount.",
                field=field,
            )
        numerator, denominator = value.as_integer_ratio()
        return cls(numerator * (currency.minor_per_major // denominator), currency)

    @classmethod
    def rounded(cls, exact: Fraction, currency: Currency) -> Money:
        """The exact amount rounded once to minor units, half away from zero."""
        return cls(round_half_away(exact.numerator * currency.minor_per_major, exact.denominator), currency)

    @classmethod
    def stepped(cls, exact: Fraction, step: Money, *, up: bool) -> Money:
        """The exact amount as a multiple of ``step`` (above 0): the next one up, or the nearest, a half away from 0."""
        steps = exact / step.exact
        whole = -(-steps.numerator // steps.denominator) if up else round_half_away(*steps.as_integer_ratio())
        return cls(whole * step.minor, step.currency)

    @property
    def exact(self) -> Fraction:
        """The amount as a number of the main unit: 12.50 EUR is 25/2."""
        return Fraction(self.minor, self.currency.minor_per_major)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return minor_text(self.minor, self.currency.minor_units)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency.code} and {other.currency.code} do not add up")
        return other


def rounded_text(exact: Fraction, places: int) -> str:
    """The exact number rounded half away from zero to ``places`` decimals, as text: 400/3 at 2 is ``"133.33"``."""
    return minor_text(round_half_away(exact.numerator * 10**places, exact.denominator), places)


def rounded_ratio(numerator: Fraction, denominator: Fraction, places: int) -> str | None:
    """``numerator / denominator`` as ``rounded_text``; ``None`` if it is undefined, the denominator being 0."""
    return None if denominator == 0 else rounded_text(numerator / denominator, places)


def rounded_root_text(square: Fraction, places: int) -> str:
    """The square root of an exact number, 0 or more, rounded half up to ``places`` decimals, as text.

    In whole numbers: the root in units of the last place is ``r = sqrt(s)``, and ``floor(r + 1/2)`` is
    ``(isqrt(floor(4 s)) + 1) // 2``.
    """
    scaled = square * 100**places
    return minor_text((isqrt(4 * scaled.numerator // scaled.denominator) + 1) // 2, places)


def ceiling_text(exact: Fraction) -> str:
    """The least whole number that is not below the exact one, as text: 5.63 people are ``"6"``."""
    return str(-(-exact.numerator // exact.denominator))


def finite_text(exact: Fraction, *, least_places: int, most_places: int) -> str | None:
    """The exact number with as few decimals as it needs, at least ``least_places``.

    ``None`` if it has no end within ``most_places`` decimals, so that it could only be shown rounded.
    """
    for places in range(least_places, most_places + 1):
        if 10**places % exact.denominator == 0:
            return minor_text(exact.numerator * (10**places // exact.denominator), places)
    return None


def minor_text(minor: int, places: int) -> str:
    """``minor / 10**places`` as text with exactly that many decimals: 1250 at 2 is ``"12.50"``; never ``-0``."""
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits


class MoneyTexts(dict[int, str]):
    """Minor units as money text, each amount written once: an answer has many that are alike, above all zeros."""

    def __init__(self, currency: Currency) -> None:
        super().__init__()
        self._places = currency.minor_units

    def __missing__(self, minor: int) -> str:
        text = self[minor] = minor_text(minor, self._places)
        return text
