"""Agreeing part by part: bound to what was seen, re-opened by change, restored by going back, told once."""

from collections.abc import Callable

import pycrdt
import pytest

from collab import log
from collab.projection import root_name
from collab.validation import parse_update
from proposals.actions import proposals, sections
from proposals.actions.agreement import agree, settle, withdraw_agreement
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import add_line, edit_line, move_line
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import set_taxes
from proposals.documents import told
from proposals.documents.parts import TERMS
from proposals.exceptions import ChangedSince, ConfirmFirst, Invalid, NotAllowed, NotFound
from proposals.locking import lock_proposal
from proposals.models import Agreement
from proposals.text import port
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import (
    CONDITIONS,
    PRICING,
    REASON,
    SUMMARY,
    TEXTS,
    Deal,
    agree_to_everything,
    deal_after,
    refused,
)

EVERYTHING = (SUMMARY, PRICING, CONDITIONS, TERMS)


@pytest.fixture
def agreed(db: None) -> Deal:
    """Both agree to everything."""
    return as_made(deal_after, agree_to_everything)


def still_agreed(deal: Deal) -> list[str]:
    """The parts that both agree to as they stand."""
    return [title for title in EVERYTHING if deal.agreed(title) == (True, True)]


def test_an_agreement_says_who_to_what_and_when(deal: Deal) -> None:
    part = deal.part(SUMMARY)
    (made,) = agree(by=deal.tomas, parts={part.key: part.fingerprint})
    assert (made.part, made.side, made.user, made.name) == (part.key, "client", deal.tomas.user, "Tomás Reyes")
    assert (made.fingerprint, made.text_seq) == (part.fingerprint, deal.standing().texts.seq)
    assert deal.agreed(SUMMARY) == (False, True)
    assert deal.last("section.agreed") == {"part": part.key, "title": SUMMARY, "fingerprint": part.fingerprint}


def test_any_editor_or_signatory_agrees_for_their_side(deal: Deal) -> None:
    deal.agree(deal.seat("signs@example.org", "client", role="reader", is_signatory=True), SUMMARY)
    deal.agree(deal.seat("writes@example.org", "client"), PRICING)
    assert [deal.agreed(title) for title in (SUMMARY, PRICING, TERMS)] == [(False, True), (False, True), (False, False)]


def test_a_person_is_needed(deal: Deal) -> None:
    seen = {deal.key(SUMMARY): deal.part(SUMMARY).fingerprint}
    guest, reader = deal.guest(), deal.seat("reads@example.org", "client", role="reader")
    with refused(NotAllowed, "person_required"):
        agree(by=deal.token("client"), parts=seen)
    with refused(ConfirmFirst):
        agree(by=guest, parts=seen)
    with refused(NotAllowed):
        agree(by=reader, parts=seen)


def test_agreeing_again_changes_nothing(deal: Deal) -> None:
    deal.agree(deal.tomas, SUMMARY)
    deal.agree(deal.tomas, SUMMARY)
    assert Agreement.objects.count() == 1
    assert deal.events() == ["section.agreed"]


def test_what_was_seen_must_be_what_stands_there(deal: Deal) -> None:
    seen = {part.key: part.fingerprint for part in deal.standing().parts}
    deal.write(SUMMARY, "Something else.")
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "9000.00"})
    with refused(ChangedSince) as caught:
        agree(by=deal.tomas, parts=seen)
    now = deal.standing()
    assert caught.value.extra["changed"] == [
        {"part": deal.key(title), "title": now.part(deal.key(title)).title, "fingerprint": deal.part(title).fingerprint}
        for title in (SUMMARY, PRICING, TERMS)
    ]
    assert "“Summary”, “Pricing”, “Terms of the whole” changed since you looked" in caught.value.detail


def test_all_or_nothing(deal: Deal) -> None:
    right = deal.part(SUMMARY).fingerprint
    for wrong in ({deal.key(PRICING): "v1:0"}, {deal.key(PRICING): ""}):
        with refused(ChangedSince):
            agree(by=deal.tomas, parts={deal.key(SUMMARY): right, **wrong})
    for unknown in ("section:7", "everything", ""):
        with refused(NotFound):
            agree(by=deal.tomas, parts={deal.key(SUMMARY): right, unknown: right})
    with refused(Invalid, "no_parts"):
        agree(by=deal.tomas, parts={})


