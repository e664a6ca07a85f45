"""Questions between the parties: ask, reply, answer, waive, reopen."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import changing, check_version
from proposals.actions.keys import require_free
from proposals.exceptions import NotAllowed
from proposals.models import Question, Reply

_TEXT = values.text(4000, required=True, lines=True)


def ask(
    *,
    by: Actor,
    text: str,
    section_id: uuid.UUID | str | None = None,
    about: str = "",
    blocking: bool = False,
    external_id: str = "",
    metadata: Mapping[str, str] | None = None,
) -> Question:
    """Ask the other side something. A blocking question holds up freezing until it is answered or waived."""
    with changing(by, "ask") as change:
        section = change.section(section_id) if section_id else None
        question = Question(
            proposal=change.proposal,
            section=section,
            asked_by=change.by.user,
            asked_by_name=change.by.name,
            side=change.by.side,
            about=values.text(300)("about", about),
            text=_TEXT("text", text),
            blocking=blocking,
            external_id=values.text(200)("external_id", external_id),
            metadata=values.metadata("metadata", metadata or {}),
        )
        require_free(change.proposal.questions.all(), question.external_id)
        question.save(force_insert=True)
        change.record(
            "question.asked",
            question=str(question.id),
            section=str(section.id) if section else "",
            text=question.text[:200],
            blocking=blocking,
        )
        return question


def reply(*, by: Actor, question_id: uuid.UUID | str, text: str) -> Reply:
    """Say something under a question. Anyone who takes part may; it closes nothing."""
    with changing(by, "ask") as change:
        question = change.question(question_id)
        said = Reply(
            question=question,
            author=change.by.user,
            author_name=change.by.name,
            side=change.by.side,
            text=_TEXT("text", text),
        )
        said.save(force_insert=True)
        question.version += 1
        question.save(update_fields=["version"])
        change.record("question.replied", question=str(question.id), section=_section(question), text=said.text[:200])
        return said


def close(
    *, by: Actor, question_id: uuid.UUID | str, status: str = "answered", expected_version: int | None = None
) -> Question:
    """Mark a question as answered or waived, or open it again. Only the asker's side decides that."""
    with changing(by, "ask") as change:
        question = change.question(question_id)
        check_version(question.version, expected_version, "question")
        status = values.one_of(list(Question.Status.values))("status", status)
        if question.side != change.by.side:
            raise NotAllowed("A question is closed by the side that asked it. Nothing was changed.")
        if question.status == status:
            return question
        question.status = status
        question.closed_at = None if status == Question.Status.OPEN else timezone.now()
        question.version += 1
        question.save()
        event = {"answered": "question.answered", "waived": "question.waived", "open": "question.reopened"}[status]
        change.record(event, question=str(question.id), section=_section(question), text=question.text[:200])
        return question


def edit_question(*, by: Actor, question_id: uuid.UUID | str, changes: Mapping[str, Any]) -> Question:
    """Change whether a question blocks; the asker's side only."""
    with changing(by, "ask") as change:
        question = change.question(question_id)
        if question.side != change.by.side:
            raise NotAllowed("A question is changed by the side that asked it. Nothing was changed.")
        fields = values.parse_all({"blocking": values.yes_or_no}, changes)
        if fields.get("blocking", question.blocking) != question.blocking:
            change.record(
                "question.changed",
                question=str(question.id),
                section=_section(question),
                text=question.text[:200],
                blocking=fields["blocking"],
            )
            question.blocking = fields["blocking"]
            question.version += 1
            question.save()
        return question


def _section(question: Question) -> str:
    return str(question.section_id) if question.section_id else ""
