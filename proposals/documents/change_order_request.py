"""What the client asked to have changed of the signed proposal, and what became of that: read from the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import models

from proposals.models import AuditEvent, Proposal
from proposals.states import State

ASKED: Final = "change_order.asked"
REFUSED: Final = "change_order.refused"


class RequestStatus(models.TextChoices):
    """What became of a request. A change order answers it from the moment on in which it is shared."""

    OPEN = "open", "Waiting for an answer"
    SHARED = "shared", "A change order was shared since"
    REFUSED = "refused", "Refused"


@dataclass(frozen=True)
class ChangeOrderRequest:
    """The last request for a change order. `answered_by` and `answer` are "" unless the seller refused."""

    status: RequestStatus
    asked_by: str
    text: str
    created_at: datetime
    answered_by: str = ""
    answer: str = ""
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the seller has not answered."""
        return self.status is RequestStatus.OPEN


def request_of(proposal: Proposal) -> ChangeOrderRequest | None:
    """The last request, the same for both sides: so one that is still prepared in private answers nothing yet.

    None where nobody asked, and for a proposal that is not signed, or void.
    """
    if proposal.lifecycle is not State.SIGNED:
        return None
    of_request = proposal.audit_events.filter(epoch=proposal.epoch, type__in=(ASKED, REFUSED))
    last = list(of_request.select_related("content").order_by("-number")[:2])
    asked = next((event for event in last if event.type == ASKED), None)
    if asked is None:
        return None
    said = (asked.content.actor_name, asked.content.facts["text"], asked.created_at)
    shared = _shared_since(proposal, asked.created_at)
    if shared is not None:
        return ChangeOrderRequest(RequestStatus.SHARED, *said, answered_at=shared)
    if last[0].type == REFUSED:
        answer = last[0].content
        words = (answer.actor_name, answer.facts["words"], last[0].created_at)
        return ChangeOrderRequest(RequestStatus.REFUSED, *said, *words)
    return ChangeOrderRequest(RequestStatus.OPEN, *said)


def _shared_since(proposal: Proposal, moment: datetime) -> datetime | None:
    """When the first change order was shared after a moment."""
    shared = AuditEvent.objects.filter(
        type="proposal.shared", proposal__amends__proposal=proposal, created_at__gte=moment
    )
    return shared.order_by("created_at").values_list("created_at", flat=True).first()
