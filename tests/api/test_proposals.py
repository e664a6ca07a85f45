"""Proposals: finding them page by page, starting one, changing title, dates and parties."""

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proposals.models import Proposal, Side
from proposals.states import State
from tests import factories
from tests.api.conftest import Api, Deal, caller, make_deal, queries_count

NEW = {
    "title": "A booking portal",
    "template": "web_agency",
    "currency": "CHF",
    "client": {"name": "Ada Lovelace", "email": "Ada@Example.com", "firm": "Engines Ltd"},
    "external_id": "deal-4711",
    "metadata": {"crm": "4711"},
}


@pytest.mark.parametrize("role", ["seller", "seller_service"])
def test_start_one_from_a_template(deal: Deal, role: str) -> None:
    api = caller(deal, role)

    answer = api.post("proposals/", NEW)

    made = answer.body
    assert answer.status == 201
    assert answer.headers["Location"] == f"http://testserver/api/v1/proposals/{made['id']}/"
    assert (made["state"], made["side"], made["currency"]) == ("preparing", "seller", "CHF")
    assert (made["external_id"], made["metadata"]) == ("deal-4711", {"crm": "4711"})
    assert made["parties"]["seller"]["name"] == "Northlight Studio"
    assert made["parties"]["client"]["name"] == "Engines Ltd"
    assert made["page_url"] == f"http://testserver/p/{made['id']}/"
    sections = api.get(f"proposals/{made['id']}/sections/").body["results"]
    assert {section["kind"] for section in sections} == {"prose", "pricing"}
    people = api.get(f"proposals/{made['id']}/participants/").body["results"]
    assert ("ada@example.com", "client") in {(person["email"], person["side"]) for person in people}
    assert mail.outbox == []


def test_a_service_token_starts_one_as_the_firm(deal: Deal, service: Api) -> None:
    made = service.post("proposals/", NEW).body

    assert Proposal.objects.get(id=made["id"]).created_by is None
    assert service.get(f"proposals/{made['id']}/audit-trail/").body["results"][0]["actor"] == {
        "id": None,
        "name": "Northlight Studio",
        "side": "seller",
    }


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"title": ""}, "/title", "required"),
        ({"title": "x" * 301}, "/title", "too_long"),
        ({"title": 7}, "/title", "not_a_text"),
        ({"currency": "EURO"}, "/currency", "unknown_currency"),
        ({"template": "wedding"}, "/template", "unknown_template"),
        ({"client": "Ada"}, "/client", "not_an_object"),
        ({"client": {"name": "Ada"}}, "/client/email", "required"),
        ({"client": {"email": "ada@example.com"}}, "/client/name", "required"),
        ({"client": {"name": "Ada", "email": "ada"}}, "/client/email", "bad_email"),
        ({"client": {"name": "Ada", "email": "ada@example.com", "phone": "1"}}, "/client/phone", "unknown_field"),
        ({"client": {"name": "Maya", "email": "maya@northlight.example"}}, "/client/email", "own_address"),
        ({"colour": "red"}, "/colour", "unknown_field"),
        ({"metadata": {"a": 1}}, "/metadata", "bad_metadata"),
        ({"metadata": {str(n): "" for n in range(51)}}, "/metadata", "too_long"),
        ({"external_id": "x" * 201}, "/external_id", "too_long"),
        ({"firm": "Northlight"}, "/firm", "bad_id"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_made(
    deal: Deal, seller: Api, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = seller.post("proposals/", {**NEW, **change})

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])
    assert answer.code == code
    assert Proposal.objects.count() == 1


def test_several_wrong_values_are_all_named(deal: Deal, seller: Api) -> None:
    answer = seller.post("proposals/", {**NEW, "title": "", "client": {"email": 1, "x": 1}, "template": 3})

    assert answer.code == "invalid"
    assert answer.pointers == [("/title", "required"), ("/client/x", "unknown_field"), ("/template", "not_a_text")]


def test_read_one(deal: Deal, client: Api) -> None:
    answer = client.get(deal.path)

    assert answer.body["id"] == str(deal.proposal.id)
    assert (answer.body["side"], answer.body["role"], answer.body["is_signatory"]) == ("client", "editor", True)
    assert answer.body["can"]["agree"] is True
    assert answer.body["can"]["price"] is False
    assert answer.headers["Cache-Control"] == "no-store"


