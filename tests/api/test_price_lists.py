"""A firm's rates and catalogue over the API, and taking from them in a proposal."""

from typing import Any

import pytest

from accounts.models import Membership
from tests.api.conftest import Api, Deal, caller

RATE = {"role": "Designer", "rate": "950", "unit": "day", "valid_from": "2026-01-01", "valid_to": None}
CARD = {"currency": "EUR", "rates": [RATE]}
ITEM = {"title": "Workshop", "kind": "unit", "unit_label": "day", "prices": {"EUR": "450.5", "USD": "500"}}


@pytest.fixture
def firm(deal: Deal) -> str:
    return f"firms/{deal.proposal.relationship.seller_firm_id}/"


def names(answer: Any, key: str) -> list[Any]:
    return [each[key] for each in answer.body["results"]]


@pytest.mark.parametrize("role", ["seller", "seller_service"])
def test_versions_of_the_rates(deal: Deal, firm: str, role: str) -> None:
    api = caller(deal, role)
    first = api.post(f"{firm}rate-cards/", CARD)
    second = api.post(f"{firm}rate-cards/", {**CARD, "currency": "USD"})

    assert (first.status, first.body["number"], first.body["rates"]) == (201, 1, [RATE])
    assert api.get(first.headers["Location"]).body == first.body
    assert names(api.get(f"{firm}rate-cards/"), "number") == [2, 1]
    assert names(api.get(f"{firm}rate-cards/?currency=USD"), "id") == [second.body["id"]]
    assert api.post(f"{firm}rate-cards/", CARD).body["id"] == first.body["id"]


def test_a_wrong_rate_is_named(firm: str, seller: Api) -> None:
    answer = seller.post(f"{firm}rate-cards/", {**CARD, "rates": [RATE, {**RATE, "rate": "-5"}]})

    assert (answer.status, answer.body["code"]) == (422, "bad_number")
    assert answer.body["errors"][0]["pointer"] == "/rates/1/rate"
    assert names(seller.get(f"{firm}rate-cards/"), "id") == []


def test_a_proposal_takes_a_version(deal: Deal, firm: str, seller: Api, client: Api) -> None:
    seller.post(f"{firm}rate-cards/", CARD)

    shown = seller.patch(f"{deal.path}pricing/", {"rate_card_number": 1}).body

    assert (shown["rate_card_number"], shown["rate_card"]) == (1, [RATE])
    assert deal.events() == ["rate_card.taken"]
    assert client.patch(f"{deal.path}pricing/", {"rate_card_number": 1}).status == 403
    refused = seller.patch(f"{deal.path}pricing/", {"rate_card_number": 2})
    assert (refused.status, refused.body["code"]) == (422, "unknown_rate_card")


def test_the_catalogue(firm: str, seller: Api) -> None:
    made = seller.post(f"{firm}catalogue/", {**ITEM, "external_id": "w-1"})
    address = made.headers["Location"]
    seller.post(f"{firm}catalogue/", {"title": "Logo", "prices": {"EUR": "300"}})

    assert made.status == 201
    assert {name: made.body[name] for name in ITEM} == ITEM
    assert names(seller.get(f"{firm}catalogue/?q=shop"), "title") == ["Workshop"]
    assert names(seller.get(f"{firm}catalogue/?external_id=w-1"), "title") == ["Workshop"]
    changed = seller.patch(address, {"prices": {"EUR": "475"}}, **{"If-Match": made.headers["ETag"]})
    assert (changed.body["version"], changed.body["prices"]) == (2, {"EUR": "475"})
    assert seller.patch(address, {"title": "Older"}, **{"If-Match": made.headers["ETag"]}).status == 412
    assert seller.patch(address, {"prices": {"EUR": "-1"}}).body["code"] == "bad_number"
    assert seller.delete(address).status == 204
    assert names(seller.get(f"{firm}catalogue/"), "title") == ["Logo"]


def test_items_become_lines_once(deal: Deal, firm: str, seller: Api) -> None:
    item = seller.post(f"{firm}catalogue/", ITEM).body["id"]
    address = f"{deal.path}sections/{deal.prices.id}/from-catalogue/"
    sent = {"items": [{"item": item, "quantity": "2"}]}

    first = seller.post(address, sent, **{"Idempotency-Key": "once"})
    again = seller.post(address, sent, **{"Idempotency-Key": "once"})

    assert first.body == again.body
    assert deal.events() == ["line.added"]
    line = seller.get(f"{deal.path}sections/{deal.prices.id}/lines/{first.body['lines'][0]}/").body
    assert (line["title"], line["result"]["gross"]) == ("Workshop", "901.00")


def test_a_member_of_another_firm_finds_nothing(deal: Deal, firm: str, client: Api) -> None:
    assert client.get(f"{firm}rate-cards/").status == 404
    Membership.objects.create(user=deal.tomas, firm=deal.proposal.relationship.seller_firm)
    assert client.get(f"{firm}rate-cards/").status == 404