# What re-opens which part


def rename(deal: Deal) -> None:
    sections.edit_section(by=deal.tomas, section_id=deal.section(SUMMARY).id, changes={"title": "Overview"})


CHANGES: dict[str, tuple[Callable[[Deal], object], list[str]]] = {
    "text": (lambda deal: deal.write(SUMMARY, "Another text."), [PRICING, CONDITIONS, TERMS]),
    "text of a price section": (lambda deal: deal.write(PRICING, "Another text."), [SUMMARY, CONDITIONS, TERMS]),
    "price": (
        lambda deal: edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "1"}),
        [SUMMARY, CONDITIONS],
    ),
    "a line's title": (
        lambda deal: edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"title": "Gate"}),
        [SUMMARY, CONDITIONS, TERMS],
    ),
    "order of lines": (
        lambda deal: move_line(by=deal.maya, line_id=deal.line("Portal").id, position=2),
        [SUMMARY, CONDITIONS, TERMS],
    ),
    "document discount": (
        lambda deal: set_discounts(
            by=deal.maya, discounts=[{"type": "percent", "value": "1", "reason": "volume", "text": REASON}]
        ),
        [SUMMARY, CONDITIONS],
    ),
    "rate": (
        lambda deal: set_rate_card(by=deal.maya, rates=[{"role": "Designer", "rate": "901", "unit": "day"}]),
        [SUMMARY, CONDITIONS],
    ),
    "a rate that no line uses": (
        lambda deal: set_rate_card(
            by=deal.maya,
            rates=[{"role": role, "rate": "900", "unit": "day"} for role in ("Designer", "Plumber")],
        ),
        [SUMMARY, PRICING, CONDITIONS],
    ),
    "tax": (lambda deal: set_taxes(by=deal.maya, taxes=[]), [SUMMARY, CONDITIONS]),
    "currency": (
        lambda deal: edit_price_settings(by=deal.maya, changes={"currency": "USD"}),
        [SUMMARY, PRICING, CONDITIONS],
    ),
    "title of the whole": (
        lambda deal: proposals.set_terms(by=deal.tomas, changes={"title": "Another"}),
        [SUMMARY, PRICING, CONDITIONS],
    ),
    "date": (
        lambda deal: proposals.set_terms(by=deal.tomas, changes={"starts_on": "2027-01-12"}),
        [SUMMARY, PRICING, CONDITIONS],
    ),
    "party": (
        lambda deal: proposals.set_party(by=deal.tomas, side="client", changes={"address": "Quay 4"}),
        [SUMMARY, PRICING, CONDITIONS],
    ),
    "renamed section": (rename, [PRICING, CONDITIONS]),
    "moved section": (
        lambda deal: sections.move_section(by=deal.tomas, section_id=deal.section(SUMMARY).id, position=2),
        [SUMMARY, PRICING, CONDITIONS],
    ),
    "new section": (
        lambda deal: sections.add_section(by=deal.tomas, title="Team"),
        [SUMMARY, PRICING, CONDITIONS],
    ),
    "removed section": (
        lambda deal: sections.remove_section(by=deal.tomas, section_id=deal.section(CONDITIONS).id),
        [SUMMARY, PRICING],
    ),
    "nothing that is agreed on": (
        lambda deal: proposals.set_terms(by=deal.maya, changes={"code_before_reading": True}),
        list(EVERYTHING),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reopens_what_it_touches_and_nothing_else(change: str, agreed: Deal) -> None:
    act, untouched = CHANGES[change]
    keys = {title: agreed.key(title) for title in EVERYTHING}
    seen = {part.key: part.fingerprint for part in agreed.standing().parts}
    act(agreed)
    now = {part.key: part.fingerprint for part in agreed.standing().parts}
    assert [title for title in EVERYTHING if now.get(keys[title]) == seen[keys[title]]] == untouched
    assert Agreement.objects.filter(withdrawn_at__isnull=True).count() == 8


def test_a_document_discount_reopens_every_price_section(agreed: Deal) -> None:
    other = sections.add_section(by=agreed.maya, title="More prices", kind="pricing")
    add_line(by=agreed.maya, section_id=other.id, fields={"title": "Logo", "amount": "100.00"})
    before = agreed.part(PRICING).fingerprint, agreed.part("More prices").fingerprint
    CHANGES["document discount"][0](agreed)
    after = agreed.part(PRICING).fingerprint, agreed.part("More prices").fingerprint
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_comment_marks_reopen_nothing(agreed: Deal) -> None:
    section = agreed.section(SUMMARY)
    with lock_proposal(agreed.id) as locked:
        room = log.room_for_writing(locked)
        text = log.document_at(room)
        before = text.get_state()
        paragraph = text.get(root_name(section.id), type=pycrdt.XmlFragment).children[0]
        paragraph.children[0].format(5, 13, {"comment--Ab3/xY9+": {"id": "q7"}})
        payload = text.get_update(before)
        inserted = parse_update(payload, roots={root_name(section.id)}).inserted
        author = log.Author.of(agreed.tomas)
        log.append(room, [log.Entry(payload, inserted, author, session="", origin="ws")])
    marked = port().read(agreed.proposal, [section.id]).of(section.id)
    assert "comment" in str(marked)
    assert still_agreed(agreed) == list(EVERYTHING)


def test_bold_reopens(agreed: Deal) -> None:
    bold = {"type": "text", "text": TEXTS[SUMMARY], "marks": [{"type": "bold"}]}
    text = {"type": "doc", "content": [{"type": "paragraph", "content": [bold]}]}
    sections.write_text(by=agreed.tomas, section_id=agreed.section(SUMMARY).id, text=text, replace=True)
    assert SUMMARY not in still_agreed(agreed)


def test_text_and_price_that_return_count_as_agreed_again(agreed: Deal) -> None:
    agreed.write(SUMMARY, "Another text.")
    edit_line(by=agreed.maya, line_id=agreed.line("Portal").id, changes={"amount": "1.00"})
    assert still_agreed(agreed) == [CONDITIONS]
    agreed.write(SUMMARY, TEXTS[SUMMARY])
    edit_line(by=agreed.maya, line_id=agreed.line("Portal").id, changes={"amount": "8000"})
    assert still_agreed(agreed) == list(EVERYTHING)


# Taking it back


def test_an_agreement_is_taken_back_for_ones_own_side(agreed: Deal) -> None:
    withdraw_agreement(by=agreed.tomas, parts=[agreed.key(SUMMARY), TERMS])
    assert [agreed.agreed(title) for title in (SUMMARY, PRICING, TERMS)] == [(True, False), (True, True), (True, False)]
    assert agreed.events()[-2:] == ["agreement.withdrawn"] * 2
    assert told.sentence(agreed.trail()[-1]) == "Tomás Reyes took back the agreement to Terms of the whole"
    agreed.agree(agreed.tomas, SUMMARY)
    assert agreed.agreed(SUMMARY) == (True, True)


def test_what_was_taken_back_does_not_return_with_the_content(deal: Deal) -> None:
    deal.agree(deal.tomas, SUMMARY)
    deal.write(SUMMARY, "Another text.")
    withdraw_agreement(by=deal.tomas, parts=[deal.key(SUMMARY)])
    deal.write(SUMMARY, TEXTS[SUMMARY])
    settle(deal.id)
    assert deal.agreed(SUMMARY) == (False, False)
    assert deal.events() == ["section.agreed", "agreement.withdrawn"]


def test_taking_back_what_was_not_given_changes_nothing(deal: Deal) -> None:
    withdraw_agreement(by=deal.tomas, parts=[deal.key(SUMMARY), "section:7", "nothing"])
    assert (deal.events(), deal.proposal.version) == ([], 1)


def test_an_agreement_by_somebody_who_left_still_counts(deal: Deal) -> None:
    ines = deal.seat("ines@example.org", "client")
    deal.agree(ines, SUMMARY)
    factories.participant(deal.proposal)
    deal.proposal.participants.filter(user=ines.user).update(removed_at=deal.proposal.created_at)
    assert deal.agreed(SUMMARY) == (False, True)
