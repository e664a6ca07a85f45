"""Who calls: tokens with their limits, browser sessions with CSRF, guests of an invitation."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken, Membership
from proposals.models import Invitation, Participant, Side
from proposals.views.visitor import SESSION_KEY
from tests import factories
from tests.api.conftest import Api, Deal, token_of

PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def test_me_of_a_personal_token(deal: Deal, seller: Api) -> None:
    me = seller.get("me/").body

    firm = deal.proposal.relationship.seller_firm
    assert me["person"] == {"id": str(deal.maya.id), "name": "Maya Lindqvist", "email": "maya@northlight.example"}
    assert me["firms"] == [{"id": str(firm.id), "name": "Northlight Studio", "role": "owner"}]
    assert me["token"]["scopes"] == sorted(ApiToken.Scope.values)
    assert me["token"]["firm"] == str(firm.id)


def test_me_of_a_service_token(deal: Deal, service: Api) -> None:
    me = service.get("me/").body

    firm = deal.proposal.relationship.seller_firm
    assert me["person"] is None
    assert me["firms"] == [{"id": str(firm.id), "name": "Northlight Studio", "role": None}]


def test_a_token_is_found_by_its_digest_and_never_compared(deal: Deal, django_assert_num_queries: Any) -> None:
    secret = token_of(deal.maya, deal.proposal.relationship.seller_firm)

    with CaptureQueriesContext(connection) as right:
        assert Api(secret).get("me/").status == 200
    with django_assert_num_queries(1) as wrong:
        assert Api(f"{secret}x").get("me/").status == 401

    asked = [query["sql"] for query in (*right, *wrong)]
    assert [sql for sql in asked if secret in sql] == []
    assert ApiToken.digest_of(f"{secret}x") in wrong[0]["sql"]
    assert secret not in str(ApiToken.objects.filter(digest=ApiToken.digest_of(secret)).values().get())


@pytest.mark.parametrize("change", [{"revoked_at": PAST}, {"expires_at": PAST}])
def test_an_ended_token_is_refused(deal: Deal, change: dict[str, dt.datetime]) -> None:
    api = Api(token_of(deal.maya, deal.proposal.relationship.seller_firm, **change))

    answer = api.get("me/")

    assert (answer.status, answer.code) == (401, "bad_token")


def test_the_token_of_an_inactive_person_is_refused(deal: Deal, seller: Api) -> None:
    deal.maya.is_active = False
    deal.maya.save()

    assert seller.get("me/").status == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Token abc", "Basic dTpw", "Bearer a b", "Bearer same_é", "bearer same_x"]
)
def test_another_authorization_is_refused_and_not_passed_over(deal: Deal, header: str) -> None:
    browser = Client()
    browser.force_login(deal.maya)

    answer = Api(client=browser).get("me/", Authorization=header)

    assert (answer.status, answer.code) == (401, "bad_token")


def test_the_scheme_may_be_written_in_small_letters(deal: Deal, seller: Api) -> None:
    assert Api().get("me/", Authorization=f"bearer {seller.token}").status == 200


@pytest.mark.parametrize(("seconds_ago", "noted"), [(None, True), (20, False), (61, True)])
def test_the_last_use_is_noted_once_a_minute(deal: Deal, seconds_ago: int | None, noted: bool) -> None:
    last = None if seconds_ago is None else timezone.now() - dt.timedelta(seconds=seconds_ago)
    api = Api(token_of(deal.maya, deal.proposal.relationship.seller_firm, last_used_at=last))
    before = timezone.now()

    api.get("me/")

    used = ApiToken.objects.get().last_used_at
    assert used is not None
    assert (used >= before) is noted


def browser_of(deal: Deal, *, csrf: bool = True) -> Api:
    """Maya's browser, which checks CSRF tokens as a real one."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(deal.maya)
    if csrf:
        client.get(f"/p/{deal.proposal.id}/")
    return Api(client=client)


