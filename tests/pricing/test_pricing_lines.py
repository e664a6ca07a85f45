"""The seven kinds of line and the rate card."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from proposals.pricing import LINE_KINDS, PricingError
from proposals.pricing.lines import TimeLine, UnitLine

Priced = Callable[..., dict[str, Any]]
Refused = Callable[..., PricingError]

REASONED = {"reason": "volume", "text": "agreed for this piece of work"}


def rate(
    amount: str = "100.00", unit: str = "hour", start: str = "2026-01-01", end: str | None = None
) -> dict[str, Any]:
    return {"role": "dev", "rate": amount, "unit": unit, "from": start, "to": end}


def time(quantity: str = "1", unit: str = "hour", **more: Any) -> dict[str, Any]:
    return {"id": "a", "kind": "time", "role": "dev", "quantity": quantity, "unit": unit, **more}


@pytest.mark.parametrize(
    ("line", "gross", "certainty", "discountable"),
    [
        ({"kind": "time", "role": "dev", "quantity": "2.5", "unit": "hour"}, "250.00", "estimate", True),
        ({"kind": "fixed", "amount": "80"}, "80.00", "firm", True),
        ({"kind": "expense", "quantity": "3", "unit_cost": "1.115"}, "3.35", "estimate", False),
        ({"kind": "subscription", "price": "19.995", "periods": "12"}, "239.94", "firm", True),
        ({"kind": "unit", "quantity": "0.5", "unit_price": "0.01"}, "0.01", "estimate", True),
        ({"kind": "allowance", "amount": "500.00"}, "500.00", "estimate", True),
        ({"kind": "credit", "amount": "12.34"}, "-12.34", "firm", False),
    ],
)
def test_each_kind(priced: Priced, line: dict[str, Any], gross: str, certainty: str, discountable: bool) -> None:
    answer = priced([{"id": "a", **line}], rate_card=[rate()], price_date="2026-02-01")["lines"][0]
    assert (answer["gross"], answer["certainty"], answer["discountable"]) == (gross, certainty, discountable)
    assert answer["kind"] == line["kind"]
    assert line["kind"] in LINE_KINDS


def test_a_day_is_priced_from_an_hour_without_rounding_the_rate(priced: Priced) -> None:
    card = [rate("96.45", "hour")]
    line = priced([time("4", "day")], rate_card=card, price_date="2026-02-01", hours_per_day="7.5")["lines"][0]
    assert (line["gross"], line["rate"], line["rate_exact"]) == ("2893.50", "723.375", True)


def test_an_hour_is_priced_from_a_day_without_rounding_the_rate(priced: Priced) -> None:
    card = [rate("1000.00", "day")]
    line = priced([time("30")], rate_card=card, price_date="2026-02-01", hours_per_day="7.5")["lines"][0]
    assert (line["gross"], line["rate"], line["rate_exact"]) == ("4000.00", "133.333333", False)


def test_a_day_has_eight_hours_unless_said_otherwise(priced: Priced) -> None:
    line = priced([time("1", "day")], rate_card=[rate()], price_date="2026-02-01")["lines"][0]
    assert line["gross"] == "800.00"


def test_a_day_may_have_24_hours(priced: Priced) -> None:
    settings = {"price_date": "2026-02-01", "hours_per_day": "24"}
    assert priced([time("1", "day")], rate_card=[rate()], **settings)["lines"][0]["gross"] == "2400.00"


@pytest.mark.parametrize("hours", ["0", "-8", "24.0000000001"])
def test_a_day_has_more_than_0_and_at_most_24_hours(refused: Refused, hours: str) -> None:
    assert refused([], hours_per_day=hours).code == "bad_number"


def test_the_latest_start_wins_and_both_days_count(priced: Priced) -> None:
    card = [rate("100.00", end="2026-06-30"), rate("104.00", start="2026-06-30"), rate("90.00", start="2025-01-01")]
    grosses = [
        priced([time(date=day)], rate_card=card)["lines"][0]["gross"]
        for day in ("2025-01-01", "2026-01-01", "2026-06-29", "2026-06-30", "2026-07-01")
    ]
    assert grosses == ["90.00", "100.00", "100.00", "104.00", "104.00"]


def test_a_rate_is_in_force_on_its_last_day(priced: Priced) -> None:
    line = priced([time(date="2026-06-30")], rate_card=[rate("100.00", end="2026-06-30")])["lines"][0]
    assert line["gross"] == "100.00"


def test_a_later_start_wins_over_the_unit_of_the_line(priced: Priced) -> None:
    card = [rate("100.00"), rate("880.00", "day", start="2026-01-02")]
    assert priced([time()], rate_card=card, price_date="2026-02-01")["lines"][0]["gross"] == "110.00"


def test_of_two_rates_with_one_start_the_unit_of_the_line_wins(priced: Priced) -> None:
    for card in ([rate("100.00"), rate("720.00", "day")], [rate("720.00", "day"), rate("100.00")]):
        lines = [time("1", "day"), time("1", "hour") | {"id": "b"}]
        answer = priced(lines, rate_card=card, price_date="2026-02-01")
        assert [line["gross"] for line in answer["lines"]] == ["720.00", "100.00"]


@pytest.mark.parametrize(
    ("card", "settings"),
    [
        ([], {"price_date": "2026-02-01"}),
        ([rate() | {"role": "other"}], {"price_date": "2026-02-01"}),
        ([rate(end="2026-01-31")], {"price_date": "2026-02-01"}),
        ([rate(start="2026-02-02")], {"price_date": "2026-02-01"}),
        ([rate()], {}),
    ],
)
def test_no_rate_in_force_is_refused(refused: Refused, card: list[dict[str, Any]], settings: dict[str, str]) -> None:
    error = refused([time()], rate_card=card, **settings)
    assert (error.code, error.section, error.line) == ("no_rate", "s", "a")


def test_an_override_is_used_with_the_card_rate_beside_it(priced: Priced) -> None:
    overridden = time("3", rate_override="88.123456", date="2026-02-01")
    line = priced([overridden], rate_card=[rate("800.00", "day")])["lines"][0]
    assert (line["gross"], line["rate"], line["card_rate"]) == ("264.37", "88.123456", "100.00")
    assert priced([overridden], rate_card=[])["lines"][0]["card_rate"] is None
    assert "card_rate" not in priced([time()], rate_card=[rate()], price_date="2026-02-01")["lines"][0]


def test_an_expense_shows_cost_and_markup_apart(priced: Priced) -> None:
    line = priced([{"id": "a", "kind": "expense", "quantity": "3", "unit_cost": "1.115", "markup_percent": "10"}])
    shown = line["lines"][0]
    assert (shown["at_cost"], shown["markup"], shown["gross"]) == ("3.35", "0.33", "3.68")
    at_cost = priced([{"id": "a", "kind": "expense", "unit_cost": "9"}])["lines"][0]
    assert (at_cost["at_cost"], at_cost["markup"]) == ("9.00", "0.00")


def test_a_percent_allowance_follows_gross_less_line_discounts_of_included_lines(priced: Priced) -> None:
    lines = [
        {"id": "p", "kind": "allowance", "percent": "10", "of": ["a", "b"]},
        {"id": "a", "kind": "fixed", "amount": "100.00", "discounts": [{"type": "percent", "value": "50", **REASONED}]},
        {"id": "b", "kind": "fixed", "amount": "70.00", "optional": True},
    ]
    section_discount = [{"type": "percent", "value": "20", **REASONED}]
    answer = priced([], sections=[{"id": "s", "lines": lines, "discounts": section_discount}])
    assert [line["gross"] for line in answer["lines"]] == ["5.00", "100.00", "70.00"]
    assert answer["totals"]["net"] == "44.00"
    lines[2]["selected"] = True
    answer = priced([], sections=[{"id": "s", "lines": lines, "discounts": section_discount}])
    assert answer["lines"][0]["gross"] == "12.00"


@pytest.mark.parametrize("of", [["p"], ["q"], ["c"], ["nobody"], [], ["a", "a"]])
def test_an_allowance_is_not_taken_of_allowances_credits_or_strangers(refused: Refused, of: list[str]) -> None:
    error = refused(
        [
            {"id": "a", "kind": "fixed", "amount": "100.00"},
            {"id": "c", "kind": "credit", "amount": "10.00"},
            {"id": "p", "kind": "allowance", "percent": "10", "of": of},
            {"id": "q", "kind": "allowance", "amount": "10.00"},
        ]
    )
    assert (error.code, error.line, error.field) == ("bad_allowance_base", "p", "of")


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ({"kind": "time", "role": "dev", "quantity": "-1", "unit": "hour"}, "negative_quantity", "quantity"),
        ({"kind": "time", "role": "dev", "quantity": "1", "unit": "week"}, "unknown_value", "unit"),
        ({"kind": "time", "role": "dev", "unit": "hour"}, "missing_field", "quantity"),
        ({"kind": "unit", "quantity": "1", "unit_price": "-1"}, "bad_number", "unit_price"),
        ({"kind": "unit", "quantity": "1", "unit_price": "0.1234567"}, "too_many_decimals", "unit_price"),
        ({"kind": "expense", "quantity": "-0.1", "unit_cost": "1"}, "negative_quantity", "quantity"),
        ({"kind": "expense", "unit_cost": "1", "markup_percent": "-1"}, "bad_percent", "markup_percent"),
        ({"kind": "expense", "unit_cost": "1", "markup_percent": "1.00001"}, "too_many_decimals", "markup_percent"),
        ({"kind": "subscription", "price": "9", "periods": "1.5"}, "bad_number", "periods"),
        ({"kind": "subscription", "price": "9", "periods": "-1"}, "negative_quantity", "periods"),
        ({"kind": "subscription", "price": "9"}, "missing_field", "periods"),
        ({"kind": "fixed", "amount": "-1.00"}, "bad_number", "amount"),
        ({"kind": "fixed", "amount": "1.001"}, "too_many_decimals", "amount"),
        ({"kind": "fixed", "amount": 100}, "bad_number", "amount"),
        ({"kind": "credit", "amount": "-1.00"}, "bad_number", "amount"),
        ({"kind": "allowance"}, "missing_field", "amount"),
        ({"kind": "allowance", "amount": "1.00", "percent": "5", "of": ["a"]}, "bad_document", "amount"),
        ({"kind": "allowance", "percent": "-5", "of": ["b"]}, "bad_percent", "percent"),
        ({"kind": "hourly"}, "unknown_kind", "kind"),
        ({}, "unknown_kind", "kind"),
        ({"kind": "fixed", "amount": "1.00", "certainty": "sure"}, "unknown_value", "certainty"),
    ],
)
def test_a_line_that_cannot_be_priced_is_refused(refused: Refused, line: dict[str, Any], code: str, field: str) -> None:
    error = refused([{"id": "a", **line}])
    assert (error.code, error.section, error.line, error.field) == (code, "s", "a", field)


def test_trailing_zeros_and_minus_zero_carry_nothing(priced: Priced) -> None:
    lines = [
        {"id": "a", "kind": "unit", "quantity": "-0", "unit_price": "12.5000000000"},
        {"id": "b", "kind": "fixed", "amount": "5.000"},
    ]
    assert [line["amount"] for line in priced(lines)["lines"]] == ["0.00", "5.00"]


def test_a_line_cannot_be_made_with_a_float() -> None:
    with pytest.raises(TypeError, match="unit_price must be a Decimal"):
        UnitLine(id="a", quantity=Decimal(1), unit_price=0.1)  # type: ignore[arg-type]
    with pytest.raises(PricingError) as caught:
        TimeLine(id="a", role="dev", quantity=Decimal("NaN"), unit="hour")
    assert caught.value.code == "bad_number"


def test_sums_by_certainty(priced: Priced) -> None:
    lines = [
        {"id": "a", "kind": "fixed", "amount": "100.00"},
        {"id": "b", "kind": "unit", "quantity": "1", "unit_price": "30"},
        {"id": "c", "kind": "unit", "quantity": "1", "unit_price": "7", "certainty": "ceiling"},
        {"id": "d", "kind": "fixed", "amount": "1000.00", "optional": True},
        {"id": "e", "kind": "credit", "amount": "10.00"},
    ]
    totals = priced(lines)["totals"]
    assert [totals[key] for key in ("firm", "estimate", "ceiling", "net")] == ["90.00", "30.00", "7.00", "127.00"]
