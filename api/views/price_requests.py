"""“Show me the price”: asking, answering, saying it unasked."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, one
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.price_requests import (
    NewPriceRequestSerializer,
    PriceAnswerSerializer,
    PriceOfferSerializer,
    PriceRequestSerializer,
)
from api.serializers.proposals import PageQuerySerializer
from proposals.actions import price_requests
from proposals.models import PriceRequest, Proposal

SHOWN_AS_THEY_ARE = (
    "id", "side", "text", "answer", "currency", "figure", "low", "likely", "high", "sure", "would_change", "reason",
    "due_on", "version", "created_at", "answered_at",
)  # fmt: skip


class PriceRequests(Endpoint):
    """The requests for the price."""

    tag = "pricing"
    query = PageQuerySerializer

    @described("list_price_requests", "List requests for the price", answer=page_of(PriceRequestSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """With their answers, the oldest first, the same for both sides."""
        proposal, _ = self.enter()
        rows = proposal.price_requests.all()
        page = paginate(request, rows, ["id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(PriceRequestSerializer), page.shown(shown_request))

    @described(
        "ask_for_the_price",
        "Ask to be shown the price",
        request=NewPriceRequestSerializer,
        answer=PriceRequestSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For the client, at any moment. It stands in the room until it is answered; it can't be declined."""
        proposal, actor = self.enter()
        text = self.given(NewPriceRequestSerializer).get("text", "")
        made = self.once(lambda: {"request": str(price_requests.ask_price(by=actor, text=text).id)})
        return _answer(self, proposal, made["request"], status=201)


class PriceAnswer(Endpoint):
    """The seller's answer."""

    tag = "pricing"

    @described(
        "answer_with_the_price",
        "Answer a request for the price",
        request=PriceAnswerSerializer,
        answer=PriceRequestSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, request_id: uuid.UUID) -> Response:
        """A figure, a range, or a reason and a date. A later answer replaces it, and the log keeps both."""
        proposal, actor = self.enter()
        given = self.given(PriceAnswerSerializer)
        answer = given.pop("answer")
        self.once(
            lambda: _made(price_requests.answer_price(by=actor, request_id=request_id, answer=answer, given=given))
        )
        return _answer(self, proposal, request_id)


class PriceOffer(Endpoint):
    """Saying it unasked."""

    tag = "pricing"

    @described(
        "say_the_price",
        "Say the price unasked",
        request=PriceOfferSerializer,
        answer=PriceRequestSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For the seller: a figure or a range, and why it helps to know it now."""
        proposal, actor = self.enter()
        given = self.given(PriceOfferSerializer)
        answer, why = given.pop("answer"), given.pop("why_now")
        made = self.once(lambda: _made(price_requests.offer_price(by=actor, why_now=why, answer=answer, given=given)))
        return _answer(self, proposal, made["request"], status=201)


def shown_request(row: PriceRequest) -> dict[str, Any]:
    """A request as the API shows it."""
    return {
        **{name: getattr(row, name) for name in SHOWN_AS_THEY_ARE},
        "asked_by": row.asked_by_name,
        "answered_by": row.answered_by_name,
    }


def _made(row: PriceRequest) -> dict[str, str]:
    return {"request": str(row.id)}


def _answer(endpoint: Endpoint, proposal: Proposal, key: uuid.UUID | str, *, status: int = 200) -> Response:
    row: PriceRequest = one(proposal.price_requests.all(), uuid.UUID(str(key)))
    return endpoint.shown(PriceRequestSerializer, shown_request(row), status=status, version=row.version)
