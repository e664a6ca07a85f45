"""PUT by an external id: created the first time, replaced after it, one however often and at once it is sent."""

from typing import Any

import pytest

from proposals.models import LineItem, Proposal, Relationship, Section
from proposals.states import State
from tests.api.conftest import Api, Deal, caller, make_deal
from tests.api.test_idempotency import at_once

ADA = {"name": "Ada", "email": "ada@example.com", "firm": "Engines"}
NEW = {"title": "Next", "currency": "EUR", "client": ADA, "metadata": {"stage": "1"}}
LINE = {"kind": "unit", "title": "Sessions", "quantity": "3", "unit_price": "10", "detail": "Mornings"}
DISCOUNT = {"type": "percent", "value": "5", "reason": "volume", "text": "From eight sessions on, at one place."}
BODIES: dict[str, dict[str, Any]] = {
    "proposals/": NEW,
    "{deal}sections/": {"title": "Team"},
    "{lines}": LINE,
    "firms/{firm}/catalogue/": {"title": "Session", "prices": {"EUR": "10"}},
    "relationships/": {"client": ADA},
}


def test_a_proposal(deal: Deal, service: Api) -> None:
    made = service.put("proposals/?external_id=d-1", NEW)
    same = service.put("proposals/?external_id=d-1", NEW)
    Proposal.objects.filter(id=made.body["id"]).update(state=State.SIGNED)
    kept = service.put("proposals/?external_id=d-1", {**NEW, "metadata": {"stage": "2"}})
    title = service.put("proposals/?external_id=d-1", {**NEW, "title": "Other"})
    currency = service.put("proposals/?external_id=d-1", {**NEW, "currency": "USD"})

    assert [answer.status for answer in (made, same, kept, title, currency)] == [201, 200, 200, 409, 422]
    assert same.body == made.body
    assert (kept.body["metadata"], kept.body["id"]) == ({"stage": "2"}, made.body["id"])
    assert currency.pointers == [("/currency", "other_currency")]
    assert Proposal.objects.count() == 2


def test_a_section(deal: Deal, seller: Api) -> None:
    path = f"{deal.path}sections/?external_id=s-1"
    text = {"format": "markdown", "content": "Two *workshops*."}

    made = seller.put(path, {"title": "Team", "order": 0, "text": text, "metadata": {"a": "b"}})
    replaced = seller.put(path, {"title": "The team"}, If_Match=made.headers["ETag"])
    kind = seller.put(path, {"title": "The team", "kind": "pricing"})

    assert (made.status, made.body["external_id"], made.body["order"]) == (201, "s-1", 0)
    assert (replaced.status, replaced.body["id"], replaced.body["title"]) == (200, made.body["id"], "The team")
    assert (replaced.body["metadata"], replaced.body["text"]) == ({}, made.body["text"])
    assert kind.pointers == [("/kind", "other_kind")]
    assert seller.put(path, {"title": "Late"}, If_Match=made.headers["ETag"]).code == "stale"


def test_a_line(deal: Deal, seller: Api) -> None:
    lines = f"{deal.path}sections/{deal.prices.id}/lines/"

    made = seller.put(f"{lines}?external_id=l-1", {**LINE, "discounts": [DISCOUNT], "order": 0})
    replaced = seller.put(f"{lines}?external_id=l-1", {"kind": "fixed", "title": "Flat", "amount": "99"})
    again = seller.put(f"{lines}?external_id=l-1", {"kind": "fixed", "title": "Flat", "amount": "99"})

    assert (made.status, made.body["result"]["amount"], made.body["order"]) == (201, "28.50", 0)
    assert (replaced.status, replaced.body["id"]) == (200, made.body["id"])
    assert (replaced.body["detail"], replaced.body["quantity"], replaced.body["discounts"]) == ("", None, [])
    assert again.body == replaced.body
    assert seller.get(f"{lines}?external_id=l-1").body["results"] == [again.body]


def test_a_line_that_stands_in_another_section(deal: Deal, seller: Api) -> None:
    other = seller.post(f"{deal.path}sections/", {"title": "More", "kind": "pricing"}).body["id"]
    seller.put(f"{deal.path}sections/{deal.prices.id}/lines/?external_id=l-1", LINE)

    answer = seller.put(f"{deal.path}sections/{other}/lines/?external_id=l-1", LINE)

    assert (answer.status, answer.code) == (422, "taken")


