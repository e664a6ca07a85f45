"""Comparing billing models by hours: examples, and what must hold for every comparison."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proposals.pricing import PricingError, calculate
from proposals.pricing.billing import COMPARABLE, comparable_named
from proposals.pricing.billing.piecewise import Line
from proposals.pricing.billing.what_if import BreakEven
from proposals.pricing.money import Currency, Money

EUR = Currency("EUR")
GIVEN: dict[str, Any] = {
    "currency": "EUR",
    "estimate": {"low": "80", "likely": "100", "high": "150"},
    "cost_per_hour": "75.00",
    "models": [{"id": "A", "model": "tm_cap", "params": {"rate": "125.00", "cap": "14000.00"}}],
}


def compared(model: str, params: dict[str, Any], **changed: Any) -> dict[str, Any]:
    models = [{"id": "A", "model": model, "params": params}]
    answer: dict[str, Any] = calculate("what_if", {**GIVEN, "models": models, **changed})["models"][0]
    return answer


def test_the_default_grid_has_21_points_and_the_breakpoints() -> None:
    hours = [point["hours"] for point in calculate("what_if", GIVEN)["models"][0]["series"]]
    assert hours[:3] == ["40.00", "49.25", "58.50"]
    assert hours[-1] == "225.00"
    assert len(hours) == 22
    assert "112.00" in hours
    assert hours == sorted(hours, key=Decimal)


def test_the_grid_is_that_of_all_models_and_each_value_stands_once() -> None:
    models = [*GIVEN["models"], {"id": "B", "model": "tm_cap", "params": {"rate": "100", "cap": "4000"}}]
    answer = calculate("what_if", {**GIVEN, "models": models})["models"]
    assert [len(each["series"]) for each in answer] == [22, 22]
    none = calculate("what_if", {**GIVEN, "estimate": {"low": "0", "likely": "0", "high": "0"}})["models"][0]
    assert [point["hours"] for point in none["series"]] == ["0.00"]
    assert none["margin_percent_likely"] is None
    assert none["break_even"] == {"kind": "at", "hours": "186.67", "overrun_percent": None}


def test_given_hours_are_echoed_as_they_were_written() -> None:
    answer = compared("fixed", {"fee": "1.00"}, grid=["2.50", "0", "2.50"])
    assert [point["hours"] for point in answer["series"]] == ["2.50", "0", "2.50"]


def test_fixed_costs_belong_to_the_cost() -> None:
    answer = compared("tm", {"rate": "80.00"}, fixed_costs="1000.00")
    assert answer["seller_profit"] == {"low": "-600.00", "likely": "-500.00", "high": "-250.00"}
    assert answer["break_even"]["kind"] == "no_upper_limit"
    assert compared("tm", {"rate": "75.00"}, fixed_costs="0.01")["break_even"] == {
        "kind": "always_loses",
        "hours": None,
        "overrun_percent": None,
    }


@pytest.mark.parametrize(
    ("model", "params", "pays"),
    [
        ("hybrid", {"fixed_fee": "100", "included_hours": "90", "rate": "10", "tm_cap": "150"}, ["100", "200", "250"]),
        ("cost_plus", {"fee_type": "percent", "percent": "10", "ceiling": "9000"}, ["6600", "8250", "9000"]),
        ("cost_plus", {"fee": "500"}, ["6500", "8000", "11750"]),
        ("target_cost", {"target_cost": "7500", "target_fee": "500", "min_fee": "0"}, ["7250", "8000", "11250"]),
    ],
)
def test_what_the_client_pays_at_the_three_outcomes(model: str, params: dict[str, Any], pays: list[str]) -> None:
    assert list(compared(model, params)["client_pays"].values()) == [f"{amount}.00" for amount in pays]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"estimate": {"low": "-1", "likely": "1", "high": "2"}}, "bad_estimate", "estimate.low"),
        ({"estimate": {"low": "1", "likely": "3", "high": "2"}}, "bad_estimate", "estimate.high"),
        ({"estimate": {"low": "1", "likely": "3"}}, "missing_field", "estimate.high"),
        ({"cost_per_hour": "-1"}, "bad_number", "cost_per_hour"),
        ({"fixed_costs": "-1"}, "bad_number", "fixed_costs"),
        ({"fixed_costs": "0.001"}, "too_many_decimals", "fixed_costs"),
        ({"grid": ["1", "-1"]}, "negative_quantity", "grid.1"),
        ({"grid": ["1"] * 501}, "bad_document", "grid"),
        ({"models": None}, "missing_field", "models"),
        ({"models": GIVEN["models"] * 2}, "duplicate_id", "models.1.id"),
        ({"models": GIVEN["models"] * 21}, "bad_document", "models"),
        ({"models": [{"id": "A", "model": "milestone", "params": {}}]}, "unknown_model", "models.0.model"),
        ({"models": [{"id": "A", "model": "guess", "params": {}}]}, "unknown_model", "models.0.model"),
        ({"models": [{"id": "A", "model": "fixed"}]}, "missing_field", "models.0.params"),
        ({"models": [{"id": "A", "model": "tm", "params": {}}]}, "missing_field", "models.0.params.rate"),
        (
            {"models": [{"id": "A", "model": "tm_cap", "params": {"rate": "1", "cap": "0"}}]},
            "bad_number",
            "models.0.params.cap",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(changed: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(PricingError) as refusal:
        calculate("what_if", {**GIVEN, **changed})
    assert (refusal.value.code, refusal.value.field) == (code, field)


AMOUNT = st.integers(0, 10_000).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
BIG = st.integers(1, 2_000_000).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
SHARE = st.integers(0, 10_000).map(lambda share: f"{Decimal(share) / 100:.2f}")
HOURS = st.integers(0, 40_000).map(lambda hundredths: Fraction(hundredths, 100))
PARAMS = {
    "tm": st.fixed_dictionaries({"rate": AMOUNT}),
    "tm_cap": st.fixed_dictionaries({"rate": AMOUNT, "cap": BIG}),
    "fixed": st.fixed_dictionaries({"fee": BIG}),
    "hybrid": st.fixed_dictionaries({"fixed_fee": BIG, "included_hours": AMOUNT, "rate": AMOUNT}),
    "retainer": st.fixed_dictionaries({"period_fee": BIG, "included_hours": AMOUNT, "overage_rate": AMOUNT}),
    "cost_plus": st.fixed_dictionaries({"fee_type": st.just("percent"), "percent": SHARE}, optional={"ceiling": BIG}),
    "target_cost": st.fixed_dictionaries(
        {
            "target_cost": BIG,
            "target_fee": AMOUNT,
            "client_share_over_percent": SHARE,
            "client_share_under_percent": SHARE,
        },
        optional={"min_fee": st.just("-5.00"), "max_fee": st.just("150.00"), "ceiling_price": st.just("20200.00")},
    ),
}
CASES = st.sampled_from(sorted(PARAMS)).flatmap(lambda key: st.tuples(st.just(key), PARAMS[key]))
COSTS = st.tuples(AMOUNT, AMOUNT).map(lambda both: Line.straight(Fraction(both[0]), Fraction(both[1])))


def test_every_model_that_can_be_compared_is_tried_here() -> None:
    assert sorted(COMPARABLE) == sorted(PARAMS)


@settings(max_examples=150, deadline=None)
@given(CASES, COSTS, HOURS)
def test_the_break_even_is_the_largest_number_of_hours_without_loss(
    case: tuple[str, dict[str, str]], cost: Line, hours: Fraction
) -> None:
    key, params = case
    profit = comparable_named(key).curve(params, EUR, cost) - cost
    found = BreakEven.of(profit)
    far = max((*profit.breakpoints, Fraction(0))) + 1
    if found.kind == "at":
        assert found.hours is not None
        assert profit.at(found.hours) == 0
        assert all(profit.at(found.hours + hours + Fraction(1, 10**step)) < 0 for step in range(6))
        assert profit.at(max(found.hours, far) * 1000 + 1) < 0
    elif found.kind == "always_loses":
        assert profit.at(hours) < 0
        assert all(profit.at(start) < 0 for start in (Fraction(0), *profit.breakpoints, far * 1000))
    else:
        assert profit.at(far * 10**12) >= 0


@settings(max_examples=100, deadline=None)
@given(CASES, COSTS, HOURS)
def test_lines_are_continuous_and_never_pass_their_ceiling(
    case: tuple[str, dict[str, str]], cost: Line, hours: Fraction
) -> None:
    key, params = case
    pays = comparable_named(key).curve(params, EUR, cost)
    for before, after in zip(pays.pieces, pays.pieces[1:], strict=False):
        assert before.start < after.start
        assert before.at(after.start) == after.at(after.start)
    ceiling = params.get("cap") or params.get("ceiling") or params.get("ceiling_price")
    if ceiling is not None:
        assert pays.at(hours) <= Fraction(ceiling)


@settings(max_examples=60, deadline=None)
@given(AMOUNT, BIG, st.lists(st.integers(0, 5000).map(lambda hundredths: f"{Decimal(hundredths) / 100}"), max_size=4))
def test_with_a_limit_the_client_never_pays_more_than_without(rate: str, cap: str, entries: list[str]) -> None:
    outcome = {"hours": [{"role": "a", "hours": hours} for hours in entries], "expenses": "12.34"}
    answers = {}
    for scope in ("fees", "fees_and_expenses"):
        params = {"rates": {"a": rate}, "cap": cap, "cap_scope": scope}
        answers[scope] = calculate("bill", {"model": "tm_cap", "currency": "EUR", "params": params, "outcome": outcome})
    params = {"rates": {"a": rate}}
    free = calculate("bill", {"model": "tm", "currency": "EUR", "params": params, "outcome": outcome})
    for scope, answer in answers.items():
        paid = Decimal(answer["client_pays"])
        assert paid <= Decimal(free["client_pays"])
        assert paid + Decimal(answer["written_off"]) == Decimal(free["client_pays"])
        assert paid == Decimal(answer["fees"]) + Decimal(answer["expenses"])
        extra = Decimal(0) if scope == "fees_and_expenses" else Decimal(answer["expenses"])
        assert paid <= Decimal(cap) + extra
    assert Decimal(answers["fees_and_expenses"]["client_pays"]) <= Decimal(answers["fees"]["client_pays"])


@pytest.mark.parametrize(
    ("model", "params", "outcome"),
    [
        (
            "target_cost",
            {"target_cost": "2450", "target_fee": "1960", "client_share_over_percent": "95"},
            "actual_cost",
        ),
        ("cost_plus", {"fee_type": "percent", "percent": "12.5"}, "cost"),
    ],
)
def test_what_follows_from_the_cost_is_what_would_be_billed_to_the_cent(
    model: str, params: dict[str, Any], outcome: str
) -> None:
    """A cost of 6,522.90 or 6,522.905: the fee is rounded by itself, as in a bill."""
    for hours in ("51", "51.0000390"):
        given = {
            "currency": "EUR",
            "estimate": {"low": "0", "likely": "0", "high": "60"},
            "cost_per_hour": "127.90",
            "models": [{"id": "x", "model": model, "params": params}],
            "grid": [hours],
        }
        (shown,) = calculate("what_if", given)["models"][0]["series"]
        cost = Money.rounded(Fraction(hours) * Fraction("127.90"), EUR)
        billed = calculate(
            "bill", {"model": model, "currency": "EUR", "params": params, "outcome": {outcome: str(cost)}}
        )
        assert shown["client_pays"] == billed["client_pays"]


WHOLE = st.integers(0, 300)


def billed(model: str, params: dict[str, Any], **outcome: Any) -> str:
    answer = calculate("bill", {"model": model, "currency": "EUR", "params": params, "outcome": outcome})
    return str(answer["client_pays"])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PARAMS)), st.data(), WHOLE)
def test_a_comparison_costs_what_the_bill_would_cost(key: str, data: st.DataObject, hours: int) -> None:
    params = data.draw(PARAMS[key])
    beyond = max(Decimal(0), hours - Decimal(params.get("included_hours", "0")))
    entries = [{"role": "a", "hours": str(hours)}]
    cost = f"{hours * Decimal(GIVEN['cost_per_hour']):.2f}"
    rates = {**params, "rates": {"a": params.get("rate", "0")}}
    bill = {
        "tm": lambda: billed(key, rates, hours=entries),
        "tm_cap": lambda: billed(key, rates, hours=entries),
        "fixed": lambda: billed(key, params, hours=str(hours)),
        "hybrid": lambda: billed(key, rates, tm_hours=[{"role": "a", "hours": str(beyond)}]),
        "retainer": lambda: billed(key, {**params, "variant": "use_it_or_lose_it"}, hours=[str(hours)]),
        "cost_plus": lambda: billed(key, params, cost=cost),
        "target_cost": lambda: billed(key, params, actual_cost=cost),
    }[key]()
    compared_pays = compared(key, params, grid=[str(hours)])["series"][0]["client_pays"]
    # A bill rounds the fee of a target cost, a comparison what the client pays: an exact half may fall either way.
    most_apart = Decimal("0.01") if key == "target_cost" else Decimal(0)
    assert abs(Decimal(compared_pays) - Decimal(bill)) <= most_apart
