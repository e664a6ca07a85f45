"""Voiding what was signed, by both: one side proposes, the other confirms; the record and the file stay."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from proposals import news
from proposals.actions import audit
from proposals.actions.export import current_word
from proposals.actions.voiding import confirm_voiding, propose_voiding, refuse_voiding
from proposals.documents import told
from proposals.exceptions import Invalid, NotAllowed, WrongState
from proposals.models import Proposal, Voiding, VoidRequest
from proposals.states import State
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after, refused


def mark_signed(deal: Deal) -> None:
    deal.freeze()
    Proposal.objects.filter(id=deal.id).update(state=State.SIGNED)


@pytest.fixture
def signed(db: None) -> Deal:
    """A signed proposal."""
    return as_made(deal_after, mark_signed)


def mailed(deal: Deal) -> list[tuple[str, str]]:
    mail.outbox.clear()
    news.mail_news.call(str(deal.trail()[-1].pk))
    return [(message.to[0], message.subject.partition(":")[0]) for message in mail.outbox]


def page_of(deal: Deal) -> str:
    browser = Client()
    assert deal.maya.user
    browser.force_login(deal.maya.user)
    return browser.get(reverse("room", args=[deal.id])).content.decode()


def test_a_proposal_to_void_changes_nothing_yet(signed: Deal) -> None:
    propose_voiding(by=signed.tomas, reason="The clinic closes.")
    assert (signed.proposal.state, Voiding.objects.count()) == ("signed", 0)
    assert told.sentence(signed.trail()[-1]) == ("Tomás Reyes proposed that both void the contract: The clinic closes.")
    assert mailed(signed) == [("maya@northlight.example", "Proposal to void the contract")]
    page = page_of(signed)
    assert "<b>Signed by both.</b>" in page
    assert reverse("void_confirm", args=[signed.id]) in page


def test_confirmed_by_the_other_side_it_is_void_and_the_record_says_who_why_and_when(signed: Deal) -> None:
    propose_voiding(by=signed.tomas, reason="The clinic closes.")
    record = confirm_voiding(by=signed.maya)
    assert signed.proposal.lifecycle is State.VOID
    assert (record.reason, record.proposed_side, record.proposed_by_name, record.confirmed_by_name) == (
        "The clinic closes.",
        "client",
        "Tomás Reyes",
        "Maya Lindqvist",
    )
    assert record.revision == signed.proposal.revisions.get()
    assert VoidRequest.objects.get().status == "confirmed"
    assert told.sentence(signed.trail()[-1]) == (
        "Maya Lindqvist confirmed what Tomás Reyes proposed: the contract is void by both: The clinic closes."
    )
    assert audit.verify(signed.proposal).whole
    assert mailed(signed) == [("tomas@harbourstreet.example", "Void by both")]
    assert "<b>Void by both since" in page_of(signed)


def test_nobody_confirms_their_own_side_s_wish(signed: Deal) -> None:
    propose_voiding(by=signed.tomas, reason="The clinic closes.")
    with refused(NotAllowed):
        confirm_voiding(by=signed.tomas)


@pytest.mark.parametrize(("who", "status"), [("maya", "refused"), ("tomas", "taken_back")])
def test_it_stays_valid_if_it_is_refused_or_taken_back(who: str, status: str, signed: Deal) -> None:
    propose_voiding(by=signed.tomas, reason="The clinic closes.")
    refuse_voiding(by=getattr(signed, who), words="Let us talk.")
    assert (signed.proposal.state, VoidRequest.objects.get().status) == ("signed", status)
    assert signed.events()[-1] == f"voiding.{status}"
    with refused(WrongState, "nothing_asked"):
        confirm_voiding(by=signed.maya)
    propose_voiding(by=signed.maya, reason="Once more.")


def test_one_wish_waits_at_a_time(signed: Deal) -> None:
    propose_voiding(by=signed.tomas, reason="The clinic closes.")
    for by in (signed.tomas, signed.maya):
        with refused(WrongState, "already_asked"):
            propose_voiding(by=by, reason="Once more.")


def test_it_needs_a_reason_and_a_signed_contract(signed: Deal) -> None:
    with refused(Invalid, "required"):
        propose_voiding(by=signed.tomas, reason=" \n")
    Proposal.objects.filter(id=signed.id).update(state=State.FROZEN)
    with refused(WrongState):
        propose_voiding(by=signed.tomas, reason="The clinic closes.")


def test_the_copy_in_word_of_a_void_contract_is_called_signed_as_its_pdf_is(signed: Deal) -> None:
    propose_voiding(by=signed.tomas, reason="The clinic closes.")
    confirm_voiding(by=signed.maya)
    assert current_word(signed.proposal, live_url="https://same.example/p/1/").label == "signed"
