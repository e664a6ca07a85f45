"""All billing models, found by looking through the modules of ``models``.

Looking, instead of keeping a list, is what lets a new model be one new file: its arithmetic, its words and its place
in the guide stand together, and nothing else needs to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, Final

from ..errors import PricingError, shown
from . import models
from .base import BillingModel, ComparableModel


def _found() -> dict[str, BillingModel[Any, Any]]:
    modules = [import_module(f"{models.__name__}.{module.name}") for module in iter_modules(models.__path__)]
    in_order = sorted((module.MODEL for module in modules), key=lambda model: model.number)
    found = {model.key: model for model in in_order}
    if len(found) != len(in_order):
        raise RuntimeError(f"two billing models share a key: {[model.key for model in in_order]}")
    return found


MODELS: Final[Mapping[str, BillingModel[Any, Any]]] = MappingProxyType(_found())
"""Key -> billing model, in the order of the guide."""

COMPARABLE: Final[Mapping[str, ComparableModel[Any, Any]]] = MappingProxyType(
    {key: model for key, model in MODELS.items() if isinstance(model, ComparableModel)}
)
"""Those that can stand beside each other by hours, in the same order."""


def model_named(key: object) -> BillingModel[Any, Any]:
    """The billing model with that key; anything else is ``unknown_model``."""
    model = MODELS.get(key) if isinstance(key, str) else None
    if model is None:
        raise PricingError(
            "unknown_model", f"{shown(key)} is not a billing model. There are: {', '.join(MODELS)}.", field="model"
        )
    return model


def comparable_named(key: object) -> ComparableModel[Any, Any]:
    """The model with that key, if its price follows from hours; anything else is ``unknown_model``."""
    model = model_named(key)
    if not isinstance(model, ComparableModel):
        raise PricingError(
            "unknown_model",
            f"“{model.name}” cannot be compared by hours. These can: {', '.join(COMPARABLE)}.",
            field="model",
        )
    return model
