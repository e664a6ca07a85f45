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


LIST = {
    "kind": "discounts",
    "title": "Our discounts",
    "context": "They follow what a long or large order saves us.",
    "given": {"lines": [{"reason": "volume", "up_to_percent": "5", "text": "from 20 days"}]},
}
OFF = {"type": "percent", "value": "5", "reason": "volume", "text": "They book twenty days at once."}


def test_a_discount_cites_a_line_of_the_list_or_is_an_exception(deal: Deal, seller: Api, client: Api) -> None:
    seller.post(f"{deal.path}disclosures/", LIST)
    line = f"{deal.path}sections/{deal.prices.id}/lines/"
    made = seller.post(line, {"kind": "fixed", "title": "Care", "amount": "100", "discounts": [OFF]})
    cited = {**OFF, "policy_line": "1", "policy_version": 1}
    assert made.body["discounts"] == [cited]
    path = f"{line}{made.body['id']}/"
    answer = seller.patch(path, {"discounts": [{**OFF, "value": "6"}]})
    assert (answer.status, answer.pointers) == (422, [("/discounts/0/policy_line", "line_or_exception")])
    answer = seller.patch(path, {"discounts": [{**OFF, "policy_line": "1", "policy_version": 2}]})
    assert (answer.status, answer.pointers) == (422, [("/discounts/0/policy_version", "policy_changed")])
    assert seller.patch(path, {"discounts": [cited]}).body["discounts"] == [cited]
    assert client.get(path).body["discounts"] == [cited]


def test_the_third_exception_asks_the_seller_who_gave_it_and_nobody_else(deal: Deal, seller: Api, client: Api) -> None:
    seller.post(f"{deal.path}disclosures/", LIST)
    section = f"{deal.path}sections/{deal.prices.id}/"
    other = {**OFF, "value": "6", "exception": "It is their first year."}
    made = seller.post(f"{section}lines/", {"kind": "fixed", "title": "Care", "amount": "100", "discounts": [other]})
    assert "asks" not in made.body
    assert "asks" not in seller.patch(section, {"discounts": [other]}).body
    (asked,) = seller.patch(f"{deal.path}pricing/", {"discounts": [other]}).body["asks"]
    assert "In 90 days 3 discounts for the reason “Volume” were exceptions." in asked
    for api in (seller, client):
        shown = api.get(f"{deal.path}pricing/").body
        assert (shown["discounts"], "asks" in shown) == ([{**other, "conditional": False}], False)


def test_times_are_proposed_and_taken(deal: Deal, seller: Api, client: Api) -> None:
    card = seller.post(f"{deal.path}disclosures/", RATE).body
    times = {"times": [{"at": "2090-01-10T10:00", "zone": "Europe/Amsterdam"}]}
    (proposed,) = client.post(f"{deal.path}disclosures/{card['id']}/times/", times).body["times"]
    kept = "2090-01-10T10:00:00+01:00[Europe/Amsterdam]"
    assert (proposed["times"], proposed["side"], proposed["status"]) == ([kept], "client", "proposed")
    answer = f"{deal.path}disclosure-times/{proposed['id']}/answer/"
    assert client.post(answer, {"status": "skipped"}).status == 403
    taken = seller.post(answer, {"status": "accepted", "chosen": kept})
    assert [(row["chosen"], row["answered_by"]) for row in taken.body["times"]] == [(kept, "Maya Lindqvist")]
    past = client.post(f"{deal.path}disclosures/{card['id']}/times/", {"times": [{**times["times"][0], "zone": "X"}]})
    assert (past.status, past.code) == (422, "unknown_zone")
