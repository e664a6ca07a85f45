"""Ends without a signature: expiring by the day, taking an end back, and who is mailed."""

import datetime as dt
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from collab.models import Room
from proposals import news
from proposals.actions import audit
from proposals.actions.agreement import agree
from proposals.actions.endings import decline, expire_if_over, expire_offers, take_back_end, withdraw
from proposals.actions.export import draft_snapshot
from proposals.actions.freezing import current_revision, reopen
from proposals.actions.proposals import copy_proposal, set_terms, share
from proposals.actions.signing import make_signing_code
from proposals.documents import told, wording
from proposals.documents.fingerprints import fingerprint_of
from proposals.documents.parts import TERMS
from proposals.documents.render import Draft, Instance, document_html
from proposals.exceptions import Invalid, NotAllowed, WrongState
from proposals.fragments.progress import progress_of
from proposals.models import AuditEvent, Proposal
from proposals.states import State
from tests import factories
from tests.proposals.deal import SUMMARY, Deal, refused

PAST = dt.date(2020, 3, 1)
AHEAD = dt.date(2099, 11, 30)


def over(deal: Deal, **fields: Any) -> Deal:
    """The offer's last day has passed."""
    Proposal.objects.filter(id=deal.id).update(offer_until=PAST, **fields)
    return deal


def frozen_for(deal: Deal) -> bool:
    return Room.objects.get(proposal=deal.id, epoch=1).frozen_at_seq is not None


def mails_of(event: AuditEvent) -> dict[str, str]:
    """Send the mails of an event; gives their texts by address."""
    mail.outbox.clear()
    news.mail_news.call(str(event.pk))
    return {message.to[0]: f"{message.subject}\n{message.body}" for message in mail.outbox}


# Expiring


def test_an_offer_expires_when_its_last_day_is_over_and_is_told_with_its_reason(deal: Deal) -> None:
    over(deal, offer_reason="our supplier’s prices hold until then.")
    assert (expire_offers(), expire_offers()) == (1, 0)
    assert (deal.proposal.state, frozen_for(deal)) == ("expired", True)
    event = deal.trail()[-1]
    assert told.sentence(event) == (
        "The offer stood until 1 March 2020 (our supplier’s prices hold until then) and has expired"
    )
    assert audit.verify(deal.proposal).whole


def test_it_stands_as_long_as_its_last_day_is_not_over(deal: Deal) -> None:
    Proposal.objects.filter(id=deal.id).update(offer_until=timezone.localdate() + timedelta(days=1))
    assert (expire_offers(), deal.proposal.lifecycle) == (0, State.OPEN)


def test_what_was_granted_beside_a_revision_counts(deal: Deal) -> None:
    deal.freeze()
    over(deal, extended_until=AHEAD)
    assert (expire_offers(), expire_if_over(deal.id), deal.proposal.lifecycle) == (0, False, State.FROZEN)


@pytest.mark.parametrize("state", [State.PREPARING, State.SIGNED, State.DECLINED, State.VOID])
def test_what_is_private_or_decided_does_not_expire(state: State, deal: Deal) -> None:
    over(deal, state=state)
    assert (expire_offers(), deal.proposal.lifecycle) == (0, state)


def test_no_act_counts_after_the_last_day_whether_or_not_it_is_written_down(deal: Deal) -> None:
    part = deal.part(SUMMARY)
    over(deal)
    with refused(WrongState) as caught:
        agree(by=deal.tomas, parts={part.key: part.fingerprint})
    assert caught.value.detail.startswith("This proposal is expired; nobody may agree")


def test_nobody_signs_after_the_last_day(deal: Deal) -> None:
    deal.freeze()
    over(deal)
    with refused(WrongState):
        make_signing_code(by=deal.tomas)


def test_opening_the_page_writes_it_down_and_says_what_can_be_done(deal: Deal) -> None:
    over(deal)
    browser = Client()
    assert deal.tomas.user
    browser.force_login(deal.tomas.user)
    page = browser.get(reverse("room", args=[deal.id])).content.decode()
    assert deal.events() == ["proposal.expired"]
    for words in ("<b>Expired.</b>", "The offer stood until 1 March 2020", "Ask for more time", 'data-frozen="true"'):
        assert words in page
    assert "Start again from this" not in page


