"""The billing models over the API."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from proposals.pricing import calculate
from proposals.pricing.billing import MODELS
from tests.api.conftest import Api


def test_they_are_listed_in_the_order_of_the_guide(seller: Api) -> None:
    listed = seller.get("billing-models/").body["results"]
    assert [row["key"] for row in listed] == list(MODELS)
    assert [row["key"] for row in listed if row["comparable"]] == [
        "tm", "tm_cap", "fixed", "retainer", "cost_plus", "hybrid", "target_cost",
    ]  # fmt: skip
    assert listed[0]["guide_url"].endswith("/billing-models/tm/")


@pytest.mark.parametrize("key", MODELS)
def test_its_schemas_take_its_example_and_its_answer_is_calculated(seller: Api, key: str) -> None:
    model = seller.get(f"billing-models/{key}/").body
    example = model["example"]
    for schema, value in ((model["parameters"], example["params"]), (model["outcome"], example["outcome"])):
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(value)
    given = {"model": key, **{name: example[name] for name in ("currency", "params", "outcome")}}
    assert example["answer"] == calculate("bill", given)
    assert {sentence["promise"] for sentence in model["explanation"]} - {None} <= {
        clause["key"] for clause in model["clauses"]
    }
    assert model["incentive"]["perverse"] == MODELS[key].perverse


def test_what_is_required_depends_on_the_choice(seller: Api) -> None:
    validator = Draft202012Validator(seller.get("billing-models/retainer/").body["parameters"])
    assert not validator.is_valid({"variant": "draw_down"})
    assert validator.is_valid({"variant": "draw_down", "deposit": "1", "rate": "1"})
    assert not validator.is_valid({"variant": "monthly", "deposit": "1", "rate": "1"})
    assert not validator.is_valid({"variant": "roll_over", "deposit": "1", "rate": "1"})


def test_another_model_is_not_there(seller: Api) -> None:
    answer = seller.get("billing-models/hourly/")
    assert (answer.status, answer.code) == (404, "unknown_model")
    assert "“hourly”" in answer.body["detail"]
