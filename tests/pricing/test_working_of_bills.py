"""The working of instalments, bills and comparisons: its steps, recalculated one by one, give every number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from proposals.pricing import PricingError, calculate
from proposals.pricing.billing import MODELS
from proposals.pricing.money import HOUR_PLACES
from proposals.pricing.working import replay

Json = dict[str, Any]
VECTORS = Path(__file__).parent / "vectors"
STATED = {"period", "id", "used", "kind"}
"""What an answer repeats of what was given, and words."""


def examples(function: str) -> list[Json]:
    """What the worked examples give to a function, where they have an answer."""
    found: list[Json] = []
    for path in sorted(VECTORS.glob("*.json")):
        content = json.loads(path.read_text())
        found += [vector["given"] for vector in content if vector["fn"] == function and "error" not in vector["expect"]]
    return found


def require_replay(working: Json) -> dict[str, str]:
    """Recalculate every step; the results by key, further names included."""
    results: dict[str, str] = {}
    for step in json.loads(json.dumps(working))["steps"]:
        assert replay(step) == (Fraction(step["exact"]), Fraction(step["result"])), step
        for each in step["inputs"]:
            assert "of" not in each or results[each["of"]] == each["value"], step
        assert step["key"] not in results
        results[step["key"]] = step["result"]
    return results | {name: results[key] for name, key in working.get("aliases", {}).items()}


def numbers_of(answer: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every number of an answer with its path."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name not in STATED:
                yield from numbers_of(value, f"{path}.{name}" if path else name)
    elif isinstance(answer, list):
        for index, value in enumerate(answer):
            yield from numbers_of(value, f"{path}.{index}")
    elif isinstance(answer, str):
        yield path, answer


def require_all(answer: Json, results: dict[str, str]) -> None:
    """Every number of the answer is the result of the step of its name, shown with the answer's decimals."""
    for path, value in numbers_of(answer):
        places = len(value.partition(".")[2])
        exact = Fraction(results[path])
        assert abs(exact - Fraction(value)) * 2 * 10**places <= 1, path
        assert places == HOUR_PLACES or exact == Fraction(value), path


MANY = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
SOME = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
AMOUNTS = st.integers(0, 10**7).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
QUANTITIES = st.integers(0, 9999).map(lambda hundredths: f"{hundredths // 100}.{hundredths % 100:02d}")


def varied(draw: st.DrawFn, value: Any) -> Any:
    """The same shape with some numbers drawn anew."""
    if isinstance(value, dict):
        return {name: varied(draw, each) for name, each in value.items()}
    if isinstance(value, list):
        return [varied(draw, each) for each in value]
    if isinstance(value, str) and value.replace(".", "").replace("-", "").isdigit() and draw(st.booleans()):
        return draw(AMOUNTS if len(value) > 5 else QUANTITIES)
    return value


@st.composite
def variations(draw: st.DrawFn, function: str) -> Json:
    """A worked example with other numbers."""
    example: Json = dict(draw(st.sampled_from(examples(function))))
    for part in ("params", "outcome", "total", "tax", "estimate", "cost_per_hour", "models", "plan"):
        if part in example and draw(st.booleans()):
            example[part] = varied(draw, example[part])
    return example


def answered(function: str, example: Json) -> Json:
    """The answer with its working; what is refused proves nothing here."""
    try:
        return calculate(function, {**example, "working": True})
    except PricingError:
        assume(False)
        raise


@pytest.mark.parametrize("example", examples("bill"), ids=lambda example: str(example["model"]))
def test_every_number_of_a_worked_bill_has_its_steps(example: Json) -> None:
    answer = calculate("bill", {**example, "working": True})
    require_all({**answer, "working": None}, require_replay(answer["working"]))
    assert {**answer, "working": None} == {**calculate("bill", example), "working": None}


def test_the_worked_bills_are_of_all_models() -> None:
    assert {example["model"] for example in examples("bill")} == set(MODELS)


@given(variations("bill"))
@MANY
def test_the_steps_of_any_bill_replayed_give_its_numbers(example: Json) -> None:
    answer = answered("bill", example)
    results = require_replay(answer.pop("working"))
    require_all(answer, results)


@given(variations("schedule"))
@SOME
def test_the_steps_of_any_instalment_replayed_give_it(example: Json) -> None:
    answer = answered("schedule", example)
    results = require_replay(answer["working"])
    assert results["sum"] == answer["sum"]
    for number, item in enumerate(answer["items"]):
        for name in ("amount", "tax", "net"):
            assert name not in item or results[f"{number}.{name}"] == item[name]


@given(variations("what_if"))
@SOME
def test_the_steps_of_any_comparison_replayed_give_its_numbers(example: Json) -> None:
    answer = answered("what_if", {**example, "grid": []})
    results = require_replay(answer["working"])
    for model in answer["models"]:
        kept = {name: value for name, value in model.items() if name not in ("id", "series")}
        require_all({model["id"]: kept}, results)


@given(variations("what_if"))
@SOME
def test_a_break_even_can_be_checked_there_and_before(example: Json) -> None:
    answer = answered("what_if", {**example, "grid": []})
    results = require_replay(answer["working"])
    steps = {step["key"]: step for step in answer["working"]["steps"]}
    cent = Fraction(1, 10 ** answer["working"]["places"])
    for model in answer["models"]:
        if model["break_even"]["kind"] != "at":
            assert f"{model['id']}.break_even.hours" not in results
            continue
        found = {each["name"]: Fraction(each["value"]) for each in steps[f"{model['id']}.break_even.hours"]["inputs"]}
        assert abs(found["first_there"] - found["second_there"]) <= 2 * cent
        if found["hours"]:
            assert 0 <= found["before"] < found["hours"]
            assert found["first_before"] >= found["second_before"] - 2 * cent


def test_a_changed_step_of_a_bill_does_not_replay() -> None:
    given_ = {"model": "tm_cap", "currency": "EUR", "params": {"rates": {"dev": "100"}, "cap": "500.00"}}
    outcome = {"hours": [{"role": "dev", "hours": "7.25"}]}
    working = calculate("bill", {**given_, "outcome": outcome, "working": True})["working"]
    fees = next(step for step in working["steps"] if step["key"] == "fees")
    assert replay(fees) == (Fraction(500), Fraction(500))
    assert fees["inputs"][0] == {"name": "amount", "value": "725.00", "of": "uncapped_fees"}
    assert replay({**fees, "inputs": [fees["inputs"][0], {"name": "limit", "value": "900.00"}]}) == (
        Fraction(725),
        Fraction(725),
    )
