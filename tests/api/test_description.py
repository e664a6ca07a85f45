"""The OpenAPI description: committed, fresh, valid, and readable on a page without breaking the content policy."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from api.describing import EXAMPLE, examples
from scripts.api_contract import RELEASED, read_lines
from tests.api.conftest import Api
from tests.api.description import COMMITTED, SAFELY, described, validator


def test_the_committed_description_is_fresh_and_valid(tmp_path: Path) -> None:
    made = tmp_path / "openapi.yaml"

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(made))

    assert made.read_text() == COMMITTED.read_text(), "run: manage.py spectacular --file docs/openapi.yaml"


def test_it_is_served_as_it_is_committed(db: None) -> None:
    as_json = Api().get("schema/")
    as_yaml = Api().get("schema/?format=yaml")

    assert as_json.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    assert json.loads(as_json.content) == described()
    assert yaml.load(as_yaml.content, SAFELY) == described()
    assert as_json.body["openapi"] == "3.1.0"
    assert Api().get("schema/?format=xml").status == 422


def operations() -> list[Any]:
    return [
        pytest.param(operation, id=operation["operationId"])
        for item in described()["paths"].values()
        for operation in item.values()
    ]


@pytest.mark.parametrize("operation", operations())
def test_every_operation_says_what_it_does_and_how_it_fails(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert set(operation["tags"]) <= {tag["name"] for tag in described()["tags"] if tag["description"]}
    assert len(operation["tags"]) == 1
    assert {"401", "403", "422", "429"} <= operation["responses"].keys()
    for status, response in operation["responses"].items():
        assert status.startswith("2") is ("$ref" not in response)


@pytest.mark.parametrize("operation", operations())
def test_every_example_is_as_described(operation: dict[str, Any]) -> None:
    """A new operation gets its examples before it is released."""
    known = examples().get(operation["operationId"], {})
    for content, kind in contents_of(operation):
        for example in content.get("examples", {}).values():
            validator(content["schema"]).validate(example["value"])
        assert (EXAMPLE in content.get("examples", {})) is (kind in known)
        needs_one = operation["operationId"] in released()
        assert kind in known or not needs_one, "run: scripts/api_examples.py"


def contents_of(operation: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """What is sent and answered as JSON."""
    answers = [(answer, "answer") for status, answer in operation["responses"].items() if status.startswith("2")]
    places = [(operation.get("requestBody", {}), "request"), *answers]
    return [
        (place["content"]["application/json"], kind)
        for place, kind in places
        if "application/json" in place.get("content", {})
    ]


def released() -> set[str]:
    """The operations of the last release."""
    return set(read_lines(RELEASED.read_text()).values())


def test_every_example_is_of_an_operation() -> None:
    assert examples().keys() <= {operation.values[0]["operationId"] for operation in operations()}


def test_inputs_are_closed_and_answers_are_not() -> None:
    schemas = described()["components"]["schemas"]

    inputs = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}

    assert {"NewProposal", "NewLine", "LineChange", "PricingChange", "Agree", "SeenPart", "TextInput"} <= inputs
    assert not {"Proposal", "Line", "Pricing", "Problem", "Text"} & inputs


def test_the_page_loads_the_description_and_nothing_from_elsewhere(db: None) -> None:
    answer = Api().get("docs/")

    page = answer.content.decode()
    assert answer.status == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert 'data-schema="/api/v1/schema/"' in page
    assert "http" not in page
    assert "<style" not in page
    assert "<script>" not in page
