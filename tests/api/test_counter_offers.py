"""Counter-offers over the API: the same verbs as on the page."""

import json
from typing import Any

import pytest

from tests.api.conftest import Api, Deal, queries_count


def propose(deal: Deal, api: Api, **given: Any) -> dict[str, Any]:
    made = api.post(f"{deal.path}counter-offers/", {"line": str(deal.line.id), "field": "amount", **given})
    assert made.status == 201, made.body
    body: dict[str, Any] = made.body
    return body


def test_propose_answer_and_accept(deal: Deal, client: Api, seller: Api) -> None:
    before = client.get(f"{deal.path}pricing/").body["result"]["totals"]["total"]
    first = propose(deal, client, value="850", why="we do the research")
    answered = seller.post(f"{deal.path}counter-offers/{first['id']}/answer/", {"value": "875"}).body
    accepted = client.post(f"{deal.path}counter-offers/{answered['id']}/accept/", {}).body

    assert (first["state"], first["side"], first["offered_by"], first["total_now"]) == (
        "open",
        "client",
        "Tomás Reyes",
        before,
    )
    assert (answered["answers"], answered["words"]) == (first["id"], "an amount of 875.00 instead of 1,000.00")
    assert (accepted["state"], accepted["closed_by"], accepted["total_then"]) == ("accepted", "Tomás Reyes", None)
    after = client.get(f"{deal.path}pricing/").body["result"]["totals"]["total"]
    assert after == answered["total_then"] != before
    states = [row["state"] for row in client.get(f"{deal.path}counter-offers/").body["results"]]
    assert states == ["answered", "accepted"]
    assert client.get(f"{deal.path}counter-offers/?state=open").body["results"] == []


def test_decline_and_withdraw(deal: Deal, client: Api, seller: Api) -> None:
    first = propose(deal, client, value="850")["id"]
    declined = seller.post(f"{deal.path}counter-offers/{first}/decline/", {"why": "it is the card’s"}).body
    second = propose(deal, client, value="860")["id"]
    withdrawn = client.post(f"{deal.path}counter-offers/{second}/withdraw/").body
    again = seller.post(f"{deal.path}counter-offers/{second}/accept/", {})

    assert (declined["state"], declined["closed_why"]) == ("declined", "it is the card’s")
    assert withdrawn["state"] == "withdrawn"
    assert (again.status, again.code) == (409, "not_open")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"value": "cheap"}, 422, "bad_number"),
        ({"value": "1000.00"}, 422, "same_value"),
        ({"field": "title", "value": "x"}, 422, "unknown_value"),
        ({"field": "discount", "value": "200%"}, 422, "discount_value_range"),
        ({"field": "rate", "value": "1"}, 404, "not_found"),
    ],
)
def test_a_wrong_value_changes_nothing(deal: Deal, client: Api, given: dict[str, str], status: int, code: str) -> None:
    answer = client.post(f"{deal.path}counter-offers/", {"line": str(deal.line.id), "field": "amount", **given})

    assert (answer.status, answer.code if status == 404 else answer.body["errors"][0]["code"]) == (status, code)
    assert (deal.proposal.counter_offers.count(), deal.events()) == (0, [])


def test_the_number_of_queries_does_not_grow(deal: Deal, client: Api, django_assert_num_queries: Any) -> None:
    propose(deal, client, value="850")
    few = queries_count(lambda: client.get(f"{deal.path}counter-offers/"))
    propose(deal, client, value="860")
    propose(deal, client, field="discount", value="7%")

    with django_assert_num_queries(few):
        assert len(client.get(f"{deal.path}counter-offers/").body["results"]) == 3


def test_a_discount_on_a_section_less_for_early_payment_and_another_schedule(
    deal: Deal, seller: Api, client: Api
) -> None:
    path = f"{deal.path}counter-offers/"
    why = "They book the whole year at once."
    section = client.post(path, {"field": "discount", "section": str(deal.prices.id), "value": "10%", "why": why}).body
    assert (section["section"], section["total_now"], section["total_then"]) == (
        str(deal.prices.id),
        "1000.00",
        "900.00",
    )
    early = client.post(path, {"field": "early_payment", "value": "2%/10", "why": why}).body
    assert early["words"] == "2% less if paid within 10 days of the invoice instead of no discount for early payment"
    plan = [{"title": "All", "share": "percent", "value": "100", "due": "on_signature", "net_days": 14}]
    schedule = client.post(path, {"field": "schedule", "value": json.dumps(plan)}).body
    assert (schedule["total_then"], json.loads(schedule["value"])) == (None, plan)
    for offer, grounds in ((section, {"reason": "volume"}), (early, {}), (schedule, {})):
        assert seller.post(f"{path}{offer['id']}/accept/", grounds).body["state"] == "accepted"
    shown = client.get(f"{deal.path}pricing/").body
    assert shown["discounts"] == [
        {
            "type": "percent",
            "value": "2",
            "reason": "early_payment",
            "text": why,
            "conditional": True,
            "within_days": 10,
        }
    ]
    assert (shown["total_display"], shown["schedule"]["plan"]) == ("€900.00", plan)
