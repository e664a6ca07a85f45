"""Largest remainder: exact sums, fair shares, ties to the earlier part."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proposals.pricing import PricingError, calculate
from proposals.pricing.allocation import allocate_minor

WEIGHTS = st.lists(st.integers(0, 10**6) | st.sampled_from([0, 1, 1, 3]), min_size=1, max_size=12)


@given(st.integers(0, 10**9), WEIGHTS)
@settings(deadline=None)
def test_parts_add_up_and_are_within_one_unit_of_their_share(total: int, weights: list[int]) -> None:
    weight_sum = sum(weights)
    if weight_sum == 0:
        total = 0
    parts = allocate_minor(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        share = Fraction(total * weight, weight_sum or 1)
        assert part - share < 1
        assert share - part < 1
        assert weight > 0 or part == 0


@given(st.integers(0, 10**6), WEIGHTS.filter(any))
@settings(deadline=None)
def test_who_gets_a_unit_more_has_the_larger_remainder_or_came_first(total: int, weights: list[int]) -> None:
    parts = allocate_minor(total, weights)
    order = []
    for index, (part, weight) in enumerate(zip(parts, weights, strict=True)):
        share = Fraction(total * weight, sum(weights))
        got_more = part > share // 1
        order.append((-(share % 1), index, got_more))
    got = [more for _, _, more in sorted(order)]
    assert got == sorted(got, reverse=True)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (5, [3, 7], [2, 3]),
        (100, [0, 1, 1, 1], [0, 34, 33, 33]),
        (1, [1, 1], [1, 0]),
        (2, [1, 1, 1], [1, 1, 0]),
        (10, [1, 2, 1], [3, 5, 2]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
    ],
)
def test_equal_remainders_go_to_the_earlier_part(total: int, weights: list[int], parts: list[int]) -> None:
    assert allocate_minor(total, weights) == parts


def test_fractions_are_compared_exactly_and_not_as_rounded_decimals() -> None:
    """The remainders differ first at the twentieth digit; the later part has the larger one."""
    weights = [10**20, 10**20 + 1]
    assert allocate_minor(1, weights) == [0, 1]


def test_decimal_weights() -> None:
    given = {"currency": "EUR", "total": "1000000.00", "weights": ["33.3333", "33.3333", "33.3334"]}
    assert calculate("allocate", given) == {"parts": ["333333.00", "333333.00", "333334.00"]}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"weights": ["0", "0.0"]}, "zero_weights", "weights"),
        ({"weights": []}, "zero_weights", "weights"),
        ({"weights": ["1", "-1"]}, "bad_number", "weights.1"),
        ({"weights": ["1", 1]}, "bad_number", "weights.1"),
        ({"weights": None}, "missing_field", "weights"),
        ({"weights": "11"}, "bad_document", "weights"),
        ({"total": "-0.01"}, "negative_total", "total"),
        ({"total": "0.001"}, "too_many_decimals", "total"),
        ({"total": 5}, "bad_number", "total"),
        ({"total": None}, "missing_field", "total"),
        ({"currency": "XAU"}, "unknown_currency", "currency"),
        ({"currency": None}, "missing_field", "currency"),
    ],
)
def test_what_cannot_be_shared_out_is_refused(change: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(PricingError) as caught:
        calculate("allocate", {"currency": "EUR", "total": "5.00", "weights": ["1", "2"], **change})
    assert (caught.value.code, caught.value.field) == (code, field)