def test_a_session_may_do_what_its_person_may(deal: Deal) -> None:
    browser = browser_of(deal)
    csrf = browser.client.cookies["csrftoken"].value

    answer = browser.post(f"{deal.path}questions/", {"text": "Who hosts it?"}, X_CSRFToken=csrf)

    assert answer.status == 201
    assert answer.body["asked_by"] == "Maya Lindqvist"
    assert browser.get("me/").body["token"] is None


def test_a_session_changes_nothing_without_the_csrf_token(deal: Deal) -> None:
    answer = browser_of(deal).post(f"{deal.path}questions/", {"text": "Who hosts it?"})

    assert (answer.status, answer.code) == (403, "csrf_failed")
    assert deal.proposal.questions.count() == 0


def guest_of(deal: Deal) -> Api:
    """A browser in which Tomás’s invitation was opened and no code was entered."""
    invitation: Invitation = factories.invitation(Participant.objects.get(proposal=deal.proposal, side=Side.CLIENT))
    client = Client()
    session = client.session
    session[SESSION_KEY] = [str(invitation.id)]
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    return Api(client=client)


def test_a_guest_reads_the_proposal_of_the_invitation(deal: Deal) -> None:
    guest = guest_of(deal)

    answer = guest.get(deal.path)

    assert answer.status == 200
    assert answer.body["side"] == "client"
    assert {ability for ability, may in answer.body["can"].items() if may} == {"read", "export"}


def test_a_guest_changes_nothing(deal: Deal) -> None:
    answer = guest_of(deal).post(f"{deal.path}questions/", {"text": "Who hosts it?"})

    assert (answer.status, answer.code) == (401, "confirm_required")
    assert deal.proposal.questions.count() == 0


@pytest.mark.parametrize("path", ["me/", "proposals/"])
def test_a_guest_has_no_list(deal: Deal, path: str) -> None:
    answer = guest_of(deal).get(path)

    assert (answer.status, answer.code) == (401, "sign_in_required")


def test_a_guest_starts_no_proposal_and_gets_no_ticket(deal: Deal) -> None:
    guest = guest_of(deal)
    new = {"title": "Next", "currency": "EUR", "client": {"name": "Ada", "email": "ada@example.com"}}

    assert guest.post("proposals/", new).status == 401
    assert guest.post(f"{deal.path}room-tickets/").code == "person_required"


def test_a_removed_participant_finds_nothing(deal: Deal, client: Api) -> None:
    Participant.objects.filter(user=deal.tomas).update(removed_at=PAST)

    assert client.get(deal.path).status == 404
    assert client.get("proposals/").body["results"] == []


def test_a_person_of_several_firms_says_for_which_a_proposal_is(deal: Deal) -> None:
    other = factories.firm("Second Firm")
    Membership.objects.create(firm=other, user=deal.maya)
    browser = browser_of(deal)
    new = {"title": "Next", "currency": "EUR", "client": {"name": "Ada", "email": "ada@example.com"}}
    csrf = browser.client.cookies["csrftoken"].value

    unsaid = browser.post("proposals/", new, X_CSRFToken=csrf)
    foreign = browser.post("proposals/", {**new, "firm": str(factories.firm().id)}, X_CSRFToken=csrf)
    said = browser.post("proposals/", {**new, "firm": str(other.id)}, X_CSRFToken=csrf)

    assert (unsaid.status, unsaid.pointers) == (422, [("/firm", "required")])
    assert (foreign.status, foreign.pointers) == (422, [("/firm", "unknown_firm")])
    assert said.body["parties"]["seller"]["name"] == "Second Firm"


def test_a_token_acts_for_its_own_firm_only(deal: Deal, seller: Api) -> None:
    new = {"title": "Next", "currency": "EUR", "client": {"name": "Ada", "email": "ada@example.com"}}

    answer = seller.post("proposals/", {**new, "firm": str(factories.firm().id)})

    assert (answer.status, answer.code) == (403, "other_firm")
