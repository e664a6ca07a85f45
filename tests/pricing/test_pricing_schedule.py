"""Payment schedules: plans of every kind, dates, tax in instalments, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proposals.pricing import Currency, Money, PricingError, calculate, payment_schedule
from proposals.pricing.instalment_plan import AmountPart, Part, PercentPart, Periods, RemainderPart, WeightPart

EUR = Currency("EUR")


def amounts(**given: Any) -> list[str]:
    return [item["amount"] for item in calculate("schedule", {"currency": "EUR", **given})["items"]]


def dates(start: str, every: str, count: str) -> list[str]:
    periods = {"count": count, "every": every, "start": start}
    answer = calculate("schedule", {"currency": "EUR", "total": "100.00", "periods": periods})
    return [item["date"] for item in answer["items"]]


def test_the_remainder_may_stand_anywhere() -> None:
    plan = [{"id": "rest", "remainder": True}, {"id": "a", "percent": "12.5"}, {"id": "b", "amount": "10.00"}]
    assert amounts(total="99.99", plan=plan) == ["77.49", "12.50", "10.00"]


def test_percentages_beside_a_remainder_are_of_the_total_and_rounded_each() -> None:
    plan = [{"id": "a", "percent": "0.5"}, {"id": "b", "percent": "0.5"}, {"id": "c", "remainder": True}]
    assert amounts(total="1.00", plan=plan) == ["0.01", "0.01", "0.98"]


def test_a_remainder_alone_is_the_total_and_may_be_nothing() -> None:
    assert amounts(total="5.00", plan=[{"id": "a", "remainder": True}]) == ["5.00"]
    assert amounts(total="5.00", plan=[{"id": "a", "percent": "100"}, {"id": "b", "remainder": True}]) == [
        "5.00",
        "0.00",
    ]


def test_a_total_of_nothing_is_paid_in_nothings() -> None:
    assert amounts(total="0.00", plan=[{"id": "a", "weight": "0"}, {"id": "b", "weight": "0"}]) == ["0.00", "0.00"]
    assert amounts(total="0", periods={"count": "2", "every": "year", "start": "2026-01-01"}) == ["0.00", "0.00"]


@pytest.mark.parametrize(
    ("start", "every", "expected"),
    [
        ("2024-01-31", "month", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2025-01-30", "month", ["2025-01-30", "2025-02-28", "2025-03-30", "2025-04-30"]),
        ("2025-11-30", "quarter", ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30"]),
        ("2024-02-29", "year", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"]),
        ("2027-12-15", "month", ["2027-12-15", "2028-01-15", "2028-02-15", "2028-03-15"]),
    ],
)
def test_every_date_has_the_day_of_the_first_or_the_end_of_a_shorter_month(
    start: str, every: str, expected: list[str]
) -> None:
    assert dates(start, every, "4") == expected


def test_the_day_of_29_february_comes_back_in_the_next_leap_year() -> None:
    assert dates("2024-02-29", "year", "5")[4] == "2028-02-29"


def test_a_tax_below_nothing_mirrors_the_same_tax_above() -> None:
    """Credits can be taxed at a higher rate than charges."""
    plan = [{"id": "a", "percent": "50"}, {"id": "b", "percent": "50"}]
    given = {"currency": "EUR", "total": "10.00", "plan": plan}
    above = calculate("schedule", {**given, "tax": "0.03"})["items"]
    below = calculate("schedule", {**given, "tax": "-0.03"})["items"]
    assert [item["tax"] for item in above] == ["0.02", "0.01"]
    assert [item["tax"] for item in below] == ["-0.02", "-0.01"]
    assert [item["net"] for item in below] == ["5.02", "5.01"]


HALVES = [{"id": "a", "percent": "50"}, {"id": "b", "percent": "50"}]
MONTHS = {"count": "3", "every": "month", "start": "2026-01-31"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"total": "-0.01"}, "negative_total", "total"),
        ({"total": "1.001"}, "too_many_decimals", "total"),
        ({"total": None}, "missing_field", "total"),
        ({"total": 1}, "bad_number", "total"),
        ({"currency": "eur"}, "unknown_currency", "currency"),
        ({"tax": "100.01"}, "tax_exceeds_total", "tax"),
        ({"tax": "0.001"}, "too_many_decimals", "tax"),
        ({"plan": []}, "empty_plan", "plan"),
        ({"plan": None}, "empty_plan", "plan"),
        ({"plan": "all"}, "bad_document", "plan"),
        ({"plan": [{"id": "a", "percent": "100.00001"}]}, "too_many_decimals", "plan.0.percent"),
        ({"plan": [{"id": "a", "percent": "-1"}, {"id": "b", "percent": "101"}]}, "bad_percent", "plan.0.percent"),
        ({"plan": [{"id": "a", "percent": "99.9999"}]}, "percent_sum", "plan"),
        ({"plan": [{"id": "a", "percent": "60"}, {"id": "b", "percent": "60"}]}, "percent_sum", "plan"),
        ({"plan": [{"id": "a", "weight": "-1"}, {"id": "b", "weight": "2"}]}, "bad_number", "plan.0.weight"),
        ({"plan": [{"id": "a", "weight": "0"}]}, "zero_weights", "plan"),
        ({"plan": [{"id": "a", "amount": "100.01"}]}, "schedule_sum_mismatch", "plan"),
        ({"plan": [{"id": "a", "amount": "-1.00"}, {"id": "b", "amount": "101.00"}]}, "bad_number", "plan.0.amount"),
        ({"plan": [{"id": "a", "amount": "1.001"}]}, "too_many_decimals", "plan.0.amount"),
        ({"plan": [{"id": "a", "percent": "50"}, {"id": "b", "weight": "1"}]}, "mixed_plan", "plan"),
        ({"plan": [{"id": "a", "weight": "1"}, {"id": "b", "remainder": True}]}, "mixed_plan", "plan"),
        ({"plan": [{"id": "a", "percent": "50", "amount": "50.00"}]}, "mixed_plan", "plan.0"),
        ({"plan": [{"id": "a", "remainder": True}, {"id": "b", "remainder": True}]}, "two_remainders", "plan"),
        ({"plan": [{"id": "a", "percent": "101"}, {"id": "b", "remainder": True}]}, "schedule_exceeds_total", "plan"),
        ({"plan": [{"id": "a"}]}, "missing_field", "plan.0"),
        ({"plan": [{"id": "a", "remainder": False}]}, "missing_field", "plan.0"),
        ({"plan": [{"percent": "100"}]}, "missing_field", "plan.0.id"),
        ({"plan": [{"id": "a", "percent": "50"}, {"id": "a", "percent": "50"}]}, "duplicate_id", "plan.1.id"),
        ({"periods": MONTHS}, "mixed_plan", "periods"),
        ({"plan": None, "periods": {**MONTHS, "count": "0"}}, "empty_plan", "periods.count"),
        ({"plan": None, "periods": {**MONTHS, "count": "-1"}}, "bad_number", "periods.count"),
        ({"plan": None, "periods": {**MONTHS, "count": "1.5"}}, "bad_number", "periods.count"),
        ({"plan": None, "periods": {**MONTHS, "count": "999999999999999"}}, "bad_number", "periods.count"),
        ({"plan": None, "periods": {**MONTHS, "every": "week"}}, "unknown_value", "periods.every"),
        ({"plan": None, "periods": {**MONTHS, "start": "2026-02-30"}}, "bad_date", "periods.start"),
        ({"plan": None, "periods": {**MONTHS, "start": "9999-11-30"}}, "bad_date", "periods.count"),
        ({"plan": None, "periods": []}, "bad_document", "periods"),
    ],
)
def test_what_is_no_schedule_is_refused(change: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(PricingError) as caught:
        calculate("schedule", {"currency": "EUR", "total": "100.00", "plan": HALVES, **change})
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_refusal_says_by_how_much() -> None:
    with pytest.raises(PricingError, match=r"The percentages add up to 99\.99, not to 100\."):
        amounts(total="1.00", plan=[{"id": "a", "percent": "99.99"}])
    with pytest.raises(PricingError, match=r"add up to 1\.20, and the total is 1\.00\. Change them by -0\.20 in all"):
        amounts(total="1.00", plan=[{"id": "a", "amount": "1.20"}])
    with pytest.raises(PricingError, match=r"before the remainder are 0\.20 more than the total of 1\.00"):
        amounts(total="1.00", plan=[{"id": "a", "amount": "1.20"}, {"id": "b", "remainder": True}])


@st.composite
def plans(draw: st.DrawFn) -> tuple[Money, list[Part]]:
    """A total and a plan of any kind that adds up to it."""
    total = Money(draw(st.integers(0, 10**7) | st.integers(0, 12)), EUR)
    count = draw(st.integers(1, 7))
    kind = draw(st.sampled_from(["percent", "weight", "amount", "remainder", "periods"]))
    cuts = sorted(draw(st.lists(st.integers(0, 10**6), min_size=count - 1, max_size=count - 1)))
    shares = [end - start for start, end in zip([0, *cuts], [*cuts, 10**6], strict=True)]
    if kind == "percent":
        return total, [PercentPart(id=str(n), percent=Decimal(share).scaleb(-4)) for n, share in enumerate(shares)]
    if kind == "weight":
        return total, [WeightPart(id=str(n), weight=Decimal(share)) for n, share in enumerate(shares)]
    if kind == "periods":
        return total, list(Periods(count=count, every="month", start=date(2026, 1, 31)).parts())
    stated = [Money(total.minor * share // 10**6, EUR) for share in shares]
    last = total - Money(sum(amount.minor for amount in stated[:-1]), EUR)
    ends: list[Part] = [AmountPart(id="last", amount=last) if kind == "amount" else RemainderPart(id="last")]
    return total, [AmountPart(id=str(n), amount=amount) for n, amount in enumerate(stated[:-1])] + ends


@given(plans(), st.integers(0, 100))
@settings(deadline=None)
def test_instalments_and_their_tax_add_up(planned: tuple[Money, list[Part]], tax_percent: int) -> None:
    """Invariant 7: the sum is the total, their tax is the tax, net and tax are the amount."""
    total, plan = planned
    tax = Money(total.minor * tax_percent // 100, EUR)
    items = payment_schedule(total, plan, tax)
    assert [item.part for item in items] == plan
    assert sum(item.amount.minor for item in items) == total.minor
    assert sum(item.tax.minor for item in items if item.tax) == tax.minor
    for item in items:
        assert item.tax is not None
        assert item.net is not None
        assert item.net + item.tax == item.amount
        assert 0 <= item.tax.minor <= item.amount.minor
