"""What breaks programs is found, and nothing breaks them unless docs/api-changes.md says so."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from scripts import api_contract
from scripts.api_contract import CHANGES, RELEASED, breaking, contract, lines_of, read_lines
from tests.api.description import described

NEW, LINE, THING = "NewLine", "Line", "POST /things/"
SMALL: dict[str, Any] = {
    "paths": {
        "/things/": {
            "post": {
                "operationId": "make_thing",
                "parameters": [{"in": "query", "name": "form", "schema": {"type": "string", "enum": ["a", "b"]}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewLine"}}}},
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Line"}}}},
                    "422": {"$ref": "#/components/responses/Invalid"},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "NewLine": {
                "type": "object",
                "properties": {"title": {"type": "string"}, "unit": {"type": "string", "enum": ["hour", "day"]}},
                "required": ["title"],
                "additionalProperties": False,
            },
            "Line": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "unit": {"type": "string", "enum": ["hour", "day"]},
                    "parts": {"type": "array", "items": {"type": ["string", "null"]}},
                    "why": {"type": "string"},
                },
                "required": ["id", "unit", "parts"],
            },
        }
    },
}

Change = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], object]
"""Something done to the operation, the object that is taken, and the one that is given."""

BREAKING: dict[str, tuple[Change, list[str]]] = {
    "an operation is called otherwise": (
        lambda post, new, line: post.update(operationId="add_thing"),
        [f"{THING} is now add_thing (was: make_thing)"],
    ),
    "a parameter is gone": (
        lambda post, new, line: post["parameters"].clear(),
        [f"{THING} takes query form is gone (was: optional string, one of 'a' | 'b')"],
    ),
    "a parameter must be sent": (
        lambda post, new, line: post["parameters"][0].update(required=True),
        [f"{THING} takes query form is now required string, one of 'a' | 'b' (was: optional string, one of 'a' | 'b')"],
    ),
    "a new parameter must be sent": (
        lambda post, new, line: post["parameters"].append(
            {"in": "query", "name": "size", "schema": {"type": "string"}, "required": True}
        ),
        [f"{THING} takes query size is new and required"],
    ),
    "an answer is gone": (
        lambda post, new, line: post["responses"].pop("422"),
        [f"{THING} answers 422 is gone (was: #/components/responses/Invalid)"],
    ),
    "a field is no longer taken": (
        lambda post, new, line: new["properties"].pop("unit"),
        [f"{NEW} takes unit is gone (was: optional string, one of 'day' | 'hour')"],
    ),
    "a word is no longer taken": (
        lambda post, new, line: new["properties"]["unit"].update(enum=["day"]),
        [f"{NEW} takes unit is now optional string, one of 'day' (was: optional string, one of 'day' | 'hour')"],
    ),
    "a new field must be sent": (
        lambda post, new, line: (new["properties"].update(kind={"type": "string"}), new["required"].append("kind")),
        [f"{NEW} takes kind is new and required"],
    ),
    "a field must be sent": (
        lambda post, new, line: new["required"].append("unit"),
        [
            f"{NEW} takes unit is now required string, one of 'day' | 'hour'"
            " (was: optional string, one of 'day' | 'hour')"
        ],
    ),
    "a field is no longer given": (
        lambda post, new, line: (line["properties"].pop("id"), line["required"].remove("id")),
        [f"{LINE} gives id is gone (was: required string (uuid))"],
    ),
    "a field is not always given": (
        lambda post, new, line: line["required"].remove("id"),
        [f"{LINE} gives id is now optional string (uuid) (was: required string (uuid))"],
    ),
    "a type is another": (
        lambda post, new, line: line["properties"]["parts"]["items"].update(type="integer"),
        [f"{LINE} gives parts is now required array of integer (was: required array of null or string)"],
    ),
}
HARMLESS: dict[str, Change] = {
    "nothing": lambda post, new, line: None,
    "a new answer": lambda post, new, line: post["responses"].update({"409": {"$ref": "#/components/responses/X"}}),
    "a new parameter": lambda post, new, line: post["parameters"].append(
        {"in": "query", "name": "size", "schema": {"type": "string"}}
    ),
    "a field that may be sent": lambda post, new, line: new["properties"].update(kind={"type": "string"}),
    "a field need not be sent": lambda post, new, line: new["required"].clear(),
    "one more word is taken": lambda post, new, line: new["properties"]["unit"].update(enum=["hour", "day", "week"]),
    "one more word is given": lambda post, new, line: line["properties"]["unit"].update(enum=["hour", "day", "week"]),
    "one more field is given": lambda post, new, line: (
        line["properties"].update(kind={"type": "string"}),
        line["required"].append("kind"),
    ),
    "a field is always given": lambda post, new, line: line["required"].append("why"),
    "words about it": lambda post, new, line: line.update(description="A line."),
}


def changed(change: Change) -> dict[str, Any]:
    """The small description after a change."""
    made = copy.deepcopy(SMALL)
    schemas = made["components"]["schemas"]
    change(made["paths"]["/things/"]["post"], schemas["NewLine"], schemas["Line"])
    return made


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_programs_is_named(name: str) -> None:
    change, sentences = BREAKING[name]

    assert breaking(contract(SMALL), contract(changed(change))) == sentences


@pytest.mark.parametrize("name", HARMLESS)
def test_what_programs_do_not_notice_is_not(name: str) -> None:
    assert breaking(contract(SMALL), contract(changed(HARMLESS[name]))) == []


def test_an_operation_that_is_gone_is_named_with_all_it_had() -> None:
    made = {**SMALL, "paths": {}}

    gone = breaking(contract(SMALL), contract(made))

    assert {change.partition(" is gone")[0] for change in gone} == {
        THING,
        f"{THING} answers 201",
        f"{THING} answers 201 application/json",
        f"{THING} answers 422",
        f"{THING} takes application/json",
        f"{THING} takes query form",
    }


def test_a_new_operation_may_demand_what_it_likes() -> None:
    before = {**SMALL, "paths": {}}
    now = changed(lambda post, new, line: post["parameters"][0].update(required=True))

    assert breaking(contract(before), contract(now)) == []


def test_the_lines_hold_the_whole_contract() -> None:
    now = contract(described())

    assert read_lines(lines_of(now)) == now
    assert len(now) > 2000


def test_nothing_breaks_programs_unless_the_docs_say_so() -> None:
    quoted = set(re.findall(r"^\* `(.*)`$", CHANGES.read_text(), re.MULTILINE))

    broken = breaking(read_lines(RELEASED.read_text()), contract(described()))

    assert set(broken) - quoted == set(), f"see {api_contract.__name__}: programs break, and {CHANGES.name} is silent"
