"""Milestones, retainers, subscriptions, tiers, value, success, cost and holdbacks at their edges."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proposals.pricing import PricingError, calculate
from proposals.pricing.billing import Limit, model_named
from proposals.pricing.billing.models.unit_tiered import Cliff
from proposals.pricing.money import Currency, Money

EUR = Currency("EUR")
THIRDS = [{"id": "a", "percent": "33.3333"}, {"id": "b", "percent": "33.3333"}, {"id": "c", "percent": "33.3334"}]
HOURS = {"variant": "roll_over", "period_fee": "100.00", "included_hours": "10", "overage_rate": "9.995"}
DEPOSIT = {"variant": "draw_down", "deposit": "1000.00", "rate": "100.00"}
VOLUME = {"mode": "volume", "tiers": [{"up_to": "100", "unit_price": "10"}, {"up_to": None, "unit_price": "8"}]}
TARGET = {"target_cost": "100.00", "target_fee": "10.00"}


def bill(model: str, params: dict[str, Any], **outcome: Any) -> dict[str, Any]:
    return calculate("bill", {"model": model, "currency": "EUR", "params": params, "outcome": outcome})


def picked(answer: dict[str, Any], *keys: str) -> list[Any]:
    return [answer[key] for key in keys]


def test_a_milestone_of_zero_percent_is_accepted_for_nothing() -> None:
    params = {"fee": "100.00", "milestones": [{"id": "start", "percent": "0"}, {"id": "end", "percent": "100"}]}
    answer = bill("milestone", params, accepted=["start", "start"])
    assert picked(answer, "client_pays", "outstanding") == ["0.00", "100.00"]


def test_hours_roll_over_oldest_first_for_several_periods() -> None:
    answer = bill("retainer", {**HOURS, "rollover_periods": "2"}, hours=["4", "3", "16", "0", "12"])
    rows = [
        picked(each, "carried_in", "available", "overage_hours", "expired", "carried_out") for each in answer["periods"]
    ]
    assert rows == [
        ["0.0000", "10.0000", "0.0000", "0.0000", "6.0000"],
        ["6.0000", "16.0000", "0.0000", "0.0000", "13.0000"],
        ["13.0000", "23.0000", "0.0000", "0.0000", "7.0000"],
        ["7.0000", "17.0000", "0.0000", "0.0000", "17.0000"],
        ["17.0000", "27.0000", "0.0000", "0.0000", "15.0000"],
    ]
    assert answer["unused_paid_hours"] == "15.0000"


def test_hours_that_are_too_old_end_and_count_as_unused() -> None:
    answer = bill("retainer", HOURS, hours=["4", "0", "0"])
    assert [each["expired"] for each in answer["periods"]] == ["0.0000", "6.0000", "10.0000"]
    assert answer["unused_paid_hours"] == "26.0000"
    assert bill("retainer", HOURS, hours=["10.5"])["client_pays"] == "105.00"


def test_a_deposit_without_refund_is_forfeited() -> None:
    answer = bill("retainer", {**DEPOSIT, "refund_unused": False}, hours=["3"])
    assert picked(answer, "refund", "forfeited", "client_pays") == ["0.00", "700.00", "1000.00"]
    assert bill("retainer", DEPOSIT, hours=[])["client_pays"] == "0.00"


def test_leaving_early_counts_the_fees_that_would_have_come() -> None:
    params = {
        "fee_per_period": "100.00",
        "min_periods": "24",
        "early_termination_percent": "50",
        "indexation_percent": "10",
    }
    answer = bill("subscription", params, periods="6")
    assert picked(answer, "period_fees", "termination", "client_pays") == ["600.00", "960.00", "1560.00"]
    assert bill("subscription", params, periods="24")["termination"] == "0.00"


def test_no_period_has_no_last_fee() -> None:
    answer = bill("subscription", {"fee_per_period": "9.99", "setup_fee": "1"}, periods="0")
    assert picked(answer, "last_period_fee", "client_pays") == [None, "1.00"]


def test_a_negative_price_rise_lowers_the_fee() -> None:
    params = {"fee_per_period": "10.05", "indexation_percent": "-50", "indexation_every": "1"}
    assert bill("subscription", params, periods="3")["last_period_fee"] == "2.52"


@pytest.mark.parametrize(
    ("units", "pays", "each"),
    [("0", "5.00", None), ("0.4", "5.00", "12.5000"), ("100", "1000.00", "10.0000"), ("100.0001", "800.00", "8.0000")],
)
def test_the_bound_belongs_to_its_tier_and_the_minimum_holds_at_zero(units: str, pays: str, each: str | None) -> None:
    answer = bill("unit_tiered", {**VOLUME, "minimum": "5"}, units=units)
    assert picked(answer, "client_pays", "effective_unit_price") == [pays, each]


def test_a_flat_fee_is_due_only_in_a_tier_that_is_used() -> None:
    tiers = [{"up_to": "10", "unit_price": "1", "flat_fee": "5"}, {"unit_price": "0.5", "flat_fee": "3"}]
    for mode, at_ten, beyond in (("graduated", "15.00", "18.50"), ("volume", "15.00", "8.50")):
        params = {"mode": mode, "tiers": tiers}
        assert bill("unit_tiered", params, units="0")["client_pays"] == "0.00"
        assert bill("unit_tiered", params, units="10")["client_pays"] == at_ten
        assert bill("unit_tiered", params, units="11")["client_pays"] == beyond


def test_every_range_in_which_more_units_cost_less_is_found() -> None:
    terms = model_named("unit_tiered").read(VOLUME, EUR)
    assert terms.cliffs == (Cliff(80, 100),)
    assert model_named("unit_tiered").read({**VOLUME, "mode": "graduated"}, EUR).cliffs == ()


def test_a_measured_value_below_zero_costs_nothing_without_a_floor() -> None:
    answer = bill("value_based", {"mode": "measured", "share_percent": "10"}, achieved_value="-5")
    assert picked(answer, "client_pays", "client_net_value", "value_multiple") == ["0.00", "-5.00", None]
    held = {"expected_value": "1000", "share_percent": "50", "ceiling": "400"}
    assert bill("value_based", held, achieved_value="0")["client_pays"] == "400.00"


def test_a_share_after_expenses_is_never_of_less_than_nothing() -> None:
    params = {"tiers": [{"percent": "30"}], "basis": "net_of_expenses", "expenses_paid_by": "client_if_success"}
    answer = bill("contingency", params, success=True, recovery="100", expenses="150")
    assert picked(answer, "success_fee", "expenses_charged", "client_keeps") == ["0.00", "150.00", "-50.00"]
    lost = bill("contingency", params, success=False, recovery="100", expenses="150")
    assert picked(lost, "success_fee", "expenses_charged", "client_keeps") == ["0.00", "0.00", "0.00"]


def test_slices_of_a_success_fee_are_rounded_one_by_one() -> None:
    tiers = [{"up_to": "0.50", "percent": "1"}, {"up_to": "1.00", "percent": "1"}]
    assert bill("contingency", {"tiers": tiers}, success=True, recovery="5")["success_fee"] == "0.02"


def test_all_cost_may_be_disallowed() -> None:
    answer = bill("cost_plus", {"fee_type": "percent", "percent": "10"}, cost="50", disallowed="50")
    assert picked(answer, "client_pays", "seller_profit") == ["0.00", "-50.00"]


@pytest.mark.parametrize(
    ("params", "actual", "fee", "pays", "applied", "total_assumption"),
    [
        ({}, "100", "10.00", "110.00", False, None),
        ({"min_fee": "-5"}, "200", "-5.00", "195.00", False, None),
        ({"ceiling_price": "110"}, "100", "10.00", "110.00", False, "100.00"),
        ({"ceiling_price": "110"}, "100.02", "9.99", "110.00", True, "100.00"),
        ({"ceiling_price": "120", "client_share_over_percent": "0"}, "130", "-20.00", "110.00", False, None),
        ({"client_share_under_percent": "100"}, "50", "10.00", "60.00", False, None),
    ],
)
def test_target_cost_at_its_limits(
    params: dict[str, Any], actual: str, fee: str, pays: str, applied: bool, total_assumption: str | None
) -> None:
    answer = bill("target_cost", {**TARGET, **params}, actual_cost=actual)
    keys = ("fee", "client_pays", "ceiling_applied", "point_of_total_assumption")
    assert picked(answer, *keys) == [fee, pays, applied, total_assumption]


def test_a_limit_of_the_hourly_part_writes_off_the_rest() -> None:
    params = {"fixed_fee": "100", "rates": {"a": "10"}, "tm_cap": "50"}
    answer = bill("hybrid", params, tm_hours=[{"role": "a", "hours": "7"}])
    assert picked(answer, "tm_fees", "written_off", "client_pays") == ["50.00", "20.00", "150.00"]


@pytest.mark.parametrize(
    ("model", "params", "outcome", "code", "field"),
    [
        ("milestone", {"fee": "1", "milestones": THIRDS[:2]}, {}, "percent_sum", "params.milestones"),
        ("milestone", {"fee": "1", "milestones": []}, {}, "percent_sum", "params.milestones"),
        ("milestone", {"fee": "1", "milestones": [THIRDS[0]] * 3}, {}, "duplicate_id", "params.milestones.1.id"),
        ("milestone", {"fee": "1", "milestones": THIRDS}, {"accepted": ["d"]}, "unknown_value", "outcome.accepted.0"),
        (
            "milestone",
            {"fee": "1", "milestones": [{"id": "a", "percent": "-1"}]},
            {},
            "bad_percent",
            "params.milestones.0.percent",
        ),
        ("retainer", {}, {"hours": []}, "missing_field", "params.variant"),
        ("retainer", {"variant": "monthly"}, {"hours": []}, "unknown_value", "params.variant"),
        ("retainer", {"variant": "draw_down"}, {"hours": []}, "missing_field", "params.deposit"),
        ("retainer", {**HOURS, "rollover_periods": "0"}, {"hours": []}, "bad_number", "params.rollover_periods"),
        ("retainer", {**HOURS, "rollover_periods": "1.5"}, {"hours": []}, "bad_number", "params.rollover_periods"),
        ("retainer", HOURS, {"hours": ["1", "-1"]}, "negative_quantity", "outcome.hours.1"),
        ("subscription", {"fee_per_period": "1"}, {}, "missing_field", "outcome.periods"),
        ("subscription", {"fee_per_period": "1"}, {"periods": "-1"}, "bad_number", "outcome.periods"),
        ("subscription", {"fee_per_period": "1"}, {"periods": "10001"}, "bad_number", "outcome.periods"),
        ("subscription", {"fee_per_period": "1"}, {"periods": "1", "usage": ["1", "1"]}, "bad_number", "outcome.usage"),
        (
            "subscription",
            {"fee_per_period": "1", "indexation_percent": "-100.1"},
            {"periods": "1"},
            "bad_percent",
            "params.indexation_percent",
        ),
        (
            "subscription",
            {"fee_per_period": "1", "indexation_percent": "900", "indexation_every": "1"},
            {"periods": "9999"},
            "bad_number",
            "outcome.periods",
        ),
        (
            "subscription",
            {"fee_per_period": "1", "indexation_percent": "900", "indexation_every": "1", "min_periods": "50"},
            {"periods": "1"},
            "bad_number",
            "params.indexation_percent",
        ),
        (
            "subscription",
            {"fee_per_period": "1", "indexation_percent": "1000.1"},
            {"periods": "1"},
            "bad_percent",
            "params.indexation_percent",
        ),
        ("unit_tiered", {}, {"units": "1"}, "missing_field", "params.tiers"),
        ("unit_tiered", {"tiers": []}, {"units": "1"}, "missing_field", "params.tiers"),
        ("unit_tiered", {"tiers": VOLUME["tiers"][:1]}, {"units": "1"}, "bad_number", "params.tiers.0.up_to"),
        ("unit_tiered", {"tiers": VOLUME["tiers"][::-1]}, {"units": "1"}, "missing_field", "params.tiers.0.up_to"),
        (
            "unit_tiered",
            {"tiers": [VOLUME["tiers"][0], *VOLUME["tiers"]]},
            {"units": "1"},
            "bad_number",
            "params.tiers.1.up_to",
        ),
        ("unit_tiered", VOLUME, {"units": "0.00001"}, "too_many_decimals", "outcome.units"),
        ("unit_tiered", VOLUME, {"units": "-1"}, "negative_quantity", "outcome.units"),
        ("value_based", {"share_percent": "10"}, {"achieved_value": "1"}, "missing_field", "params.expected_value"),
        (
            "value_based",
            {"mode": "measured", "share_percent": "101"},
            {"achieved_value": "1"},
            "bad_percent",
            "params.share_percent",
        ),
        (
            "value_based",
            {"mode": "measured", "share_percent": "1", "floor": "2", "ceiling": "1"},
            {"achieved_value": "1"},
            "bad_number",
            "params.ceiling",
        ),
        ("contingency", {}, {}, "missing_field", "outcome.success"),
        ("contingency", {"tiers": [{"percent": "101"}]}, {"success": True}, "bad_percent", "params.tiers.0.percent"),
        ("cost_plus", {}, {"cost": "1"}, "missing_field", "params.fee"),
        ("cost_plus", {"fee_type": "percent"}, {"cost": "1"}, "missing_field", "params.percent"),
        (
            "cost_plus",
            {"fee": "1"},
            {"cost": "1", "disallowed": "1.01"},
            "disallowed_exceeds_cost",
            "outcome.disallowed",
        ),
        ("target_cost", {**TARGET, "min_fee": "11"}, {"actual_cost": "1"}, "bad_number", "params.min_fee"),
        ("target_cost", {**TARGET, "max_fee": "9"}, {"actual_cost": "1"}, "bad_number", "params.max_fee"),
        ("target_cost", {**TARGET, "ceiling_price": "109"}, {"actual_cost": "1"}, "bad_number", "params.ceiling_price"),
        ("holdback", {"fee": "1"}, {}, "missing_field", "outcome.release_percent"),
        ("holdback", {"fee": "1"}, {"release_percent": "100.5"}, "bad_percent", "outcome.release_percent"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(
    model: str, params: dict[str, Any], outcome: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(PricingError) as refusal:
        bill(model, params, **outcome)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize(
    ("key", "params", "expected"),
    [
        ("milestone", {"fee": "1", "milestones": THIRDS}, Limit("fixed", Money(100, EUR))),
        ("retainer", HOURS, Limit("no_upper_limit")),
        ("subscription", {"fee_per_period": "1"}, Limit("no_upper_limit")),
        ("unit_tiered", VOLUME, Limit("no_upper_limit")),
        (
            "unit_tiered",
            {"mode": "volume", "tiers": [{"up_to": "9", "unit_price": "1"}, {"unit_price": "0", "flat_fee": "5"}]},
            Limit("at_most", Money(900, EUR)),
        ),
        ("value_based", {"expected_value": "10", "share_percent": "50"}, Limit("fixed", Money(500, EUR))),
        ("value_based", {"mode": "measured", "share_percent": "50"}, Limit("no_upper_limit")),
        (
            "value_based",
            {"mode": "measured", "share_percent": "50", "ceiling": "7"},
            Limit("at_most", Money(700, EUR)),
        ),
        ("contingency", {"tiers": [{"percent": "1"}]}, Limit("no_upper_limit")),
        ("contingency", {"base_fee": "3", "success_amount": "2"}, Limit("at_most", Money(500, EUR), "fees")),
        (
            "contingency",
            {"tiers": [{"up_to": "100", "percent": "10"}], "expenses_paid_by": "seller"},
            Limit("at_most", Money(1000, EUR)),
        ),
        ("cost_plus", {"fee": "3"}, Limit("no_upper_limit")),
        ("cost_plus", {"fee": "3", "ceiling": "9"}, Limit("at_most", Money(900, EUR))),
        ("blended", {"blended_rate": "1", "standard_rates": {}}, Limit("no_upper_limit")),
        ("hybrid", {"fixed_fee": "1", "rates": {}}, Limit("no_upper_limit")),
        ("hybrid", {"fixed_fee": "1", "rates": {}, "tm_cap": "2"}, Limit("at_most", Money(300, EUR))),
        ("target_cost", TARGET, Limit("no_upper_limit")),
        ("target_cost", {**TARGET, "ceiling_price": "120"}, Limit("at_most", Money(12000, EUR))),
        ("target_cost", {**TARGET, "client_share_over_percent": "0"}, Limit("at_most", Money(11000, EUR))),
        ("holdback", {"fee": "100", "bonus_percent": "50"}, Limit("at_most", Money(11000, EUR))),
    ],
)
def test_the_most_that_the_client_can_pay(key: str, params: dict[str, Any], expected: Limit) -> None:
    model = model_named(key)
    assert model.limit(model.read(params, EUR), EUR) == expected


CENTS = st.integers(0, 10_000_000).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
SPLIT = st.lists(st.integers(0, 1_000_000), max_size=8).map(lambda cuts: sorted({0, *cuts, 1_000_000}))


@settings(max_examples=60, deadline=None)
@given(CENTS, SPLIT)
def test_milestones_add_up_to_the_fee(fee: str, cuts: list[int]) -> None:
    percents = [f"{Decimal(after - before) / 10_000:.4f}" for before, after in pairwise(cuts)]
    milestones = [{"id": str(number), "percent": percent} for number, percent in enumerate(percents)]
    accepted = [each["id"] for each in milestones]
    answer = bill("milestone", {"fee": fee, "milestones": milestones}, accepted=accepted)
    assert sum(Decimal(each["amount"]) for each in answer["milestones"]) == Decimal(fee)
    assert picked(answer, "client_pays", "outstanding") == [f"{Decimal(fee):.2f}", "0.00"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 300).map(lambda tenths: f"{Decimal(tenths) / 10}"), max_size=8), st.integers(0, 4))
def test_every_paid_hour_is_used_or_unused(used: list[str], lifetime: int) -> None:
    variant = {"variant": "use_it_or_lose_it"} if lifetime == 0 else {"rollover_periods": str(lifetime)}
    answer = bill("retainer", {**HOURS, **variant}, hours=used)
    over = sum(Decimal(each["overage_hours"]) for each in answer["periods"])
    assert Decimal(10) * len(used) + over == sum(map(Decimal, used)) + Decimal(answer["unused_paid_hours"])
    for before, after in pairwise(answer["periods"]):
        assert before["carried_out"] == after["carried_in"]


@settings(max_examples=60, deadline=None)
@given(CENTS, st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_a_holdback_loses_no_cent(fee: str, held: int, released: int) -> None:
    percents = [f"{Decimal(each) / 10_000:.4f}" for each in (held, released)]
    answer = bill("holdback", {"fee": fee, "holdback_percent": percents[0]}, release_percent=percents[1])
    assert Decimal(answer["client_pays"]) + Decimal(answer["withheld"]) == Decimal(fee)


def test_a_bill_without_an_outcome_is_that_of_nothing_having_happened() -> None:
    given_params = {"model": "fixed", "currency": "EUR", "params": {"fee": "9.00"}}
    assert calculate("bill", given_params)["client_pays"] == "9.00"
