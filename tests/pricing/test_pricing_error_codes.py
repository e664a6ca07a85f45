"""Every code of pricing-spec 16, each with the line and the field that it names."""

from __future__ import annotations

from typing import Any

import pytest

from proposals.pricing import PricingError, calculate

Asked = tuple[str, dict[str, Any]]

FIXED = {"id": "a", "kind": "fixed", "amount": "100.00"}
CREDIT = {"id": "b", "kind": "credit", "amount": "5.00", "text": "for the cancelled workshop"}
HOUR = {"id": "a", "kind": "time", "role": "dev", "quantity": "1", "unit": "hour"}
TAX = {"id": "v", "category": "S", "rate": "21"}
WHY = {"reason": "volume", "text": "agreed for this piece of work"}
COST = {"currency": "EUR", "direct_cost_per_hour": "50", "overhead_percent": "60"}
PAY = {"salary": "60000", "capacity_hours": "1700", "utilization_percent": "70", "overhead_percent": "60"}
STAFF = {"role": "r", "tier": "senior", "hours": "0", "rate": "100"}
YEAR = {"currency": "EUR", "partners": "4", "professionals": "32", "fees": "100", "costs": "60"}
SCORES = {"credibility": "9", "reliability": "8", "intimacy": "7", "self_orientation": "2"}


def document(*lines: dict[str, Any], **settings: Any) -> Asked:
    return "price", {"document": {"currency": "EUR", "sections": [{"id": "s", "lines": list(lines)}], **settings}}


def off(**discount: Any) -> Asked:
    """A line with a good discount, changed."""
    return document({**FIXED, "discounts": [{"type": "percent", "value": "5", **WHY, **discount}]})


def schedule(*plan: dict[str, Any], total: str = "100.00", **more: Any) -> Asked:
    named = [{"id": str(index), **part} for index, part in enumerate(plan)]
    return "schedule", {"currency": "EUR", "total": total, "plan": named, **more}


def bill(model: str, params: dict[str, Any], outcome: dict[str, Any]) -> Asked:
    return "bill", {"model": model, "currency": "EUR", "params": params, "outcome": outcome}


ON_LINE: list[tuple[str, str, str, Asked]] = [
    ("bad_number", "a", "amount", document({**FIXED, "amount": "1e3"})),
    ("too_many_decimals", "a", "amount", document({**FIXED, "amount": "1.005"})),
    ("negative_quantity", "a", "quantity", document({**HOUR, "quantity": "-1"})),
    (
        "bad_percent",
        "a",
        "markup_percent",
        document({"id": "a", "kind": "expense", "unit_cost": "5", "markup_percent": "-1"}),
    ),
    ("unknown_kind", "a", "kind", document({"id": "a", "kind": "gift"})),
    ("no_rate", "a", "role", document(HOUR, price_date="2026-01-01")),
    (
        "bad_allowance_base",
        "k",
        "of",
        document(FIXED, CREDIT, {"id": "k", "kind": "allowance", "percent": "5", "of": ["b"]}),
    ),
    ("unknown_tax", "a", "taxes", document({**FIXED, "taxes": ["w"]}, taxes=[TAX])),
    (
        "inclusive_multi_tax",
        "a",
        "taxes",
        document({**FIXED, "taxes": ["v", "w"]}, taxes=[TAX, {**TAX, "id": "w"}], price_basis="inclusive"),
    ),
    ("discount_reason_required", "a", "discounts.0.reason", off(reason="special")),
    ("discount_text_required", "a", "discounts.0.text", off(text="  too short  ")),
    ("discount_value_range", "a", "discounts.0.value", off(value="0")),
    ("discount_exceeds_base", "a", "discounts.0.value", off(type="amount", value="100.01")),
    (
        "discount_on_credit",
        "b",
        "discounts",
        document({**CREDIT, "discounts": [{"type": "percent", "value": "5", **WHY}]}),
    ),
]