def test_the_command_expires_too_and_finds_nothing_the_second_time(
    deal: Deal, capsys: pytest.CaptureFixture[str]
) -> None:
    over(deal)
    call_command("tend_proposals")
    call_command("tend_proposals")
    assert capsys.readouterr().out.splitlines() == [
        "1 offer(s) expired, 0 reminder(s) sent.",
        "0 offer(s) expired, 0 reminder(s) sent.",
    ]


# The last day and its reason


def test_a_last_day_that_has_passed_is_refused(deal: Deal) -> None:
    with refused(Invalid, "in_the_past"):
        set_terms(by=deal.maya, changes={"offer_until": "2020-03-01"})


def test_what_would_be_over_is_not_shared(preparing: Deal) -> None:
    over(preparing)
    with refused(WrongState, "offer_over"):
        share(by=preparing.maya)


def test_a_copy_has_no_last_day_that_has_passed(deal: Deal) -> None:
    over(deal, offer_reason="a trade fair")
    copied = copy_proposal(by=deal.maya)
    assert (copied.offer_until, copied.offer_reason) == (None, "")


def test_the_reason_is_agreed_on_and_stands_in_the_document(deal: Deal) -> None:
    set_terms(by=deal.maya, changes={"offer_until": "2099-11-30"})
    without = deal.part(TERMS)
    assert "offer_reason" not in without.content
    set_terms(by=deal.maya, changes={"offer_reason": "Our supplier’s prices hold until then."})
    part = deal.part(TERMS)
    assert part.content["offer_reason"] == "Our supplier’s prices hold until then."
    assert part.fingerprint != without.fingerprint
    assert fingerprint_of({**without.content, "offer_reason": part.content["offer_reason"]}) == part.fingerprint
    page = document_html(draft_snapshot(deal.proposal).content, instance=Instance.current(), draft=None)
    assert "<td>30 November 2099<small>Our supplier’s prices hold until then.</small></td>" in page


def test_a_draft_of_what_is_over_says_so_and_since_when(deal: Deal) -> None:
    assert "ended" not in draft_snapshot(deal.proposal).content
    decline(by=deal.tomas)
    content = draft_snapshot(deal.proposal).content
    day = deal.trail()[-1].created_at.date()
    assert content["ended"] == {"state": "declined", "on": day.isoformat()}
    draft = Draft(drafted_at=timezone.now(), live_url="https://sameside.example/")
    page = document_html(content, instance=Instance.current(), draft=draft)
    assert f". Declined on {wording.short_date(day)}. Nothing in it binds anybody" in page


# Taking an end back


@pytest.mark.parametrize("state", [State.OPEN, State.FROZEN])
def test_a_no_is_taken_back_and_all_is_as_it_was(state: State, deal: Deal) -> None:
    if state is State.FROZEN:
        deal.freeze()
    before = deal.agreed(SUMMARY), deal.proposal.revisions.count()
    decline(by=deal.tomas, reason="Not this year.")
    take_back_end(by=deal.tomas)
    assert (deal.proposal.lifecycle, frozen_for(deal)) == (state, state is State.FROZEN)
    assert (deal.agreed(SUMMARY), deal.proposal.revisions.count()) == before
    rest = "it is locked for signing, as it was" if state is State.FROZEN else "it can be written again"
    assert told.sentence(deal.trail()[-1]) == f"Tomás Reyes took back the “no”: {rest}"


def test_a_reason_that_is_a_sentence_ends_once(deal: Deal) -> None:
    decline(by=deal.tomas, reason="Not this year.")
    assert progress_of(deal.proposal).ended == "Tomás Reyes declined, with thanks: “Not this year.”"


