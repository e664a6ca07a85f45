"""What is told when a part leaves what was agreed, and when it returns: once for each side."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from proposals.actions import endings, sections
from proposals.actions.agreement import settle, settled_fingerprints, settled_texts
from proposals.actions.joining import join
from proposals.actions.lines import edit_line
from proposals.documents import told
from proposals.documents.parts import TERMS
from proposals.starters.text import document
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import CONDITIONS, PRICING, SUMMARY, TEXTS, Deal, agree_to_everything, deal_after

Settled = Callable[..., Any]


@pytest.fixture
def settled(django_capture_on_commit_callbacks: Any) -> Settled:
    """Runs something as a request does: with what happens after its transaction."""

    def run(action: Callable[..., Any], **fields: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return action(**fields)

    return run


@pytest.fixture
def agreed(db: None) -> Deal:
    """Both agree to everything."""
    return as_made(deal_after, agree_to_everything)


def test_leaving_and_returning_is_told_once_for_both_sides(agreed: Deal, settled: Settled) -> None:
    since = agreed.proposal.audit_number
    for amount in ("1.00", "2.00", "8000.00", "8000.00"):
        settled(edit_line, by=agreed.maya, line_id=agreed.line("Portal").id, changes={"amount": amount})
        settle(agreed.id)
    part, terms = agreed.key(PRICING), TERMS
    said = [
        (event.type, event.content.facts.get("part"), event.content.facts.get("sides"))
        for event in agreed.trail(since=since)
    ]
    both = ["client", "seller"]
    assert said == [
        ("line.changed", None, None),
        ("section.reopened", part, both),
        ("section.reopened", terms, both),
        ("line.changed", None, None),
        ("line.changed", None, None),
        ("section.restored", part, both),
        ("section.restored", terms, both),
    ]
    assert {event.content.actor_name for event in agreed.trail(since=since)} == {"Maya Lindqvist", ""}


def test_the_sentences_name_the_part_and_the_side(deal: Deal) -> None:
    deal.agree(deal.tomas, SUMMARY)
    deal.write(SUMMARY, "Another text.")
    settle(deal.id)
    deal.write(SUMMARY, TEXTS[SUMMARY])
    settle(deal.id)
    assert [told.sentence(event) for event in deal.trail()][1:] == [
        "Summary is open again: it changed since the client agreed",
        "Summary is again what the client agreed to",
    ]


def test_one_sentence_tells_of_both_sides(agreed: Deal) -> None:
    since = agreed.proposal.audit_number
    agreed.write(SUMMARY, "Another text.")
    settle(agreed.id)
    agreed.write(SUMMARY, TEXTS[SUMMARY])
    settle(agreed.id)
    assert [told.sentence(event) for event in agreed.trail(since=since)] == [
        "Summary is open again: it changed since both sides agreed",
        "Summary is again what both sides agreed to",
    ]


def test_agreeing_to_the_new_content_tells_no_return(deal: Deal) -> None:
    deal.agree(deal.tomas, SUMMARY)
    deal.write(SUMMARY, "Another text.")
    settle(deal.id)
    deal.agree(deal.tomas, SUMMARY)
    settle(deal.id)
    deal.write(SUMMARY, TEXTS[SUMMARY])
    settle(deal.id)
    assert deal.events() == ["section.agreed", "section.reopened", "section.agreed"]
    assert deal.agreed(SUMMARY) == (False, True)


def test_nobody_is_told_of_a_part_that_nobody_agreed_to(deal: Deal) -> None:
    deal.write(SUMMARY, "Another text.")
    assert settle(deal.id) is not None
    assert deal.events() == []


def test_what_moved_is_told_though_somebody_types_at_that_moment(
    agreed: Deal, django_capture_on_commit_callbacks: Any
) -> None:
    since = agreed.proposal.audit_number
    with django_capture_on_commit_callbacks() as after:
        edit_line(by=agreed.maya, line_id=agreed.line("Portal").id, changes={"amount": "1.00"})
    typed = []

    def type_meanwhile(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if 'FROM "proposals_proposal" AS own WHERE own."id" IN' in sql and not typed:  # the lock; the text is read
            typed.append(sql)
            agreed.write(CONDITIONS, "Typed meanwhile.")
        return execute(sql, *rest)

    with connection.execute_wrapper(type_meanwhile):
        for hook in after:
            hook()
    assert len(typed) == 1
    told_of = [(event.type, event.content.facts.get("part")) for event in agreed.trail(since=since)]
    assert told_of == [
        ("line.changed", None),
        ("section.reopened", agreed.key(PRICING)),
        ("section.reopened", TERMS),
    ]


def test_a_removed_part_is_told_by_its_removal_only(agreed: Deal, settled: Settled) -> None:
    since = agreed.proposal.audit_number
    settled(sections.remove_section, by=agreed.tomas, section_id=agreed.section(CONDITIONS).id)
    told_of = [event.content.facts.get("title") for event in agreed.trail(since=since)]
    assert told_of == [CONDITIONS, "Terms of the whole"]


def test_settling_gives_the_fingerprints_to_show(deal: Deal) -> None:
    standing = deal.standing()
    assert settled_fingerprints(deal.id) == (
        standing.texts.seq,
        {part.key: part.fingerprint for part in standing.parts},
    )


def test_what_is_not_open_is_not_settled(agreed: Deal, preparing: Deal) -> None:
    endings.decline(by=agreed.tomas)
    assert settle(agreed.id) is None
    assert settled_fingerprints(preparing.id) is None


def test_text_is_settled_after_an_action_wrote_it(agreed: Deal, settled: Settled) -> None:
    """The room settles what is typed; what an action writes has no room that would."""
    since = agreed.proposal.audit_number
    settled(
        sections.write_text,
        by=agreed.maya,
        section_id=agreed.section(SUMMARY).id,
        text=document("From the API."),
        replace=True,
    )
    assert agreed.events(since=since) == ["section.edited", "section.reopened"]


def test_joining_settles_nothing(agreed: Deal, settled: Settled) -> None:
    place = agreed.proposal.participants.get(user=factories.client(agreed.proposal))
    settled(join, participant_id=place.id, by=place.user)
    assert agreed.events()[-1] == "participant.joined"


def test_text_alone_settles_as_the_whole_does(deal: Deal) -> None:
    """What is made for a text alone is what the whole would give, and it tells of leaving and returning as well."""
    summary, pricing = deal.key(SUMMARY), deal.key(PRICING)
    whole = settled_fingerprints(deal.id)
    assert whole is not None
    seq, fingerprints = whole
    assert settled_texts(deal.id, {summary}) == (seq, {summary: fingerprints[summary]})
    assert settled_texts(deal.id, {summary, pricing}) == whole
    assert settled_texts(deal.id, {"section:gone"}) == (seq, {})
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    since = deal.proposal.audit_number
    for text in ("Something else.", TEXTS[SUMMARY], TEXTS[SUMMARY]):
        deal.write(SUMMARY, text)
        settled_texts(deal.id, {summary})
    assert deal.events(since=since) == ["section.reopened", "section.restored"]
    endings.decline(by=deal.tomas)
    assert settled_texts(deal.id, {summary}) is None
