"""Comparing requests and answers with the committed OpenAPI description."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SAFELY = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C takes a twentieth of the time, where PyYAML was built with it."""

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.yaml"
NOTES = os.environ.get("API_NOTES", "")
"""The file to write down answers in, if any."""
BASE = "urn:description"
UNDESCRIBED = (404, 405, 500)
"""Statuses that an address may answer without saying so: it is no address, or has no such method."""


class Received(Protocol):
    """What came back."""

    status: int
    body: Any
    headers: Any


@cache
def described() -> dict[str, Any]:
    """The committed description."""
    loaded: dict[str, Any] = yaml.load(COMMITTED.read_bytes(), SAFELY)
    return loaded


@cache
def patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Every address as a pattern, with its methods."""
    return [
        (re.compile(re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(template))), item)
        for template, item in described()["paths"].items()
    ]


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The description of a method at an address; None if there is none."""
    for pattern, item in patterns():
        if pattern.fullmatch(path) and method.lower() in item:
            found: dict[str, Any] = item[method.lower()]
            return found
    return None


def check_answer(method: str, path: str, body: Any, answer: Received) -> None:
    """Fail if an answer, or a request that was accepted, is not as described."""
    operation = operation_of(method, path)
    if operation is None:
        assert answer.status in UNDESCRIBED or not path.startswith("/api/v1/") or path.endswith(("/schema/", "/docs/"))
        return
    responses = operation["responses"]
    assert str(answer.status) in responses or answer.status in UNDESCRIBED, f"{method} {path} gave {answer.status}"
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        validator({"$ref": "#/components/schemas/Problem"}).validate(answer.body)
        assert answer.body["status"] == answer.status
        return
    content = responses[str(answer.status)].get("content", {})
    if "application/json" in content:
        validator(content["application/json"]["schema"]).validate(answer.body)
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if sent and body is not None:
        validator(sent["schema"]).validate(body)


def note(method: str, path: str, body: Any, answer: Received) -> None:
    """Write down what was asked and answered, for `scripts/api_examples.py`, if that asks for it."""
    operation = operation_of(method, path)
    if NOTES and operation is not None and answer.status < 300 and (body, answer.body) != (None, None):
        noted = {"operation": operation["operationId"], "request": body, "answer": answer.body}
        with Path(NOTES).open("a") as notes:
            notes.write(json.dumps(noted, ensure_ascii=False) + "\n")


@cache
def registry() -> Registry[Any]:
    """Where references into the description are looked up."""
    resource: Resource[Any] = Resource.from_contents(described(), default_specification=DRAFT202012)
    return Registry[Any]().with_resource(BASE, resource).crawl()


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator of a schema whose references lead into the description."""
    rooted = {"$id": "urn:here", **_absolute(schema, BASE)}
    return Draft202012Validator(rooted, registry=registry(), format_checker=FormatChecker())


def _absolute(schema: Any, base: str) -> Any:
    if isinstance(schema, dict):
        return {
            key: f"{base}{value}" if key == "$ref" and value.startswith("#") else _absolute(value, base)
            for key, value in schema.items()
        }
    return [_absolute(item, base) for item in schema] if isinstance(schema, list) else schema
