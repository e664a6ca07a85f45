"""What pages say at turning points: inviting again, signing not yet done, what is still in the way."""

import uuid

from django.test import Client
from django.urls import reverse

from proposals.access import Actor
from proposals.actions import freezing, questions
from proposals.actions.agreement import agree
from proposals.documents.parts import standing_of
from proposals.fragments import audience_of, render_events
from proposals.models import Participant
from tests import factories
from tests.proposals.deal import SUMMARY, Deal


def at_browser(deal: Deal, actor: Actor | None = None) -> Client:
    """Maya's browser, or that of somebody else."""
    client = Client()
    client.force_login((actor or deal.maya).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def agree_to_all(deal: Deal) -> None:
    parts = {part.key: part.fingerprint for part in standing_of(deal.proposal).parts}
    for actor in (deal.maya, deal.tomas):
        agree(by=actor, parts=parts)


def test_inviting_somebody_who_takes_part_changes_nothing(deal: Deal) -> None:
    before = list(Participant.objects.values("id", "role", "is_signatory"))
    answer = at_browser(deal).post(
        reverse("invite", args=[deal.proposal.id]),
        {"email": deal.maya.user.email, "side": "seller", "role": "editor"},
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "takes_part_already")
    assert list(Participant.objects.values("id", "role", "is_signatory")) == before


def test_the_bar_says_what_is_in_the_way_when_all_is_agreed(deal: Deal) -> None:
    questions.ask(by=deal.tomas, text="Who hosts it?", blocking=True)
    agree_to_all(deal)
    page = at_browser(deal).get(reverse("room", args=[deal.proposal.id])).content.decode()
    assert "A blocking question is open: “Who hosts it?”" in page
    assert "Lock for signing" not in page


def test_what_is_still_open_is_said_before_locking_and_before_signing(deal: Deal) -> None:
    questions.ask(by=deal.tomas, text="Who hosts it?")
    agree_to_all(deal)
    browser = at_browser(deal)
    lock = browser.get(reverse("freeze", args=[deal.proposal.id])).content.decode()
    assert "1 question is still open; it stands in the document as open." in lock
    freezing.freeze(by=deal.maya)
    questions.ask(by=deal.tomas, text="Asked after the lock, so not in the document?")
    sign = " ".join(browser.get(reverse("sign", args=[deal.proposal.id])).content.decode().split())
    assert "<dt>Still open</dt><dd>1 question<small>It stands in the document, named as open.</small>" in sign


def test_the_signed_page_leads_to_signing_until_one_has_signed(deal: Deal) -> None:
    agree_to_all(deal)
    freezing.freeze(by=deal.maya)
    answer = at_browser(deal).get(reverse("signed", args=[deal.proposal.id]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("sign", args=[deal.proposal.id]))


def test_a_locked_room_says_who_has_signed_and_who_is_next(deal: Deal) -> None:
    revision = deal.freeze()
    room = reverse("room", args=[deal.proposal.id])
    page = at_browser(deal).get(room).content.decode()
    assert "Next: Maya Lindqvist and Tomás Reyes read it and sign, in any order." in page
    factories.signature(revision, deal.tomas.participant_id, slot="client-1")
    page = at_browser(deal).get(room).content.decode()
    assert "Tomás Reyes has signed." in page
    assert "Next: Maya Lindqvist reads it in its final form and signs." in page


def test_a_declined_room_says_by_whom_and_why_where_the_reader_is_sent(deal: Deal) -> None:
    answer = at_browser(deal, deal.tomas).post(
        reverse("decline", args=[deal.proposal.id]), {"reason": "Next year"}, headers={"Accept": "application/json"}
    )
    assert answer.json()["redirect"].endswith(f"/p/{deal.id}/#room-state")
    page = at_browser(deal).get(reverse("room", args=[deal.proposal.id])).content.decode()
    assert "Tomás Reyes declined, with thanks: “Next year”." in page
    assert 'data-frozen-as="Declined"' in page


def test_the_bar_leads_to_my_next_part_and_only_waits_for_the_other(deal: Deal) -> None:
    room = reverse("room", args=[deal.proposal.id])
    assert (
        f'href="#section-{deal.section(SUMMARY).id}">Next: Summary</a>' in at_browser(deal).get(room).content.decode()
    )
    deal.agree(deal.maya)
    page = at_browser(deal).get(room).content.decode()
    assert "Next:" not in page
    assert ">Waiting for <bdi>Harbour</bdi>: 4 parts</span></a>" in page


def test_a_new_title_is_in_the_top_bar_too(deal: Deal) -> None:
    answer = at_browser(deal).post(
        reverse("terms_panel", args=[deal.id]),
        {"title": "A calmer desk", "starts_on": "", "offer_until": "", "language": "en", "paper": "a4"},
        headers={"Accept": "application/json"},
    )
    pieces = {fragment["id"]: fragment["html"] for fragment in answer.json()["fragments"]}
    assert ">A calmer desk</span>" in pieces["top-title"]


def test_an_offer_can_not_have_ended_already(deal: Deal) -> None:
    sent = {"title": "A calmer desk", "starts_on": "", "offer_until": "2020-03-01", "language": "en", "paper": "a4"}
    address, headers = reverse("terms_panel", args=[deal.id]), {"Accept": "application/json"}
    answer = at_browser(deal).post(address, sent, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "in_the_past")
    assert "The offer would have ended already, on 1 March 2020." in answer.json()["detail"]
    assert (deal.proposal.offer_until, deal.proposal.title == "A calmer desk") == (None, False)


def test_another_currency_is_asked_about_first_with_what_becomes_of_the_total(deal: Deal) -> None:
    sent = {
        "currency": "USD",
        "price_basis": "exclusive",
        "tax_rounding": "group",
        "price_date": factories.PRICE_DATE.isoformat(),
        "hours_per_day": "8",
    }
    address, headers = reverse("price_settings", args=[deal.id]), {"Accept": "application/json"}
    answer = at_browser(deal).post(address, sent, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "asks_first")
    assert "a total of €17,303.00 becomes $17,303.00." in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"] == "/even_so"
    assert deal.proposal.currency == "EUR"
    assert at_browser(deal).post(address, {**sent, "even_so": "on"}, headers=headers).status_code == 200
    assert deal.proposal.currency == "USD"


def test_signing_too_early_says_so_and_leads_back_to_the_proposal(deal: Deal) -> None:
    answer = at_browser(deal).get(reverse("sign", args=[deal.proposal.id]))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Not now" in page
    assert "This has changed" not in page
    assert f'href="{reverse("room", args=[deal.proposal.id])}">Back to the proposal' in page


def test_a_stranger_is_told_of_no_proposal(deal: Deal) -> None:
    stranger = Client()
    stranger.force_login(factories.person(), backend="django.contrib.auth.backends.ModelBackend")
    answer = stranger.get(reverse("sign", args=[deal.proposal.id]))
    assert answer.status_code == 404
    assert "Back to the proposal" not in answer.content.decode()


def test_a_command_of_a_page_whose_session_has_ended_says_so_whatever_the_address(deal: Deal) -> None:
    for key in (deal.proposal.id, uuid.uuid4()):
        answer = Client().post(
            reverse("question_ask", args=[key]), {"text": "Why?"}, headers={"Accept": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.json()["detail"] == (
            "You are signed out, so nothing was changed. Copy what you entered, then sign in again."
        )


def test_an_open_page_shows_no_way_to_propose_or_disclose_any_more_once_it_is_locked(deal: Deal) -> None:
    agree_to_all(deal)
    before = deal.proposal.audit_number
    freezing.freeze(by=deal.maya)
    audience = audience_of(deal.maya, deal.proposal.lifecycle)
    pieces = {piece["id"]: piece["html"] for piece in render_events(deal.id, deal.trail(since=before), audience)}
    assert "Propose for the whole" not in pieces["offers"]
    assert ">Look<" in pieces["books"]
    assert "Disclose" not in pieces["books"]
