"""Questions: asked and answered by anyone at the table, closed by the side that asked."""

import uuid
from typing import Any

import pytest

from proposals.actions.questions import ask, close, edit_question, reply
from proposals.documents import told
from proposals.exceptions import Invalid, NotAllowed, NotFound, StaleVersion
from proposals.models import Question, Reply
from tests.proposals.deal import SUMMARY, Deal, refused


def test_a_question_stands_for_both_with_who_asked_and_where(deal: Deal) -> None:
    section = deal.section(SUMMARY)
    asked = ask(by=deal.tomas, text=" When do\nyou start? ", section_id=section.id, about="January", blocking=True)
    assert (asked.text, asked.side, asked.asked_by_name) == ("When do\nyou start?", "client", "Tomás Reyes")
    assert (asked.section, asked.about, asked.blocking, asked.status) == (section, "January", True, "open")
    assert told.sentence(deal.trail()[-1]) == "Tomás Reyes asked: When do\nyou start?"


def test_readers_and_tokens_ask_too(deal: Deal) -> None:
    reader = deal.seat("reader@example.org", "client", role="reader")
    assert ask(by=reader, text="May I?").asked_by == reader.user
    by_program = ask(by=deal.token("client"), text="From the CRM?", external_id="q-7", metadata={"a": "b"})
    assert (by_program.asked_by, by_program.asked_by_name) == (None, "Harbour Street Clinic")
    assert (by_program.external_id, by_program.metadata) == ("q-7", {"a": "b"})


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": " "}, "required"),
        ({"text": "x" * 4001}, "too_long"),
        ({"text": "Why?", "about": "x" * 301}, "too_long"),
        ({"text": "Why?", "metadata": {"n": 1}}, "bad_metadata"),
    ],
)
def test_what_can_not_be_used_is_refused(fields: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        ask(by=deal.tomas, **fields)


def test_a_question_about_a_section_that_is_not_there_is_not_asked(deal: Deal) -> None:
    with refused(NotFound):
        ask(by=deal.tomas, text="Why?", section_id=uuid.UUID(int=7))


def test_a_reply_closes_nothing(deal: Deal) -> None:
    asked = ask(by=deal.tomas, text="When?")
    said = reply(by=deal.maya, question_id=asked.id, text="In January.")
    assert (said.author_name, said.side, said.text) == ("Maya Lindqvist", "seller", "In January.")
    asked.refresh_from_db()
    assert (asked.status, asked.version) == ("open", 2)
    with refused(Invalid, "required"):
        reply(by=deal.maya, question_id=asked.id, text="")
    with refused(NotFound):
        reply(by=deal.maya, question_id="no id", text="Hm")


def test_only_the_askers_side_closes_and_anyone_of_it(deal: Deal) -> None:
    asked = ask(by=deal.tomas, text="When?")
    for status in ("answered", "waived", "open"):
        with refused(NotAllowed):
            close(by=deal.maya, question_id=asked.id, status=status)
    ines = deal.seat("ines@example.org", "client", role="reader")
    closed = close(by=ines, question_id=asked.id)
    assert (closed.status, closed.version) == ("answered", 2)
    assert closed.closed_at is not None


def test_a_question_is_answered_waived_and_opened_again(deal: Deal) -> None:
    asked = ask(by=deal.tomas, text="When?")
    for status in ("answered", "waived", "open", "open"):
        close(by=deal.tomas, question_id=asked.id, status=status)
    assert deal.events() == ["question.asked", "question.answered", "question.waived", "question.reopened"]
    asked.refresh_from_db()
    assert (asked.closed_at, asked.version) == (None, 4)
    with refused(Invalid, "unknown_value"):
        close(by=deal.tomas, question_id=asked.id, status="forgotten")
    with refused(StaleVersion):
        close(by=deal.tomas, question_id=asked.id, expected_version=1)


def test_the_askers_side_says_whether_it_blocks(deal: Deal) -> None:
    asked = ask(by=deal.tomas, text="When?")
    with refused(NotAllowed):
        edit_question(by=deal.maya, question_id=asked.id, changes={"blocking": True})
    edit_question(by=deal.tomas, question_id=asked.id, changes={"blocking": True})
    edit_question(by=deal.tomas, question_id=asked.id, changes={"blocking": "true"})
    assert deal.events() == ["question.asked", "question.changed"]
    changed = Question.objects.get(id=asked.id)
    assert (changed.blocking, changed.version) == (True, 2)
    with refused(Invalid, "unknown_field"):
        edit_question(by=deal.tomas, question_id=asked.id, changes={"text": "Where?"})


def test_questions_may_be_asked_while_locked(deal: Deal) -> None:
    deal.freeze()
    asked = ask(by=deal.tomas, text="One more thing?", blocking=True)
    reply(by=deal.maya, question_id=asked.id, text="Yes?")
    assert Reply.objects.count() == 1
    assert deal.proposal.state == "frozen"
