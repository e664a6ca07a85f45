"""Whatever is written in a bill or a comparison, it is answered or refused in words."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proposals.pricing import PricingError, calculate
from proposals.pricing.billing import MODELS
from proposals.pricing.money import Currency

VECTORS = [
    vector
    for name in ("bill", "what_if")
    for vector in json.loads((Path(__file__).parent / "vectors" / f"{name}.json").read_text(encoding="utf-8"))
]
LARGE = "999999999999999"
ODD = st.sampled_from(
    [None, True, 1, 1.5, "", "x", "-1", "0", "0.00001", LARGE, f"-{LARGE}", "100", [], {}, ["1"], "1e5"]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in [(*path, key), *places(inner, (*path, key))]]


def answer_or_refusal(fn: str, value: Any) -> Any:
    try:
        return calculate(fn, value)
    except PricingError as error:
        return error


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_good_input_with_something_else_in_one_place_is_answered_or_refused(data: st.DataObject) -> None:
    vector = json.loads(json.dumps(data.draw(st.sampled_from(VECTORS))))
    *path, key = data.draw(st.sampled_from(places(vector["given"])))
    within = vector["given"]
    for step in path:
        within = within[step]
    within[key] = data.draw(ODD)
    answer = answer_or_refusal(vector["fn"], vector["given"])
    if isinstance(answer, PricingError):
        assert answer.detail.endswith(".")
        assert answer.field
        return
    assert json.loads(json.dumps(answer)) == answer
    if vector["fn"] == "bill":
        model, currency = MODELS[vector["given"]["model"]], Currency(vector["given"]["currency"])
        terms = model.read(vector["given"]["params"], currency)
        assert all(sentence.text for sentence in model.explanation(terms, currency, frozenset()))
        model.limit(terms, currency)


@pytest.mark.parametrize(
    ("model", "params", "outcome"),
    [
        (
            "retainer",
            {
                "variant": "roll_over",
                "period_fee": "1",
                "included_hours": "2",
                "overage_rate": "1",
                "rollover_periods": "9999",
            },
            {"hours": ["1"] * 4000},
        ),
        (
            "milestone",
            {"fee": "1000", "milestones": [{"id": str(n), "percent": "0.01"} for n in range(10_000)]},
            {"accepted": [str(n) for n in range(10_000)]},
        ),
        (
            "subscription",
            {"fee_per_period": "1", "indexation_percent": "-1", "indexation_every": "1", "min_periods": "10000"},
            {"periods": "5000", "usage": ["1"] * 5000},
        ),
    ],
)
def test_the_largest_inputs_take_no_longer_than_linear_work(
    model: str, params: dict[str, Any], outcome: dict[str, Any]
) -> None:
    start = process_time()
    calculate("bill", {"model": model, "currency": "EUR", "params": params, "outcome": outcome})
    assert process_time() - start < 2


def test_a_longer_list_is_refused() -> None:
    given_hours = {"model": "tm", "currency": "EUR", "params": {"rates": {}}, "outcome": {"hours": [{}] * 10_001}}
    with pytest.raises(PricingError, match="at most 10000 are taken"):
        calculate("bill", given_hours)
