"""Open books: what the seller discloses, and what the client asks for."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.conditions import unchanged
from api.endpoint import Endpoint, one
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.disclosures import (
    DisclosureChangeSerializer,
    DisclosureRequestSerializer,
    DisclosureSerializer,
    NewDisclosureRequestSerializer,
    NewDisclosureSerializer,
    NewTimesSerializer,
    RequestAnswerSerializer,
    TimesAnswerSerializer,
    WithdrawalSerializer,
)
from api.serializers.proposals import PageQuerySerializer
from proposals.actions import disclosures, talks
from proposals.fragments.books import CardView, card_view
from proposals.models import DisclosureRequest, Proposal


class Disclosures(Endpoint):
    """The cards of a proposal."""

    tag = "disclosures"
    query = PageQuerySerializer

    @described("list_disclosures", "List the cards, with what changed in them", answer=page_of(DisclosureSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Withdrawn ones too, with their reason. Both sides get the same."""
        proposal, _ = self.enter()
        rows = proposal.disclosures.shown(proposal.epoch)
        page = paginate(request, rows, ["id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(DisclosureSerializer), page.shown(lambda row: shown_card(card_view(row, proposal))))

    @described(
        "publish_disclosure",
        "Disclose how a price is made",
        request=NewDisclosureSerializer,
        answer=DisclosureSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For the seller. Both sides see it at once; requests for its kind are answered by it."""
        proposal, actor = self.enter()
        given = self.given(NewDisclosureSerializer)
        kind = given.pop("kind")
        answer = self.once(lambda: {"card": str(disclosures.publish(by=actor, kind=kind, fields=given).id)})
        response = _answer(self, proposal, uuid.UUID(answer["card"]), status=201)
        response["Location"] = self.url(f"{request.path}{answer['card']}/")
        return response


class OneDisclosure(Endpoint):
    """One card."""

    tag = "disclosures"

    @described("get_disclosure", "Read a card", answer=DisclosureSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID, disclosure_id: uuid.UUID) -> Response:
        """With its trace."""
        proposal, _ = self.enter()
        return _answer(self, proposal, disclosure_id)

    @described(
        "change_disclosure",
        "Change a card",
        request=DisclosureChangeSerializer,
        answer=DisclosureSerializer,
        versioned=True,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID, disclosure_id: uuid.UUID) -> Response:
        """For the seller. The old values stay readable."""
        proposal, actor = self.enter()
        given = self.given(DisclosureChangeSerializer)
        why = given.pop("why", "")
        with unchanged(request, actor, lambda locked: locked.disclosures.filter(id=disclosure_id).first(), "card"):
            disclosures.change_disclosure(by=actor, disclosure_id=disclosure_id, fields=given, why=why)
        return _answer(self, proposal, disclosure_id)


class WithdrawDisclosure(Endpoint):
    """Taking a card back."""

    tag = "disclosures"

    @described(
        "withdraw_disclosure",
        "Withdraw a card",
        request=WithdrawalSerializer,
        answer=DisclosureSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, disclosure_id: uuid.UUID) -> Response:
        """For the seller. It stays readable, with the reason."""
        proposal, actor = self.enter()
        reason = self.given(WithdrawalSerializer)["reason"]
        self.once(
            lambda: {
                "card": str(disclosures.withdraw_disclosure(by=actor, disclosure_id=disclosure_id, reason=reason).id)
            }
        )
        return _answer(self, proposal, disclosure_id)


class DisclosureRequests(Endpoint):
    """What the client asked to see."""

    tag = "disclosures"
    query = PageQuerySerializer

    @described(
        "list_disclosure_requests",
        "List what was asked for, and the answers",
        answer=page_of(DisclosureRequestSerializer),
    )
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """The oldest first."""
        proposal, _ = self.enter()
        rows = proposal.disclosure_requests.all()
        page = paginate(request, rows, ["id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(DisclosureRequestSerializer), page.shown(shown_request))

    @described(
        "request_disclosure",
        "Ask to see how a price is made",
        request=NewDisclosureRequestSerializer,
        answer=DisclosureRequestSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For the client, who gets the card, a reason, or a date."""
        proposal, actor = self.enter()
        given = self.given(NewDisclosureRequestSerializer)
        answer = self.once(lambda: {"request": str(disclosures.request_disclosure(by=actor, **given).id)})
        asked: DisclosureRequest = one(proposal.disclosure_requests.all(), uuid.UUID(answer["request"]))
        return self.shown(DisclosureRequestSerializer, shown_request(asked), status=201)


class AnswerDisclosureRequest(Endpoint):
    """The answer while there is no card."""

    tag = "disclosures"

    @described(
        "answer_disclosure_request",
        "Say by when a card comes, or why it doesn't",
        request=RequestAnswerSerializer,
        answer=DisclosureRequestSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, request_id: uuid.UUID) -> Response:
        """For the seller."""
        proposal, actor = self.enter()
        given = self.given(RequestAnswerSerializer)
        self.once(lambda: {"request": str(disclosures.answer_request(by=actor, request_id=request_id, **given).id)})
        asked: DisclosureRequest = one(proposal.disclosure_requests.all(), request_id)
        return self.shown(DisclosureRequestSerializer, shown_request(asked))


class ProposeTimes(Endpoint):
    """“Explain it to me”, “let me explain it”, or other times."""

    tag = "disclosures"

    @described(
        "propose_times",
        "Propose times to talk about a card",
        request=NewTimesSerializer,
        answer=DisclosureSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, disclosure_id: uuid.UUID) -> Response:
        """For either side; the other one answers. The last proposal is the one that stands."""
        proposal, actor = self.enter()
        times = self.given(NewTimesSerializer)["times"]
        self.once(lambda: {"times": str(talks.propose_times(by=actor, disclosure_id=disclosure_id, times=times).id)})
        return _answer(self, proposal, disclosure_id, status=201)


class AnswerTimes(Endpoint):
    """The answer to proposed times."""

    tag = "disclosures"

    @described(
        "answer_times",
        "Take a proposed time, read first, or need no talk",
        request=TimesAnswerSerializer,
        answer=DisclosureSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, times_id: uuid.UUID) -> Response:
        """For the side that did not propose them."""
        proposal, actor = self.enter()
        given = self.given(TimesAnswerSerializer)
        answer = self.once(
            lambda: {"card": str(talks.answer_times(by=actor, times_id=times_id, **given).disclosure_id)}
        )
        return _answer(self, proposal, uuid.UUID(answer["card"]))


def shown_card(view: CardView) -> dict[str, Any]:
    """A card as the API shows it."""
    content = view.content
    return {
        "id": view.disclosure.id,
        "headline": view.headline,
        "words": list(view.card.words),
        **{
            name: content[name]
            for name in ("kind", "title", "context", "given", "result", "pay", "basis")
            if name in content
        },
        "version": view.disclosure.version,
        "published_by": view.by,
        "trace": [{"by": trace.by, "why": trace.why, "changes": trace.changes} for trace in view.trace],
        "times": [
            {
                "id": times.id,
                "side": times.side,
                "proposed_by": times.proposed_by_name,
                "times": times.times,
                "status": times.status,
                "chosen": times.chosen,
                "answered_by": times.answered_by_name,
            }
            for times in view.times
        ],
        "withdrawn_at": view.disclosure.withdrawn_at,
        "withdrawn_reason": view.disclosure.withdrawn_reason,
    }


def shown_request(asked: DisclosureRequest) -> dict[str, Any]:
    """A request as the API shows it."""
    return {
        "id": asked.id,
        "kind": asked.kind,
        "text": asked.text,
        "asked_by": asked.asked_by_name,
        "status": asked.status,
        "disclosure": asked.disclosure_id,
        "answer": asked.answer,
        "promised_on": asked.promised_on,
        "answered_by": asked.answered_by_name,
        "created_at": asked.created_at,
    }


def _answer(endpoint: Endpoint, proposal: Proposal, disclosure_id: uuid.UUID, *, status: int = 200) -> Response:
    view = card_view(one(proposal.disclosures.shown(proposal.epoch), disclosure_id), proposal)
    return endpoint.shown(DisclosureSerializer, shown_card(view), status=status, version=view.disclosure.version)
