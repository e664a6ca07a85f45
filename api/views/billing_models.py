"""The billing models: the same words and formulas as in the guide."""

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.problems import UnknownBillingModel
from api.schema import described, page_of
from api.serializers.billing_models import BillingModelSerializer, BillingModelSummarySerializer
from proposals.pricing.billing import MODELS, BillingModel, ComparableModel
from proposals.pricing.billing.json_schema import schema_of
from proposals.pricing.money import Currency


class BillingModels(Endpoint):
    """All of them."""

    tag = "billing models"

    @described("list_billing_models", "List the ways to pay", answer=page_of(BillingModelSummarySerializer))
    def get(self, request: Request) -> Response:
        """In the order of the guide, on one page."""
        rows = [_summary(self, model) for model in MODELS.values()]
        return self.shown(page_of(BillingModelSummarySerializer), {"results": rows, "next": None, "previous": None})


class OneBillingModel(Endpoint):
    """One of them."""

    tag = "billing models"

    @described("get_billing_model", "A way to pay: formula, words and risks", answer=BillingModelSerializer)
    def get(self, request: Request, key: str) -> Response:
        """Its parameters as JSON Schema, its formula, and what both sides should know of it."""
        if key not in MODELS:
            raise UnknownBillingModel(f"There is no billing model “{key[:40]}”; there are: {', '.join(MODELS)}.")
        return self.shown(BillingModelSerializer, _described(self, MODELS[key]))


def _summary(endpoint: Endpoint, model: BillingModel[Any, Any]) -> dict[str, Any]:
    return {
        "key": model.key,
        "name": model.name,
        "definition": model.definition,
        "comparable": isinstance(model, ComparableModel),
        "url": endpoint.url(reverse("api_billing_model", args=[model.key])),
        "guide_url": endpoint.url(reverse("billing_model", args=[model.key])),
    }


def _described(endpoint: Endpoint, model: BillingModel[Any, Any]) -> dict[str, Any]:
    example = model.example
    currency = Currency(example.currency)
    terms = model.read(example.params, currency)
    every_clause = frozenset(clause.key for clause in model.clauses)
    return {
        **_summary(endpoint, model),
        "parameters": schema_of(model.parameters),
        "outcome": schema_of(model.outcome),
        "comparison": schema_of(model.comparison) if isinstance(model, ComparableModel) else None,
        "formula": model.formula,
        "answer": model.answer,
        "explanation": [each._asdict() for each in model.explanation(terms, currency, every_clause)],
        "incentive": {"intended": model.incentive, "perverse": model.perverse},
        "risks": {
            "client": model.risk_client,
            "seller": model.risk_seller,
            "hours_place": {place.name: place.place for place in model.risk_places},
        },
        "good_when": model.good_when,
        "not_when": model.not_when,
        "questions": model.questions,
        "clauses": model.clauses,
        "also_called": model.also_called,
        "example": {
            "words": example.words,
            "currency": example.currency,
            "params": example.params,
            "outcome": example.outcome,
            "answer": model.bill(terms, example.outcome, currency),
        },
    }
