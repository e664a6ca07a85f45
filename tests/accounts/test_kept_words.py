"""A guest without script sends a form, is asked for the code, and finds the words in the form again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from proposals.models import Invitation, PriceRequest, Question
from proposals.views.kept import KEPT_KEY, MOST_CHARACTERS
from tests import factories

pytestmark = pytest.mark.django_db

QUESTION = "Who trains our front desk, and when?"


@pytest.fixture
def invitation() -> Invitation:
    return factories.invitation()


@pytest.fixture
def guest(invitation: Invitation) -> Client:
    """A browser in which Tomás has opened the link."""
    client = Client()
    client.get(reverse("invitation", args=[invitation.token]))
    return client


def address(invitation: Invitation, name: str) -> str:
    return reverse(name, args=[invitation.participant.proposal_id])


def through_the_code(guest: Client, refused: Any, last_code: Callable[[], str]) -> str:
    """From the refusal by the code page to where it leads; gives that address."""
    assert refused.status_code == 302
    page = guest.get(refused["Location"]).content.decode()
    assert "What you wrote is kept." in page
    onward = page.split('name="next" value="')[1].split('"')[0]
    asked = guest.post(refused["Location"].partition("?")[0], {"next": onward})
    done = guest.post(asked["Location"], {"code": last_code()})
    return str(done["Location"])


@pytest.mark.parametrize(
    ("name", "sent", "button"),
    [
        ("question_ask", {"text": QUESTION, "about": "Booking portal, €11,340.00"}, "Ask"),
        ("price_ask", {"text": "Our board meets on Monday"}, "Ask for the price"),
        ("disclosure_request", {"kind": "build_up", "text": "The designers, please"}, "Ask for it"),
    ],
)
def test_the_words_are_there_again_and_nothing_was_sent_without_the_guest(
    guest: Client, invitation: Invitation, last_code: Callable[[], str], name: str, sent: dict[str, str], button: str
) -> None:
    form = address(invitation, name)
    assert guest.get(form).status_code == 200
    back = through_the_code(guest, guest.post(form, sent), last_code)
    assert back == form
    page = guest.get(back).content.decode()
    assert f"Nothing was sent yet: press “{button}” again." in page
    for words in sent.values():
        assert str(escape(words)) in page
    assert not Question.objects.exists()
    assert not PriceRequest.objects.exists()
    assert guest.post(form, sent).status_code == 302
    assert KEPT_KEY not in guest.session
    asked = [
        *Question.objects.all(),
        *PriceRequest.objects.all(),
        *invitation.participant.proposal.disclosure_requests.all(),
    ]
    assert [row.text for row in asked] == [sent["text"]]
    assert "Nothing was sent yet" not in guest.get(form).content.decode()


def test_a_press_without_words_leads_back_to_the_proposal(
    guest: Client, invitation: Invitation, last_code: Callable[[], str]
) -> None:
    refused = guest.post(address(invitation, "alternative_choose"), {"group": "Plan", "option": "Gold"})
    assert through_the_code(guest, refused, last_code) == address(invitation, "room")


def test_they_outlast_signing_out_of_another_account(
    guest: Client, invitation: Invitation, last_code: Callable[[], str]
) -> None:
    form = address(invitation, "question_ask")
    refused = guest.post(form, {"text": QUESTION})
    session = dict(guest.session.items())
    other = factories.person("other@elsewhere.example", "Other")
    guest.force_login(other)
    kept = guest.session
    kept.update({name: session[name] for name in ("invitations", KEPT_KEY)})
    kept.save()
    assert through_the_code(guest, refused, last_code) == form
    assert QUESTION in guest.get(form).content.decode()


def test_another_form_shows_none_of_it_and_a_flood_is_not_kept(guest: Client, invitation: Invitation) -> None:
    guest.post(address(invitation, "question_ask"), {"text": QUESTION})
    assert QUESTION not in guest.get(address(invitation, "price_ask")).content.decode()
    other = Client()
    other.get(reverse("invitation", args=[invitation.token]))
    other.post(address(invitation, "question_ask"), {"text": "x" * MOST_CHARACTERS})
    assert KEPT_KEY not in other.session


def test_with_script_the_browser_keeps_them(guest: Client, invitation: Invitation) -> None:
    answer = guest.post(address(invitation, "question_ask"), {"text": QUESTION}, headers={"Accept": "application/json"})
    assert (answer.status_code, KEPT_KEY in guest.session) == (401, False)
