"""Voiding what was signed, by both: one side proposes, the other confirms; the record and the file stay."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from proposals import news
from proposals.actions import audit
from proposals.actions.changing import changing
from proposals.actions.export import current_word
from proposals.actions.voiding import (
    ask_passkey_to_void,
    confirm_to_void,
    confirm_voiding,
    make_voiding_code,
    propose_voiding,
    refuse_voiding,
)
from proposals.documents import told
from proposals.exceptions import Invalid, NotAllowed, WrongState
from proposals.models import PasskeyChallenge, Proposal, Purpose, SigningCode, Voiding, VoidRequest
from proposals.states import State
from tests.accounts.authenticator import HOST, Authenticator
from tests.kept import as_made
from tests.proposals.deal import Deal, confirm_void, deal_after, propose_to_void, refused

CODES = ("proposals.SigningCode",)


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
    propose_to_void(signed.tomas)
    assert (signed.proposal.state, Voiding.objects.count()) == ("signed", 0)
    assert told.sentence(signed.trail()[-1]) == (
        "Tomás Reyes proposed that both void the contract, confirmed by a mailed code: “The clinic closes.”"
    )
    assert mailed(signed) == [("maya@northlight.example", "Proposal to void the contract")]
    page = page_of(signed)
    assert "<b>Signed by both.</b>" in page
    assert reverse("void_confirm", args=[signed.id]) in page


def test_confirmed_by_the_other_side_it_is_void_and_the_record_says_who_why_and_when(signed: Deal) -> None:
    propose_to_void(signed.tomas)
    record = confirm_void(signed.maya)
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
        "Maya Lindqvist confirmed what Tomás Reyes proposed: the contract is void by both, confirmed by a mailed code: "
        "“The clinic closes.”"
    )
    assert audit.verify(signed.proposal).whole
    assert mailed(signed) == [("tomas@harbourstreet.example", "Void by both")]
    assert "<b>Void by both since" in page_of(signed)


def test_nobody_confirms_their_own_side_s_wish(signed: Deal) -> None:
    propose_to_void(signed.tomas)
    with refused(NotAllowed, but=CODES):
        confirm_void(signed.tomas)


@pytest.mark.parametrize(("who", "status"), [("maya", "refused"), ("tomas", "taken_back")])
def test_it_stays_valid_if_it_is_refused_or_taken_back(who: str, status: str, signed: Deal) -> None:
    propose_to_void(signed.tomas)
    refuse_voiding(by=getattr(signed, who), words="Let us talk.")
    assert (signed.proposal.state, VoidRequest.objects.get().status) == ("signed", status)
    assert signed.events()[-1] == f"voiding.{status}"
    with refused(WrongState, "nothing_asked", but=CODES):
        confirm_void(signed.maya)
    propose_to_void(signed.maya, "Once more.")


def test_one_wish_waits_at_a_time(signed: Deal) -> None:
    propose_to_void(signed.tomas)
    for by in (signed.tomas, signed.maya):
        with refused(WrongState, "already_asked", but=CODES):
            propose_to_void(by, "Once more.")


def test_it_needs_a_reason_and_a_signed_contract(signed: Deal) -> None:
    with refused(Invalid, "required", but=CODES):
        propose_to_void(signed.tomas, " \n")
    Proposal.objects.filter(id=signed.id).update(state=State.FROZEN)
    with refused(WrongState):
        propose_to_void(signed.tomas)


def test_the_copy_in_word_of_a_void_contract_is_called_signed_as_its_pdf_is(signed: Deal) -> None:
    propose_to_void(signed.tomas)
    confirm_void(signed.maya)
    assert current_word(signed.proposal, live_url="https://same.example/p/1/").label == "signed"


def test_what_was_proposed_before_a_code_was_asked_is_told_without_one(signed: Deal) -> None:
    with changing(signed.tomas, "void") as change:
        change.record("voiding.proposed", reason="The clinic closes.")
    assert told.sentence(signed.trail()[-1]) == "Tomás Reyes proposed that both void the contract: “The clinic closes.”"


def test_nobody_voids_without_the_code_that_was_mailed_for_it(signed: Deal) -> None:
    tomas, maya = signed.tomas, signed.maya
    with refused(Invalid, "code_needed"):
        confirm_to_void(by=tomas)
    with refused(Invalid, "code_needed"):
        propose_voiding(by=tomas, reason="The clinic closes.", confirmation=None)
    with refused(Invalid, "code_expired"):
        confirm_to_void(by=tomas, code="123456")
    _, code = make_voiding_code(by=tomas)
    with refused(Invalid, "code_expired"):
        confirm_to_void(by=maya, code=code)
    with refused(Invalid, "wrong_code", but=CODES):
        confirm_to_void(by=tomas, code="no code")
    SigningCode.objects.update(purpose=Purpose.SIGN)
    with refused(Invalid, "code_expired"):
        confirm_to_void(by=tomas, code=code)
    propose_to_void(tomas)
    with refused(Invalid, "code_needed"):
        confirm_voiding(by=maya, confirmation=None)


def test_a_code_voids_once_and_a_refusal_leaves_it(signed: Deal) -> None:
    _, code = make_voiding_code(by=signed.tomas)
    who = confirm_to_void(by=signed.tomas, code=code)
    with refused(Invalid, "required"):
        propose_voiding(by=signed.tomas, reason="", confirmation=who)
    propose_voiding(by=signed.tomas, reason="The clinic closes.", confirmation=who)
    refuse_voiding(by=signed.maya)
    with refused(Invalid, "code_used"):
        propose_voiding(by=signed.tomas, reason="Once more.", confirmation=who)
    with refused(Invalid, "code_expired"):
        confirm_to_void(by=signed.tomas, code=code)


def test_a_passkey_voids_and_what_it_said_for_signing_does_not(signed: Deal) -> None:
    tomas = signed.tomas
    assert tomas.user
    device = Authenticator()
    device.registered(tomas.user)
    answer = device.answer(ask_passkey_to_void(by=tomas, host=HOST))
    challenge = PasskeyChallenge.objects.select_related("revision").get()
    asked = challenge.challenge
    challenge.purpose = Purpose.SIGN
    assert challenge.challenge != asked
    who = confirm_to_void(by=tomas, passkey=answer)
    propose_voiding(by=tomas, reason="The clinic closes.", confirmation=who)
    assert signed.last("voiding.proposed")["method"] == "passkey"
    ask_passkey_to_void(by=tomas, host=HOST)
    PasskeyChallenge.objects.update(purpose=Purpose.SIGN)
    with refused(Invalid, "passkey_expired"):
        confirm_to_void(by=tomas, passkey=answer)


def test_the_page_mails_the_code_and_a_wrong_one_counts(signed: Deal) -> None:
    browser = Client()
    assert signed.tomas.user
    browser.force_login(signed.tomas.user)
    form = reverse("void", args=[signed.id])
    assert reverse("void_code", args=[signed.id]) in browser.get(form).content.decode()
    answer = browser.post(f"{reverse('void_code', args=[signed.id])}?next={form}")
    assert (answer.status_code, answer.headers["Location"]) == (302, form)
    (sent,) = mail.outbox
    code = sent.subject.partition(" ")[0]
    assert (sent.to, code in sent.body) == (["tomas@harbourstreet.example"], True)
    key = {"Idempotency-Key": "one"}
    assert browser.post(form, {"reason": "Over.", "code": "no code"}, headers=key).status_code == 422
    assert SigningCode.objects.get().attempts == 1
    assert browser.post(form, {"reason": "Over.", "code": code}, headers=key).status_code == 302
    assert VoidRequest.objects.get().is_open
