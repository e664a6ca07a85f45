"""What the models say with figures: one and several, nothing, limits that bite, shares of all or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from proposals.pricing import Currency
from proposals.pricing.billing import MODELS, PLAIN
from proposals.pricing.reading import JsonObject

EUR = Currency("EUR")
ONE, TWO = {"Designer": "112.50"}, {"senior": "200", "junior": "90"}
LISTED = [{"up_to": "1", "unit_price": "10"}, {"up_to": "500", "unit_price": "9.5"}, {"up_to": None, "unit_price": "8"}]
ALL_OF_IT = [{"id": "delivery", "percent": "100"}]
HALVES = [{"id": "design", "percent": "50"}, {"id": "build", "percent": "50"}]
SLICES = [{"up_to": "100", "percent": "30"}, {"up_to": "1000", "percent": "20"}]
PERIOD = {"variant": "roll_over", "period_fee": "3000", "included_hours": "1", "overage_rate": "0"}
FEE = {"fee_per_period": "800"}
TARGET = {"target_cost": "150000", "target_fee": "30000"}


def said(key: str, params: JsonObject) -> str:
    model = MODELS[key]
    return " ".join(each.text for each in model.explanation(model.read(params, EUR), EUR, frozenset()))


@pytest.mark.parametrize(
    ("key", "params", "words"),
    [
        ("tm", {"rates": ONE}, "plus the costs we pass on. Our rate: Designer EUR 112.50 an hour. If"),
        ("tm", {"rates": TWO}, "Our rates: senior EUR 200.00 and junior EUR 90.00 an hour."),
        ("tm", {"rates": ONE, "increment_hours": "1"}, "rounded up to a full hour."),
        ("tm", {"rates": ONE, "increment_hours": "0.25"}, "rounded up to steps of 15 minutes."),
        ("tm_cap", {"rates": ONE, "cap": "5", "increment_hours": "0.01"}, "rounded up to steps of 0.01 hours."),
        ("tm_cap", {"rates": ONE, "cap": "5"}, "for the time we spend, but never more than EUR 5.00. Our rate:"),
        ("blended", {"blended_rate": "350", "standard_rates": ONE}, "Our normal rate: Designer EUR 112.50 an hour."),
        ("milestone", {"fee": "9", "milestones": ALL_OF_IT}, "EUR 9.00, and you pay all of it for “delivery”. Please"),
        ("milestone", {"fee": "8", "milestones": HALVES}, "EUR 4.00 for “design” and EUR 4.00 for “build”. All parts"),
        ("retainer", PERIOD, "and get 1 hour for it. Hours you do not use move on for one more period"),
        ("retainer", PERIOD, "Extra hours cost nothing more."),
        ("retainer", {**PERIOD, "included_hours": "0"}, "EUR 3,000.00 every period; no hours are included. Extra"),
        ("retainer", {"variant": "draw_down", "deposit": "9", "rate": "1"}, "Until then it is a loan to us without"),
        ("subscription", {**FEE, "min_periods": "1"}, "for 1 period. Leaving before it begins costs nothing. The fee"),
        ("subscription", {**FEE, "min_periods": "2"}, "after 1 period, costs nothing on top of the fees until then."),
        (
            "subscription",
            {**FEE, "indexation_percent": "2", "indexation_every": "1"},
            "rises by 2 % every period: from EUR 800.00 to EUR 816.00, then to EUR 832.32, and so on.",
        ),
        ("subscription", {**FEE, "included_units": "1", "overage_unit_price": "3"}, "1 unit is included in each"),
        ("subscription", {**FEE, "overage_unit_price": "3"}, "Each unit you use costs EUR 3.00 on top."),
        ("unit_tiered", {"tiers": LISTED[2:]}, "for each unit, however many you buy: EUR 8.00 each. Please"),
        ("unit_tiered", {"tiers": LISTED}, "up to 1 unit EUR 10.00 each, up to 500 units EUR 9.50 each and above 500"),
        (
            "unit_tiered",
            {"tiers": LISTED, "mode": "volume"},
            "For more than 421.0526 and up to 500 units you pay more than for just over 500.",
        ),
        (
            "value_based",
            {"expected_value": "400", "share_percent": "60", "ceiling": "90"},
            "60 % of it would be EUR 240.00, and the ceiling makes it a fee of EUR 90.00. If",
        ),
        ("value_based", {"expected_value": "400", "share_percent": "60"}, "the fee would be EUR 40.00 more than the"),
        ("contingency", {"base_fee": "9"}, "You pay the base fee of EUR 9.00, whether we succeed or not; nothing"),
        ("contingency", {"success_amount": "9"}, "On success you pay EUR 9.00. If we do not succeed, you pay no fee."),
        (
            "contingency",
            {"base_fee": "9", "tiers": SLICES},
            "30 % of what is recovered up to EUR 100.00, 20 % of what is above that up to EUR 1,000.00 and nothing of "
            "what is above that, on top of the base fee of EUR 9.00. If we do not succeed, you pay just the base fee",
        ),
        ("cost_plus", {"fee": "0"}, "You pay what the work costs us, without a fee. There is no fee, so we gain"),
        (
            "target_cost",
            {**TARGET, "client_share_under_percent": "0", "client_share_over_percent": "100"},
            "all that is saved is ours. If it costs more, you pay all of the extra. The target matters",
        ),
        ("target_cost", {**TARGET, "min_fee": "-500"}, "Our fee may turn into a loss, of EUR 500.00 at most."),
        ("holdback", {"fee": "9", "holdback_percent": "0"}, "You pay the whole fee of EUR 9.00 as we go; nothing is"),
        ("holdback", {"fee": "9", "holdback_percent": "100"}, "You keep the whole fee of EUR 9.00 until the end."),
    ],
)
def test_what_is_said_fits_the_figures(key: str, params: JsonObject, words: str) -> None:
    assert words in said(key, params)


def test_a_number_of_one_is_not_several() -> None:
    assert [PLAIN.counted(Decimal(value), "hours per period") for value in ("1", "1.0", "2", "0.5", "0")] == [
        "1 hour per period", "1 hour per period", "2 hours per period", "0.5 hours per period", "0 hours per period",
    ]  # fmt: skip
