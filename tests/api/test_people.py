"""Who takes part and signs, inviting, and passes into the room."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.tickets import room_ticket
from proposals.access import ALL_SCOPES
from proposals.models import Invitation, Participant
from tests import factories
from tests.api.conftest import Api, Deal, caller, queries_count
from tests.api.test_life import frozen

__all__ = ["frozen"]

EVE = {"email": "Eve@Example.com", "name": "Eve Adams", "role": "reader", "is_signatory": True, "title": "CFO"}


def people(api: Api, deal: Deal) -> dict[str, dict[str, Any]]:
    """Participants by e-mail address."""
    return {row["email"]: row for row in api.get(f"{deal.path}participants/").body["results"]}


@pytest.mark.parametrize(("role", "side"), [("seller", "seller"), ("client", "client"), ("client_service", "client")])
def test_invite_to_ones_own_side(deal: Deal, role: str, side: str) -> None:
    api = caller(deal, role)

    answer = api.post(f"{deal.path}participants/", EVE)

    made = answer.body
    assert answer.status == 201
    assert (made["email"], made["name"], made["side"], made["role"]) == ("eve@example.com", "Eve Adams", side, "reader")
    assert (made["is_signatory"], made["title"], made["joined_at"]) == (True, "CFO", None)
    invitation = Invitation.objects.get(participant_id=made["id"])
    assert made["invitation_url"] == f"http://testserver/i/{invitation.token}/"
    assert people(api, deal)["eve@example.com"] == made


def test_the_seller_invites_to_the_other_side_and_the_client_does_not(deal: Deal, seller: Api, client: Api) -> None:
    invited = seller.post(f"{deal.path}participants/", {**EVE, "side": "client", "is_signatory": False})
    names = seller.post(f"{deal.path}participants/", {**EVE, "email": "x@example.com", "side": "client"})
    refused = client.post(f"{deal.path}participants/", {"email": "adam@example.com", "side": "seller"})

    assert (invited.status, invited.body["side"]) == (201, "client")
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert (names.status, names.code) == (403, "not_allowed")
    assert "adam@example.com" not in people(seller, deal)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"email": "eve"}, "/email", "bad_email"),
        ({"email": "maya@northlight.example", "side": "client"}, "/email", "other_side"),
        ({"role": "owner"}, "/role", "unknown_value"),
        ({"is_signatory": "yes"}, "/is_signatory", "not_a_boolean"),
        ({"message": "x" * 2001}, "/message", "too_long"),
        ({"phone": "1"}, "/phone", "unknown_field"),
    ],
)
def test_a_wrong_value_is_named(deal: Deal, seller: Api, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = seller.post(f"{deal.path}participants/", {**EVE, **change})

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("seller", {"maya", "tomas"}),
        ("client", {"tomas"}),
        ("client_service", {"tomas"}),
        ("reader", set()),
    ],
)
def test_links_are_shown_to_those_who_may_invite(deal: Deal, role: str, seen: set[str]) -> None:
    for participant in deal.proposal.participants.all():
        factories.invitation(participant)

    rows = people(caller(deal, role), deal)

    assert {email.partition("@")[0] for email, row in rows.items() if row["invitation_url"]} == seen


def test_a_read_only_token_sees_no_links(deal: Deal) -> None:
    factories.invitation(deal.proposal.participants.get(user=deal.tomas))

    rows = people(caller(deal, "seller", {"proposals:read"}), deal)

    assert {row["invitation_url"] for row in rows.values()} == {None}


def test_links_that_ended_and_people_who_left_are_not_listed(deal: Deal, seller: Api) -> None:
    past = timezone.now() - dt.timedelta(days=1)
    factories.invitation(deal.proposal.participants.get(user=deal.tomas), expires_at=past)
    gone = factories.participant(deal.proposal, removed_at=past)

    rows = people(seller, deal)

    assert rows["tomas@harbourstreet.example"]["invitation_url"] is None
    assert gone.user.email not in rows


@pytest.mark.parametrize("path", ["participants", "signatories"])
def test_the_number_of_queries_does_not_grow(
    deal: Deal, seller: Api, path: str, django_assert_num_queries: Any
) -> None:
    factories.invitation(deal.proposal.participants.get(user=deal.tomas))
    few = queries_count(lambda: seller.get(f"{deal.path}{path}/"))
    for _ in range(5):
        factories.invitation(factories.participant(deal.proposal, is_signatory=True))

    with django_assert_num_queries(few):
        assert len(seller.get(f"{deal.path}{path}/").body["results"]) == 7


def test_signatories_wait_and_then_are_to_sign(frozen: Deal) -> None:
    api = caller(frozen, "client_service")

    rows = api.get(f"{frozen.path}signatories/").body["results"]

    assert [(row["name"], row["side"], row["title"], row["state"]) for row in rows] == [
        ("Maya Lindqvist", "seller", "Partner", "to_sign"),
        ("Tomás Reyes", "client", "Practice manager", "to_sign"),
    ]


def test_nobody_is_to_sign_what_is_open(deal: Deal, client: Api) -> None:
    factories.participant(deal.proposal, is_signatory=False)

    rows = client.get(f"{deal.path}signatories/").body["results"]

    assert [row["state"] for row in rows] == ["waiting", "waiting"]
    assert {row["participant"] for row in rows} == {
        str(row.id) for row in Participant.objects.filter(is_signatory=True)
    }


def test_who_is_named_signs_in_the_order_that_the_side_gives(deal: Deal, client: Api) -> None:
    eve = client.post(f"{deal.path}signatories/", {"name": "Eve Adams", "email": "Eve@Example.com", "title": "CFO"})
    tomas = str(deal.proposal.participants.get(user=deal.tomas).id)

    ordered = client.post(f"{deal.path}signatories/order/", {"participants": [eve.body["participant"], tomas]})
    wrong = client.post(f"{deal.path}signatories/order/", {"participants": [tomas]})

    assert (eve.status, eve.body["name"], eve.body["title"], eve.body["side"]) == (201, "Eve Adams", "CFO", "client")
    assert (eve.body["state"], eve.body["slot"]) == ("waiting", None)
    assert ordered.body["participants"] == [eve.body["participant"], tomas]
    assert (wrong.status, wrong.pointers) == (422, [("/participants", "not_the_signatories")])
    assert Invitation.objects.count() == 0


def test_a_place_is_handed_over_once(frozen: Deal) -> None:
    api = caller(frozen, "client")
    new = {"name": "Eve Adams", "email": "eve@example.com", "why": "I am away until March"}

    handed = api.post(f"{frozen.path}signatories/hand-over/", new)
    again = api.post(f"{frozen.path}signatories/hand-over/", new)

    assert (handed.body["name"], handed.body["slot"], handed.body["state"]) == ("Eve Adams", "client-1", "to_sign")
    assert (again.status, again.code) == (403, "no_place")
    rows = api.get(f"{frozen.path}signatories/").body["results"]
    assert sorted(row["name"] for row in rows) == ["Eve Adams", "Maya Lindqvist"]


def test_a_ticket_into_the_room(deal: Deal, client: Api) -> None:
    answer = client.post(f"{deal.path}room-tickets/")

    ticket = answer.body["ticket"]
    assert answer.status == 201
    assert room_ticket(ticket) == (deal.proposal.id, deal.tomas.id)
    address = urlsplit(answer.body["url"])
    assert (address.scheme, address.netloc, address.path) == ("ws", "testserver", f"/ws/proposals/{deal.proposal.id}")
    assert parse_qs(address.query) == {"ticket": [ticket]}
    expires_at = dt.datetime.fromisoformat(answer.body["expires_at"])
    assert timezone.now() < expires_at <= timezone.now() + dt.timedelta(minutes=10)


def test_a_ticket_does_not_widen_a_read_only_token(deal: Deal) -> None:
    answer = caller(deal, "seller", ALL_SCOPES - {"proposals:write"}).post(f"{deal.path}room-tickets/")

    assert (answer.status, answer.code) == (403, "missing_scope")
