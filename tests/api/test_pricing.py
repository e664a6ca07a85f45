"""The price of the whole: settings, taxes, rates, discounts, choices, and one total everywhere."""

from typing import Any

import pytest

from tests import factories
from tests.api.conftest import Api, Deal, caller

EARLY = {
    "type": "percent",
    "value": "2",
    "reason": "early_payment",
    "text": "It saves us a reminder.",
    "conditional": True,
    "within_days": 10,
}
VAT = {"label": "VAT 21%", "rate": "21", "jurisdiction": "NL"}


def pricing(api: Api, deal: Deal) -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"{deal.path}pricing/").body
    return body


def test_read_it(deal: Deal, client: Api) -> None:
    shown = pricing(client, deal)

    assert {
        name: shown[name] for name in ("currency", "price_basis", "tax_rounding", "price_date", "hours_per_day")
    } == {
        "currency": "EUR",
        "price_basis": "exclusive",
        "tax_rounding": "group",
        "price_date": "2026-01-12",
        "hours_per_day": "8",
    }
    assert shown["total_display"] == "€1,000.00"
    assert shown["result"]["totals"]["total"] == "1000.00"
    assert [line["included"] for line in shown["result"]["lines"]] == [True, False]


@pytest.mark.parametrize("role", ["seller", "seller_service"])
def test_change_everything_at_once(deal: Deal, role: str) -> None:
    api = caller(deal, role)
    rate = {"role": "Designer", "rate": "960.00", "unit": "day", "valid_from": "2026-01-01", "valid_to": None}
    changes = {
        "currency": "CHF",
        "tax_rounding": "line",
        "hours_per_day": "7.5",
        "taxes": [VAT],
        "rate_card": [rate],
        "discounts": [EARLY],
    }

    shown = api.patch(f"{deal.path}pricing/", changes).body

    assert (shown["currency"], shown["tax_rounding"], shown["hours_per_day"]) == ("CHF", "line", "7.5")
    assert shown["rate_card"] == [{**rate, "rate": "960"}]
    assert shown["discounts"] == [EARLY]
    tax_id = shown["taxes"][0].pop("id")
    assert shown["taxes"] == [{**VAT, "category": "S", "note": ""}]
    assert shown["total_display"] == "CHF\xa01,210.00"
    assert shown["result"]["conditional"][0]["saving"] == "24.20"
    changed = api.patch(f"{deal.path}pricing/", {"taxes": [{"id": tax_id, "label": "VAT 9%", "rate": "9"}]}).body
    assert (changed["taxes"][0]["id"], changed["taxes"][0]["rate"]) == (tax_id, "9")
    assert changed["result"]["totals"]["total"] == "1090.00"
    assert deal.events() == [
        "pricing.changed",
        "taxes.changed",
        "rate_card.changed",
        "discount.changed",
        "taxes.changed",
    ]


def test_lists_are_emptied(deal: Deal, seller: Api) -> None:
    seller.patch(f"{deal.path}pricing/", {"taxes": [VAT], "discounts": [EARLY]})

    shown = seller.patch(f"{deal.path}pricing/", {"taxes": [], "discounts": []}).body

    assert (shown["taxes"], shown["discounts"]) == ([], [])
    assert shown["total_display"] == "€1,000.00"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"currency": "EURO"}, "/currency", "unknown_currency"),
        ({"currency": "XXX"}, "/currency", "unknown_currency"),
        ({"price_basis": "net"}, "/price_basis", "unknown_value"),
        ({"hours_per_day": 8}, "/hours_per_day", "bad_number"),
        ({"hours_per_day": "25"}, "/hours_per_day", "bad_number"),
        ({"hours_per_day": ""}, "/hours_per_day", "bad_number"),
        ({"price_date": None}, "/price_date", "required"),
        ({"taxes": [{"label": "VAT"}]}, "/taxes/0/rate", "required"),
        ({"taxes": [VAT, {**VAT, "rate": "x"}]}, "/taxes/1/rate", "bad_number"),
        ({"rate_card": [{"role": "A", "rate": "1", "unit": "week"}]}, "/rate_card/0/unit", "unknown_value"),
        ({"discounts": [{**EARLY, "reason": ""}]}, "/discounts/0/reason", "discount_reason_required"),
        ({"choices": {"Plan": 1}}, "/choices/Plan", "not_a_text"),
        ({"total": "1"}, "/total", "unknown_field"),
    ],
)
def test_a_wrong_value_is_named(deal: Deal, seller: Api, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = seller.patch(f"{deal.path}pricing/", {"tax_rounding": "line", **change})

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])
    assert pricing(seller, deal)["tax_rounding"] == "group"


