"""The public guide to billing models: for everybody, with figures that the engine calculates."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from proposals.documents import wording
from proposals.pricing import calculate
from proposals.pricing.billing import MODELS
from proposals.pricing.billing.choosing import SITUATIONS


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_model_can_be_found_from_the_first_page() -> None:
    shown = page(reverse("billing_models"))
    assert shown.count("not legal advice") == 1
    for key, model in MODELS.items():
        assert f'<a class="model-card" href="{reverse("billing_model", args=[key])}"><b>{model.name}</b>' in shown
    pointed_at = {each.key for row in SITUATIONS for each in (*row.look_at, *row.careful_with)}
    assert pointed_at == set(MODELS)


@pytest.mark.parametrize("key", MODELS)
def test_a_page_tells_the_model_to_the_end(key: str) -> None:
    model, shown = MODELS[key], page(reverse("billing_model", args=[key]))
    assert shown.count("not legal advice") == 1
    told = (model.definition, model.incentive, model.perverse, model.risk_client, model.risk_seller, model.good_when)
    told += (model.not_when, *model.questions, *model.formula, *model.also_called)
    told += tuple(text for clause in model.clauses for text in (clause.title, clause.text))
    for text in told:
        assert text.replace("&", "&amp;") in shown
    for parameter in (*model.parameters, *model.outcome):
        assert f"{parameter.label}<code>{parameter.name}</code>" in shown


@pytest.mark.parametrize("key", MODELS)
def test_the_worked_example_is_calculated(key: str) -> None:
    example = MODELS[key].example
    given = {"model": key, "currency": "EUR", "params": example.params, "outcome": example.outcome}
    pays = wording.money(calculate("bill", given)["client_pays"], "EUR")
    shown = page(reverse("billing_model", args=[key]))
    assert f"<dd>{pays}</dd>" in shown.split('class="total"')[1].split("</div>")[0]


def test_a_promise_says_with_which_clause_it_is_made() -> None:
    shown = page(reverse("billing_model", args=["tm_cap"]))
    assert "but never more than €12,000.00." in shown
    assert "<p data-promise>If you ask for more, we agree on the change and its price first. <small>only if" in shown
    assert "You pay at most €12,000.00 before tax, and expenses on top." in shown


def test_another_model_has_no_page() -> None:
    assert Client().get("/billing-models/hourly/").status_code == 404
