"""Curves of a price over the quantity: they are what is billed, and cliffs are where a little more costs less."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proposals.pricing import Currency, calculate
from proposals.pricing.billing import COMPARABLE, MODELS
from proposals.pricing.billing.price_curve import PriceCurve, curve_of_hours
from proposals.pricing.side_by_side import FREE

EUR = Currency("EUR")
WHOLE = st.integers(0, 40).map(str)


@st.composite
def price_lists(draw: st.DrawFn) -> dict[str, Any]:
    bounds = sorted(draw(st.sets(st.integers(1, 300), min_size=1, max_size=3)))
    tiers = [
        {"up_to": up_to, "unit_price": draw(WHOLE), "flat_fee": draw(WHOLE)} for up_to in [*map(str, bounds), None]
    ]
    return {"mode": draw(st.sampled_from(["volume", "graduated"])), "tiers": tiers, "minimum": draw(WHOLE)}


def tiered(params: dict[str, Any]) -> PriceCurve:
    model = MODELS["unit_tiered"]
    curve = model.price_curve(model.read(params, EUR))
    assert curve is not None
    return curve


def billed(params: dict[str, Any], units: Fraction) -> Fraction:
    given = {
        "model": "unit_tiered",
        "currency": "EUR",
        "params": params,
        "outcome": {"units": str(int(units))},
    }
    return Fraction(calculate("bill", given)["client_pays"])


@settings(max_examples=60, deadline=None)
@given(price_lists(), st.integers(1, 460))
def test_the_curve_is_what_is_billed(params: dict[str, Any], units: int) -> None:
    for run in tiered(params).runs:
        if run.start < units <= run.end:
            slope = (run.last - run.first) / (run.end - run.start)
            assert run.first + slope * (units - run.start) == billed(params, Fraction(units))


@settings(max_examples=60, deadline=None)
@given(price_lists())
def test_a_cliff_is_where_the_bill_falls(params: dict[str, Any]) -> None:
    for mark in tiered(params).marks:
        assert (mark.beyond < mark.pays) == (mark.kind == "cliff") == (mark.since is not None)
        assert mark.pays == billed(params, mark.at)


def test_a_cliff_begins_where_the_bill_passes_what_a_little_more_costs() -> None:
    tiers = [{"up_to": "100", "unit_price": "10"}, {"up_to": None, "unit_price": "8"}]
    (mark,) = tiered({"mode": "volume", "tiers": tiers}).marks
    assert mark == ("cliff", 100, 1000, 800, 80)
    assert [run.end for run in tiered({"mode": "volume", "tiers": tiers}).runs] == [100, 150]
    model = MODELS["unit_tiered"]
    assert model.price_curve(model.read({"tiers": tiers[1:]}, EUR)) is None


def test_limits_and_included_hours_are_marked_on_a_curve_of_hours() -> None:
    hybrid = {"fixed_fee": "1000", "included_hours": "10", "rate": "100", "tm_cap": "500"}
    curve = curve_of_hours(COMPARABLE["hybrid"].curve(hybrid, EUR, FREE))
    assert curve is not None
    assert [(mark.kind, mark.at, mark.pays) for mark in curve.marks] == [("included", 10, 1000), ("limit", 15, 1500)]
    assert curve_of_hours(COMPARABLE["tm"].curve({"rate": "100"}, EUR, FREE)) is None