@pytest.fixture
def alternatives(deal: Deal) -> Deal:
    """The deal with a pick-one of two plans."""
    for option, amount in (("Small", "100"), ("Large", "300")):
        factories.line(deal.prices, option, amount=amount, alternative_group="Plan", alternative_option=option)
    return deal


@pytest.mark.parametrize("role", ["client", "client_service"])
def test_the_client_decides_and_undecides(alternatives: Deal, role: str) -> None:
    api = caller(alternatives, role)
    before = pricing(api, alternatives)

    chosen = api.patch(f"{alternatives.path}pricing/", {"choices": {"Plan": "Large"}}).body
    undecided = api.patch(f"{alternatives.path}pricing/", {"choices": {"Plan": ""}}).body

    assert before["alternatives"] == [{"group": "Plan", "options": ["Small", "Large"], "chosen": ""}]
    assert (before["result"]["complete"], before["result"]["unresolved"]) == (False, ["Plan"])
    assert before["result"]["range"] == {"min": "1100.00", "max": "1300.00"}
    assert (chosen["choices"], chosen["result"]["totals"]["total"]) == ({"Plan": "Large"}, "1300.00")
    assert undecided["choices"] == {}


def test_a_choice_is_the_clients_and_among_the_options(alternatives: Deal, seller: Api, client: Api) -> None:
    by_seller = seller.patch(f"{alternatives.path}pricing/", {"choices": {"Plan": "Large"}})
    unknown = client.patch(f"{alternatives.path}pricing/", {"choices": {"Plan": "Huge"}})

    assert (by_seller.status, by_seller.code) == (403, "not_allowed")
    assert (unknown.status, unknown.code) == (422, "unknown_option")
    assert pricing(client, alternatives)["choices"] == {}


def test_a_choice_cuts_a_discount_to_its_base(deal: Deal, seller: Api, client: Api) -> None:
    option = f"{deal.path}sections/{deal.prices.id}/lines/{deal.option.id}/"
    client.patch(option, {"selected": True})
    large = {"type": "amount", "value": "1400", "reason": "goodwill", "text": "Because we start together."}
    seller.patch(f"{deal.path}pricing/", {"discounts": [large]})

    left_out = client.patch(option, {"selected": False})

    assert left_out.status == 200
    shown = pricing(client, deal)
    assert (shown["discounts"][0]["value"], shown["total_display"]) == ("1000", "€0.00")
    assert deal.events()[-2:] == ["option.left_out", "discount.cut"]


@pytest.mark.parametrize("role", ["client", "reader", "client_service"])
def test_prices_are_the_sellers(deal: Deal, role: str) -> None:
    answer = caller(deal, role).patch(f"{deal.path}pricing/", {"currency": "USD"})

    assert (answer.status, answer.code) == (403, "not_allowed")
    assert deal.fresh().currency == "EUR"


PLAN = [
    {"title": "Start", "share": "percent", "value": "40", "due": "on_signature", "net_days": 14},
    {"title": "Opening", "share": "remainder", "due": "milestone", "acceptance": "Ten patients have booked"},
]


def test_the_payment_schedule_is_set_read_and_taken_out(deal: Deal, seller: Api) -> None:
    assert pricing(seller, deal)["schedule"] is None

    shown = seller.patch(f"{deal.path}pricing/", {"taxes": [VAT], "schedule": PLAN}).body["schedule"]

    assert shown == {
        "plan": PLAN,
        "items": [
            {"id": "1", "amount": "484.00", "tax": "84.00", "net": "400.00"},
            {"id": "2", "amount": "726.00", "tax": "126.00", "net": "600.00"},
        ],
        "sum": "1210.00",
    }
    assert seller.patch(f"{deal.path}pricing/", {"schedule": []}).body["schedule"] is None
    assert deal.events()[1:] == ["schedule.changed", "schedule.changed"]


def test_a_schedule_that_does_not_hold_is_refused_with_everything_sent_beside_it(deal: Deal, seller: Api) -> None:
    answer = seller.patch(f"{deal.path}pricing/", {"hours_per_day": "7", "schedule": PLAN[:1]})

    assert (answer.status, answer.body["code"]) == (422, "percent_sum")
    assert answer.body["errors"][0]["pointer"] == "/schedule"
    assert pricing(seller, deal)["hours_per_day"] == "8"
