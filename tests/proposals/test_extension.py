"""More time: asked for in one click, given or not, in every state in which an offer has a last day."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from proposals import news
from proposals.actions import audit, offers
from proposals.actions.endings import expire_offers
from proposals.actions.extension import ask_for_time, extend, refuse_time
from proposals.actions.proposals import set_terms
from proposals.documents import told
from proposals.documents.parts import TERMS
from proposals.documents.targets import Target
from proposals.exceptions import Invalid, WrongState
from proposals.models import ExtensionRequest, Proposal
from proposals.states import State
from tests import factories
from tests.proposals.deal import SUMMARY, Deal, refused

LAST, LATER = "2099-11-30", "2099-12-31"
PAST = dt.date(2020, 3, 1)


@pytest.fixture
def dated(deal: Deal) -> Deal:
    """An offer with a last day."""
    set_terms(by=deal.maya, changes={"offer_until": LAST})
    return deal


def request_of(deal: Deal) -> ExtensionRequest:
    return ExtensionRequest.objects.get(proposal=deal.id)


def expired(deal: Deal) -> Deal:
    Proposal.objects.filter(id=deal.id).update(offer_until=PAST)
    assert expire_offers() == 1
    return deal


def mailed(deal: Deal) -> list[tuple[str, str]]:
    """Who is mailed about the last event of an extension, and the subject's first words."""
    mail.outbox.clear()
    event = next(event for event in reversed(deal.trail()) if event.type.startswith("extension."))
    news.mail_news.call(str(event.pk))
    return [(message.to[0], message.subject.partition(":")[0]) for message in mail.outbox]


def test_one_click_asks_and_the_seller_is_mailed(dated: Deal) -> None:
    ask_for_time(by=dated.tomas)
    asked = request_of(dated)
    assert (asked.is_open, asked.asked_by_name, asked.text, asked.wished_until) == (True, "Tomás Reyes", "", None)
    assert told.sentence(dated.trail()[-1]) == "Tomás Reyes asked for more time"
    assert mailed(dated) == [("maya@northlight.example", "More time is asked for")]


def test_it_can_say_until_when_and_why(dated: Deal) -> None:
    ask_for_time(by=dated.tomas, until=LATER, text="The board meets in December.")
    assert told.sentence(dated.trail()[-1]) == (
        "Tomás Reyes asked for more time, until 31 December 2099: “The board meets in December.”"
    )


def test_one_request_waits_at_a_time(dated: Deal) -> None:
    ask_for_time(by=dated.tomas)
    with refused(WrongState, "already_asked"):
        ask_for_time(by=dated.tomas)


def test_without_a_last_day_there_is_nothing_to_extend(deal: Deal) -> None:
    with refused(WrongState, "no_end"):
        ask_for_time(by=deal.tomas)
    with refused(WrongState, "no_end"):
        extend(by=deal.maya, until=LATER)


@pytest.mark.parametrize(
    ("until", "code"),
    [("2020-01-01", "in_the_past"), (LAST, "not_later"), ("2099-02-30", "bad_date"), ("", "required")],
)
def test_a_day_that_gives_no_time_is_refused(until: str, code: str, dated: Deal) -> None:
    with refused(Invalid, code):
        extend(by=dated.maya, until=until)
    if until:
        with refused(Invalid, code):
            ask_for_time(by=dated.tomas, until=until)


def test_while_it_is_written_the_new_day_is_a_term_and_opens_the_terms_again(dated: Deal) -> None:
    dated.agree(dated.maya)
    dated.agree(dated.tomas)
    ask_for_time(by=dated.tomas)
    extend(by=dated.maya, until=LATER, words="Of course.")
    assert (str(dated.proposal.offer_until), dated.proposal.extended_until) == (LATER, None)
    assert (dated.agreed(TERMS), dated.agreed(SUMMARY)) == ((False, False), (True, True))
    asked = request_of(dated)
    assert (asked.status, str(asked.granted_until), asked.answer) == ("granted", LATER, "Of course.")
    assert told.sentence(next(row for row in dated.trail() if row.type == "extension.granted")) == (
        "Maya Lindqvist gave more time: the offer stands until 31 December 2099, not 30 November 2099: “Of course.”"
    )
    assert mailed(dated) == [("tomas@harbourstreet.example", "More time")]


