"""Counter-offers: proposing a value that the other side may change, and answering."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, one, only
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.offers import (
    CounterOfferSerializer,
    NewOfferSerializer,
    OfferAcceptSerializer,
    OfferAnswerSerializer,
    OfferDeclineSerializer,
    OfferQuerySerializer,
)
from proposals.actions import offers
from proposals.documents import contents
from proposals.documents.price_document import price_of
from proposals.documents.targets import Target, target_of
from proposals.documents.trials import price_with
from proposals.exceptions import Refusal
from proposals.models import CounterOffer, Proposal

TOTALLESS = ("starts_on", "offer_until", "schedule")


class CounterOffers(Endpoint):
    """The counter-offers of a proposal."""

    tag = "counter-offers"
    query = OfferQuerySerializer

    @described("list_counter_offers", "List counter-offers, the oldest first", answer=page_of(CounterOfferSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Open and closed ones, of both sides."""
        proposal, _ = self.enter()
        rows = proposal.counter_offers.filter(**only(self.asked, "state"))
        if "line" in self.asked:
            rows = rows.filter(line_id=_key(self.asked["line"]))
        page = paginate(request, rows, ["id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        show = Effects(proposal)
        return self.shown(page_of(CounterOfferSerializer), page.shown(show))

    @described(
        "make_counter_offer",
        "Propose a value that the other side may change",
        request=NewOfferSerializer,
        answer=CounterOfferSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Refused, with the cause, if the price could not be calculated with it. Nothing changes before it is
        accepted. It replaces an open one of the same side for the same value, and answers one of the other side."""
        proposal, actor = self.enter()
        given = self.given(NewOfferSerializer)
        line, section = (str(given.get(name) or "") for name in ("line", "section"))
        target = Target(given["field"], line, given.get("group", ""), section)
        made = self.once(lambda: _made(offers.propose(by=actor, target=target, **only(given, "value", "why"))))
        response = _answer(self, proposal, made["offer"], status=201)
        response["Location"] = self.url(f"{request.path}{made['offer']}/")
        return response


class OneCounterOffer(Endpoint):
    """One counter-offer."""

    tag = "counter-offers"

    @described("get_counter_offer", "Read a counter-offer", answer=CounterOfferSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID, offer_id: uuid.UUID) -> Response:
        """With the total as it is and as it would be, while it is open."""
        proposal, _ = self.enter()
        return _answer(self, proposal, offer_id)


class OfferAccept(Endpoint):
    """Yes."""

    tag = "counter-offers"

    @described(
        "accept_counter_offer",
        "Accept what the other side proposed",
        request=OfferAcceptSerializer,
        answer=CounterOfferSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, offer_id: uuid.UUID) -> Response:
        """The value is changed at once. A discount needs its reason, and a sentence unless the proposer wrote one."""
        proposal, actor = self.enter()
        given = self.given(OfferAcceptSerializer)
        self.once(lambda: _made(offers.accept(by=actor, offer_id=offer_id, **given)))
        return _answer(self, proposal, offer_id)


class OfferAnswer(Endpoint):
    """Another value."""

    tag = "counter-offers"

    @described(
        "answer_counter_offer",
        "Answer with another value",
        request=OfferAnswerSerializer,
        answer=CounterOfferSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, offer_id: uuid.UUID) -> Response:
        """A counter-offer of its own; the answered one is closed."""
        proposal, actor = self.enter()
        given = self.given(OfferAnswerSerializer)
        made = self.once(lambda: _made(offers.answer(by=actor, offer_id=offer_id, **given)))
        return _answer(self, proposal, made["offer"], status=201)


class OfferDecline(Endpoint):
    """No."""

    tag = "counter-offers"

    @described(
        "decline_counter_offer",
        "Decline what the other side proposed",
        request=OfferDeclineSerializer,
        answer=CounterOfferSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, offer_id: uuid.UUID) -> Response:
        """With a sentence why not, or without."""
        proposal, actor = self.enter()
        given = self.given(OfferDeclineSerializer)
        self.once(lambda: _made(offers.decline(by=actor, offer_id=offer_id, **given)))
        return _answer(self, proposal, offer_id)


class OfferWithdraw(Endpoint):
    """Taking it back."""

    tag = "counter-offers"

    @described("withdraw_counter_offer", "Take a counter-offer back", answer=CounterOfferSerializer, once=True)
    def post(self, request: Request, proposal_id: uuid.UUID, offer_id: uuid.UUID) -> Response:
        """For the side that made it."""
        proposal, actor = self.enter()
        self.given()
        self.once(lambda: _made(offers.withdraw(by=actor, offer_id=offer_id)))
        return _answer(self, proposal, offer_id)


class Effects:
    """Shows counter-offers, open ones with what they would lead to; the price is calculated when one needs it."""

    def __init__(self, proposal: Proposal) -> None:
        self.rows = contents.load(proposal)
        self.price = price_of(self.rows, with_range=False)

    def __call__(self, offer: CounterOffer) -> dict[str, Any]:
        """A counter-offer as the API shows it."""
        now, then = self._totals(offer)
        return {
            **{name: getattr(offer, name) for name in SHOWN_AS_THEY_ARE},
            "line": offer.line_id,
            "section": offer.section_id,
            "offered_by": offer.offered_by_name,
            "closed_by": offer.closed_by_name,
            "answers": offer.answers_id,
            "total_now": now,
            "total_then": then,
        }

    def _totals(self, offer: CounterOffer) -> tuple[str | None, str | None]:
        if not offer.is_open or offer.field in TOTALLESS:
            return None, None
        try:
            then = price_with(self.rows, self.price, target_of(offer), offer.value).totals["total"]
        except Refusal:
            return None, None
        return self.price.totals["total"], then


SHOWN_AS_THEY_ARE = (
    "id", "title", "field", "group", "was", "value", "currency", "words", "why", "side", "state", "closed_why",
    "version", "created_at", "closed_at",
)  # fmt: skip


def _made(offer: CounterOffer) -> dict[str, str]:
    return {"offer": str(offer.id)}


def _key(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


def _answer(endpoint: Endpoint, proposal: Proposal, offer_id: uuid.UUID | str, *, status: int = 200) -> Response:
    offer: CounterOffer = one(proposal.counter_offers.all(), uuid.UUID(str(offer_id)))
    return endpoint.shown(CounterOfferSerializer, Effects(proposal)(offer), status=status, version=offer.version)
