"""What became of prices, billing and terms between two moments of the history: the entries of the trail that tell it.

Like the ledger, made from the audit trail of the current epoch alone, so the same for both sides.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q

from proposals.documents import ledger
from proposals.documents.ledger import PriceChange
from proposals.documents.moments import Moment
from proposals.models import AuditEvent, Proposal, Section

TERMS: Final = ("terms.changed", "schedule.changed", "rate_card.taken")


@dataclass(frozen=True)
class PricesBetween:
    """The changes in their order, and what they did to the total in words; "" if none of them moved it."""

    changes: tuple[PriceChange, ...]
    effect: str


def prices_between(proposal: Proposal, then: Moment, now: Moment, section: Section | None = None) -> PricesBetween:
    """The changes after the one moment up to the other; of one section, those of its own and of the whole.

    A section of text has none. What was only proposed is left out, until it is accepted.
    """
    if section is not None and section.kind == Section.Kind.PROSE:
        return PricesBetween((), "")
    events = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch).select_related("content")
    told = Q(content__facts__has_key="total") | Q(type__startswith="billing.") | Q(type__in=(*TERMS, "discount.cut"))
    found = events.filter(told, number__gt=then.event, number__lte=now.event).order_by("number")
    if section is not None:
        found = found.filter(Q(content__facts__section=str(section.id)) | ~Q(content__facts__has_key="section"))
    changes = ledger.price_changes(proposal, found)
    return PricesBetween(tuple(changes), _effect(changes, proposal.language))


def _effect(changes: Collection[PriceChange], language: str) -> str:
    """From the total before the first of these to the total after the last."""
    moving = [change for change in changes if change.after is not None and not change.is_offer]
    return ledger.effect(replace(moving[-1], before=moving[0].before), language) if moving else ""