def test_unknown_ids_and_foreign_ones_look_the_same(deal: Deal, seller: Api) -> None:
    foreign = factories.proposal(factories.relationship(factories.firm(), factories.firm()), people=False)

    unknown = seller.get(f"proposals/{uuid.uuid4()}/")
    of_others = seller.get(f"proposals/{foreign.id}/")

    assert unknown.status == of_others.status == 404
    assert unknown.body == of_others.body


def test_change_title_dates_parties_and_notes(deal: Deal, seller: Api) -> None:
    changes = {
        "title": "Another title",
        "starts_on": "2027-01-12",
        "offer_until": None,
        "parties": {"seller": {"legal_name": "Northlight Studio B.V.", "registration": "KvK 1"}},
        "external_id": "deal-1",
        "metadata": {"a": "b"},
    }

    answer = seller.patch(deal.path, changes)

    shown = answer.body
    assert (shown["title"], shown["starts_on"], shown["offer_until"]) == ("Another title", "2027-01-12", None)
    assert (shown["external_id"], shown["metadata"]) == ("deal-1", {"a": "b"})
    assert shown["parties"]["seller"]["legal_name"] == "Northlight Studio B.V."
    assert deal.events() == ["terms.changed", "party.changed"]


def test_a_change_is_made_whole_or_not_at_all(deal: Deal, seller: Api) -> None:
    answer = seller.patch(deal.path, {"title": "Another title", "parties": {"client": {"name": "Theirs"}}})

    assert (answer.status, answer.code) == (403, "not_allowed")
    assert deal.fresh().title == deal.proposal.title
    assert deal.events() == []


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"starts_on": "12.1.2027"}, "/starts_on", "bad_date"),
        ({"starts_on": 20270112}, "/starts_on", "bad_date"),
        ({"code_before_reading": "yes"}, "/code_before_reading", "not_a_boolean"),
        ({"parties": {"bank": {}}}, "/parties/bank", "unknown_field"),
        ({"parties": {"seller": {"name": ""}}}, "/parties/seller/name", "required"),
        ({"state": "signed"}, "/state", "unknown_field"),
        ({"title": None}, "/title", "required"),
    ],
)
def test_a_wrong_change_is_named(deal: Deal, seller: Api, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = seller.patch(deal.path, change)

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])
    assert deal.events() == []


def many(deal: Deal, count: int) -> list[str]:
    """More proposals between the same two, the newest first; the deal's own is the oldest."""
    made = [factories.proposal(deal.proposal.relationship, title=f"Number {n}") for n in range(count)]
    return [str(proposal.id) for proposal in reversed([deal.proposal, *made])]


def ids(page: dict[str, Any]) -> list[str]:
    return [row["id"] for row in page["results"]]


def test_the_list_is_walked_by_cursor_there_and_back(deal: Deal, seller: Api) -> None:
    every = many(deal, 4)

    first = seller.get("proposals/?limit=2").body
    second = seller.get(first["next"]).body
    third = seller.get(second["next"]).body
    back = seller.get(third["previous"]).body
    start = seller.get(back["previous"]).body

    assert (ids(first), ids(second), ids(third)) == (every[:2], every[2:4], every[4:])
    assert (ids(back), ids(start)) == (every[2:4], every[:2])
    assert first["previous"] is None
    assert third["next"] is None
    assert start["previous"] is None
    assert ids(seller.get(start["next"]).body) == every[2:4]


def test_what_is_added_meanwhile_moves_no_page(deal: Deal, seller: Api) -> None:
    every = many(deal, 3)
    first = seller.get("proposals/?limit=2").body
    factories.proposal(deal.proposal.relationship)

    assert ids(seller.get(first["next"]).body) == every[2:]


