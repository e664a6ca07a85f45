"""Requests for the price over the API."""

from tests.api.conftest import Api, Deal

RANGE = {
    "answer": "range",
    "low": "900",
    "likely": "1000",
    "high": "1500.5",
    "sure": "We did two like it",
    "would_change": "The size of the export",
}


def test_ask_answer_and_read(deal: Deal, seller: Api, client: Api) -> None:
    asked = client.post(f"{deal.path}price-requests/", {"text": "For the budget"})
    path = f"{deal.path}price-requests/{asked.body['id']}/answer/"
    wrong = seller.post(path, {**RANGE, "low": "1100"})
    answered = seller.post(path, RANGE)
    said = seller.post(f"{deal.path}price-requests/offer/", {"answer": "figure", "figure": "1200", "why_now": "Ready"})

    assert (asked.status, asked.body["answer"], asked.body["side"]) == (201, "", "client")
    assert (wrong.status, wrong.pointers) == (422, [("/likely", "bad_estimate")])
    assert answered.status == 200
    assert {name: answered.body[name] for name in RANGE} == RANGE
    assert (said.status, said.body["side"], said.body["text"], said.body["figure"]) == (201, "seller", "Ready", "1200")
    rows = client.get(f"{deal.path}price-requests/").body["results"]
    assert [(row["answer"], row["answered_by"]) for row in rows] == [
        ("range", "Maya Lindqvist"),
        ("figure", "Maya Lindqvist"),
    ]
    assert client.post(f"{deal.path}price-requests/offer/", {**RANGE, "why_now": "x"}).status == 403
    assert deal.events() == ["price.asked", "price.answered", "price.offered"]
