"""The steps of a proposal's life over the API, up to freezing and back, and what each leaves."""

import pytest

from proposals.access import Visitor, proposal_for
from proposals.actions.agreement import agree
from proposals.actions.freezing import freeze
from proposals.documents.parts import standing_of
from proposals.models import Proposal
from proposals.states import State
from tests.api.conftest import Api, Deal, caller, make_deal
from tests.kept import as_made


def agree_to_all(deal: Deal) -> None:
    """Both sides agree to everything as it stands."""
    parts = {part.key: part.fingerprint for part in standing_of(deal.fresh()).parts}
    for user in (deal.maya, deal.tomas):
        agree(by=proposal_for(Visitor(user=user), deal.proposal.id)[1], parts=parts)


@pytest.fixture
def frozen(db: None) -> Deal:
    """The deal, agreed by both and frozen by Maya."""
    return as_made(make_frozen)


def make_frozen() -> Deal:
    deal = make_deal()
    agree_to_all(deal)
    freeze(by=proposal_for(Visitor(user=deal.maya), deal.proposal.id)[1])
    return deal


@pytest.mark.parametrize("role", ["seller", "seller_service"])
def test_share(db: None, role: str) -> None:
    deal = make_deal(State.PREPARING)
    client = caller(deal, "client")
    assert client.get(deal.path).status == 404

    answer = caller(deal, role).post(f"{deal.path}share/")

    assert (answer.status, answer.body["state"]) == (200, "open")
    assert client.get(deal.path).body["state"] == "open"
    assert deal.events()[0] == "proposal.shared"


def test_sharing_twice_is_refused(deal: Deal, seller: Api) -> None:
    answer = seller.post(f"{deal.path}share/")

    assert (answer.status, answer.code, answer.body["state"]) == (409, "wrong_state", "open")


def test_freezing_says_what_is_in_the_way(deal: Deal, seller: Api) -> None:
    answer = seller.post(f"{deal.path}freeze/")

    assert (answer.status, answer.code) == (409, "not_ready")
    assert {obstacle["code"] for obstacle in answer.body["obstacles"]} == {"not_agreed"}
    assert len(answer.body["obstacles"]) == 6
    assert deal.fresh().state == State.OPEN


@pytest.mark.parametrize("role", ["seller", "client"])
def test_freeze_what_both_agreed_to(deal: Deal, role: str) -> None:
    agree_to_all(deal)

    answer = caller(deal, role).post(f"{deal.path}freeze/", {"leave_offers_open": True})

    assert (answer.status, answer.body["state"], answer.body["revision"]) == (200, "frozen", 1)


@pytest.mark.parametrize("role", ["seller_service", "client_service"])
def test_a_service_token_freezes_and_reopens_nothing(frozen: Deal, role: str) -> None:
    answer = caller(frozen, role).post(f"{frozen.path}reopen/")

    assert (answer.status, answer.code) == (403, "person_required")
    assert frozen.fresh().state == State.FROZEN


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"title": "Another title"}),
        ("POST", "sections/", {"title": "One more"}),
        ("PATCH", "sections/{prose}/", {"text": {"format": "markdown", "content": "Something else."}}),
        ("DELETE", "sections/{prose}/", None),
        ("POST", "sections/{prices}/lines/", {"kind": "fixed", "title": "More", "amount": "1"}),
        ("PATCH", "sections/{prices}/lines/{line}/", {"amount": "1"}),
        ("PATCH", "sections/{prices}/lines/{line}/", {"discounts": []}),
        ("DELETE", "sections/{prices}/lines/{line}/", None),
        ("PATCH", "pricing/", {"currency": "USD"}),
    ],
)
def test_what_is_frozen_changes_by_no_address(frozen: Deal, method: str, path: str, body: object) -> None:
    seller = caller(frozen, "seller")
    before = seller.get(f"{frozen.path}document.json").content
    ids = {"prose": frozen.prose.id, "prices": frozen.prices.id, "line": frozen.line.id}

    answer = seller(method, frozen.path + path.format(**ids), body)

    assert (answer.status, answer.code) == (409, "wrong_state")
    assert seller.get(f"{frozen.path}document.json").content == before


def test_reopen_with_a_reason(frozen: Deal) -> None:
    client = caller(frozen, "client")

    answer = client.post(f"{frozen.path}reopen/", {"reason": "One date is wrong."})

    assert (answer.status, answer.body["state"], answer.body["revision"]) == (200, "open", None)
    kept = client.get(f"{frozen.path}revisions/1/").body
    assert (kept["reopening"]["side"], kept["reopening"]["reason"]) == ("client", "One date is wrong.")


def test_decline_and_withdraw_end_it_for_both(deal: Deal, client: Api, seller: Api) -> None:
    declined = client.post(f"{deal.path}decline/", {"reason": "Not this year."})
    again = seller.post(f"{deal.path}withdraw/")

    assert (declined.status, declined.body["state"]) == (200, "declined")
    assert (again.status, again.code) == (409, "wrong_state")
    assert seller.get(deal.path).body["state"] == "declined"


def test_withdraw_needs_no_body(deal: Deal, seller: Api) -> None:
    assert seller.post(f"{deal.path}withdraw/").body["state"] == "withdrawn"


def test_who_withdraws_may_say_why(deal: Deal, seller: Api, client: Api) -> None:
    withdrawn = seller.post(f"{deal.path}withdraw/", {"reason": "Our designer leaves."})

    assert (withdrawn.status, withdrawn.body["state"]) == (200, "withdrawn")
    assert client.get(f"{deal.path}audit-trail/").body["results"][-1]["facts"]["reason"] == "Our designer leaves."


def test_a_reason_that_is_too_long_ends_nothing(deal: Deal, client: Api) -> None:
    answer = client.post(f"{deal.path}decline/", {"reason": "x" * 1001})

    assert (answer.status, answer.pointers) == (422, [("/reason", "too_long")])
    assert deal.fresh().state == State.OPEN


def test_copy_for_the_same_client(deal: Deal, seller: Api) -> None:
    answer = seller.post(f"{deal.path}copy/", {"title": "The next one"})

    made = answer.body
    assert answer.status == 201
    assert answer.headers["Location"] == f"http://testserver/api/v1/proposals/{made['id']}/"
    assert (made["title"], made["state"]) == ("The next one", "preparing")
    assert made["parties"]["client"]["name"] == "Harbour Street Clinic"
    texts = [row["text"]["content"] for row in seller.get(f"proposals/{made['id']}/sections/").body["results"]]
    assert texts == ["We begin with two workshops."] * 2


def test_copy_for_another_client(deal: Deal, seller: Api) -> None:
    client = {"name": "Ada", "email": "ada@example.com", "firm": "Engines Ltd"}

    made = seller.post(f"{deal.path}copy/", {"client": client}).body

    assert made["title"] == deal.proposal.title
    assert made["parties"]["client"]["name"] == "Engines Ltd"
    assert Proposal.objects.count() == 2


@pytest.mark.parametrize("state", [State.PREPARING, State.OPEN])
def test_a_proposal_is_not_deleted(db: None, state: State) -> None:
    deal = make_deal(state)
    before = deal.events()

    answer = caller(deal, "seller").delete(deal.path)

    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, PATCH, HEAD"
    assert (deal.fresh().state, deal.events()) == (state, before)
