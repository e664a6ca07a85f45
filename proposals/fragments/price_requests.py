"""“Show me the price” in the room's head: what waits, and the last answer."""

from dataclasses import dataclass

from django.utils import timezone

from proposals.documents import wording
from proposals.documents.price_told import answer_words
from proposals.models import PriceRequest, Proposal


@dataclass(frozen=True)
class PriceRequestView:
    """A request with its answer in words."""

    request: PriceRequest
    words: str
    due: str
    asked_at: str
    answered_at: str
    is_late: bool


def price_request_views(proposal: Proposal) -> list[PriceRequestView]:
    """Whatever waits for a figure or a range, and the last one that has got it; the oldest first."""
    rows = list(proposal.price_requests.all())
    answered = [row for row in rows if not row.waits]
    shown = [row for row in rows if row.waits or row in answered[-1:]]
    return [_view(row, proposal.language) for row in shown]


def _view(row: PriceRequest, language: str) -> PriceRequestView:
    now = timezone.now()
    return PriceRequestView(
        request=row,
        words=answer_words(row, language),
        due=wording.short_date(row.due_on, language),
        asked_at=wording.clock(row.created_at, now),
        answered_at=wording.clock(row.answered_at, now) if row.answered_at else "",
        is_late=row.due_on is not None and row.waits and row.due_on < timezone.localdate(),
    )
