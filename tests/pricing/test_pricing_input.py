"""Inputs of the wrong shape: always a ``PricingError`` that says where and what."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proposals.pricing import ENGINE_VERSION, FUNCTIONS, PricingError, calculate

Priced = Callable[..., dict[str, Any]]
Refused = Callable[..., PricingError]

LINE = {"id": "a", "kind": "fixed", "amount": "1.00"}
RATE = {"role": "dev", "rate": "1", "unit": "hour", "from": "2026-01-01"}
DOCUMENTS = [
    vector["given"]["document"]
    for vector in json.loads((Path(__file__).parent / "vectors" / "price.json").read_text(encoding="utf-8"))
]

JSON_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["1", "-1", "0.005", "a", "EUR", "JPY", "percent", "time", "2026-02-30", "999999999999999.9999999999"]
    )
)
JSON = st.recursive(
    JSON_LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def answer_or_error(fn: Any, given: Any) -> dict[str, Any] | PricingError:
    """What ``calculate`` gives; anything but an answer or a ``PricingError`` escapes and fails the test."""
    try:
        return calculate(fn, given)
    except PricingError as error:
        return error


def is_sound(answer: dict[str, Any] | PricingError) -> bool:
    """An answer is JSON; an error has a code, and a whole sentence for people."""
    if isinstance(answer, PricingError):
        json.dumps(answer.as_dict())
        return answer.code.replace("_", "").isalpha() and answer.detail.endswith(".")
    return json.loads(json.dumps(answer)) == answer


@given(JSON, JSON)
@settings(deadline=None, max_examples=100)
def test_any_json_is_answered_or_refused(fn: object, value: object) -> None:
    assert is_sound(answer_or_error(fn, value))
    for name in FUNCTIONS:
        assert is_sound(answer_or_error(name, value))
        assert is_sound(
            answer_or_error(name, {"document": value, "currency": "EUR", "total": "1.00", "weights": value})
        )


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in [(*path, key), *places(inner, (*path, key))]]


@given(st.data())
@settings(deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])
def test_a_good_document_with_something_else_in_one_place_is_answered_or_refused(data: st.DataObject) -> None:
    document = json.loads(json.dumps(data.draw(st.sampled_from(DOCUMENTS))))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(document) or [("currency",)]))
        inner = document
        for key in way:
            inner = inner[key]
        if isinstance(inner, dict) and data.draw(st.booleans()):
            inner.pop(last, None)
        else:
            inner[last] = data.draw(JSON)
    assert is_sound(answer_or_error("price", {"document": document, "working": True}))


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        (None, "bad_document", "given"),
        ([], "bad_document", "given"),
        ({}, "missing_field", "document"),
        ({"document": []}, "bad_document", "document"),
        ({"document": {}}, "missing_field", "currency"),
        ({"document": {"currency": "EUR"}}, "missing_field", "sections"),
        ({"document": {"currency": ["EUR"], "sections": []}}, "unknown_currency", "currency"),
        ({"document": {"currency": "EUR", "sections": {}}}, "bad_document", "sections"),
        ({"document": {"currency": "EUR", "sections": [[]]}}, "bad_document", "sections.0"),
        ({"document": {"currency": "EUR", "sections": [{}]}}, "missing_field", "sections.0.id"),
        ({"document": {"currency": "EUR", "sections": [{"id": 1}]}}, "bad_document", "sections.0.id"),
    ],
)
def test_the_shape_of_a_document(given: Any, code: str, field: str) -> None:
    with pytest.raises(PricingError) as caught:
        calculate("price", given)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("settings", "code", "field"),
    [
        ({"taxes": {}}, "bad_document", "taxes"),
        ({"taxes": [None]}, "bad_document", "taxes.0"),
        ({"taxes": [{"id": "v"}]}, "missing_field", "taxes.0.category"),
        ({"rate_card": [RATE | {"from": "2026-02-30"}]}, "bad_date", "rate_card.0.from"),
        ({"rate_card": [RATE | {"from": None}]}, "missing_field", "rate_card.0.from"),
        ({"rate_card": [RATE, RATE | {"to": "2025-12-31"}]}, "bad_date", "rate_card.1.to"),
        ({"rate_card": [RATE | {"unit": "week"}]}, "unknown_value", "rate_card.0.unit"),
        ({"rate_card": [RATE | {"rate": "-1"}]}, "bad_number", "rate_card.0.rate"),
        ({"price_date": "20260301"}, "bad_date", "price_date"),
        ({"price_date": "2026-W01-1"}, "bad_date", "price_date"),
        ({"price_date": 20260301}, "bad_date", "price_date"),
        ({"hours_per_day": 8}, "bad_number", "hours_per_day"),
        ({"choices": []}, "bad_document", "choices"),
        ({"choices": {"g": 1}}, "bad_document", "choices.g"),
        ({"discounts": "10%"}, "bad_document", "discounts"),
        ({"discounts": ["10%"]}, "bad_document", "discounts.0"),
    ],
)
def test_the_shape_of_the_settings(refused: Refused, settings: dict[str, Any], code: str, field: str) -> None:
    error = refused([], **settings)
    assert (error.code, error.field, error.line, error.section) == (code, field, None, None)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"optional": "true"}, "bad_document", "optional"),
        ({"discountable": 1}, "bad_document", "discountable"),
        ({"taxes": "v"}, "bad_document", "taxes"),
        ({"taxes": [1]}, "bad_document", "taxes"),
        ({"alt": "g"}, "bad_document", "alt"),
        ({"alt": {"group": "g"}}, "missing_field", "alt.option"),
        ({"certainty": 1}, "bad_document", "certainty"),
        ({"kind": ["fixed"]}, "unknown_kind", "kind"),
        ({"amount": None}, "missing_field", "amount"),
        ({"amount": True}, "bad_number", "amount"),
    ],
)
def test_the_shape_of_a_line(refused: Refused, change: dict[str, Any], code: str, field: str) -> None:
    error = refused([LINE | change])
    assert (error.code, error.section, error.line, error.field) == (code, "s", "a", field)


def test_a_line_without_an_id_is_found_by_its_place(refused: Refused) -> None:
    error = refused([LINE, {"kind": "fixed"}])
    assert (error.code, error.section, error.line, error.field) == ("missing_field", "s", None, "lines.1.id")


def test_ids_are_used_once(refused: Refused) -> None:
    section = {"id": "s", "lines": []}
    error = refused([LINE, LINE])
    assert (error.code, error.line) == ("duplicate_id", "a")
    error = refused([], sections=[section, section])
    assert (error.code, error.section) == ("duplicate_id", "s")
    assert refused([], taxes=[{"id": "v", "category": "S", "rate": "1"}] * 2).code == "duplicate_id"


def test_fields_that_pricing_does_not_know_are_ignored(priced: Priced) -> None:
    plain = priced([LINE])
    assert priced([LINE | {"description": 5, "metadata": {"crm": "x"}}], title="A proposal", note=None) == plain


def test_null_means_left_out(priced: Priced) -> None:
    nothing = dict.fromkeys(
        ("taxes", "discounts", "optional", "selected", "alt", "certainty", "discountable", "note"), None
    )
    nowhere = dict.fromkeys(("taxes", "rate_card", "discounts", "choices", "price_basis", "hours_per_day"), None)
    assert priced([LINE | nothing], **nowhere) == priced([LINE])


def test_an_empty_proposal_costs_nothing(priced: Priced) -> None:
    for sections in ([], [{"id": "s"}]):
        answer = priced([], sections=sections)
        assert set(answer["totals"].values()) == {"0.00"}
        assert answer["complete"] is True


@pytest.mark.parametrize("fn", ["prices", "", "__class__", None, ["price"], 1])
def test_an_unknown_function_names_those_that_exist(fn: Any) -> None:
    with pytest.raises(PricingError) as caught:
        calculate(fn, {})
    assert caught.value.code == "unknown_function"
    assert caught.value.detail.endswith(f"There are: {', '.join(FUNCTIONS)}.")


def test_an_error_prints_its_place_and_survives_pickling(refused: Refused) -> None:
    error = refused([LINE | {"amount": "1.2.3"}])
    assert str(error) == f"bad_number: {error.detail} (section s, line a, field amount)"
    assert '"1.2.3"' in error.detail
    assert error.as_dict() == {
        "code": "bad_number",
        "detail": error.detail,
        "line": "a",
        "section": "s",
        "field": "amount",
    }
    assert pickle.loads(pickle.dumps(error)).as_dict() == error.as_dict()


def test_a_long_value_is_cut_in_the_sentence(refused: Refused) -> None:
    assert len(refused([LINE | {"amount": "9" * 10_000}]).detail) < 200
    assert len(refused([LINE | {"amount": 10**400}]).detail) < 200


def test_the_engine_has_a_version() -> None:
    assert ENGINE_VERSION == "1"
