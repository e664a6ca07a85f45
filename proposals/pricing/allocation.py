"""Sharing an amount out so that the parts add up to it exactly (pricing-spec 9.1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import lcm

from .errors import PricingError
from .money import Money


def allocate_minor(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Share ``total_minor`` by largest remainder in proportion to ``weights``; same length and order.

    Each part is first the floor of its exact share ``total * weight / sum``; the units left over go one each to the
    largest fractional parts, and among equal ones to the earlier item. A weight of 0 gets 0.

    Raises ``PricingError`` with ``negative_total`` for a total below zero, ``bad_number`` for a negative weight,
    ``zero_weights`` when there is something to share and nothing to share it over.
    """
    if total_minor < 0:
        raise PricingError("negative_total", "A total below zero cannot be shared out.", field="total")
    for index, weight in enumerate(weights):
        if weight < 0:
            raise PricingError("bad_number", "A weight must be 0 or more.", field=f"weights.{index}")
    weight_sum = sum(weights)
    if weight_sum == 0:
        if total_minor > 0:
            raise PricingError(
                "zero_weights", "All weights are 0: give at least one part a weight above 0.", field="weights"
            )
        return [0] * len(weights)
    parts: list[int] = []
    remainders: list[int] = []
    for weight in weights:
        part, remainder = divmod(total_minor * weight, weight_sum)
        parts.append(part)
        remainders.append(remainder)
    left_over = total_minor - sum(parts)
    if left_over:
        largest_first = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
        for index in largest_first[:left_over]:
            parts[index] += 1
    return parts


def allocate(total: Money, weights: Sequence[Decimal]) -> tuple[Money, ...]:
    """Share ``total`` by largest remainder in proportion to decimal weights (see ``allocate_minor``)."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = lcm(*(denominator for _, denominator in ratios))
    whole_weights = [numerator * (scale // denominator) for numerator, denominator in ratios]
    return tuple(Money(part, total.currency) for part in allocate_minor(total.minor, whole_weights))
