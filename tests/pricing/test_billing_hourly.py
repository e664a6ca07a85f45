"""Billing by the hour, with and without a limit, and for a fixed fee."""

from __future__ import annotations

from typing import Any

import pytest

from proposals.pricing import PricingError, calculate
from proposals.pricing.billing import Limit, model_named
from proposals.pricing.money import Currency, Money

EUR = Currency("EUR")
RATES = {"senior": "200.00", "junior": "90.00"}


def bill(model: str, params: dict[str, Any], **outcome: Any) -> dict[str, Any]:
    return calculate("bill", {"model": model, "currency": "EUR", "params": params, "outcome": outcome})


def hours(**by_role: str) -> list[dict[str, str]]:
    return [{"role": role, "hours": number} for role, number in by_role.items()]


def test_fees_are_added_by_role_and_rounded_once_per_role() -> None:
    rates = {"a": "0.333333", "b": "0.333333"}
    entries = [{"role": "a", "hours": "0.5"}] * 3 + [{"role": "b", "hours": "1.5"}]
    assert bill("tm", {"rates": rates}, hours=entries)["fees"] == "1.00"


def test_an_entry_of_zero_hours_is_not_rounded_up() -> None:
    given = {"rates": RATES, "increment_hours": "0.25"}
    assert bill("tm", given, hours=hours(senior="0", junior="0.26"))["billed_hours"] == "0.5000"


@pytest.mark.parametrize(
    ("scope", "worked", "expenses", "expected"),
    [
        ("fees", "74.995", "0", ("14999.00", "0.00", "0.00", False, "14999.00")),
        ("fees", "75", "100", ("15000.00", "100.00", "0.00", True, "15100.00")),
        ("fees_and_expenses", "74.5", "100", ("14900.00", "100.00", "0.00", True, "15000.00")),
        ("fees_and_expenses", "75", "100", ("14900.00", "100.00", "100.00", True, "15000.00")),
        ("fees_and_expenses", "1", "15200", ("0.00", "15000.00", "400.00", True, "15000.00")),
    ],
)
def test_the_limit_is_reached_from_the_exact_amount_on(
    scope: str, worked: str, expenses: str, expected: tuple[Any, ...]
) -> None:
    params = {"rates": RATES, "cap": "15000.00", "cap_scope": scope}
    answer = bill("tm_cap", params, hours=hours(senior=worked), expenses=expenses)
    keys = ("fees", "expenses", "written_off", "cap_reached", "client_pays")
    assert tuple(answer[key] for key in keys) == expected


@pytest.mark.parametrize(
    ("model", "params", "outcome", "code", "field"),
    [
        ("tm", {}, {"hours": []}, "missing_field", "params.rates"),
        ("tm", {"rates": []}, {"hours": []}, "bad_document", "params.rates"),
        ("tm", {"rates": {"a": 100}}, {"hours": []}, "bad_number", "params.rates.a"),
        ("tm", {"rates": {"a": "-1"}}, {"hours": []}, "bad_number", "params.rates.a"),
        ("tm", {"rates": {"a": "1.0000001"}}, {"hours": []}, "too_many_decimals", "params.rates.a"),
        ("tm", {"rates": RATES, "increment_hours": "0.005"}, {"hours": []}, "bad_number", "params.increment_hours"),
        ("tm", {"rates": RATES, "increment_hours": "0"}, {"hours": []}, "bad_number", "params.increment_hours"),
        ("tm", {"rates": RATES, "increment_hours": "1.5"}, {"hours": []}, "bad_number", "params.increment_hours"),
        ("tm", {"rates": RATES}, {}, "missing_field", "outcome.hours"),
        ("tm", {"rates": RATES}, {"hours": hours(senior="-1")}, "negative_quantity", "outcome.hours.0.hours"),
        ("tm", {"rates": RATES}, {"hours": [{"hours": "1"}]}, "missing_field", "outcome.hours.0.role"),
        ("tm", {"rates": RATES}, {"hours": hours(senior="1", boss="1")}, "no_rate", "outcome.hours.1.role"),
        ("tm", {"rates": RATES}, {"hours": [], "expenses": "-1"}, "bad_number", "outcome.expenses"),
        ("tm", {"rates": RATES}, {"hours": [], "expenses": "1.005"}, "too_many_decimals", "outcome.expenses"),
        ("tm_cap", {"rates": RATES}, {"hours": []}, "missing_field", "params.cap"),
        ("tm_cap", {"rates": RATES, "cap": "0"}, {"hours": []}, "bad_number", "params.cap"),
        ("tm_cap", {"rates": RATES, "cap": "1.001"}, {"hours": []}, "too_many_decimals", "params.cap"),
        (
            "tm_cap",
            {"rates": RATES, "cap": "1", "cap_scope": "all"},
            {"hours": []},
            "unknown_value",
            "params.cap_scope",
        ),
        ("fixed", {"fee": "-1"}, {}, "bad_number", "params.fee"),
        ("fixed", {"fee": "1"}, {"hours": "-1"}, "negative_quantity", "outcome.hours"),
        ("fixed", {"fee": "1"}, {"approved_changes": ["x"]}, "bad_number", "outcome.approved_changes.0"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(
    model: str, params: dict[str, Any], outcome: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(PricingError) as refusal:
        bill(model, params, **outcome)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert refusal.value.detail.endswith(".")


def test_the_most_that_the_client_can_pay() -> None:
    def limit(key: str, params: dict[str, Any]) -> Limit:
        model = model_named(key)
        return model.limit(model.read(params, EUR), EUR)

    cap = {"rates": RATES, "cap": "15000.00"}
    assert limit("tm", {"rates": RATES}) == Limit("no_upper_limit")
    assert limit("tm_cap", cap) == Limit("at_most", Money(1_500_000, EUR), "fees")
    assert limit("tm_cap", {**cap, "cap_scope": "fees_and_expenses"}) == Limit("at_most", Money(1_500_000, EUR))
    assert limit("fixed", {"fee": "9.50"}) == Limit("fixed", Money(950, EUR))
