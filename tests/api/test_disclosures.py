"""Open books over the API: the same cards, traces and answers as on the page."""

from tests.api.conftest import Api, Deal

RATE = {
    "kind": "build_up",
    "title": "Designer",
    "context": "Four people with ten years each.",
    "given": {"salary": "60000", "capacity_hours": "1700", "utilization_percent": "75", "overhead_percent": "60"}
    | {"bill_rate": "120"},
    "pay": {"basis": "role", "people_count": "4"},
}


def test_a_card_is_published_changed_and_withdrawn(deal: Deal, seller: Api, client: Api) -> None:
    made = seller.post(f"{deal.path}disclosures/", RATE)
    path = f"{deal.path}disclosures/{made.body['id']}/"
    assert (made.status, made.body["headline"], made.body["version"]) == (
        201,
        "Rate build-up: Designer, €120.00 an hour",
        1,
    )
    assert made.body["result"]["overhead_per_hour"] == "28.23"
    change = {name: RATE[name] for name in ("title", "context", "given", "pay")}
    changed = seller("PATCH", path, {**change, "context": "Five people.", "why": "One more."}, **{"If-Match": '"1"'})
    assert (changed.status, changed.body["trace"]) == (
        200,
        [
            {
                "by": "Maya Lindqvist",
                "why": "One more.",
                "changes": [{"field": "Context", "was": "Four people with ten years each.", "now": "Five people."}],
            }
        ],
    )
    assert seller.post(f"{path}withdraw/", {"reason": "It was wrong."}).status == 200
    (card,) = client.get(f"{deal.path}disclosures/").body["results"]
    assert (card["withdrawn_reason"], card["context"]) == ("It was wrong.", "Five people.")


def test_pay_of_two_people_is_refused(deal: Deal, seller: Api) -> None:
    answer = seller.post(f"{deal.path}disclosures/", {**RATE, "pay": {"basis": "role", "people_count": "2"}})
    assert (answer.status, answer.pointers) == (422, [("/pay/people_count", "too_few_people")])
    answer = seller.post(f"{deal.path}disclosures/", {**RATE, "given": {**RATE["given"], "utilization_percent": "0"}})
    assert (answer.status, answer.pointers) == (422, [("/given/utilization_percent", "bad_utilization")])
    assert seller.get(f"{deal.path}disclosures/").body["results"] == []


def test_what_the_client_asks_for_is_answered_by_a_date_and_then_by_the_card(
    deal: Deal, seller: Api, client: Api
) -> None:
    asked = client.post(f"{deal.path}disclosure-requests/", {"kind": "build_up", "text": "The designers."})
    path = f"{deal.path}disclosure-requests/{asked.body['id']}/answer/"
    answered = seller.post(path, {"promised_on": "2027-01-12"})
    assert (asked.status, answered.body["status"], answered.body["promised_on"]) == (201, "date", "2027-01-12")
    card = seller.post(f"{deal.path}disclosures/", RATE)
    (shown,) = client.get(f"{deal.path}disclosure-requests/").body["results"]
    assert (shown["status"], shown["disclosure"], shown["answered_by"]) == (
        "disclosed",
        card.body["id"],
        "Maya Lindqvist",
    )
