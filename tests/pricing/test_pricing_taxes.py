"""Taxes: exclusive and inclusive, per group and per line, and what may not be combined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proposals.pricing import TAX_CATEGORIES, PricingError

Priced = Callable[..., dict[str, Any]]
Refused = Callable[..., PricingError]


def tax(tax_id: str, rate: str, category: str = "S", **more: Any) -> dict[str, Any]:
    return {"id": tax_id, "category": category, "rate": rate, **more}


def lines(count: int, amount: str, *taxes: str, kind: str = "fixed") -> list[dict[str, Any]]:
    return [{"id": str(number), "kind": kind, "amount": amount, "taxes": list(taxes)} for number in range(count)]


@pytest.mark.parametrize(
    ("basis", "rounding", "tax_amount", "net", "total"),
    [
        ("exclusive", "group", "0.05", "5.00", "5.05"),
        ("exclusive", "line", "0.10", "5.00", "5.10"),
        ("inclusive", "group", "0.05", "4.95", "5.00"),
        ("inclusive", "line", "0.00", "5.00", "5.00"),
    ],
)
def test_where_tax_is_rounded(priced: Priced, basis: str, rounding: str, tax_amount: str, net: str, total: str) -> None:
    """Ten lines of 0.50 at 1 %: each has 0.005 on top, or 0.00495 within."""
    answer = priced(lines(10, "0.50", "v"), taxes=[tax("v", "1")], price_basis=basis, tax_rounding=rounding)
    assert answer["taxes"][0]["amount"] == tax_amount
    assert answer["taxes"][0]["base"] == net
    assert [answer["totals"][key] for key in ("net", "tax", "total")] == [net, tax_amount, total]


def test_only_included_lines_show_their_tax_and_only_in_line_mode(priced: Priced) -> None:
    three = lines(3, "1.00", "v")
    three[1]["optional"] = True
    three[2]["taxes"] = []
    answer = priced(three, taxes=[tax("v", "21")], tax_rounding="line")
    assert [line.get("tax") for line in answer["lines"]] == ["0.21", None, "0.00"]
    assert "tax" not in priced(three, taxes=[tax("v", "21")])["lines"][0]


def test_several_taxes_of_a_line_are_added_on_the_same_base(priced: Priced) -> None:
    taxes = [tax("gst", "5"), tax("qst", "9.975")]
    for rounding in ("group", "line"):
        answer = priced(lines(1, "1234.50", "qst", "gst"), taxes=taxes, tax_rounding=rounding)
        assert [(each["id"], each["base"], each["amount"]) for each in answer["taxes"]] == [
            ("gst", "1234.50", "61.73"),
            ("qst", "1234.50", "123.14"),
        ]
        assert answer["totals"]["total"] == "1419.37"


def test_half_a_cent_of_a_credit_goes_away_from_zero(priced: Priced) -> None:
    answer = priced(lines(1, "0.10", "v", kind="credit"), taxes=[tax("v", "5")])
    assert (answer["totals"]["tax"], answer["totals"]["total"]) == ("-0.01", "-0.11")


def test_the_inclusive_price_never_changes(priced: Priced) -> None:
    answer = priced(lines(1, "100.00", "v"), taxes=[tax("v", "20")], price_basis="inclusive")
    assert answer["lines"][0]["amount"] == "100.00"
    assert [answer["totals"][key] for key in ("net", "tax", "total")] == ["83.33", "16.67", "100.00"]


def test_a_zero_rate_is_listed_with_its_note(priced: Priced) -> None:
    note = "reverse charge: the customer accounts for the VAT"
    taxes = [tax("unused", "21"), tax("rc", "0.00", "AE", note=note, label="Reverse charge", jurisdiction="EU")]
    assert priced(lines(2, "10.00", "rc"), taxes=taxes)["taxes"] == [
        {
            "id": "rc",
            "label": "Reverse charge",
            "jurisdiction": "EU",
            "category": "AE",
            "rate": "0.00",
            "note": note,
            "base": "20.00",
            "amount": "0.00",
        }
    ]


@pytest.mark.parametrize("category", TAX_CATEGORIES)
def test_a_rate_above_zero_belongs_to_category_s_alone(priced: Priced, refused: Refused, category: str) -> None:
    right, wrong = ("21", "0") if category == "S" else ("0", "21")
    assert priced([], taxes=[tax("v", right, category)])["taxes"] == []
    error = refused([], taxes=[tax("v", wrong, category)])
    assert (error.code, error.field) == ("category_rate_mismatch", "taxes.0.rate")


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (tax("v", "-1"), "bad_percent", "taxes.0.rate"),
        (tax("v", "100.01"), "bad_percent", "taxes.0.rate"),
        (tax("v", "9.97501"), "too_many_decimals", "taxes.0.rate"),
        (tax("v", "21") | {"rate": 21}, "bad_number", "taxes.0.rate"),
        (tax("v", "21", "X"), "unknown_value", "taxes.0.category"),
        (tax("", "21"), "bad_document", "taxes.0.id"),
    ],
)
def test_a_tax_that_cannot_be_applied_is_refused(
    refused: Refused, wrong: dict[str, Any], code: str, field: str
) -> None:
    error = refused([], taxes=[wrong])
    assert (error.code, error.field) == (code, field)


@pytest.mark.parametrize(
    ("named", "settings", "code"),
    [
        (["x"], {}, "unknown_tax"),
        (["v", "w"], {"price_basis": "inclusive"}, "inclusive_multi_tax"),
        (["v", "v"], {}, "duplicate_id"),
    ],
)
@pytest.mark.parametrize("optional", [False, True])
def test_the_taxes_of_a_line_are_checked_even_while_it_is_excluded(
    refused: Refused, named: list[str], settings: dict[str, str], code: str, optional: bool
) -> None:
    line = {"id": "a", "kind": "fixed", "amount": "1.00", "taxes": named, "optional": optional}
    error = refused([line], taxes=[tax("v", "21"), tax("w", "9")], **settings)
    assert (error.code, error.line, error.field) == (code, "a", "taxes")


@pytest.mark.parametrize("setting", ["price_basis", "tax_rounding"])
def test_an_unknown_mode_is_refused(refused: Refused, setting: str) -> None:
    error = refused([], **{setting: "both"})
    assert (error.code, error.field) == ("unknown_value", setting)
