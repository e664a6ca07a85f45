"""What the engine answers is what a second, independent reading of the rules answers.

The second reading stands in ``second_reading``. It reproduces the worked examples by itself, and both are asked the
same generated questions. ``SECOND_READING_CASES=5000`` asks that many of each function.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

import pytest

from proposals.pricing import FUNCTIONS, PricingError, calculate
from proposals.pricing.working import replay
from tests.pricing.second_reading.asked import ASKED
from tests.pricing.second_reading.cases import Cases
from tests.pricing.second_reading.readings import READINGS
from tests.pricing.test_pricing_vectors import VECTORS, listed_part

HOW_MANY = int(os.environ.get("SECOND_READING_CASES", "100"))

TOO_MUCH = ("discount_exceeds_base", "schedule_exceeds_total")
"""What may be refused, as the generator does not know what an amount is taken off."""


def answered(vector: dict[str, Any]) -> bool:
    return "error" not in vector["expect"]


@pytest.mark.parametrize("fn", FUNCTIONS)
def test_the_second_reading_reproduces_the_worked_examples(fn: str) -> None:
    examples = [vector for vector in VECTORS if vector["fn"] == fn and answered(vector)]
    assert examples
    for vector in examples:
        assert (vector["id"], READINGS[fn](vector["given"])) == (vector["id"], vector["expect"])


@pytest.mark.parametrize("fn", FUNCTIONS)
def test_both_readings_answer_alike(fn: str) -> None:
    refused = 0
    for seed in range(HOW_MANY):
        given = ASKED[fn](Cases(seed))
        try:
            answer = calculate(fn, given)
        except PricingError as error:
            if error.code not in TOO_MUCH:
                raise
            refused += 1
            continue
        expected = READINGS[fn](given)
        assert (seed, listed_part(answer, expected)) == (seed, expected)
    assert refused < HOW_MANY * 0.4


@pytest.mark.parametrize("fn", ["price", "schedule", "bill", "what_if"])
def test_every_step_of_the_working_replays(fn: str) -> None:
    """In all currencies, with amounts from nothing to a hundred million million."""
    replayed = 0
    for seed in range(HOW_MANY // 2):
        given = ASKED[fn](Cases(seed))
        try:
            answer = calculate(fn, given)
        except PricingError:
            continue
        explained = calculate(fn, {**given, "working": True})
        for step in explained.pop("working")["steps"]:
            exact, result = replay(step)
            assert (seed, step["key"], exact, result) == (
                seed,
                step["key"],
                Fraction(step["exact"]),
                Fraction(step["result"]),
            )
            replayed += 1
        assert explained == answer
    assert replayed > HOW_MANY
