"""Discounts at three levels, their grounds, and conditional early payment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proposals.pricing import DISCOUNT_REASONS, PricingError

Priced = Callable[..., dict[str, Any]]
Refused = Callable[..., PricingError]

TEXT = "agreed for this piece of work"


def off(value: str, kind: str = "percent", **more: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "reason": "volume", "text": TEXT, **more}


def early(value: str, kind: str = "percent") -> dict[str, Any]:
    return off(value, kind, reason="early_payment", conditional=True)


def fixed(line_id: str, amount: str, **more: Any) -> dict[str, Any]:
    return {"id": line_id, "kind": "fixed", "amount": amount, **more}


def test_line_discounts_cascade_in_their_order_and_show_each_amount(priced: Priced) -> None:
    line = priced([fixed("a", "999.99", discounts=[off("10"), off("5")])])["lines"][0]
    assert (line["line_discount"], line["amount"]) == ("145.00", "854.99")
    assert line["discounts"] == [
        {"type": "percent", "value": "10", "reason": "volume", "text": TEXT, "base": "999.99", "amount": "100.00"},
        {"type": "percent", "value": "5", "reason": "volume", "text": TEXT, "base": "899.99", "amount": "45.00"},
    ]


def test_section_and_document_discounts_cascade_too(priced: Priced) -> None:
    sections = [
        {"id": "s", "lines": [fixed("a", "60.00"), fixed("b", "40.00")], "discounts": [off("10"), off("10")]},
        {"id": "t", "lines": [fixed("c", "19.00")]},
    ]
    answer = priced([], sections=sections, discounts=[off("50"), off("25.00", "amount")])
    assert [line["section_discount"] for line in answer["lines"]] == ["11.40", "7.60", "0.00"]
    assert [line["amount"] for line in answer["lines"]] == ["12.15", "8.10", "4.75"]
    assert [each["amount"] for each in answer["sections"][0]["discounts"]] == ["10.00", "9.00"]
    assert [(each["base"], each["amount"]) for each in answer["discounts"]] == [("100.00", "50.00"), ("50.00", "25.00")]
    assert answer["totals"]["discount"] == "94.00"


def test_expenses_credits_and_lines_marked_so_are_passed_over(priced: Priced) -> None:
    lines = [
        fixed("a", "100.00"),
        fixed("b", "100.00", discountable=False),
        {"id": "c", "kind": "expense", "unit_cost": "100"},
        {"id": "d", "kind": "expense", "unit_cost": "100", "discountable": True},
        {"id": "e", "kind": "credit", "amount": "100.00", "discountable": True},
    ]
    answer = priced(lines, discounts=[off("10")])
    assert [line["document_discount"] for line in answer["lines"]] == ["10.00", "0.00", "0.00", "10.00", "0.00"]


def test_an_excluded_line_keeps_its_own_discount_and_takes_no_part_in_others(priced: Priced) -> None:
    lines = [fixed("a", "100.00"), fixed("b", "50.00", optional=True, discounts=[off("10")])]
    answer = priced(lines, discounts=[off("10")])
    excluded = answer["lines"][1]
    assert (excluded["line_discount"], excluded["document_discount"], excluded["amount"]) == ("5.00", "0.00", "45.00")
    assert answer["totals"]["discount"] == "10.00"


def test_nothing_to_discount_is_no_discount(priced: Priced) -> None:
    assert priced([fixed("a", "9.00", optional=True)], discounts=[off("10")])["totals"]["discount"] == "0.00"


@pytest.mark.parametrize("reason", DISCOUNT_REASONS)
def test_every_listed_reason_is_accepted(priced: Priced, reason: str) -> None:
    assert priced([fixed("a", "10.00")], discounts=[off("10", reason=reason)])["totals"]["net"] == "9.00"


BAD_REASON = {"reason": "because"}
BAD_TEXT = {"text": "  too short  "[:10]}
BAD_VALUE = {"value": "0"}
BAD_BASE = {"type": "amount", "value": "10.01"}


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (BAD_REASON | BAD_TEXT | BAD_VALUE, "discount_reason_required", "reason"),
        ({"reason": None} | BAD_TEXT, "discount_reason_required", "reason"),
        ({"reason": ["volume"]}, "discount_reason_required", "reason"),
        (BAD_TEXT | BAD_VALUE, "discount_text_required", "text"),
        ({"text": None} | BAD_VALUE, "discount_text_required", "text"),
        ({"text": 1234567890}, "discount_text_required", "text"),
        ({"text": "123456789 "}, "discount_text_required", "text"),
        (BAD_VALUE, "discount_value_range", "value"),
        ({"value": "-5"}, "discount_value_range", "value"),
        ({"value": "100.0001"}, "discount_value_range", "value"),
        ({"value": "0.00001"}, "too_many_decimals", "value"),
        ({"value": 5}, "bad_number", "value"),
        ({"value": None}, "missing_field", "value"),
        ({"type": "amount", "value": "0.00"}, "discount_value_range", "value"),
        ({"type": "amount", "value": "-1.00"}, "discount_value_range", "value"),
        ({"type": "amount", "value": "1.001"}, "too_many_decimals", "value"),
        (BAD_BASE, "discount_exceeds_base", "value"),
        ({"type": "share"}, "unknown_value", "type"),
        ({"type": None}, "missing_field", "type"),
        ({"conditional": "yes"}, "bad_document", "conditional"),
        ({"conditional": True}, "conditional_reason", "conditional"),
    ],
)
@pytest.mark.parametrize("level", ["line", "section", "document"])
def test_a_discount_is_checked_in_order(
    refused: Refused, level: str, wrong: dict[str, Any], code: str, field: str
) -> None:
    discounts = {level: [off("5"), off("5") | wrong]}
    line = fixed("a", "10.00", discounts=discounts.get("line"))
    section = {"id": "s", "lines": [line], "discounts": discounts.get("section")}
    error = refused([], sections=[section], discounts=discounts.get("document"))
    assert (error.code, error.field) == (code, f"discounts.1.{field}")
    assert error.section == (None if level == "document" else "s")
    assert error.line == ("a" if level == "line" else None)


def test_ten_characters_after_trimming_are_enough(priced: Priced) -> None:
    assert priced([fixed("a", "10.00")], discounts=[off("100", text=" 1234567890 ")])["totals"]["total"] == "0.00"


@pytest.mark.parametrize("more", [{}, {"discountable": True}, {"optional": True}])
def test_a_credit_cannot_carry_a_discount(refused: Refused, more: dict[str, bool]) -> None:
    error = refused([{"id": "a", "kind": "credit", "amount": "5.00", "discounts": [off("10")], **more}])
    assert (error.code, error.line, error.field) == ("discount_on_credit", "a", "discounts")


def test_a_discount_leaves_nothing_below_zero(priced: Priced) -> None:
    lines = [fixed("a", "0.01"), fixed("b", "0.00"), fixed("c", "3.33")]
    answer = priced(lines, discounts=[off("99.7")])
    assert [line["amount"] for line in answer["lines"]] == ["0.00", "0.00", "0.01"]
    answer = priced(lines, discounts=[off("99.7"), off("0.01", "amount")])
    assert [line["amount"] for line in answer["lines"]] == ["0.00", "0.00", "0.00"]


def test_early_payment_stands_beside_the_total(priced: Priced) -> None:
    tax = {"id": "v", "category": "S", "rate": "21"}
    answer = priced(
        [fixed("a", "1000.00", taxes=["v"])],
        taxes=[tax],
        discounts=[early("2"), off("10"), early("50.00", "amount")],
    )
    assert answer["totals"]["total"] == "1089.00"
    assert [(each["total_if_taken"], each["saving"]) for each in answer["conditional"]] == [
        ("1067.22", "21.78"),
        ("1028.50", "60.50"),
    ]
    assert [each["reason"] for each in answer["conditional"]] == ["early_payment", "early_payment"]
    assert [each["value"] for each in answer["discounts"]] == ["10"]


def test_early_payment_without_a_condition_is_deducted(priced: Priced) -> None:
    answer = priced([fixed("a", "100.00")], discounts=[off("2", reason="early_payment")])
    assert answer["totals"]["total"] == "98.00"
    assert "conditional" not in answer


def test_a_conditional_discount_belongs_to_the_document(refused: Refused) -> None:
    on_line = refused([fixed("a", "10.00", discounts=[early("2")])])
    assert (on_line.code, on_line.line, on_line.field) == ("conditional_reason", "a", "discounts.0.conditional")
    on_section = refused([], sections=[{"id": "s", "lines": [], "discounts": [early("2")]}])
    assert (on_section.code, on_section.section) == ("conditional_reason", "s")


def test_a_conditional_amount_may_not_exceed_what_is_left(refused: Refused) -> None:
    error = refused([fixed("a", "10.00")], discounts=[off("5.00", "amount"), early("5.01", "amount")])
    assert (error.code, error.field, error.base) == ("discount_exceeds_base", "discounts.1.value", "5.00")


def test_negotiated_is_a_reason_when_a_sentence_says_what_was_traded(priced: Callable[..., dict[str, Any]]) -> None:
    discount = {"type": "percent", "value": "5", "reason": "negotiated", "text": "they pay half of it in advance"}
    lines = [{"id": "a", "kind": "fixed", "amount": "100.00", "discounts": [discount]}]
    assert priced(lines)["totals"]["net"] == "95.00"