ELSEWHERE: list[tuple[str, str, Asked]] = [
    ("unknown_currency", "currency", document(FIXED, currency="XAU")),
    ("category_rate_mismatch", "taxes.0.rate", document(FIXED, taxes=[{**TAX, "category": "AE", "note": "reverse"}])),
    (
        "unknown_option",
        "choices.g",
        document({**FIXED, "alt": {"group": "g", "option": "x"}}, choices={"g": "y"}),
    ),
    (
        "conditional_reason",
        "discounts.0.conditional",
        document(FIXED, discounts=[{"type": "percent", "value": "2", **WHY, "conditional": True}]),
    ),
    ("zero_weights", "weights", ("allocate", {"currency": "EUR", "total": "1", "weights": ["0", "0"]})),
    ("empty_plan", "plan", schedule()),
    ("percent_sum", "plan", schedule({"percent": "33.33"}, {"percent": "33.33"}, {"percent": "33.33"})),
    (
        "percent_sum",
        "params.milestones",
        bill("milestone", {"fee": "1", "milestones": [{"id": "m", "percent": "99"}]}, {}),
    ),
    ("mixed_plan", "plan", schedule({"percent": "50"}, {"amount": "50"})),
    ("two_remainders", "plan", schedule({"remainder": True}, {"remainder": True})),
    ("schedule_sum_mismatch", "plan", schedule({"amount": "60"}, {"amount": "39.99"})),
    ("schedule_exceeds_total", "plan", schedule({"amount": "100.01"}, {"remainder": True})),
    ("negative_total", "total", schedule({"percent": "100"}, total="-0.01")),
    ("tax_exceeds_total", "tax", schedule({"percent": "100"}, tax="100.01")),
    ("unknown_model", "model", bill("barter", {}, {})),
    ("no_rate", "outcome.hours.0.role", bill("tm", {"rates": {"dev": "1"}}, {"hours": [{"role": "qa", "hours": "1"}]})),
    (
        "disallowed_exceeds_cost",
        "outcome.disallowed",
        bill("cost_plus", {"fee": "1"}, {"cost": "1", "disallowed": "2"}),
    ),
    ("bad_estimate", "tasks.0.likely", ("estimate", {"tasks": [{"id": "t", "low": "2", "likely": "1", "high": "3"}]})),
    (
        "bad_capacity",
        "capacity_hours",
        ("build_up", {"currency": "EUR", **PAY, "capacity_hours": "8785", "bill_rate": "1"}),
    ),
    ("bad_utilization", "utilization_percent", ("build_up", {"currency": "EUR", **PAY, "utilization_percent": "0"})),
    ("bad_margin", "target_margin_percent", ("build_up", {**COST, "target_margin_percent": "100"})),
    ("one_target_required", "target_margin_percent", ("build_up", COST)),
    (
        "round_rate_with_bill_rate",
        "round_rate",
        ("build_up", {**COST, "bill_rate": "90", "round_rate": {"increment": "5", "mode": "up"}}),
    ),
    ("no_hours", "staffing", ("leverage", {"currency": "EUR", "staffing": [STAFF]})),
    ("bad_headcount", "professionals", ("firm", {**YEAR, "professionals": "3"})),
    ("no_fees", "fees", ("firm", {**YEAR, "fees": "0"})),
    ("one_anchor_required", "tiers", ("staffing", {"tiers": []})),
    ("score_out_of_range", "self_orientation", ("trust", {**SCORES, "self_orientation": "0"})),
]

CODES = (
    "bad_number too_many_decimals unknown_currency negative_quantity bad_percent unknown_kind no_rate"
    " bad_allowance_base unknown_tax category_rate_mismatch inclusive_multi_tax unknown_option"
    " discount_reason_required discount_text_required discount_value_range discount_exceeds_base discount_on_credit"
    " conditional_reason zero_weights empty_plan percent_sum mixed_plan two_remainders schedule_sum_mismatch"
    " schedule_exceeds_total negative_total tax_exceeds_total unknown_model disallowed_exceeds_cost bad_estimate"
    " bad_capacity bad_utilization bad_margin one_target_required round_rate_with_bill_rate no_hours"
    " bad_headcount no_fees one_anchor_required score_out_of_range"
)

EACH = [(code, "s", line, field, asked) for code, line, field, asked in ON_LINE]
EACH += [(code, None, None, field, asked) for code, field, asked in ELSEWHERE]


@pytest.mark.parametrize(
    ("code", "section", "line", "field", "asked"), EACH, ids=[f"{each[0]}-{each[3]}" for each in EACH]
)
def test_a_refusal_has_its_code_and_names_its_place(
    code: str, section: str | None, line: str | None, field: str, asked: Asked
) -> None:
    with pytest.raises(PricingError) as caught:
        calculate(*asked)
    error = caught.value
    assert (error.code, error.section, error.line, error.field) == (code, section, line, field)
    assert error.as_dict() == {"code": code, "detail": error.detail, "section": section, "line": line, "field": field}
    assert error.detail.endswith(".")


def test_every_code_is_raised_by_something() -> None:
    assert {code for code, *_ in EACH} == set(CODES.split())


@pytest.mark.parametrize(
    ("discount", "code"),
    [
        ({"reason": "", "text": "", "value": "101", "type": "amount"}, "discount_reason_required"),
        ({"text": "", "value": "101", "type": "amount"}, "discount_text_required"),
        ({"value": "-101", "type": "amount"}, "discount_value_range"),
        ({"value": "101", "type": "amount"}, "discount_exceeds_base"),
    ],
)
def test_of_several_mistakes_in_a_discount_the_first_is_told(discount: dict[str, str], code: str) -> None:
    """In the order reason, text, value, base."""
    with pytest.raises(PricingError) as caught:
        calculate(*off(**discount))
    assert caught.value.code == code
