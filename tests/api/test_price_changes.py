"""The ledger over the API, and a sentence why with a change."""

from tests.api.conftest import Api, Deal


def test_the_ledger_is_the_same_for_both_and_comes_in_pages(deal: Deal, seller: Api, client: Api) -> None:
    line = f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/"
    seller.patch(line, {"amount": "900", "why": "one visit less"})
    seller.patch(f"{deal.path}pricing/", {"hours_per_day": "7", "why": "as the law says"})
    client.patch(f"{deal.path}sections/{deal.prices.id}/lines/{deal.option.id}/", {"selected": True})

    rows = client.get(f"{deal.path}price-changes/").body["results"]
    assert rows == seller.get(f"{deal.path}price-changes/").body["results"]
    assert [(row["type"], row["name"], row["why"]) for row in rows] == [
        ("line.changed", "Maya Lindqvist", "one visit less"),
        ("pricing.changed", "Maya Lindqvist", "as the law says"),
        ("option.chosen", "Tomás Reyes", ""),
    ]
    assert [(row["total_before"], row["total_after"]) for row in rows] == [
        (None, "900.00"),
        ("900.00", "900.00"),
        ("900.00", "1350.00"),
    ]
    assert rows[0]["moves"] == [{"field": "amount", "was": "1000", "now": "900"}]
    page = client.get(f"{deal.path}price-changes/?limit=2").body
    assert [row["number"] for row in client.get(page["next"]).body["results"]] == [3]
    only = client.get(f"{deal.path}price-changes/?line={deal.option.id}").body["results"]
    assert [(row["number"], row["total_before"]) for row in only] == [(3, "900.00")]


def test_a_reason_is_said_later_by_whoever_changed_the_price(deal: Deal, seller: Api, client: Api) -> None:
    seller.patch(f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/", {"amount": "900"})
    address = f"{deal.path}price-changes/1/why/"

    said = seller.post(address, {"why": "one visit less"})
    again = seller.post(address, {"why": "two visits less"})

    assert (said.status, said.body["why"], said.body["whys_before"]) == (200, "one visit less", [])
    assert (again.body["why"], again.body["whys_before"]) == ("two visits less", ["one visit less"])
    assert again.body["why_at"] is not None
    assert client.get(f"{deal.path}price-changes/").body["results"] == [again.body]
    others = client.post(address, {"why": "we asked for it"})
    assert (others.status, others.code) == (403, "not_allowed")
    assert seller.post(f"{deal.path}price-changes/2/why/", {"why": "x"}).status == 404


def test_discounts_of_a_section_and_the_schedule_take_a_reason_too(deal: Deal, seller: Api) -> None:
    discount = {"type": "percent", "value": "5", "reason": "volume", "text": "they book the whole year at once"}
    seller.patch(f"{deal.path}sections/{deal.prices.id}/", {"discounts": [discount], "why": "as agreed by phone"})
    plan = [{"title": "All", "share": "percent", "value": "100", "due": "on_signature"}]
    seller.patch(f"{deal.path}pricing/", {"schedule": plan, "why": "their year ends in June"})

    rows = seller.get(f"{deal.path}price-changes/").body["results"]
    assert [(row["type"], row["why"]) for row in rows] == [
        ("discount.changed", "as agreed by phone"),
        ("schedule.changed", "their year ends in June"),
    ]
