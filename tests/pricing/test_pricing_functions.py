"""Estimates, build-ups, staffing, firms and scenarios: edges, refusals, and what is always true of them."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proposals.pricing import Currency, Money, PricingError, calculate
from proposals.pricing.currencies import CURRENCIES
from proposals.pricing.money import ceiling_text, rounded_ratio, rounded_root_text
from tests.pricing.documents import decimals

QUICK = settings(deadline=None, max_examples=60)

TASK = {"id": "t", "low": "1", "likely": "2", "high": "4"}
PAY = {
    "currency": "EUR",
    "salary": "60000.00",
    "benefits_percent": "20",
    "capacity_hours": "1700",
    "utilization_percent": "75",
    "overhead_percent": "60",
    "target_margin_percent": "20",
}
DIRECT = {"currency": "EUR", "direct_cost_per_hour": "50", "overhead_percent": "60", "target_margin_percent": "20"}
ROLE = {"role": "r", "tier": "senior", "hours": "10", "rate": "100"}
MIX = {"currency": "EUR", "staffing": [ROLE]}
SENIORS = {"tier": "senior", "share_per_project": "0.5", "utilization_percent": "75", "headcount": "4"}
JUNIORS = {"tier": "junior", "share_per_project": "3", "utilization_percent": "90"}
YEAR = {"currency": "EUR", "partners": "4", "professionals": "32", "fees": "100.00", "costs": "60.00"}
BILLING = {"currency": "EUR", "standard": "100.00", "billed": "90.00", "collected": "80.00"}
ANSWERS = {"credibility": "9", "reliability": "8", "intimacy": "7", "self_orientation": "2"}
SALE = {"id": "A", "win_percent": "50", "average_sale": "100000.00"}


@pytest.mark.parametrize(
    ("fn", "whole", "change", "code", "field"),
    [
        ("estimate", {"tasks": [TASK]}, {"method": "delphi"}, "unknown_value", "method"),
        ("estimate", {}, {}, "missing_field", "tasks"),
        ("estimate", {}, {"tasks": [{**TASK, "low": "-1"}]}, "bad_estimate", "tasks.0.low"),
        ("estimate", {}, {"tasks": [TASK, {**TASK, "likely": "0.5"}]}, "bad_estimate", "tasks.1.likely"),
        ("estimate", {}, {"tasks": [{**TASK, "high": "1.9999"}]}, "bad_estimate", "tasks.0.high"),
        ("estimate", {}, {"tasks": [{**TASK, "high": 4}]}, "bad_number", "tasks.0.high"),
        ("estimate", {}, {"tasks": [{**TASK, "high": None}]}, "missing_field", "tasks.0.high"),
        ("build_up", PAY, {"salary": "-0.01"}, "bad_number", "salary"),
        ("build_up", PAY, {"salary": "1.001"}, "too_many_decimals", "salary"),
        ("build_up", PAY, {"salary": None}, "missing_field", "salary"),
        ("build_up", PAY, {"benefits_percent": "-1"}, "bad_percent", "benefits_percent"),
        ("build_up", PAY, {"benefits_percent": None, "benefits_amount": "-1.00"}, "bad_number", "benefits_amount"),
        ("build_up", PAY, {"benefits_amount": "1.00"}, "bad_document", "benefits_amount"),
        ("build_up", PAY, {"direct_cost_per_hour": "50"}, "bad_document", "direct_cost_per_hour"),
        ("build_up", PAY, {"capacity_hours": "0"}, "bad_capacity", "capacity_hours"),
        ("build_up", PAY, {"capacity_hours": "8784.0001"}, "bad_capacity", "capacity_hours"),
        ("build_up", PAY, {"capacity_hours": None}, "missing_field", "capacity_hours"),
        ("build_up", PAY, {"paid_hours": "0"}, "bad_capacity", "paid_hours"),
        ("build_up", PAY, {"utilization_percent": "100.0001"}, "bad_utilization", "utilization_percent"),
        ("build_up", PAY, {"utilization_percent": "-70"}, "bad_utilization", "utilization_percent"),
        ("build_up", DIRECT, {"direct_cost_per_hour": "-1"}, "bad_number", "direct_cost_per_hour"),
        ("build_up", DIRECT, {"direct_cost_per_hour": "1.0000001"}, "too_many_decimals", "direct_cost_per_hour"),
        ("build_up", DIRECT, {"overhead_percent": "-1"}, "bad_percent", "overhead_percent"),
        ("build_up", DIRECT, {"overhead_percent": None}, "missing_field", "overhead_percent"),
        ("build_up", DIRECT, {"target_margin_percent": "100"}, "bad_margin", "target_margin_percent"),
        ("build_up", DIRECT, {"target_margin_percent": "-0.0001"}, "bad_margin", "target_margin_percent"),
        ("build_up", DIRECT, {"markup_percent": "20"}, "one_target_required", "markup_percent"),
        ("build_up", DIRECT, {"target_margin_percent": None}, "one_target_required", "target_margin_percent"),
        ("build_up", DIRECT, {"target_margin_percent": None, "markup_percent": "-1"}, "bad_percent", "markup_percent"),
        ("build_up", DIRECT, {"target_margin_percent": None, "bill_rate": "-1"}, "bad_number", "bill_rate"),
        (
            "build_up",
            DIRECT,
            {"target_margin_percent": None, "bill_rate": "80", "round_rate": {"increment": "5", "mode": "up"}},
            "round_rate_with_bill_rate",
            "round_rate",
        ),
        ("build_up", DIRECT, {"round_rate": {"increment": "0", "mode": "up"}}, "bad_number", "round_rate.increment"),
        ("build_up", DIRECT, {"round_rate": {"increment": "5", "mode": "down"}}, "unknown_value", "round_rate.mode"),
        ("build_up", DIRECT, {"round_rate": "5"}, "bad_document", "round_rate"),
        ("build_up", DIRECT, {"currency": "XAU"}, "unknown_currency", "currency"),
        ("leverage", MIX, {"staffing": []}, "no_hours", "staffing"),
        ("leverage", MIX, {"staffing": [{**ROLE, "hours": "0"}]}, "no_hours", "staffing"),
        ("leverage", MIX, {"staffing": [{**ROLE, "hours": "-1"}]}, "negative_quantity", "staffing.0.hours"),
        ("leverage", MIX, {"staffing": [{**ROLE, "rate": "-1"}]}, "bad_number", "staffing.0.rate"),
        ("leverage", MIX, {"staffing": [{**ROLE, "tier": "guru"}]}, "unknown_value", "staffing.0.tier"),
        ("leverage", MIX, {"staffing": [{**ROLE, "cost_per_hour": "-1"}]}, "bad_number", "staffing.0.cost_per_hour"),
        ("leverage", MIX, {"billed": "-0.01"}, "bad_number", "billed"),
        ("staffing", {"tiers": [SENIORS, JUNIORS]}, {"tiers": []}, "one_anchor_required", "tiers"),
        ("staffing", {}, {"tiers": [JUNIORS]}, "one_anchor_required", "tiers"),
        ("staffing", {}, {"tiers": [SENIORS, SENIORS]}, "one_anchor_required", "tiers"),
        ("staffing", {}, {"tiers": [{**SENIORS, "headcount": "-1"}]}, "bad_headcount", "tiers.0.headcount"),
        ("staffing", {}, {"tiers": [{**SENIORS, "share_per_project": "0"}]}, "bad_number", "tiers.0.share_per_project"),
        (
            "staffing",
            {},
            {"tiers": [SENIORS, {**JUNIORS, "utilization_percent": "0"}]},
            "bad_utilization",
            "tiers.1.utilization_percent",
        ),
        ("firm", YEAR, {"partners": "0"}, "bad_headcount", "partners"),
        ("firm", YEAR, {"professionals": "3"}, "bad_headcount", "professionals"),
        ("firm", YEAR, {"fees": "0.00"}, "no_fees", "fees"),
        ("firm", YEAR, {"fees": "-1.00"}, "no_fees", "fees"),
        ("firm", YEAR, {"costs": "-1.00"}, "bad_number", "costs"),
        ("firm", YEAR, {"hours": "0"}, "no_hours", "hours"),
        ("firm", YEAR, {"hours": "-1"}, "negative_quantity", "hours"),
        ("firm", YEAR, {"hours": "1", "standard_fees": "-1.00"}, "bad_number", "standard_fees"),
        ("realization", BILLING, {"billed": "-0.01"}, "bad_number", "billed"),
        ("realization", BILLING, {"collected": None}, "missing_field", "collected"),
        ("trust", ANSWERS, {"self_orientation": "11"}, "score_out_of_range", "self_orientation"),
        ("trust", ANSWERS, {"credibility": "7.5"}, "score_out_of_range", "credibility"),
        ("trust", ANSWERS, {"credibility": 7}, "bad_number", "credibility"),
        ("trust", ANSWERS, {"intimacy": None, "self_orientation": "0"}, "score_out_of_range", "self_orientation"),
        ("expected_value", {"currency": "USD"}, {}, "missing_field", "scenarios"),
        (
            "expected_value",
            {"currency": "USD"},
            {"scenarios": [{**SALE, "win_percent": "100.01"}]},
            "bad_percent",
            "scenarios.0.win_percent",
        ),
        (
            "expected_value",
            {"currency": "USD"},
            {"scenarios": [{**SALE, "average_sale": "-1.00"}]},
            "bad_number",
            "scenarios.0.average_sale",
        ),
    ],
)
def test_what_is_outside_the_limits_is_refused(
    fn: str, whole: dict[str, Any], change: dict[str, Any], code: str, field: str | None
) -> None:
    with pytest.raises(PricingError) as caught:
        calculate(fn, {**whole, **change})
    assert (caught.value.code, caught.value.field) == (code, field)
    assert caught.value.detail.endswith((".", ")"))


# Estimates


def test_the_method_is_pert_unless_stated() -> None:
    assert calculate("estimate", {"tasks": [TASK]}) == calculate("estimate", {"method": "pert", "tasks": [TASK]})
    assert calculate("estimate", {"tasks": []})["total"]["sd_independent"] == "0.0000"


def test_means_add_before_they_are_rounded_and_triangular_deviations_after() -> None:
    """Three times 7/3 is 7; three times 0.6236 is 1.8708, though three exact roots would be 1.8709 (0.62361 each)."""
    tasks = [{**TASK, "id": str(number)} for number in range(3)]
    total = calculate("estimate", {"method": "triangular", "tasks": tasks})["total"]
    assert (total["mean"], total["sd_correlated"]) == ("7.0000", "1.8708")


@pytest.mark.parametrize(
    ("square", "root"),
    [
        ("0", "0.0000"),
        ("0.0000000025", "0.0001"),
        ("0.0000000024", "0.0000"),
        ("2", "1.4142"),
        ("10.00000025", "3.1623"),
    ],
)
def test_a_root_is_rounded_half_up_from_its_exact_value(square: str, root: str) -> None:
    assert rounded_root_text(Fraction(square), 4) == root


@given(st.fractions(0, 10**12, max_denominator=10**6))
@QUICK
def test_a_root_is_the_nearest_of_its_neighbours(square: Fraction) -> None:
    root = Fraction(rounded_root_text(square, 4))
    half = Fraction(1, 20000)
    assert max(root - half, Fraction(0)) ** 2 <= square < (root + half) ** 2


@st.composite
def tasks(draw: st.DrawFn) -> list[dict[str, str]]:
    points = st.lists(decimals(500, 3), min_size=3, max_size=3).map(lambda texts: sorted(texts, key=Decimal))
    return [
        {"id": str(number), "low": low, "likely": likely, "high": high}
        for number, (low, likely, high) in enumerate(draw(st.lists(points, min_size=1, max_size=6)))
    ]


@given(tasks(), st.sampled_from(["pert", "triangular"]))
@QUICK
def test_independent_tasks_are_less_uncertain_than_correlated_ones(estimated: list[Any], method: str) -> None:
    total = calculate("estimate", {"method": method, "tasks": estimated})["total"]
    tolerance = Decimal("0.0001") * len(estimated)
    assert Decimal(total["sd_independent"]) <= Decimal(total["sd_correlated"]) + tolerance
    assert Decimal(total["low"]) <= Decimal(total["mean"]) <= Decimal(total["high"])


# Build-up


def test_a_margin_is_not_a_markup() -> None:
    margin = calculate("build_up", {**DIRECT, "direct_cost_per_hour": "140", "overhead_percent": "0"})
    markup = calculate(
        "build_up",
        {**DIRECT, "direct_cost_per_hour": "140", "overhead_percent": "0", "target_margin_percent": None}
        | {"markup_percent": "20"},
    )
    assert (margin["bill_rate"], markup["bill_rate"]) == ("175.00", "168.00")


@pytest.mark.parametrize(
    ("cost", "increment", "mode", "rate"),
    [
        ("100", "5", "up", "100.00"),
        ("100.000001", "5", "up", "105.00"),
        ("102.5", "5", "nearest", "105.00"),
        ("102.499999", "5", "nearest", "100.00"),
        ("102.5", "0.25", "nearest", "102.50"),
        ("0", "5", "up", "0.00"),
    ],
)
def test_the_house_rounds_the_exact_rate_and_not_the_rounded_one(
    cost: str, increment: str, mode: str, rate: str
) -> None:
    """100.000001 would be 100.00 if it were rounded to money first."""
    given = {
        **DIRECT,
        "direct_cost_per_hour": cost,
        "overhead_percent": "0",
        "target_margin_percent": "0",
        "round_rate": {"increment": increment, "mode": mode},
    }
    assert calculate("build_up", given)["bill_rate"] == rate


def test_ratios_of_nothing_are_undefined() -> None:
    free = calculate("build_up", {**DIRECT, "direct_cost_per_hour": "0"})
    unpaid = calculate("build_up", {**PAY, "salary": "0.00", "benefits_percent": None, "benefits_amount": "100.00"})
    assert [free[name] for name in ("margin_percent", "markup_percent", "break_even_multiplier", "net_multiplier")] == [
        None
    ] * 4
    assert (unpaid["pay_per_hour"], unpaid["pay_multiple"]) == ("0.00", None)


def test_paid_hours_are_those_of_the_capacity_unless_stated() -> None:
    assert calculate("build_up", PAY)["pay_per_hour"] == "35.29"
    assert calculate("build_up", {**PAY, "paid_hours": "2080"})["pay_per_hour"] == "28.85"


@st.composite
def build_ups(draw: st.DrawFn) -> dict[str, Any]:
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    built: dict[str, Any] = {"currency": currency, "overhead_percent": draw(decimals(300, 4))}
    if draw(st.booleans()):
        built["direct_cost_per_hour"] = draw(decimals(500, 6))
    else:
        built |= {
            "salary": draw(decimals(200000, CURRENCIES[currency])),
            "benefits_percent": draw(decimals(60, 2)),
            "capacity_hours": draw(decimals(2080, 2, least=1)),
            "utilization_percent": draw(decimals(100, 2, least=1)),
        }
    target = draw(st.sampled_from(["target_margin_percent", "markup_percent", "bill_rate"]))
    built[target] = draw(decimals(99, 2))
    if target != "bill_rate" and draw(st.booleans()):
        built["round_rate"] = {
            "increment": draw(st.sampled_from(["1", "5", "25"])),
            "mode": draw(st.sampled_from(["up", "nearest"])),
        }
    return built


@given(build_ups())
@QUICK
def test_the_waterfall_adds_up_to_the_rate(built: dict[str, Any]) -> None:
    """Invariant 12, as a reader adds the amounts shown."""
    answer = calculate("build_up", built)
    with localcontext() as context:
        context.prec = 60
        parts = [Decimal(answer[f"{name}_per_hour"]) for name in ("direct_cost", "overhead", "profit")]
        assert sum(parts) == Decimal(answer["bill_rate"])
        assert sum(parts[:2]) == Decimal(answer["break_even_rate"])
        if "round_rate" in built:
            assert Decimal(answer["bill_rate"]) % Decimal(built["round_rate"]["increment"]) == 0


# Leverage


@st.composite
def staffings(draw: st.DrawFn) -> list[dict[str, str]]:
    return [
        {
            "role": str(number),
            "tier": draw(st.sampled_from(["senior", "mid", "junior"])),
            "hours": draw(decimals(50, 4)),
            "rate": draw(decimals(300, 2)),
        }
        for number in range(draw(st.integers(1, 6)))
    ]


@given(staffings())
@QUICK
def test_a_mix_adds_up_to_a_hundred_percent(staffing: list[dict[str, str]]) -> None:
    """Invariant 12: percentages of hours and of fees."""
    if not any(Decimal(role["hours"]) for role in staffing):
        return
    answer = calculate("leverage", {"currency": "EUR", "staffing": staffing})
    tiers = answer["tiers"].values()
    assert sum(Decimal(tier["percent_hours"]) for tier in tiers) == 100
    assert sum(Decimal(tier["fees"]) for tier in tiers) == Decimal(answer["standard_fees"])
    if Decimal(answer["standard_fees"]):
        assert sum(Decimal(tier["percent_fees"]) for tier in tiers) == 100


def test_fees_of_nothing_have_no_percentages() -> None:
    answer = calculate("leverage", {**MIX, "staffing": [{**ROLE, "rate": "0", "cost_per_hour": "0"}], "billed": "5.00"})
    assert [tier["percent_fees"] for tier in answer["tiers"].values()] == [None] * 3
    assert (answer["contribution_percent"], answer["realization_percent"]) == (None, None)
    assert answer["effective_rate"] == "0.50"


def test_a_cost_that_is_unknown_for_one_role_is_unknown_for_all() -> None:
    staffing = [{**ROLE, "cost_per_hour": "40"}, ROLE]
    assert "direct_cost" not in calculate("leverage", {**MIX, "staffing": staffing})
    assert calculate("leverage", {**MIX, "staffing": staffing[:1]})["contribution_percent"] == "60.00"


def test_odd_tenths_go_to_the_largest_remainder_and_then_to_the_senior_tier() -> None:
    roles = [{**ROLE, "tier": tier, "hours": hours} for tier, hours in (("junior", "2"), ("mid", "2"), ("senior", "2"))]
    tiers = calculate("leverage", {**MIX, "staffing": roles})["tiers"]
    assert [tier["percent_hours"] for tier in tiers.values()] == ["33.4", "33.3", "33.3"]
    roles[0]["hours"] = "3"
    tiers = calculate("leverage", {**MIX, "staffing": roles})["tiers"]
    assert [tier["percent_hours"] for tier in tiers.values()] == ["28.6", "28.6", "42.8"]


# Staffing, firm, scenarios


def test_people_are_full_time_equivalents_divided_by_their_utilization() -> None:
    answer = calculate("staffing", {"tiers": [SENIORS, JUNIORS, {**JUNIORS, "tier": "none", "share_per_project": "0"}]})
    assert answer["projects"] == "6.00"
    assert [tier["headcount_whole"] for tier in answer["tiers"]] == ["4", "20", "0"]


@pytest.mark.parametrize(("exact", "whole"), [("5", "5"), ("5.0001", "6"), ("0", "0"), ("0.2", "1")])
def test_part_of_a_person_is_a_person(exact: str, whole: str) -> None:
    assert ceiling_text(Fraction(exact)) == whole


def test_what_a_firm_does_not_tell_is_left_out() -> None:
    assert set(calculate("firm", YEAR)) == {
        "profit",
        "margin_percent",
        "productivity",
        "leverage",
        "profit_per_partner",
    }
    with_hours = calculate("firm", {**YEAR, "hours": "10", "standard_fees": "0.00"})
    assert (with_hours["standard_rate"], with_hours["realization_percent"]) == ("0.00", None)
    assert "realization_percent" not in calculate("firm", {**YEAR, "standard_fees": "120.00"})


def test_profit_per_partner_is_profit_by_partners_and_not_the_product_of_the_factors_shown() -> None:
    """33.33 % of 55,555.56 by 2.5714 is 47,613.60."""
    answer = calculate(
        "firm", {**YEAR, "partners": "7", "professionals": "18", "fees": "1000000.00", "costs": "666667.00"}
    )
    assert answer == {
        "profit": "333333.00",
        "margin_percent": "33.33",
        "productivity": "55555.56",
        "leverage": "2.5714",
        "profit_per_partner": "47619.00",
    }


def test_overall_realization_is_of_the_amounts_and_not_of_the_rounded_percentages() -> None:
    answer = calculate("realization", {**BILLING, "standard": "3.00", "billed": "1.00", "collected": "0.05"})
    assert answer == {"billing_percent": "33.33", "collection_percent": "5.00", "overall_percent": "1.67"}
    nothing = calculate("realization", {**BILLING, "standard": "0.00", "billed": "0.00", "collected": "0.00"})
    assert set(nothing.values()) == {None}


@pytest.mark.parametrize("missing", [{"intimacy": None}, {"self_orientation": None}, dict.fromkeys(ANSWERS)])
def test_a_missing_answer_gives_no_score(missing: dict[str, None]) -> None:
    assert calculate("trust", {**ANSWERS, **missing}) == {"score": None, "reason": "incomplete"}
    assert calculate("trust", {}) == {"score": None, "reason": "incomplete"}


def test_the_lowest_trust_is_not_zero() -> None:
    lowest = {**dict.fromkeys(ANSWERS, "1"), "self_orientation": "10"}
    assert calculate("trust", lowest) == {"score": "0.30"}


def test_two_scenarios_are_compared_and_others_only_listed() -> None:
    second = {"id": "B", "win_percent": "60", "average_sale": "150000.00"}
    scenarios = [SALE, second]
    answer = calculate("expected_value", {"currency": "USD", "scenarios": scenarios})
    assert (answer["improvement_percent"], answer["break_even_percent"]) == ("80.00", "33.33")
    assert set(calculate("expected_value", {"currency": "USD", "scenarios": [*scenarios, second]})) == {"scenarios"}
    nothing = [{**SALE, "win_percent": "0"}, {**second, "average_sale": "0.00"}]
    answer = calculate("expected_value", {"currency": "USD", "scenarios": nothing})
    assert (answer["improvement_percent"], answer["break_even_percent"]) == (None, None)


def test_a_ratio_of_nothing_is_undefined() -> None:
    assert rounded_ratio(Fraction(1), Fraction(0), 2) is None
    assert rounded_ratio(Fraction(-1), Fraction(8), 2) == "-0.13"


def test_a_step_below_zero_is_rounded_away_from_it_or_up() -> None:
    step = Money(500, Currency("EUR"))
    assert Money.stepped(Fraction(-15, 2), step, up=False) == Money(-1000, Currency("EUR"))
    assert Money.stepped(Fraction(-15, 2), step, up=True) == Money(-500, Currency("EUR"))
