"""Ends, agreements and signatures at the same moment, on SQLite and on PostgreSQL.

Whatever comes of two acts at once is what comes of them one after the other: never half-signed, never two ends,
never an agreement in a proposal that is over; and the trail says it in that order.
"""

import datetime as dt
import hashlib
from collections.abc import Callable

import pytest

from collab.models import Room
from proposals.actions import agreement, audit, endings, extension, freezing, reminding, sections, voiding
from proposals.actions.files import keep_stage, make_base_file, read_stage, store_file
from proposals.actions.lines import edit_line
from proposals.documents.parts import TERMS
from proposals.models import Agreement, Participant, Proposal, Revision, Voiding
from proposals.starters.text import document
from proposals.states import State
from tests import factories
from tests.proposals.deal import SUMMARY, Deal, make_deal, propose_to_void, sign_as
from tests.proposals.together import refusals, together

ROUNDS_COUNT = 2
PAST = dt.date(2020, 3, 1)

pytestmark = pytest.mark.usefixtures("committed")

Call = Callable[[], object]
Act = Callable[[Deal], Call]


def ready() -> Deal:
    """A proposal that both agree to."""
    deal = make_deal()
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    return deal


def frozen() -> Deal:
    deal = make_deal()
    deal.freeze()
    return deal


def over(deal: Deal) -> Deal:
    """The offer's last day has passed, and nobody has written that down."""
    Proposal.objects.filter(id=deal.id).update(offer_until=PAST)
    return deal


def signed() -> Deal:
    deal = frozen()
    Proposal.objects.filter(id=deal.id).update(state=State.SIGNED)
    return deal


def asked() -> Deal:
    deal = over(frozen())
    extension.ask_for_time(by=deal.tomas)
    return deal


def asked_to_void() -> Deal:
    deal = signed()
    propose_to_void(deal.tomas)
    return deal


def declined() -> Deal:
    deal = frozen()
    endings.decline(by=deal.tomas)
    return deal


def due() -> Deal:
    deal = make_deal()
    Participant.objects.filter(id=deal.tomas.participant_id).update(remind_on=PAST)
    return deal


def decline(deal: Deal) -> Call:
    by = deal.tomas
    return lambda: endings.decline(by=by)


def withdraw(deal: Deal) -> Call:
    by = deal.maya
    return lambda: endings.withdraw(by=by)


def reopen(deal: Deal) -> Call:
    by = deal.maya
    return lambda: freezing.reopen(by=by)


def freeze(deal: Deal) -> Call:
    by = deal.maya
    return lambda: freezing.freeze(by=by)


def expire(deal: Deal) -> Call:
    key = deal.id
    return lambda: endings.expire_if_over(key)


def extend(deal: Deal) -> Call:
    by = deal.maya
    return lambda: extension.extend(by=by, until="2099-12-31")


def refuse_time(deal: Deal) -> Call:
    by = deal.maya
    return lambda: extension.refuse_time(by=by, words="Prices change then.")


def ask_for_time(deal: Deal) -> Call:
    by = deal.tomas
    return lambda: extension.ask_for_time(by=by)


def take_back(deal: Deal) -> Call:
    by = deal.tomas
    return lambda: endings.take_back_end(by=by)


def agree(deal: Deal) -> Call:
    by, part = deal.tomas, deal.part(TERMS)
    return lambda: agreement.agree(by=by, parts={part.key: part.fingerprint})


def withdraw_agreement(deal: Deal) -> Call:
    by = deal.tomas
    return lambda: agreement.withdraw_agreement(by=by, parts=[TERMS])


def reprice(deal: Deal) -> Call:
    by, line = deal.maya, deal.line("Portal").id
    return lambda: edit_line(by=by, line_id=line, changes={"amount": "1.00"})


def rewrite(deal: Deal) -> Call:
    by, section = deal.tomas, deal.section(SUMMARY).id
    return lambda: sections.write_text(by=by, section_id=section, text=document("Late."), replace=True)


def propose_voiding(side: str) -> Act:
    def act(deal: Deal) -> Call:
        by = deal.maya if side == "seller" else deal.tomas
        _, code = voiding.make_voiding_code(by=by)
        who = voiding.confirm_to_void(by=by, code=code)
        return lambda: voiding.propose_voiding(by=by, reason="It is over.", confirmation=who)

    return act


def confirm_voiding(deal: Deal) -> Call:
    by = deal.maya
    _, code = voiding.make_voiding_code(by=by)
    who = voiding.confirm_to_void(by=by, code=code)
    return lambda: voiding.confirm_voiding(by=by, confirmation=who)


def refuse_voiding(deal: Deal) -> Call:
    by = deal.maya
    return lambda: voiding.refuse_voiding(by=by)


def send_reminders(deal: Deal) -> Call:
    return reminding.send_own_reminders


