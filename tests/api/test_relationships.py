"""Relationships: whom a firm sells to, what programs keep with it, and what became of it."""

import pytest

from proposals.actions.endings import withdraw
from proposals.models import Relationship
from proposals.states import State
from tests import factories
from tests.api.conftest import Api, Deal, caller, make_deal, queries_count
from tests.api.test_access import actor

ADA = {"client": {"name": "Ada Lovelace", "email": "ada@engines.example", "firm": "Engines Ltd"}}


def test_a_client_is_noted_before_there_is_a_proposal(deal: Deal, service: Api, seller: Api) -> None:
    made = service.post("relationships/", {**ADA, "external_id": "acc-1", "metadata": {"crm": "7"}})

    assert (made.status, made.body["client"]["name"], made.body["side"]) == (201, "Engines Ltd", "seller")
    assert made.headers["Location"] == f"http://testserver/api/v1/relationships/{made.body['id']}/"
    assert service.get("relationships/?external_id=acc-1").body["results"] == [made.body]
    assert seller.get(f"relationships/{made.body['id']}/").body == made.body

    given = {"title": "Portal", "currency": "EUR", **ADA}
    assert service.post("proposals/", given).body["relationship"] == made.body["id"]


def test_two_firms_have_one_relationship(deal: Deal, service: Api) -> None:
    first = service.post("relationships/", ADA)
    again = service.post("relationships/", ADA)

    assert (again.status, again.code, again.body["relationship"]) == (409, "already_there", first.body["id"])
    assert Relationship.objects.count() == 2


def test_an_external_id_is_of_one_relationship(deal: Deal, service: Api) -> None:
    service.patch(f"relationships/{deal.proposal.relationship_id}/", {"external_id": "acc-1"})
    answer = service.post("relationships/", {**ADA, "external_id": "acc-1"})

    assert (answer.status, answer.pointers) == (422, [("/external_id", "taken")])
    assert Relationship.objects.count() == 1


def test_what_programs_keep_is_the_sellers(deal: Deal, service: Api, client: Api) -> None:
    path = f"relationships/{deal.proposal.relationship_id}/"
    kept = service.patch(path, {"external_id": "acc-1", "metadata": {"crm": "7"}}, If_Match='"1"')
    late = service.patch(path, {"external_id": "acc-2"}, If_Match='"1"')
    seen = client.get(path)

    assert (kept.status, kept.headers["ETag"], late.code) == (200, '"2"', "stale")
    assert (seen.body["side"], seen.body["external_id"], seen.body["metadata"]) == ("client", "", {})
    assert client.get("relationships/?external_id=acc-1").body["results"] == []
    assert client.patch(path, {"metadata": {}}).code == "not_allowed"


def test_one_without_proposals_is_taken_out(deal: Deal, service: Api) -> None:
    made = service.post("relationships/", ADA).body["id"]

    kept = service.delete(f"relationships/{deal.proposal.relationship_id}/")
    gone = service.delete(f"relationships/{made}/")

    assert (kept.status, kept.code, gone.status) == (409, "has_proposals", 204)
    assert service.get(f"relationships/{made}/").status == 404


def test_the_timeline_tells_of_what_one_may_open(deal: Deal, seller: Api, client: Api) -> None:
    between = deal.proposal.relationship
    path = f"relationships/{between.id}/timeline/"
    withdraw(by=actor(deal), reason="")
    make_deal(State.PREPARING, between)
    caller(deal, "seller_service").post("proposals/", {"title": "Other", "currency": "EUR", **ADA})

    mine = [(entry["type"], entry["proposal"]) for entry in seller.get(path).body["results"]]

    assert mine == [("proposal.withdrawn", str(deal.proposal.id))]
    assert client.get(path).body == seller.get(path).body


def test_nothing_is_there_for_strangers_and_before_sharing(db: None) -> None:
    deal = make_deal(State.PREPARING)
    for role in ("stranger", "client", "client_service"):
        api = caller(deal, role)
        assert api.get("relationships/").body["results"] == []
        assert api.get(f"relationships/{deal.proposal.relationship_id}/timeline/").status == 404


@pytest.mark.parametrize("path", ["relationships/", "relationships/{id}/timeline/"])
def test_the_number_of_queries_does_not_grow(deal: Deal, seller: Api, path: str) -> None:
    path = path.format(id=deal.proposal.relationship_id)
    few = queries_count(lambda: seller.get(path))
    for _ in range(3):
        make_deal(between=factories.relationship(deal.proposal.relationship.seller_firm))
        withdraw(by=actor(make_deal(between=deal.proposal.relationship)), reason="")

    assert queries_count(lambda: seller.get(path)) == few
