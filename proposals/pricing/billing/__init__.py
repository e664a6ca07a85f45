"""Billing models: the ways to pay for professional work, what each costs, and what each makes people do.

``calculate("bill", ...)`` and ``calculate("what_if", ...)`` go from JSON to JSON. Programs that hold a model use
``MODELS[key]``: ``read`` gives its typed terms, ``bill`` the amounts, ``explanation`` the words, ``limit`` the most
that the client can pay.
"""

from .base import BillingModel, Clause, ComparableModel, Example, Limit, RiskPlace, Sentence, Variant
from .figures import PLAIN, Figures
from .functions import bill
from .parameters import Choice, OnlyIf, Parameter, Values
from .registry import COMPARABLE, MODELS, comparable_named, model_named
from .what_if import what_if

__all__ = [
    "COMPARABLE",
    "MODELS",
    "PLAIN",
    "BillingModel",
    "Choice",
    "Clause",
    "ComparableModel",
    "Example",
    "Figures",
    "Limit",
    "OnlyIf",
    "Parameter",
    "RiskPlace",
    "Sentence",
    "Values",
    "Variant",
    "bill",
    "comparable_named",
    "model_named",
    "what_if",
]
