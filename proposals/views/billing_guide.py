"""The public guide to billing models: one page to choose, and one for each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from proposals.documents import billing_guide
from proposals.pricing.billing import MODELS
from proposals.pricing.billing.choosing import SITUATIONS


@require_safe
def billing_models(request: HttpRequest) -> HttpResponse:
    """Which to look at first, where the risk lies, and all of them."""
    context = {"situations": SITUATIONS, "axis": billing_guide.risk_axis(), "models": MODELS.values()}
    return render(request, "proposals/guide/models.html", context)


@require_safe
def billing_model(request: HttpRequest, key: str) -> HttpResponse:
    """One billing model, with an example calculated by the engine."""
    if key not in MODELS:
        raise Http404
    model, keys = MODELS[key], list(MODELS)
    number = keys.index(key)
    context = {
        "model": model,
        "said": billing_guide.explanation(model, model.example.params),
        "variants": billing_guide.variants(model),
        "worked": billing_guide.worked(model),
        "limit": billing_guide.limit_in_words(model),
        "parameters": billing_guide.parameter_rows(model.parameters),
        "outcome": billing_guide.parameter_rows(model.outcome),
        "axis": billing_guide.place_of(model) if model.risk_places else [],
        "before": MODELS[keys[number - 1]] if number else None,
        "after": MODELS[keys[number + 1]] if number + 1 < len(keys) else None,
    }
    return render(request, "proposals/guide/model.html", context)
