"""Counter-offers that a change leaves behind: the value they were about is another one now."""

from typing import Final

from django.utils import timezone

from proposals.actions import audit
from proposals.documents import contents
from proposals.documents.price_document import price_of
from proposals.documents.targets import standing_value, target_of
from proposals.models import CounterOffer, Proposal
from proposals.models.plainly import read

State = CounterOffer.State

_WAITING: Final = 'WHERE own."proposal_id" = %s AND own."state" = %s ORDER BY own."created_at", own."id"'

VALUE_FAMILIES: Final = frozenset(
    {
        "line",
        "discount",
        "taxes",
        "rate_card",
        "pricing",
        "option",
        "alternative",
        "terms",
        "section",
        "schedule",
        "extension",
    }
)
"""The families of events (the word before the dot) that may change a value somebody proposed another one for."""


def offer_facts(offer: CounterOffer) -> dict[str, str]:
    """What every event about a counter-offer tells."""
    return {
        "offer": str(offer.id),
        "line": str(offer.line_id) if offer.line_id else "",
        "section": str(offer.section_id) if offer.section_id else "",
        "title": offer.title,
        "field": offer.field,
        "group": offer.group,
        "words": offer.words,
        "name": offer.offered_by_name,
    }


def overtake(locked: Proposal) -> None:
    """Close the open counter-offers whose value is not what it was when they were made, and say so.

    A value that is now what was proposed counts as accepted: whoever may change it has set it.
    """
    waiting = read(CounterOffer, _WAITING, locked.id, State.OPEN.value)
    if not waiting:
        return
    rows = contents.load(locked)
    price = price_of(rows, with_range=False)
    for offer in waiting:
        target = target_of(offer)
        gone = bool(offer.title) and not (target.line or target.section)
        value = None if gone else standing_value(rows, price, target)
        if value == offer.was and offer.currency == locked.currency:
            continue
        met = value == offer.value and offer.currency == locked.currency
        close(offer, State.ACCEPTED if met else State.OVERTAKEN)
        audit.append(locked, "offer.met" if met else "offer.overtaken", None, offer_facts(offer))


def close(offer: CounterOffer, state: str, *, by_name: str = "", why: str = "") -> None:
    """Write down what became of a counter-offer."""
    offer.state, offer.closed_by_name, offer.closed_why = state, by_name, why
    offer.closed_at = timezone.now()
    offer.version += 1
    offer.save(update_fields=["state", "closed_by_name", "closed_why", "closed_at", "version"])
