"""Confirming by code: from an opened invitation to a person who may write."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.urls import reverse

from proposals.models import Invitation, Proposal
from proposals.views.visitor import SESSION_KEY
from tests import factories

pytestmark = pytest.mark.django_db

CODE = "/accounts/login/code/confirm/"


@pytest.fixture
def invitation() -> Invitation:
    """Tomás, who never confirmed his address, is invited to an open proposal."""
    return factories.invitation()


@pytest.fixture
def guest(invitation: Invitation) -> Client:
    """A browser in which Tomás has opened the link."""
    client = Client()
    client.get(reverse("invitation", args=[invitation.token]))
    return client


def confirm_url(invitation: Invitation) -> str:
    """Where the code is asked for."""
    return reverse("confirm", args=[invitation.participant.proposal_id])


def room_url(invitation: Invitation) -> str:
    """Where the proposal is."""
    return reverse("room", args=[invitation.participant.proposal_id])


def test_the_page_says_where_the_code_goes_and_sends_nothing(guest: Client, invitation: Invitation) -> None:
    page = guest.get(confirm_url(invitation)).content.decode()

    assert "tomas@harbourstreet.example" in page
    assert room_url(invitation) in page
    assert mail.outbox == []


def test_from_the_link_to_the_table_by_one_code(
    guest: Client, invitation: Invitation, last_code: Callable[[], str]
) -> None:
    asked = guest.post(confirm_url(invitation))
    before = guest.session.session_key
    page = guest.get(asked["Location"]).content.decode()
    done = guest.post(asked["Location"], {"code": last_code()})

    tomas = invitation.participant.user
    assert asked["Location"] == f"{CODE}?next={room_url(invitation).replace('/', '%2F')}"
    assert mail.outbox[0].to == ["tomas@harbourstreet.example"]
    assert f'href="{room_url(invitation)}">Go on reading without a code' in page
    assert done["Location"] == room_url(invitation)
    assert get_user(guest) == tomas
    assert guest.session.session_key != before
    assert EmailAddress.objects.get(user=tomas).verified is True


def test_a_script_gets_the_address_as_json(guest: Client, invitation: Invitation) -> None:
    response = guest.post(
        confirm_url(invitation), {"next": f"{room_url(invitation)}#timeline"}, headers={"Accept": "application/json"}
    )

    onward = f"{room_url(invitation)}#timeline".replace("/", "%2F").replace("#", "%23")
    assert response.json() == {"redirect": f"{CODE}?next={onward}"}


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "", "\\\\elsewhere.example"]
)
def test_next_never_leads_away(guest: Client, invitation: Invitation, wanted: str) -> None:
    response = guest.post(confirm_url(invitation), {"next": wanted})

    assert response["Location"] == f"{CODE}?next={room_url(invitation).replace('/', '%2F')}"


def test_a_wrong_code_leaves_the_guest_a_reader(guest: Client, invitation: Invitation) -> None:
    asked = guest.post(confirm_url(invitation))

    guest.post(asked["Location"], {"code": "0000-0000"})

    assert get_user(guest).is_anonymous
    assert guest.session[SESSION_KEY] == [str(invitation.id)]
    assert EmailAddress.objects.get(user=invitation.participant.user).verified is False


def test_after_five_wrong_codes_there_is_a_wait_but_reading_goes_on(guest: Client, invitation: Invitation) -> None:
    asked = guest.post(confirm_url(invitation))["Location"]
    for _ in range(4):
        assert guest.post(asked, {"code": "wrong"}).status_code == 200
    fifth = guest.post(asked, {"code": "wrong"})

    again = guest.post(confirm_url(invitation), headers={"Accept": "application/json"})

    start_page = guest.get(fifth["Location"]).content.decode()
    assert f'href="{room_url(invitation)}">Go on reading without a code' in start_page
    assert again.status_code == 429
    assert again.json()["code"] == "too_many_attempts"
    assert again.json()["detail"].startswith("There were too many tries. Wait 5 minutes")
    assert int(again["Retry-After"]) in range(290, 301)
    assert len(mail.outbox) == 1


def test_more_than_three_codes_a_minute_are_refused(guest: Client, invitation: Invitation) -> None:
    statuses = [guest.post(confirm_url(invitation)).status_code for _ in range(4)]

    assert statuses == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_only_the_newest_code_counts(guest: Client, invitation: Invitation, last_code: Callable[[], str]) -> None:
    asked = guest.post(confirm_url(invitation))["Location"]
    first = last_code()
    guest.post(confirm_url(invitation))

    assert guest.post(asked, {"code": first}).status_code == 200
    assert guest.post(asked, {"code": last_code()})["Location"] == room_url(invitation)


def test_whoever_takes_part_and_is_signed_in_goes_on_without_a_code(client: Client, invitation: Invitation) -> None:
    client.force_login(invitation.participant.user)

    for answer in (client.get(confirm_url(invitation)), client.post(confirm_url(invitation))):
        assert answer["Location"] == room_url(invitation)
    assert mail.outbox == []


def test_somebody_else_signed_in_here_is_told_and_signed_out_first(
    client: Client, invitation: Invitation, last_code: Callable[[], str]
) -> None:
    other = factories.person("ana@example.org", "Ana Costa")
    client.force_login(other)
    client.get(reverse("invitation", args=[invitation.token]))

    page = client.get(confirm_url(invitation)).content.decode()
    asked = client.post(confirm_url(invitation))
    assert get_user(client).is_anonymous
    client.post(asked["Location"], {"code": last_code()})

    assert "You are signed in as ana@example.org." in page
    assert get_user(client) == invitation.participant.user
    assert EmailAddress.objects.get(user=other).verified is True


def test_without_an_invitation_there_is_nothing_to_confirm(client: Client, invitation: Invitation) -> None:
    anonymous = client.post(confirm_url(invitation))
    by_script = client.post(confirm_url(invitation), headers={"Accept": "application/json"})
    client.force_login(factories.person())
    stranger = client.post(confirm_url(invitation))

    assert anonymous["Location"] == f"/accounts/login/?next={confirm_url(invitation).replace('/', '%2F')}"
    assert (by_script.status_code, by_script.json()["code"]) == (401, "sign_in_required")
    assert stranger.status_code == 404
    assert mail.outbox == []


def test_a_seller_who_wants_the_code_first_offers_no_reading_without(guest: Client, invitation: Invitation) -> None:
    Proposal.objects.filter(id=invitation.participant.proposal_id).update(code_before_reading=True)

    page = guest.get(confirm_url(invitation)).content.decode()
    asked = guest.post(confirm_url(invitation))
    code_page = guest.get(asked["Location"]).content.decode()

    assert "the seller asks for it before reading, too" in page
    assert "Go on reading" not in page
    assert "Go on reading" not in code_page


def test_the_form_is_protected_against_other_sites(invitation: Invitation) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.get(reverse("invitation", args=[invitation.token]))

    assert careful.post(confirm_url(invitation)).status_code == 403
    assert mail.outbox == []
