"""The worked examples, each compared as strings with what ``calculate`` answers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from proposals.pricing import FUNCTIONS, PricingError, calculate

VECTORS = [
    vector
    for path in sorted((Path(__file__).parent / "vectors").glob("*.json"))
    for vector in json.loads(path.read_text(encoding="utf-8"))
]

HOW_MANY = {
    "price": 62,
    "allocate": 3,
    "schedule": 12,
    "bill": 46,
    "what_if": 5,
    "estimate": 4,
    "build_up": 8,
    "leverage": 4,
    "staffing": 2,
    "firm": 3,
    "realization": 2,
    "trust": 4,
    "expected_value": 1,
}


def listed_part(answer: Any, expected: Any) -> Any:
    """``answer`` without the keys that ``expected`` does not list, at every depth."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        return {key: listed_part(answer[key], value) for key, value in expected.items() if key in answer}
    if isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
        return [listed_part(one, other) for one, other in zip(answer, expected, strict=True)]
    return answer


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_worked_example(vector: dict[str, Any]) -> None:
    try:
        answer = calculate(vector["fn"], vector["given"])
    except PricingError as error:
        answer = {"error": error.code}
    assert listed_part(answer, vector["expect"]) == vector["expect"]


def test_all_worked_examples_are_here() -> None:
    assert Counter(vector["fn"] for vector in VECTORS) == HOW_MANY
    assert set(HOW_MANY) == set(FUNCTIONS)
    assert len({vector["id"] for vector in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_extra_keys_appear_only_where_the_example_has_room_for_them(vector: dict[str, Any]) -> None:
    """``range`` and ``conditional`` mean something by being there, and ``tax`` on a line too."""
    if "error" in vector["expect"] or vector["fn"] != "price":
        return
    answer = calculate(vector["fn"], vector["given"])
    for key in ("range", "conditional"):
        assert (key in answer) == (key in vector["expect"])
    for line, expected in zip(answer["lines"], vector["expect"]["lines"], strict=True):
        assert ("tax" in line) == ("tax" in expected)


MAPS = {"rates", "standard_rates", "choices"}
"""Objects whose keys are names."""


def with_strangers(value: Any, key: str = "") -> Any:
    """The same input with a field more in every object that is not a map, and all fields in another order."""
    if isinstance(value, list):
        return [with_strangers(each) for each in value]
    if not isinstance(value, dict):
        return value
    if key in MAPS:
        return value
    return {"stranger": ["1e3", {"amount": 5}], **{name: with_strangers(value[name], name) for name in reversed(value)}}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_unknown_fields_and_the_order_of_fields_change_nothing(vector: dict[str, Any]) -> None:
    """To the byte, also of a refusal."""
    assert answered(vector, with_strangers(vector["given"])) == answered(vector, vector["given"])


def answered(vector: dict[str, Any], given: dict[str, Any]) -> str:
    try:
        return json.dumps(calculate(vector["fn"], given))
    except PricingError as error:
        return json.dumps(error.as_dict())
