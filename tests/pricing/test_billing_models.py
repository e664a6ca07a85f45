"""What holds for every billing model: the registry, its words, and that promises need their clause."""

from __future__ import annotations

from typing import Any

import pytest

from proposals.pricing import PricingError, calculate
from proposals.pricing.billing import MODELS, BillingModel, model_named
from proposals.pricing.money import Currency

EACH = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def terms_of(model: BillingModel[Any, Any]) -> tuple[Any, Currency]:
    currency = Currency(model.example.currency)
    return model.read(model.example.params, currency), currency


@EACH
def test_its_example_can_be_billed_and_answers_what_it_says(model: BillingModel[Any, Any]) -> None:
    example = model.example
    given = {"model": model.key, "currency": example.currency, "params": example.params, "outcome": example.outcome}
    assert list(calculate("bill", given)) == list(model.answer)


@EACH
def test_a_promise_is_made_only_when_its_clause_is_chosen(model: BillingModel[Any, Any]) -> None:
    terms, currency = terms_of(model)
    keys = frozenset(clause.key for clause in model.clauses)
    all_said = model.explanation(terms, currency, keys)
    promises = {sentence.promise for sentence in all_said} - {None}
    assert promises <= keys
    assert promises
    for promise in promises:
        said = model.explanation(terms, currency, keys - {promise})
        assert said == tuple(sentence for sentence in all_said if sentence.promise != promise)
    assert all(sentence.promise is None for sentence in model.explanation(terms, currency, frozenset()))


@EACH
def test_every_text_is_there(model: BillingModel[Any, Any]) -> None:
    texts = [model.name, model.definition, model.risk_client, model.risk_seller, model.incentive, model.perverse]
    texts += [model.good_when, model.not_when, *model.formula, *model.questions, *model.also_called]
    texts += [text for clause in model.clauses for text in (clause.title, clause.text)]
    assert all(text == text.strip() and text[-1:] for text in texts)
    keys = [clause.key for clause in model.clauses]
    assert len(set(keys)) == len(keys)


def test_another_model_is_unknown() -> None:
    for key in ("time", None, 3):
        with pytest.raises(PricingError) as refusal:
            model_named(key)
        assert (refusal.value.code, refusal.value.field) == ("unknown_model", "model")
