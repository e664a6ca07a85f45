"""The functions of the pricing core by name, from JSON to JSON: for the API, the command line and stored records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from . import build_up, estimate, expected_value, firm, leverage, realization, schedule, staffing, trust
from .allocation import allocate
from .billing import bill, what_if
from .billing.compared import comparison_working
from .calculation import price
from .errors import PricingError, shown
from .money import parse_decimal
from .parse import parse_currency, parse_document
from .reading import JsonObject, as_object, flag_at, list_at, money_at, required
from .working import explain

ENGINE_VERSION: Final = "1"
"""Stands in every signed record beside its figures: the same version gives the same bytes for the same input."""


def calculate(fn: str, given: Mapping[str, object]) -> dict[str, Any]:
    """Calculate ``fn`` for ``given`` (JSON values, all numbers as text); the answer is JSON values too.

    ``price``: ``{"document": ...}`` as in pricing-spec 3 -> ``currency, lines, sections, discounts, taxes, totals,
    complete, unresolved``, with undecided alternatives ``range``, with early-payment discounts ``conditional``;
    with ``"working": true`` also ``working``, how every amount came about, as of ``schedule``, ``bill``, ``what_if``.
    ``allocate``: ``{"currency", "total", "weights": [...]}`` -> ``{"parts": [...]}``. The others: the ``answer`` of
    their modules.

    Raises ``PricingError`` and nothing else for whatever can be written in JSON: ``unknown_function`` for another
    ``fn``, otherwise the codes of pricing-spec 16 and those named on ``PricingError``.
    """
    function = FUNCTIONS.get(fn) if isinstance(fn, str) else None
    if function is None:
        raise PricingError(
            "unknown_function", f"{shown(fn)} is not a function of pricing. There are: {', '.join(FUNCTIONS)}."
        )
    return function(as_object(given, "given"))


def _price(given: JsonObject) -> dict[str, Any]:
    document = parse_document(required(given, "document"))
    result = price(document)
    answer = result.as_dict()
    if flag_at(given, "working"):
        answer["working"] = explain(document, result).as_dict()
    return answer


def _what_if(given: JsonObject) -> dict[str, Any]:
    answer = what_if(given)
    if flag_at(given, "working"):
        answer["working"] = comparison_working(given).as_dict()
    return answer


def _allocate(given: JsonObject) -> dict[str, Any]:
    currency = parse_currency(given)
    total = money_at(given, "total", currency)
    required(given, "weights")
    weights = [parse_decimal(weight, f"weights.{index}") for index, weight in enumerate(list_at(given, "weights"))]
    return {"parts": [str(part) for part in allocate(total, weights)]}


FUNCTIONS: Final[Mapping[str, Callable[[JsonObject], dict[str, Any]]]] = MappingProxyType(
    {
        "price": _price,
        "allocate": _allocate,
        "schedule": schedule.answer,
        "bill": bill,
        "what_if": _what_if,
        "estimate": estimate.answer,
        "build_up": build_up.answer,
        "leverage": leverage.answer,
        "staffing": staffing.answer,
        "firm": firm.answer,
        "realization": realization.answer,
        "trust": trust.answer,
        "expected_value": expected_value.answer,
    }
)
"""Name -> function, for whoever lists them."""
