"""The ledger of price changes."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.offers import PriceChangeQuerySerializer, PriceChangeSerializer
from proposals.documents import ledger
from proposals.documents.ledger import PriceChange


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


def shown_change(change: PriceChange) -> dict[str, Any]:
    """An entry as the API shows it."""
    names = ("number", "type", "at", "name", "side", "title", "moves", "why", "currency")
    return {
        **{name: getattr(change, name) for name in names},
        "sentence": change.said,
        "line": change.line or None,
        "total_before": change.before,
        "total_after": change.after,
    }