RACES: dict[str, tuple[Callable[[], Deal], Act, Act, set[tuple[str, str]]]] = {
    "an edit and a no": (make_deal, reprice, decline, {("declined", ""), ("declined", "wrong_state")}),
    "a text and a withdrawal": (make_deal, rewrite, withdraw, {("withdrawn", ""), ("withdrawn", "wrong_state")}),
    "an agreement and a no": (make_deal, agree, decline, {("declined", ""), ("declined", "wrong_state")}),
    "an agreement taken back and a lock": (
        ready,
        withdraw_agreement,
        freeze,
        {("open", "not_ready"), ("frozen", "wrong_state")},
    ),
    "a lock and a no": (ready, freeze, decline, {("declined", ""), ("declined", "wrong_state")}),
    "a lock and a withdrawal": (ready, freeze, withdraw, {("withdrawn", ""), ("withdrawn", "wrong_state")}),
    "two who reopen": (frozen, reopen, reopen, {("open", "wrong_state")}),
    "reopening and a no": (frozen, reopen, decline, {("declined", ""), ("declined", "wrong_state")}),
    "two who write down the expiry": (lambda: over(frozen()), expire, expire, {("expired", "")}),
    "the expiry and more time": (lambda: over(frozen()), expire, extend, {("frozen", "")}),
    "the expiry of what is written, and more time": (lambda: over(make_deal()), expire, extend, {("open", "")}),
    "the expiry and a no": (lambda: over(make_deal()), expire, decline, {("expired", "wrong_state")}),
    "the expiry and an agreement": (lambda: over(make_deal()), expire, agree, {("expired", "wrong_state")}),
    "two who ask for time": (lambda: over(make_deal()), ask_for_time, ask_for_time, {("expired", "already_asked")}),
    "more time and its refusal": (asked, extend, refuse_time, {("frozen", ""), ("frozen", "nothing_asked")}),
    "a no taken back twice": (declined, take_back, take_back, {("frozen", "wrong_state")}),
    "two who propose to void": (
        signed,
        propose_voiding("seller"),
        propose_voiding("client"),
        {("signed", "already_asked")},
    ),
    "voiding confirmed and refused": (
        asked_to_void,
        confirm_voiding,
        refuse_voiding,
        {("void", "wrong_state"), ("signed", "nothing_asked")},
    ),
    "two workers that remind": (due, send_reminders, send_reminders, {("open", "")}),
}
"""Two acts, and what may come of them at once: the state, and who was refused."""


@pytest.mark.parametrize("race", RACES)
def test_what_happens_at_once_is_what_happens_one_after_the_other(race: str) -> None:
    make, first, second, allowed = RACES[race]
    for _ in range(ROUNDS_COUNT):
        deal = make()
        before = deal.number
        results = together([first(deal), second(deal)])
        outcome = deal.proposal.state, " ".join(refusals(results))
        assert outcome in allowed
        check(deal, since=before)


def check(deal: Deal, *, since: int) -> None:
    """What holds whichever came first."""
    proposal, events = deal.proposal, deal.events(since=since)
    assert audit.verify(proposal).whole
    ends = [name for name in events if name in ("proposal.declined", "proposal.withdrawn", "proposal.expired")]
    assert len(ends) <= 1
    if proposal.state in ("declined", "withdrawn"):
        assert events[-1] == f"proposal.{proposal.state}"
    room = Room.objects.get(proposal=deal.id, epoch=1)
    assert (room.frozen_at_seq is not None) == (proposal.state not in ("open", "preparing"))
    current = Revision.objects.filter(proposal=deal.id, reopening__isnull=True)
    assert current.exists() or proposal.state in ("open", "declined", "withdrawn", "expired")
    assert Voiding.objects.filter(revision__proposal=deal.id).exists() == (proposal.state == "void")
    assert events.count("reminder.sent") <= 1
    agreed = Agreement.objects.filter(proposal=deal.id, withdrawn_at__isnull=True).count()
    assert agreed == deal.events().count("section.agreed") - deal.events().count("agreement.withdrawn")


# The last signature. One file serves them all: what is signed here is a row and a stage, whatever the pages say.

_base: list[bytes] = []

ENDED_BY: dict[str, Act] = {"open": reopen, "declined": decline, "withdrawn": withdraw}


def nearly_signed() -> Deal:
    """Locked; Maya has signed and Tomás is the last."""
    deal = make_deal()
    revision = deal.freeze()
    if _base:
        digest = hashlib.sha256(_base[0]).hexdigest()
        store_file(digest, _base[0])
        keep_stage(revision, 0, _base[0], digest)
    else:
        _base.append(read_stage(make_base_file(revision)))
    factories.signature(revision, deal.maya.participant_id, slot="seller-1")
    return deal


@pytest.mark.parametrize("ended", ENDED_BY)
def test_the_last_signature_counts_wholly_or_not_at_all(ended: str) -> None:
    deal, other = nearly_signed(), ENDED_BY[ended]
    tomas = deal.tomas
    results = together([lambda: sign_as(tomas), other(deal)])
    proposal, revision = deal.proposal, Revision.objects.get(proposal=deal.id)
    held = (proposal.state, revision.signatures.count(), revision.file_stages.count(), len(refusals(results)))
    assert held in (("signed", 2, 2, 1), (ended, 1, 1, 1))
    assert ("document.sealed" in deal.events()) == (proposal.state == "signed")
    assert audit.verify(proposal).whole