@pytest.mark.parametrize("role", ["seller", "client", "seller_service", "client_service"])
def test_the_filters(deal: Deal, role: str) -> None:
    api = caller(deal, role)
    marked = factories.proposal(deal.proposal.relationship, external_id="deal-4711", state=State.SIGNED)
    since = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    Proposal.objects.filter(id=marked.id).update(updated_at=since)

    for query in (
        {"external_id": "deal-4711"},
        {"state": "signed"},
        {"updated_since": since.isoformat()},
        {"updated_since": "2029-12-31T23:00:00Z", "state": "signed", "external_id": "deal-4711"},
    ):
        assert ids(api.get(f"proposals/?{urlencode(query)}").body) == [str(marked.id)]
    assert ids(api.get("proposals/?external_id=other").body) == []
    assert ids(api.get("proposals/?updated_since=2030-01-01T00:00:01Z").body) == []


@pytest.mark.parametrize(
    ("role", "side"),
    [("seller", "seller"), ("client", "client"), ("seller_service", "seller"), ("client_service", "client")],
)
def test_the_list_says_on_which_side_the_caller_is(deal: Deal, role: str, side: str) -> None:
    assert [row["side"] for row in caller(deal, role).get("proposals/").body["results"]] == [side]


def test_filters_stay_on_the_next_page(deal: Deal, seller: Api) -> None:
    many(deal, 2)
    Proposal.objects.exclude(id=deal.proposal.id).update(state="signed")

    first = seller.get("proposals/?limit=1&state=signed").body
    second = seller.get(first["next"]).body

    assert [page["results"][0]["state"] for page in (first, second)] == ["signed", "signed"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("state=dead", "/state", "unknown_value"),
        ("updated_since=yesterday", "/updated_since", "bad_time"),
        ("updated_since=2027-01-12T09:30:00", "/updated_since", "bad_time"),
        ("limit=0", "/limit", "out_of_limits"),
        ("limit=101", "/limit", "out_of_limits"),
        ("limit=many", "/limit", "not_whole"),
        ("limit=-1", "/limit", "not_whole"),
        ("limit=" + "9" * 5000, "/limit", "not_whole"),
        ("cursor=nonsense", "/cursor", "bad_cursor"),
        ("cursor=%F0%9F%98%80", "/cursor", "bad_cursor"),
        ("cursor=WzAsMSwyXQ", "/cursor", "bad_cursor"),
        ("cursor=WzAsIngiXQ", "/cursor", "bad_cursor"),
        ("cursor=WzAsW11d", "/cursor", "bad_cursor"),
        ("extrenal_id=4711", "/extrenal_id", "unknown_field"),
    ],
)
def test_a_wrong_query_is_refused(deal: Deal, seller: Api, query: str, pointer: str, code: str) -> None:
    answer = seller.get(f"proposals/?{query}")

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])


def test_the_client_sees_what_was_shared_only(deal: Deal, client: Api) -> None:
    make_deal(State.PREPARING, deal.proposal.relationship)

    assert ids(client.get("proposals/").body) == [str(deal.proposal.id)]
    assert ids(caller(deal, "client_service").get("proposals/").body) == [str(deal.proposal.id)]
    assert len(ids(caller(deal, "seller_service").get("proposals/").body)) == 2


@pytest.mark.parametrize("role", ["seller", "client_service"])
def test_the_number_of_queries_does_not_grow(deal: Deal, role: str, django_assert_num_queries: Any) -> None:
    api = caller(deal, role)
    few = queries_count(lambda: api.get("proposals/"))
    many(deal, 7)
    for proposal in Proposal.objects.all():
        factories.participant(proposal, factories.person(f"{proposal.id}@example.org"), Side.SELLER)

    with django_assert_num_queries(few):
        page = api.get("proposals/").body

    assert len(page["results"]) == 8


@pytest.mark.parametrize("role", ["seller", "seller_service"])
def test_one_of_ten_thousand_is_looked_up_by_its_external_id(deal: Deal, role: str) -> None:
    api = caller(deal, role)
    with CaptureQueriesContext(connection) as captured:
        api.get("proposals/?external_id=deal-4711")

    (asked,) = [query["sql"] for query in captured if "deal-4711" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
        steps = [step for *_, step in cursor.fetchall()]
    assert any("proposal_by_external_id (external_id=?)" in step for step in steps)
    assert [
        step for step in steps if step.startswith("SCAN") or step.endswith("proposals_of_a_person (user_id=?)")
    ] == []
