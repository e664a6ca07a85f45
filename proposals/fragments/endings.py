"""How the room tells of the offer's end, of more time that is asked for, and of voiding what was signed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from proposals.documents import wording
from proposals.fragments.progress import Progress
from proposals.models import ExtensionRequest, Proposal, Voiding, VoidRequest
from proposals.states import State

TAKE_BACK: Final = timedelta(hours=24)
"""How long whoever declined or withdrew may take that back (trust-practices T26)."""


@dataclass(frozen=True)
class Endings:
    """What there is to say about the end of a proposal, to one side.

    `until` is the offer's last day in words, `granted` whether it was granted beside a frozen revision. `asked` is the
    last request for more time unless it was granted, `voiding` the last wish to void the contract, `voided` the record.
    """

    until: str
    granted: bool
    asked: ExtensionRequest | None
    asked_until: str
    may_take_back: bool
    voiding: VoidRequest | None
    our_voiding: bool
    voided: Voiding | None
    voided_on: str

    @property
    def waits(self) -> bool:
        """Whether the client waits for the seller's answer about more time."""
        return self.asked is not None and self.asked.is_open


def endings_of(proposal: Proposal, side: str, progress: Progress) -> Endings:
    """Read what there is to say to a side."""
    language = proposal.language
    asked = proposal.extension_requests.order_by("-created_at", "-id").first() if proposal.stands_until else None
    if asked is not None and asked.status == ExtensionRequest.Status.GRANTED:
        asked = None
    signed = proposal.lifecycle in (State.SIGNED, State.VOID)
    voiding = proposal.void_requests.order_by("-created_at", "-id").first() if signed else None
    voided = Voiding.objects.filter(revision__proposal=proposal).first() if proposal.lifecycle is State.VOID else None
    return Endings(
        until=wording.short_date(proposal.stands_until, language),
        granted=proposal.extended_until is not None,
        asked=asked,
        asked_until=wording.short_date(asked.wished_until, language) if asked else "",
        may_take_back=progress.ended_side == side
        and progress.ended_at is not None
        and timezone.now() - progress.ended_at < TAKE_BACK,
        voiding=voiding,
        our_voiding=voiding is not None and voiding.side == side,
        voided=voided,
        voided_on=wording.short_date(voided.voided_at.date(), language) if voided else "",
    )
