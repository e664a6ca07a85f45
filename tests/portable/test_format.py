"""The format: its published schema, and that nothing but what a side may see goes along."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from proposals.documents.portable.schema import PROSE, firm_schema, manifest_schema, proposal_schema, whole

PUBLISHED = Path(__file__).parents[2] / "docs" / "portable.schema.json"


def test_the_published_schema_is_the_one_that_is_used() -> None:
    assert json.loads(PUBLISHED.read_text()) == whole(), "run: manage.py portable_schema > docs/portable.schema.json"
    Draft202012Validator.check_schema(whole())


@pytest.mark.parametrize("schema", [manifest_schema(), proposal_schema(), firm_schema()])
def test_an_object_has_the_fields_it_names_and_no_others(schema: dict[str, Any]) -> None:
    named = [each for each in objects_in(schema) if each != PROSE]
    assert named
    assert all(each["additionalProperties"] is False for each in named)


def objects_in(schema: Any) -> list[dict[str, Any]]:
    """Every object of a schema that names fields."""
    if isinstance(schema, list):
        return [found for each in schema for found in objects_in(each)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" else []
    return [*own, *(found for each in schema.values() for found in objects_in(each))]
