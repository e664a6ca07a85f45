"""The ledger of price changes."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.offers import PriceChangeQuerySerializer, PriceChangeSerializer, UndoSerializer, WhySerializer
from proposals.actions import reasons, undoing
from proposals.documents import ledger
from proposals.documents.ledger import PriceChange
from proposals.locking import lock_proposal
from proposals.models import Side


class PriceChanges(Endpoint):
    """Who changed which price."""

    tag = "pricing"
    query = PriceChangeQuerySerializer

    @described(
        "list_price_changes",
        "List price changes with their effect, the oldest first",
        answer=page_of(PriceChangeSerializer),
    )
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """From sharing on, the same for both sides. Counter-offers and their answers stand among them."""
        proposal, _ = self.enter()
        events = ledger.price_events(proposal, self.asked.get("line", ""))
        page = paginate(request, events, ["number"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        entries = {change.number: change for change in ledger.price_changes(proposal, page.rows)}
        return self.shown(page_of(PriceChangeSerializer), page.shown(lambda event: shown_change(entries[event.number])))


class PriceUndo(Endpoint):
    """Taking a change of a price back."""

    tag = "pricing"

    @described(
        "undo_price_change",
        "Take one of your own price changes back",
        request=UndoSerializer,
        answer=PriceChangeSerializer,
        once=True,
        also=(412,),
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """A person's own, by its number, or without one the last of the past hour: the seller's changes, the client's
        choices.

        By the reverse change, which is the answer. Refused with 412 `stale` if somebody changed the same since.
        """
        proposal, actor = self.enter()
        number = self.given(UndoSerializer).get("number")
        undo = undoing.undo_price_change if actor.side == Side.SELLER else undoing.undo_choice

        def run() -> dict[str, Any]:
            with lock_proposal(actor.proposal_id) as locked:
                before = locked.audit_number
                undo(by=actor, number=number)
                changed = ledger.price_events(locked).filter(number__gt=before).order_by("number").first()
                return {"change": changed.number if changed else None}

        made = self.once(run)["change"]
        (change,) = ledger.price_changes(proposal, ledger.price_events(proposal).filter(number=made))
        return self.shown(PriceChangeSerializer, shown_change(change))


class PriceReason(Endpoint):
    """Why a price was changed, said later."""

    tag = "pricing"

    @described(
        "explain_price_change",
        "Say why you changed a price",
        request=WhySerializer,
        answer=PriceChangeSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, number: int) -> Response:
        """By whoever made the change (a token for changes of tokens of its firm), until the proposal is locked.

        A second sentence takes the place of the first one, which the entry goes on showing. A reason can also be sent
        with the change itself, as `why`.
        """
        proposal, actor = self.enter("explain")
        why = self.given(WhySerializer)["why"]

        def run() -> dict[str, Any]:
            reasons.explain(by=actor, number=number, why=why)
            return {}

        self.once(run)
        (change,) = ledger.price_changes(proposal, ledger.price_events(proposal).filter(number=number))
        return self.shown(PriceChangeSerializer, shown_change(change))


def shown_change(change: PriceChange) -> dict[str, Any]:
    """An entry as the API shows it."""
    names = ("number", "type", "at", "name", "side", "title", "moves", "why", "why_at", "currency")
    return {
        **{name: getattr(change, name) for name in names},
        "whys_before": list(change.whys_before),
        "sentence": change.said,
        "line": change.line or None,
        "total_before": change.before,
        "total_after": change.after,
    }
