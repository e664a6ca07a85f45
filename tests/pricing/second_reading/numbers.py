"""Numbers of the second reading: rounding, writing and sharing out (pricing-spec 1, 2 and 9.1)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

Json = dict[str, Any]
NOTHING = Fraction(0)
NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
FOUR_DECIMALS = "CLF UYW"


def places_of(given: Json) -> int:
    for places, codes in ((0, NO_DECIMALS), (3, THREE_DECIMALS), (4, FOUR_DECIMALS)):
        if given["currency"] in codes.split():
            return places
    return 2


def rounded(exact: Fraction, places: int) -> Fraction:
    """Half away from zero (N4)."""
    size = abs(exact) * 10**places
    units = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    return Fraction(-units if exact < 0 else units, 10**places)


def text(exact: Fraction, places: int) -> str:
    """With exactly that many decimals, and no minus before zero (N5)."""
    units = int(rounded(exact, places) * 10**places)
    whole, part = divmod(abs(units), 10**places)
    return ("-" if units < 0 else "") + (f"{whole}.{part:0{places}d}" if places else str(whole))


def text_or_null(numerator: Fraction, denominator: Fraction, places: int) -> str | None:
    return text(numerator / denominator, places) if denominator else None


def whole_up(exact: Fraction) -> int:
    return -(-exact.numerator // exact.denominator)


def number(given: Json, key: str, default: str = "0") -> Fraction:
    return Fraction(default if given.get(key) is None else given[key])


def shares(total: Fraction, weights: Sequence[Fraction], places: int) -> list[Fraction]:
    """By largest remainder, equal ones to the earlier (9.1)."""
    whole = sum(weights, NOTHING)
    exact = [total * 10**places * weight / whole if whole else NOTHING for weight in weights]
    units = [each.numerator // each.denominator for each in exact]
    left_over = int(total * 10**places) - sum(units) if whole else 0
    for index in sorted(range(len(weights)), key=lambda index: (units[index] - exact[index], index))[:left_over]:
        units[index] += 1
    return [Fraction(each, 10**places) for each in units]
