"""Sharing an amount out so that the parts add up to it exactly (pricing-spec 9.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from .errors import PricingError
from .money import Money


def allocate_minor(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Share ``total_minor`` by largest remainder in proportion to ``weights``; same length and order.

    Each part is first the floor of its exact share ``total * weight / sum``; the units left over go one each to the
    largest fractional parts, and among equal ones to the earlier item. A weight of 0 gets 0.

    Raises ``PricingError`` with ``zero_weights`` when there is something to share and nothing to share it over.
    Neither the total nor a weight may be below zero.
    """
    if total_minor < 0:
        raise ValueError("a total below zero cannot be shared out")
    if min(weights, default=0) < 0:
        raise ValueError("a weight below zero has no share")
    weight_sum = sum(weights)
    if weight_sum == 0:
        if total_minor > 0:
            raise PricingError(
                "zero_weights", "All weights are 0: give at least one part a weight above 0.", field="weights"
            )
        return [0] * len(weights)
    parts, remainders = _floors(total_minor, weights, weight_sum)
    left_over = total_minor - sum(parts)
    if left_over:
        for index in _largest_first(remainders)[:left_over]:
            parts[index] += 1
    return parts


@dataclass(frozen=True, slots=True)
class Remainders:
    """How an amount was shared out, before and after the units that were left over.

    ``floors`` are the parts rounded down, ``left_over`` the units still to give. ``places`` say who comes when: from 1
    for the largest fraction, among equal ones the earlier item first; 0 where nothing was cut off. The first
    ``left_over`` places got one unit each.
    """

    floors: tuple[int, ...]
    left_over: int
    places: tuple[int, ...]


def largest_remainders(total_minor: int, weights: Sequence[int]) -> Remainders:
    """As ``allocate_minor``, with the reasons instead of the result. Total and weights must be those of a price."""
    weight_sum = sum(weights)
    if weight_sum == 0:
        return Remainders((0,) * len(weights), 0, (0,) * len(weights))
    floors, remainders = _floors(total_minor, weights, weight_sum)
    places = [0] * len(weights)
    for place, index in enumerate(_largest_first(remainders), start=1):
        if not remainders[index]:
            break
        places[index] = place
    return Remainders(tuple(floors), total_minor - sum(floors), tuple(places))


def _floors(total_minor: int, weights: Sequence[int], weight_sum: int) -> tuple[list[int], list[int]]:
    """The floor of every exact share, and what was cut off, in parts of ``weight_sum``."""
    floors: list[int] = []
    remainders: list[int] = []
    for weight in weights:
        floor, remainder = divmod(total_minor * weight, weight_sum)
        floors.append(floor)
        remainders.append(remainder)
    return floors, remainders


def _largest_first(remainders: Sequence[int]) -> list[int]:
    return sorted(range(len(remainders)), key=remainders.__getitem__, reverse=True)


def allocate(total: Money, weights: Sequence[Decimal]) -> tuple[Money, ...]:
    """Share ``total`` by largest remainder in proportion to decimal weights (see ``allocate_minor``).

    Raises ``PricingError``: ``negative_total``, ``bad_number`` for a weight below zero, ``zero_weights``.
    """
    if total.minor < 0:
        raise PricingError("negative_total", f"A total of {total} cannot be shared out. Give 0 or more.", field="total")
    for index, weight in enumerate(weights):
        if weight < 0:
            raise PricingError(
                "bad_number", f"A weight of {weight:f} is below 0. Give 0 or more.", field=f"weights.{index}"
            )
    return tuple(Money(part, total.currency) for part in allocate_minor(total.minor, whole_weights(weights)))


def whole_weights(weights: Sequence[Decimal | Fraction]) -> list[int]:
    """Whole numbers in the same proportions."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = lcm(*(denominator for _, denominator in ratios))
    return [numerator * (scale // denominator) for numerator, denominator in ratios]
