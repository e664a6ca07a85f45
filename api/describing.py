"""What the description says of every operation beside its own words: examples, headers of answers, parts of addresses.

The examples in `examples.json` were asked and answered in the API's own tests; `scripts/api_examples.py` writes them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from proposals.pricing import FUNCTIONS

EXAMPLE: Final = "as_in_our_tests"
"""The name of such an example, for the request and its answer alike."""

HEADERS: Final = {
    "ETag": "The version, in quotes; send it back as `If-Match`",
    "RateLimit": 'What is left of each limit, and the seconds until it counts anew: `"requests";r=5999;t=60`',
    "RateLimit-Policy": 'The limits: `"requests";q=6000;w=60` are 6000 requests in 60 seconds',
    "Idempotency-Replayed": "`true` if this repeats what the same key did before",
    "Content-Disposition": "`attachment`, with the name of the file",
}
"""Headers of answers, with what they say."""

PLACES: Final = {
    "fn": ("The function", {"type": "string", "enum": sorted(FUNCTIONS)}),
    "key": ("The model, as `billing-models/` lists them", {"type": "string"}),
    "number": ("Its number", {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}),
}
"""Parts of addresses that are no ids: what they are, and their values."""


@cache
def examples() -> dict[str, dict[str, Any]]:
    """By operation: `answer`, and `request` if something is sent."""
    read: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "examples.json").read_text())
    return read


def header_components() -> dict[str, Any]:
    """The headers, to refer to."""
    return {name: {"schema": {"type": "string"}, "description": words} for name, words in HEADERS.items()}


def add_headers(response: dict[str, Any], *names: str) -> None:
    """Say which headers an answer has."""
    response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def add_examples(operation: dict[str, Any]) -> None:
    """Show what was asked and answered, where there is JSON."""
    example = examples().get(operation["operationId"])
    if example is None:
        return
    contents = [(operation.get("requestBody", {}), "request")]
    contents += [(answer, "answer") for status, answer in operation["responses"].items() if status.startswith("2")]
    for place, kind in contents:
        content = place.get("content", {}).get("application/json")
        if content is not None and kind in example:
            content.setdefault("examples", {})[EXAMPLE] = {"value": example[kind]}


def describe_address(operation: dict[str, Any]) -> None:
    """Say what each part of the address is."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            name = parameter["name"]
            noun = name.removesuffix("_id").replace("_", " ")
            words, schema = PLACES.get(name, (f"The id of the {noun}", parameter["schema"]))
            parameter.update(description=words, schema=schema)
