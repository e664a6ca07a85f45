"""Questions between the parties."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.conditions import unchanged
from api.endpoint import Endpoint, one, only
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.questions import (
    NewQuestionSerializer,
    NewReplySerializer,
    QuestionChangeSerializer,
    QuestionQuerySerializer,
    QuestionSerializer,
)
from proposals.actions import questions
from proposals.actions.keys import set_question_keys
from proposals.actions.values import KEY_EDITS
from proposals.models import Proposal, Question


class Questions(Endpoint):
    """The questions of a proposal."""

    tag = "questions"
    query = QuestionQuerySerializer

    @described(
        "list_questions", "List questions with their replies, the oldest first", answer=page_of(QuestionSerializer)
    )
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Open and closed ones, of both sides."""
        proposal, _ = self.enter()
        rows = _loaded(proposal).filter(**only(self.asked, "external_id", "status"))
        page = paginate(request, rows, ["id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(QuestionSerializer), page.shown(shown_question))

    @described(
        "ask_question",
        "Ask the other side",
        request=NewQuestionSerializer,
        answer=QuestionSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Both sides see it at once. A blocking question holds up freezing until its side closes it."""
        proposal, actor = self.enter()
        given = self.given(NewQuestionSerializer)
        section_id = given.pop("section", None)
        answer = self.once(lambda: {"question": str(questions.ask(by=actor, section_id=section_id, **given).id)})
        response = _answer(self, proposal, uuid.UUID(answer["question"]), status=201)
        response["Location"] = self.url(f"{request.path}{answer['question']}/")
        return response


class OneQuestion(Endpoint):
    """One question."""

    tag = "questions"

    @described("get_question", "Read a question and its replies", answer=QuestionSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID, question_id: uuid.UUID) -> Response:
        """The replies stand in it, the oldest first."""
        proposal, _ = self.enter()
        return _answer(self, proposal, question_id)

    @described(
        "change_question",
        "Close a question, open it again, or say whether it blocks",
        request=QuestionChangeSerializer,
        answer=QuestionSerializer,
        versioned=True,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID, question_id: uuid.UUID) -> Response:
        """For the side that asked."""
        proposal, actor = self.enter()
        given = self.given(QuestionChangeSerializer)
        edits, own_keys = only(given, "blocking"), only(given, *KEY_EDITS)
        with unchanged(request, actor, lambda locked: locked.questions.filter(id=question_id).first(), "question"):
            if edits:
                questions.edit_question(by=actor, question_id=question_id, changes=edits)
            if own_keys:
                set_question_keys(by=actor, question_id=question_id, changes=own_keys)
            if "status" in given:
                questions.close(by=actor, question_id=question_id, status=given["status"])
        return _answer(self, proposal, question_id)


class Replies(Endpoint):
    """Replies to a question."""

    tag = "questions"

    @described(
        "reply_to_question",
        "Reply to a question",
        request=NewReplySerializer,
        answer=QuestionSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, question_id: uuid.UUID) -> Response:
        """Anyone who takes part may; it closes nothing. The answer is the question with all its replies."""
        proposal, actor = self.enter()
        text = self.given(NewReplySerializer)["text"]
        self.once(lambda: {"reply": str(questions.reply(by=actor, question_id=question_id, text=text).id)})
        return _answer(self, proposal, question_id, status=201)


def shown_question(question: Question) -> dict[str, Any]:
    """A question as the API shows it."""
    return {
        "id": question.id,
        "section": question.section_id,
        "about": question.about,
        "text": question.text,
        "blocking": question.blocking,
        "status": question.status,
        "asked_by": question.asked_by_name,
        "side": question.side,
        "replies": [
            {
                "id": reply.id,
                "author": reply.author_name,
                "side": reply.side,
                "text": reply.text,
                "created_at": reply.created_at,
                "imported": reply.imported,
            }
            for reply in question.replies.all()
        ],
        "external_id": question.external_id,
        "metadata": question.metadata,
        "version": question.version,
        "created_at": question.created_at,
        "closed_at": question.closed_at,
        "imported": question.imported,
    }


def _loaded(proposal: Proposal) -> Any:
    return proposal.questions.prefetch_related("replies")


def _answer(endpoint: Endpoint, proposal: Proposal, question_id: uuid.UUID, *, status: int = 200) -> Response:
    question: Question = one(_loaded(proposal), question_id)
    return endpoint.shown(QuestionSerializer, shown_question(question), status=status, version=question.version)