def test_a_counter_offer_for_the_day_that_is_given_is_met(dated: Deal) -> None:
    offer = offers.propose(by=dated.tomas, target=Target("offer_until"), value=LATER)
    extend(by=dated.maya, until=LATER)
    offer.refresh_from_db()
    assert (offer.state, "offer.met" in dated.events()) == ("accepted", True)


def test_beside_a_frozen_revision_nothing_that_is_agreed_or_signed_changes(dated: Deal) -> None:
    revision = dated.freeze()
    factories.signature(revision, dated.tomas.participant_id, slot="client-1")
    extend(by=dated.maya, until=LATER)
    proposal = dated.proposal
    assert (str(proposal.offer_until), str(proposal.extended_until)) == (LAST, LATER)
    assert (proposal.lifecycle, dated.agreed(TERMS), revision.signatures.count()) == (State.FROZEN, (True, True), 1)
    assert told.sentence(dated.trail()[-1]).startswith("Maya Lindqvist extended the offer: it stands until")


def resumed(deal: Deal) -> tuple[Any, ...]:
    proposal = deal.proposal
    return proposal.lifecycle, str(proposal.stands_until), deal.events()[-2:], audit.verify(proposal).whole


def test_an_expired_offer_is_open_again(dated: Deal) -> None:
    dated.agree(dated.tomas, SUMMARY)
    expired(dated)
    ask_for_time(by=dated.tomas)
    extend(by=dated.maya, until=LATER)
    assert resumed(dated) == (State.OPEN, LATER, ["extension.granted", "proposal.resumed"], True)
    assert dated.agreed(SUMMARY) == (False, True)
    dated.write(SUMMARY, "The room takes text again.")
    assert dated.text(SUMMARY) == "The room takes text again."


def test_an_offer_that_expired_while_it_was_signed_is_locked_again_with_its_signatures(dated: Deal) -> None:
    revision = dated.freeze()
    factories.signature(revision, dated.tomas.participant_id, slot="client-1")
    expired(dated)
    extend(by=dated.maya, until=LATER)
    assert resumed(dated) == (State.FROZEN, LATER, ["extension.granted", "proposal.signing_resumed"], True)
    assert dated.proposal.revisions.get().signatures.count() == 1


def test_asking_writes_down_that_it_has_expired(dated: Deal) -> None:
    Proposal.objects.filter(id=dated.id).update(offer_until=PAST)
    ask_for_time(by=dated.tomas)
    assert dated.events()[-2:] == ["proposal.expired", "extension.asked"]


def test_a_no_has_words_and_the_client_may_ask_again(dated: Deal) -> None:
    ask_for_time(by=dated.tomas)
    with refused(Invalid, "required"):
        refuse_time(by=dated.maya, words=" ")
    refuse_time(by=dated.maya, words="Our supplier’s prices change then.")
    asked = request_of(dated)
    assert (asked.status, asked.answer, str(dated.proposal.offer_until)) == (
        "refused",
        "Our supplier’s prices change then.",
        LAST,
    )
    assert mailed(dated) == [("tomas@harbourstreet.example", "No more time")]
    ask_for_time(by=dated.tomas)
    assert ExtensionRequest.objects.filter(proposal=dated.id).count() == 2


def test_what_was_refused_may_be_given_after_all(dated: Deal) -> None:
    ask_for_time(by=dated.tomas)
    refuse_time(by=dated.maya, words="Our supplier’s prices change then.")
    browser = Client()
    browser.force_login(factories.client(dated.proposal))
    page = browser.get(reverse("room", args=[dated.id])).content.decode()
    assert "Maya Lindqvist can’t give more: Our supplier’s prices change then.</p>" in page
    extend(by=dated.maya, until=LATER, words="They hold longer after all.")
    asked = request_of(dated)
    assert (asked.status, asked.answer) == ("granted", "They hold longer after all.")


def test_what_nobody_asked_is_not_answered(dated: Deal) -> None:
    with refused(WrongState, "nothing_asked"):
        refuse_time(by=dated.maya, words="No.")
