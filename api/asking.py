"""What the seller alone is asked after a change that was made."""

from proposals.access import Actor
from proposals.documents.discount_policy import questions_since
from proposals.models import Proposal, Side


def asks_of(actor: Actor, before: Proposal) -> dict[str, list[str]]:
    """The `asks` of an answer, for the seller's side; nothing where nothing is asked.

    `before` is the proposal as it was read before the change.
    """
    asked = questions_since(before, before.audit_number) if actor.side == Side.SELLER else []
    return {"asks": asked} if asked else {}
