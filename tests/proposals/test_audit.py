"""The audit trail: its chain, every way of tampering with it, and a sentence for every event."""

import ast
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.utils import InternalError

import proposals
from proposals.actions import audit, sections
from proposals.actions.lines import edit_line
from proposals.actions.proposals import set_terms, share
from proposals.documents import told
from proposals.fragments.render import PIECES, SPECIAL
from proposals.models import AuditContent, AuditEvent, Proposal, RecordIsFinal, Revision
from tests.kept import as_made
from tests.proposals.deal import CONDITIONS, SUMMARY, Deal, deal_after

TABLES = (
    "proposals_auditevent",
    "proposals_auditcontent",
    "proposals_revision",
    "proposals_reopening",
    "proposals_signature",
    "proposals_filestage",
)


def tell_much(deal: Deal) -> None:
    deal.agree(deal.maya, SUMMARY)
    deal.agree(deal.tomas, SUMMARY)
    set_terms(by=deal.maya, changes={"title": "Ein größeres Portal", "starts_on": "2027-01-12"})
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7999.90"})
    sections.remove_section(by=deal.tomas, section_id=deal.section(CONDITIONS).id)


@pytest.fixture
def told_much(db: None) -> Deal:
    """A trail of five events."""
    return as_made(deal_after, tell_much)


def test_events_are_numbered_without_gaps_and_chained(told_much: Deal) -> None:
    trail = told_much.trail()
    assert [event.number for event in trail] == [1, 2, 3, 4, 5]
    assert [event.previous_hash for event in trail] == ["", *(event.hash for event in trail[:-1])]
    assert all(len(event.hash) == len(event.content_digest) == 64 for event in trail)
    proposal = told_much.proposal
    assert (proposal.audit_number, proposal.audit_hash) == (5, trail[-1].hash)
    assert audit.verify(proposal) == audit.ChainVerdict(True, 5, trail[-1].hash)


def test_an_empty_trail_is_whole(deal: Deal) -> None:
    assert audit.verify(deal.proposal) == audit.ChainVerdict(True, 0, "")


def test_a_new_epoch_begins_a_new_chain_and_leaves_the_old_one_whole(preparing: Deal) -> None:
    set_terms(by=preparing.maya, changes={"title": "Another"})
    share(by=preparing.maya)
    assert preparing.trail()[0].previous_hash == ""
    assert [audit.verify(preparing.proposal, epoch=epoch).whole for epoch in (0, 1)] == [True, True]


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def without_triggers() -> None:
    """What somebody with the database's password would do first."""
    for table in TABLES:
        for verb in ("update", "delete"):
            run(f"DROP TRIGGER {table}_no_{verb}")


def pk(deal: Deal, number: int) -> int:
    return AuditEvent.objects.get(proposal=deal.id, epoch=1, number=number).pk


def rewrite(deal: Deal, number: int, **fields: Any) -> None:
    """Change an event and give it the hash that goes with the change."""
    AuditEvent.objects.filter(pk=pk(deal, number)).update(**fields)
    changed = AuditEvent.objects.get(pk=pk(deal, number))
    AuditEvent.objects.filter(pk=changed.pk).update(hash=audit.event_hash(changed))


def drop_last(deal: Deal) -> None:
    last = pk(deal, 5)
    AuditContent.objects.filter(event=last)._raw_delete(using="default")
    AuditEvent.objects.filter(pk=last)._raw_delete(using="default")


def drop_third(deal: Deal) -> None:
    third = pk(deal, 3)
    AuditContent.objects.filter(event=third)._raw_delete(using="default")
    AuditEvent.objects.filter(pk=third)._raw_delete(using="default")


def exchange(deal: Deal) -> None:
    second, third = pk(deal, 2), pk(deal, 3)
    AuditEvent.objects.filter(pk=second).update(number=99)
    AuditEvent.objects.filter(pk=third).update(number=2)
    AuditEvent.objects.filter(pk=second).update(number=3)