def test_the_bar_says_declined_under_the_side_that_declined_only(deal: Deal) -> None:
    decline(by=deal.tomas)
    browser = Client()
    browser.force_login(factories.seller(deal.proposal))
    page = browser.get(reverse("room", args=[deal.id])).content.decode()
    sellers, clients = page.partition('id="bar"')[2].split('class="side r"')
    assert ("Agreed to" in sellers, "Declined" in sellers) == (True, False)
    assert ("Agreed to" in clients.partition("</section>")[0], "Declined" in clients.partition("</section>")[0]) == (
        False,
        True,
    )


def test_what_was_withdrawn_unshared_is_prepared_again(preparing: Deal) -> None:
    withdraw(by=preparing.maya)
    take_back_end(by=preparing.maya)
    assert (preparing.proposal.lifecycle, preparing.proposal.is_common) == (State.PREPARING, False)


def test_only_whoever_ended_it_takes_it_back(deal: Deal) -> None:
    decline(by=deal.tomas)
    with refused(NotAllowed):
        take_back_end(by=deal.maya)


def test_a_day_later_it_is_too_late(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    decline(by=deal.tomas)
    monkeypatch.setattr("proposals.actions.endings.TAKE_BACK", timedelta(0))
    with refused(WrongState, "too_late"):
        take_back_end(by=deal.tomas)


def test_there_is_no_way_back_once_the_last_day_has_passed(deal: Deal) -> None:
    decline(by=deal.tomas)
    over(deal)
    with refused(WrongState, "offer_over"):
        take_back_end(by=deal.tomas)


# Mails


def test_the_others_are_mailed_what_happened_and_what_follows(deal: Deal) -> None:
    deal.seat("ines@example.org", "client")
    decline(by=deal.tomas, reason="Not this year.")
    sent = mails_of(deal.trail()[-1])
    assert sorted(sent) == ["ines@example.org", "maya@northlight.example"]
    for words in (
        "Declined: A booking portal",
        "Tomás Reyes declined, with thanks: “Not this year.”",
        "nothing binds anybody",
        deal.proposal.audit_hash,
    ):
        assert words in sent["maya@northlight.example"]


def test_nobody_of_the_client_is_mailed_about_what_was_never_shared(preparing: Deal) -> None:
    preparing.seat("sam@northlight.example", "seller")
    withdraw(by=preparing.maya)
    event = AuditEvent.objects.filter(proposal=preparing.id).order_by("-number")[0]
    assert list(mails_of(event)) == ["sam@northlight.example"]


def test_reopening_says_so_to_those_whose_signatures_no_longer_count(deal: Deal) -> None:
    revision = deal.freeze()
    factories.signature(revision, deal.tomas.participant_id, slot="client-1")
    ines = deal.seat("ines@example.org", "client")
    reopen(by=deal.maya, reason="One more training.")
    sent = mails_of(deal.trail()[-1])
    assert sorted(sent) == ["ines@example.org", "tomas@harbourstreet.example"]
    assert "Your signature was given for what was reopened. It no longer counts" in sent["tomas@harbourstreet.example"]
    assert "Your signature" not in sent["ines@example.org"]
    assert "no longer valid: the signature of" in sent["ines@example.org"]
    assert ines.side == "client"


def test_what_was_granted_beside_the_revision_is_a_term_once_it_is_reopened(deal: Deal) -> None:
    deal.freeze()
    Proposal.objects.filter(id=deal.id).update(offer_until=dt.date(2099, 1, 1), extended_until=AHEAD)
    reopen(by=deal.maya)
    assert (deal.proposal.offer_until, deal.proposal.extended_until) == (AHEAD, None)
    assert deal.last("terms.changed")["changes"] == [{"field": "offer_until", "was": "2099-01-01", "now": "2099-11-30"}]


# The sign page


@pytest.mark.parametrize("page", ["sign", "signed"])
def test_the_sign_page_leads_back_to_the_room_once_it_is_over(page: str, deal: Deal) -> None:
    deal.freeze()
    withdraw(by=deal.maya)
    browser = Client()
    assert deal.tomas.user
    browser.force_login(deal.tomas.user)
    answer = browser.get(reverse(page, args=[deal.id]))
    assert (answer.status_code, answer["Location"]) == (302, f"/p/{deal.id}/#room-state")
    assert current_revision(deal.proposal).signatures.count() == 0
