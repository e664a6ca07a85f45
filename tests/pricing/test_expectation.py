"""What a result is worth, and the value-based fee at each outcome."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from proposals.pricing import Currency, Money, PricingError
from proposals.pricing.billing import model_named
from proposals.pricing.expectation import Expectation, expectation_steps, value_fee
from proposals.pricing.working.explain import working_of
from proposals.pricing.working.record import Record
from proposals.pricing.working.sheet import Sheet
from tests.pricing.test_working_of_bills import require_replay

EUR = Currency("EUR")


def expected(**numbers: str) -> Expectation:
    given: dict[str, Any] = {name: Decimal(value) for name, value in numbers.items()}
    return Expectation(currency=EUR, **given)


def terms(**params: str) -> Any:
    return model_named("value_based").read(params, EUR)


def test_a_change_is_worth_its_units_rounded_once() -> None:
    found = expected(low="-1.5", likely="3", high="4.25", worth_of_one="0.333333")
    assert {name: str(value) for name, value in found.outcomes.items()} == {
        "low": "-0.50", "likely": "1.00", "high": "1.42",
    }  # fmt: skip
    assert str(found.value) == "1.00"


def test_without_low_and_high_half_the_gain_is_looked_at() -> None:
    assert {name: str(value) for name, value in expected(likely="24000.01").outcomes.items()} == {
        "half": "12000.01", "likely": "24000.01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "code", "field"),
    [
        ({"likely": "5", "low": "1"}, "bad_estimate", "high"),
        ({"likely": "5", "high": "6"}, "bad_estimate", "low"),
        ({"likely": "5", "low": "6", "high": "7"}, "bad_estimate", "low"),
        ({"likely": "5", "low": "4", "high": "4.5"}, "bad_estimate", "high"),
        ({"likely": "-1"}, "bad_number", "likely"),
        ({"likely": "1.005"}, "too_many_decimals", "likely"),
        ({"likely": "1", "worth_of_one": "-2"}, "bad_number", "worth_of_one"),
        ({"likely": "1", "worth_of_one": "0.0000001"}, "too_many_decimals", "worth_of_one"),
    ],
)
def test_what_is_no_expectation_is_named(numbers: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(PricingError) as caught:
        expected(**numbers)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("achieved", "share", "bound", "pays", "net", "multiple"),
    [
        ("-100", "0.00", "floor", "5000.00", "-5100.00", "-0.02"),
        ("12000", "1800.00", "floor", "5000.00", "7000.00", "2.40"),
        ("40000", "6000.00", "", "6000.00", "34000.00", "6.67"),
        ("90000", "13500.00", "ceiling", "9000.00", "81000.00", "10.00"),
    ],
)
def test_a_measured_fee_follows_the_outcome(
    achieved: str, share: str, bound: str, pays: str, net: str, multiple: str
) -> None:
    measured = terms(mode="measured", share_percent="15", floor="5000", ceiling="9000")
    found = value_fee(measured, Money.stated(Decimal(achieved), EUR, "achieved"))
    assert (str(found.share), found.bound, str(found.client_pays)) == (share, bound, pays)
    assert (str(found.client_net_value), found.value_multiple) == (net, multiple)


def test_an_agreed_fee_stays_whatever_comes() -> None:
    agreed = terms(expected_value="24000", share_percent="15")
    found = value_fee(agreed, Money(500_000, EUR))
    assert (str(found.base), str(found.client_pays), str(found.client_net_value)) == ("24000.00", "3600.00", "1400.00")
    free = value_fee(terms(expected_value="0", share_percent="15"), Money(100, EUR))
    assert (str(free.client_pays), free.value_multiple) == ("0.00", None)


CENTS = st.integers(0, 10**7).map(lambda cents: Decimal(cents).scaleb(-2))
CHANGES = st.lists(st.integers(-(10**6), 10**6).map(lambda n: Decimal(n).scaleb(-2)), min_size=3, max_size=3).map(
    sorted
)


@given(CHANGES, st.booleans(), st.none() | st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-6)), st.data())
@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
def test_the_steps_of_any_expectation_replayed_give_each_worth_and_each_fee(
    changes: list[Decimal], has_range: bool, worth: Decimal | None, data: st.DataObject
) -> None:
    low, likely, high = changes
    assume(likely >= 0)
    between = {"low": low, "high": high} if has_range else {}
    expectation = Expectation(currency=EUR, likely=likely, worth_of_one=worth, **between)
    bounds = sorted([data.draw(CENTS), data.draw(CENTS)])
    params = {"mode": "measured", "share_percent": str(data.draw(st.integers(0, 100)))}
    if data.draw(st.booleans()):
        params |= {"mode": "agreed", "expected_value": str(expectation.value)}
    if data.draw(st.booleans()):
        params |= {"floor": str(bounds[0]), "ceiling": str(bounds[1])}
    of = terms(**params)
    record = Record(EUR)
    expectation_steps(Sheet(record, "sheet."), expectation, of)
    results = require_replay(working_of(record).as_dict())
    for name, amount in expectation.outcomes.items():
        fee = value_fee(of, amount)
        assert results[f"sheet.{name}.worth"] == str(amount)
        assert results[f"sheet.{name}.share"] == str(fee.share)
        assert results[f"sheet.{name}.client_pays"] == str(fee.client_pays)
        assert results[f"sheet.{name}.client_net_value"] == str(fee.client_net_value)
        assert results.get(f"sheet.{name}.value_multiple") == fee.value_multiple
