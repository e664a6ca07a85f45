"""All billing models, found by looking through the modules of this package.

A module that has a ``MODEL`` is a billing model. Looking, instead of keeping a list, is what lets a new model be one
new file: its arithmetic, its words and its place in the guide stand together and nothing else needs to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, Final

from ..errors import PricingError, shown
from .base import BillingModel


def _found() -> dict[str, BillingModel[Any, Any]]:
    package = __name__.rpartition(".")[0]
    names = [module.name for module in iter_modules(import_module(package).__path__)]
    modules = [import_module(f"{package}.{name}") for name in names if f"{package}.{name}" != __name__]
    models = [module.MODEL for module in modules if hasattr(module, "MODEL")]
    models.sort(key=lambda model: model.number)
    found = {model.key: model for model in models}
    if len(found) != len(models):
        raise RuntimeError(f"two billing models share a key: {[model.key for model in models]}")
    return found


MODELS: Final[Mapping[str, BillingModel[Any, Any]]] = MappingProxyType(_found())
"""Key -> billing model, in the order of the guide."""


def model_named(key: object) -> BillingModel[Any, Any]:
    """The billing model with that key; anything else is ``unknown_model``."""
    model = MODELS.get(key) if isinstance(key, str) else None
    if model is None:
        raise PricingError(
            "unknown_model", f"{shown(key)} is not a billing model. There are: {', '.join(MODELS)}.", field="model"
        )
    return model
