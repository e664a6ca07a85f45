"""What programs rely on in docs/openapi.yaml, as sorted lines; and which of its changes would break them.

    python scripts/api_contract.py             # what breaks programs written against docs/api-released.txt
    python scripts/api_contract.py --release   # write docs/api-released.txt anew, for a release

A change breaks programs if an operation, a parameter, an answer, a field or a value is gone, if a type is another one,
if a request must have more than before, or if an answer need not have what it had. `tests/api/test_compatibility.py`
fails unless docs/api-changes.md quotes each. Not looked at: lengths, patterns and limits of values.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).resolve().parent.parent / "docs"
DESCRIPTION, RELEASED, CHANGES = DOCS / "openapi.yaml", DOCS / "api-released.txt", DOCS / "api-changes.md"
METHODS = ("get", "post", "put", "patch", "delete")
ONE_OF = "one of "

Contract = dict[str, str]
"""What is relied on, such as `POST /proposals/ takes header Idempotency-Key` -> `optional string`."""


def contract(described: dict[str, Any]) -> Contract:
    """What programs rely on in a description."""
    return {**dict(_operations(described)), **dict(_fields(described["components"]["schemas"]))}


def breaking(before: Contract, now: Contract) -> list[str]:
    """The changes that break programs, each as a sentence; sorted."""
    gone = [f"{key} is gone (was: {was})" for key, was in before.items() if key not in now]
    changed = [
        f"{key} is now {now[key]} (was: {was})"
        for key, was in before.items()
        if key in now and not _is_same(key, was, now[key])
    ]
    demanded = [
        f"{key} is new and required"
        for key, value in now.items()
        if key not in before and " takes " in key and value.startswith("required") and _is_old(key, before)
    ]
    return sorted(gone + changed + demanded)


def lines_of(found: Contract) -> str:
    """The contract as text."""
    return "".join(f"{key}: {value}\n" for key, value in sorted(found.items()))


def read_lines(text: str) -> Contract:
    """The contract of such a text."""
    return dict(line.split(": ", 1) for line in text.splitlines())


def load(file: Path) -> dict[str, Any]:
    """A description."""
    loaded: dict[str, Any] = yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            name = f"{method.upper()} {path}"
            yield name, operation["operationId"]
            for parameter in operation.get("parameters", []):
                place = f"{name} takes {parameter['in']} {parameter['name']}"
                yield place, _value(parameter["schema"], required=parameter.get("required", False))
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{name} takes {media}", _kind(content["schema"])
            for status, response in operation["responses"].items():
                given = response.get("content", {})
                yield f"{name} answers {status}", ", ".join(sorted(given)) or response.get("$ref", "nothing")
                for media, content in given.items():
                    yield f"{name} answers {status} {media}", _kind(content.get("schema", {}))


def _fields(schemas: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Of closed objects, which are taken, and of open ones, which are given."""
    for name, schema in schemas.items():
        verb = "takes" if schema.get("additionalProperties") is False else "gives"
        if "properties" not in schema:
            yield f"{name} is", _kind(schema)
        for field, within in schema.get("properties", {}).items():
            yield f"{name} {verb} {field}", _value(within, required=field in schema.get("required", []))


def _value(schema: dict[str, Any], *, required: bool) -> str:
    return f"{'required' if required else 'optional'} {_kind(schema)}"


def _kind(schema: Any) -> str:
    """A type in a few words; the words of an enumeration come last, so that they can be compared one by one."""
    if not isinstance(schema, dict):
        return "anything"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for combined in ("oneOf", "anyOf", "allOf"):
        if combined in schema:
            return " or ".join(sorted(_kind(part) for part in schema[combined]))
    types = schema.get("type", "anything")
    kind = " or ".join(sorted(types)) if isinstance(types, list) else str(types)
    if "format" in schema:
        kind += f" ({schema['format']})"
    if "items" in schema:
        kind += f" of {_kind(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), dict):
        kind += f" of {_kind(schema['additionalProperties'])}"
    if "enum" in schema:
        kind += f", {ONE_OF}" + " | ".join(sorted(map(repr, schema["enum"])))
    return kind


def _is_same(key: str, was: str, now: str) -> bool:
    """Whether programs notice nothing: a request may need less and take more words, an answer may hold more of them."""
    if " takes " in key:
        now = now if was.startswith("optional") else now.replace("optional", "required", 1)
    else:
        now = now if was.startswith("required") else now.replace("required", "optional", 1)
    (kind, words), (new_kind, new_words) = _split(was), _split(now)
    return kind == new_kind and words <= new_words


def _split(value: str) -> tuple[str, set[str]]:
    """The kind and the words; null is in the kind, and may be listed among the words or not."""
    kind, _, words = value.partition(ONE_OF)
    return kind, set(words.split(" | ")) - {"", "None"}


def _is_old(key: str, before: Contract) -> bool:
    """Whether the operation or object of a key was there before."""
    owner = key.partition(" takes ")[0]
    return any(known == owner or known.startswith(f"{owner} ") for known in before)


def main() -> None:
    """Do what the command line says."""
    now = contract(load(DESCRIPTION))
    if sys.argv[1:] == ["--release"]:
        RELEASED.write_text(lines_of(now))
        return
    broken = breaking(read_lines(RELEASED.read_text()), now)
    print("\n".join(f"* `{change}`" for change in broken))


if __name__ == "__main__":
    main()
