"""The parameters of a billing model as JSON Schema (2020-12): for programs that fill them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .parameters import Parameter

NUMBER: Final = {"type": "string", "pattern": r"^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$"}
"""Every number is text (pricing-spec N1)."""

TEXT: Final = {"type": "string", "minLength": 1}
OPEN_NUMBER: Final = {**NUMBER, "type": ["string", "null"]}


def _object(required: Iterable[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


SHAPES: Final[dict[str, dict[str, Any]]] = {
    "rates": {"type": "object", "additionalProperties": NUMBER},
    "choice": {"type": "string"},
    "flag": {"type": "boolean"},
    "tiers": _list(_object(["unit_price"], up_to=OPEN_NUMBER, unit_price=NUMBER, flat_fee=NUMBER)),
    "percent_tiers": _list(_object(["percent"], up_to=OPEN_NUMBER, percent=NUMBER)),
    "milestones": _list(_object(["id", "percent"], id=TEXT, percent=NUMBER)),
    "entries": _list(_object(["role", "hours"], role=TEXT, hours=NUMBER)),
    "amounts": _list(NUMBER),
    "hours_list": _list(NUMBER),
    "units_list": _list(NUMBER),
    "names": _list(TEXT),
}
"""Kind -> schema; the other kinds are numbers."""


def schema_of(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """An object schema. Bounds stand in ``x-minimum``, ``x-exclusive-minimum`` and ``x-maximum``, as numbers are text;
    ``x-kind`` and ``x-unit`` say what a value is; ``x-only-if`` names the value without which it is ignored."""
    parameters = tuple(parameters)
    always = (each for each in parameters if each.required and each.only_if is None)
    schema = _object((each.name for each in always), **{each.name: _property(each) for each in parameters})
    defaults = {each.name: each.default for each in parameters}
    conditions = [_condition(each, defaults) for each in parameters if each.required and each.only_if is not None]
    return {**schema, "allOf": conditions} if conditions else schema


def _property(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        **SHAPES.get(parameter.kind, NUMBER),
        "title": parameter.label,
        "x-kind": parameter.kind,
    }
    lower = "x-exclusive-minimum" if parameter.above_least else "x-minimum"
    bounded = parameter.kind not in SHAPES or parameter.kind in ("hours_list", "units_list", "rates")
    extras = {
        "description": parameter.help,
        "x-unit": parameter.unit,
        "enum": [choice.value for choice in parameter.choices],
        "x-labels": {choice.value: choice.label for choice in parameter.choices},
        lower: parameter.least if bounded else None,
        "x-maximum": parameter.most,
    }
    described.update({name: value for name, value in extras.items() if value})
    if parameter.default is not None:
        described["default"] = parameter.default
    if parameter.only_if is not None:
        described["x-only-if"] = {parameter.only_if.name: list(parameter.only_if.values)}
    return described


def _condition(parameter: Parameter, defaults: Mapping[str, str | bool | None]) -> dict[str, Any]:
    """Required while the value that it depends on is one of those that it needs, given or by default."""
    assert parameter.only_if is not None
    name, values = parameter.only_if
    needed: dict[str, Any] = {"properties": {name: {"enum": list(values)}}}
    if defaults[name] not in values:
        needed["required"] = [name]
    return {"if": needed, "then": {"required": [parameter.name]}}
