"""What one side settles within itself: who may agree for it, and a colleague's look before that."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, one
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.colleagues import (
    AgreeingChangeSerializer,
    AgreeingSerializer,
    NewReviewSerializer,
    ReviewAnswerSerializer,
    ReviewSerializer,
)
from api.serializers.proposals import PageQuerySerializer
from proposals.access import Actor
from proposals.actions import reviews
from proposals.locking import lock_proposal
from proposals.models import ColleagueReview, Proposal


class Agreeing(Endpoint):
    """Who agrees for the caller's side."""

    tag = "agreement"

    @described("get_agreeing", "Read who may agree for one's side", answer=AgreeingSerializer)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Everybody who may write or signs, unless the side names who does; whether it waits is the side's own.

        It goes on naming them though the last of those named was taken out: then nobody agrees until it names others.
        """
        return self._answer(*self.enter("review"))

    @described(
        "change_agreeing",
        "Name who may agree for one's side, or wait for colleagues",
        request=AgreeingChangeSerializer,
        answer=AgreeingSerializer,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """A person's act. Both sides read who was named; that it waits, only the side itself."""
        _, actor = self.enter("name_who_agrees")
        given = self.given(AgreeingChangeSerializer)
        with lock_proposal(actor.proposal_id):
            if "participants" in given:
                reviews.name_who_agrees(by=actor, participant_ids=given["participants"])
            if "holds_for_reviews" in given:
                reviews.hold_for_reviews(by=actor, hold=given["holds_for_reviews"])
        return self._answer(*self.enter("review"))

    def _answer(self, proposal: Proposal, actor: Actor) -> Response:
        named = proposal.participants.filter(side=actor.side, may_agree=True, removed_at__isnull=True).order_by("id")
        party = proposal.party(actor.side)
        shown = {
            "side": actor.side,
            "names_who_agrees": party.names_who_agrees,
            "participants": [row.id for row in named],
            "holds_for_reviews": party.holds_for_reviews,
        }
        return self.shown(AgreeingSerializer, shown)


class Reviews(Endpoint):
    """Colleagues who were asked to look."""

    tag = "agreement"
    query = PageQuerySerializer

    @described("list_reviews", "List which colleagues were asked to look first", answer=page_of(ReviewSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Of the caller's side, the newest first. The other side sees nothing of it."""
        proposal, actor = self.enter("review")
        rows, cursor = _loaded(proposal, actor), self.asked.get("cursor", "")
        page = paginate(request, rows, ["-id"], cursor=cursor, limit=self.asked["limit"])
        return self.shown(page_of(ReviewSerializer), page.shown(_shown))

    @described(
        "ask_colleague",
        "Ask a colleague to look first",
        request=NewReviewSerializer,
        answer=ReviewSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """A person's act. They are told by mail; the other side sees nothing of it."""
        proposal, actor = self.enter("review")
        given = self.given(NewReviewSerializer)

        def run() -> dict[str, Any]:
            asked = reviews.ask_colleague(by=actor, participant_id=given["participant"], text=given.get("text", ""))
            return {"review": str(asked.id)}

        made = uuid.UUID(self.once(run)["review"])
        return self.shown(ReviewSerializer, _shown(one(_loaded(proposal, actor), made)), status=201)


class ReviewAnswer(Endpoint):
    """A colleague's answer."""

    tag = "agreement"

    @described(
        "answer_review",
        "Say that it is fine, or what is not",
        request=ReviewAnswerSerializer,
        answer=ReviewSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, review_id: uuid.UUID) -> Response:
        """By the colleague who was asked. Answering again replaces the answer."""
        proposal, actor = self.enter("review")
        given = self.given(ReviewAnswerSerializer)

        def run() -> dict[str, Any]:
            reviews.answer_colleague(by=actor, review_id=review_id, **given)
            return {}

        self.once(run)
        return self.shown(ReviewSerializer, _shown(one(_loaded(proposal, actor), review_id)))


def _loaded(proposal: Proposal, actor: Actor) -> Any:
    rows = ColleagueReview.objects.filter(proposal=proposal, side=actor.side)
    return rows.select_related("asked_by", "colleague__user")


def _shown(review: ColleagueReview) -> dict[str, Any]:
    return {
        "id": review.id,
        "asked_by": review.asked_by.display_name,
        "participant": review.colleague_id,
        "colleague": review.colleague.user.display_name,
        "text": review.text,
        "is_fine": review.is_fine,
        "answer": review.answer,
        "created_at": review.created_at,
        "answered_at": review.answered_at,
    }