TAMPERING: dict[str, tuple[Callable[[Deal], object], int, str]] = {
    "type": (lambda deal: AuditEvent.objects.filter(pk=pk(deal, 2)).update(type="terms.changed"), 2, "was changed"),
    "time": (
        lambda deal: AuditEvent.objects.filter(pk=pk(deal, 2)).update(
            created_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        ),
        2,
        "was changed",
    ),
    "hash": (lambda deal: AuditEvent.objects.filter(pk=pk(deal, 2)).update(hash="0" * 64), 2, "was changed"),
    "digest": (
        lambda deal: AuditEvent.objects.filter(pk=pk(deal, 2)).update(content_digest="0" * 64),
        2,
        "was changed",
    ),
    "an event rewritten with its hash": (
        lambda deal: rewrite(deal, 2, type="terms.changed"),
        3,
        "does not follow",
    ),
    "the last event rewritten with its hash": (lambda deal: rewrite(deal, 5, type="terms.changed"), 6, "end"),
    "facts": (
        lambda deal: AuditContent.objects.filter(event=pk(deal, 4)).update(facts={"title": "Portal"}),
        4,
        "What event 4 says",
    ),
    "who": (
        lambda deal: AuditContent.objects.filter(event=pk(deal, 2)).update(actor_name="Maya Lindqvist"),
        2,
        "What event 2 says",
    ),
    "whose account": (
        lambda deal: AuditContent.objects.filter(event=pk(deal, 2)).update(actor=deal.maya.user),
        2,
        "What event 2 says",
    ),
    "side": (
        lambda deal: AuditContent.objects.filter(event=pk(deal, 2)).update(side="seller"),
        2,
        "What event 2 says",
    ),
    "salt": (
        lambda deal: AuditContent.objects.filter(event=pk(deal, 2)).update(salt="0" * 32),
        2,
        "What event 2 says",
    ),
    "an event taken out": (drop_third, 4, "Event 3 is missing"),
    "the end cut off": (drop_last, 5, "end"),
    "two exchanged": (exchange, 2, "does not follow"),
    "the head": (
        lambda deal: Proposal.objects.filter(id=deal.id).update(audit_hash="0" * 64),
        6,
        "end",
    ),
}


@pytest.mark.parametrize("tampering", TAMPERING)
def test_every_kind_of_tampering_is_found(tampering: str, told_much: Deal) -> None:
    without_triggers()
    act, broken_at, why = TAMPERING[tampering]
    act(told_much)
    verdict = audit.verify(told_much.proposal)
    assert (verdict.whole, verdict.broken_at) == (False, broken_at)
    assert why in verdict.why


def test_the_content_of_an_event_can_be_erased_without_breaking_the_chain(told_much: Deal) -> None:
    """So that personal content can be removed one day: the digest stays."""
    without_triggers()
    AuditContent.objects.filter(event=pk(told_much, 2))._raw_delete(using="default")
    assert audit.verify(told_much.proposal).whole


@pytest.mark.parametrize("table", TABLES[:2])
def test_the_database_refuses_to_change_or_delete(table: str, told_much: Deal) -> None:
    for statement in (f"UPDATE {table} SET {'salt' if 'content' in table else 'type'} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises((IntegrityError, InternalError), match="is final"):
            run(statement)


def test_so_does_python(told_much: Deal) -> None:
    event = told_much.trail()[0]
    for record in (event, event.content, Revision(pk=told_much.id)):
        record._state.adding = False
        with pytest.raises(RecordIsFinal):
            record.save()
        with pytest.raises(RecordIsFinal):
            record.delete()


# Sentences


def recorded_types() -> set[str]:
    """Every text of the form `noun.past` in the code that appends events, with a noun that events are about."""
    found: set[str] = set()
    root = Path(proposals.__file__).parent.parent
    for path in (path for folder in ("proposals/actions", "collab", "api") for path in (root / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                noun, _, verb = node.value.partition(".")
                if noun in PIECES and verb.isidentifier() and verb not in NOT_PAST:
                    found.add(node.value)
    return found


NOT_PAST = {"json", "pdf", "docx", "html", "settled", "titles"}
"""Ends of file names, and of the socket's own messages."""


def test_there_is_a_sentence_for_every_event_and_an_event_for_every_sentence() -> None:
    assert recorded_types() == set(told.SENTENCES)
    assert {event.partition(".")[0] for event in told.SENTENCES} == set(PIECES)
    assert set(SPECIAL) <= set(told.SENTENCES)


def test_sentences_begin_with_who_did_it_or_a_capital(told_much: Deal) -> None:
    assert [told.sentence(event) for event in told_much.trail()] == [
        "Maya Lindqvist agreed to Summary",
        "Tomás Reyes agreed to Summary",
        "Maya Lindqvist changed the title from A booking portal your patients can use without calling to "
        "Ein größeres Portal and start from nothing to 12 January 2027",
        "Maya Lindqvist changed Portal: amount from 8000 to 7999.9",
        "Tomás Reyes removed the section Conditions",
    ]