def test_an_item_of_the_catalogue(deal: Deal, seller: Api) -> None:
    path = f"firms/{deal.proposal.relationship.seller_firm_id}/catalogue/?external_id=i-1"
    item = {"title": "Logo", "detail": "Two drafts", "prices": {"EUR": "300"}, "metadata": {"a": "b"}}

    made = seller.put(path, item)
    replaced = seller.put(path, {"title": "Logo", "prices": {"EUR": "350"}})

    assert (made.status, replaced.status, replaced.body["id"]) == (201, 200, made.body["id"])
    assert (replaced.body["detail"], replaced.body["metadata"], replaced.body["prices"]) == ("", {}, {"EUR": "350"})


def test_a_relationship(deal: Deal, service: Api) -> None:
    made = service.put("relationships/?external_id=acc-1", {"client": ADA, "metadata": {"a": "b"}})
    replaced = service.put("relationships/?external_id=acc-1", {"client": {**ADA, "firm": "Others"}})

    assert (made.status, replaced.status, replaced.body["id"]) == (201, 200, made.body["id"])
    assert (replaced.body["client"]["name"], replaced.body["metadata"]) == ("Engines", {})


@pytest.mark.parametrize("query", ["", "?external_id=", f"?external_id={'x' * 201}"])
def test_it_needs_an_external_id(deal: Deal, seller: Api, query: str) -> None:
    assert seller.put(f"{deal.path}sections/{query}", {"title": "Team"}).status == 422


CASES: list[tuple[str, dict[str, Any], type[Any]]] = [
    ("proposals/", NEW, Proposal),
    ("{deal}sections/", {"title": "Team"}, Section),
    ("{deal}sections/{prices}/lines/", LINE, LineItem),
    ("relationships/", {"client": ADA}, Relationship),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "body", "model"), CASES, ids=[case[0] for case in CASES])
def test_at_the_same_moment_one_is_made(path: str, body: dict[str, Any], model: type[Any]) -> None:
    deal = make_deal()
    token = caller(deal, "seller_service").token
    address = path.format(deal=deal.path, prices=deal.prices.id) + "?external_id=k"

    answers = at_once(lambda _: Api(token).put(address, body), 4)

    assert sorted(answer.status for answer in answers) == [200, 200, 200, 201]
    assert len({answer.body["id"] for answer in answers}) == 1
    assert model.objects.filter(external_id="k").count() == 1


@pytest.mark.parametrize(
    "kind", ["proposals/", "{deal}sections/", "{lines}", "firms/{firm}/catalogue/", "relationships/"]
)
def test_on_condition_that_it_is_there_or_is_not(deal: Deal, service: Api, kind: str) -> None:
    lines, firm = f"{deal.path}sections/{deal.prices.id}/lines/", deal.proposal.relationship.seller_firm_id
    path = f"{kind.format(deal=deal.path, lines=lines, firm=firm)}?external_id=c-1"
    body = BODIES[kind]

    missing = [service.put(path, body, If_Match=tag) for tag in ("*", '"1"')]
    made = service.put(path, body, If_None_Match="*")
    there = service.put(path, body, If_None_Match="*")
    replaced = service.put(path, body, If_Match="*")

    assert [(answer.status, answer.code) for answer in (*missing, there)] == [(412, "stale")] * 3
    assert (made.status, replaced.status, replaced.body["id"]) == (201, 200, made.body["id"])


@pytest.mark.parametrize("path", ["proposals/", "relationships/"])
def test_a_token_that_could_not_read_the_answer_makes_nothing(deal: Deal, path: str) -> None:
    writes_only = caller(deal, "seller_service", ["proposals:write"])
    body = BODIES[path]

    answers = [writes_only.post(path, body), writes_only.put(f"{path}?external_id=c-1", body)]

    assert [(answer.status, answer.code) for answer in answers] == [(403, "missing_scope")] * 2
    assert (Proposal.objects.count(), Relationship.objects.count()) == (1, 1)
