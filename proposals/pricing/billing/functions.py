"""``bill`` from JSON to JSON."""

from __future__ import annotations

from typing import Any

from ..errors import Place
from ..parse import parse_currency
from ..reading import JsonObject, flag_at, object_at
from .registry import model_named


def bill(given: JsonObject) -> dict[str, Any]:
    """What the client pays before tax under a billing model.

    ``{"model", "currency", "params", "outcome"?}`` -> the keys of the model's ``answer``, always ``client_pays``; with
    ``"working": true`` also ``working``, how each number came about.
    Raises ``PricingError`` whose ``field`` is a path such as ``params.cap`` or ``outcome.hours.0.role``.
    """
    model = model_named(given.get("model"))
    currency = parse_currency(given)
    with Place(within="params"):
        terms = model.read(object_at(given, "params"), currency)
    outcome = {} if given.get("outcome") is None else object_at(given, "outcome")
    answer = model.bill(terms, outcome, currency)
    if flag_at(given, "working"):
        answer["working"] = model.working(terms, outcome, currency).as_dict()
    return answer
