"""Saying why a price was changed, after it was: for the list of price changes, which both sides read."""

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import WHY_LENGTH, changing
from proposals.documents.ledger import price_events, reasons_of
from proposals.documents.told import subject
from proposals.exceptions import NotAllowed, NotFound
from proposals.models import AuditEvent, Proposal

_why = values.text(WHY_LENGTH, required=True)


def explain(*, by: Actor, number: int, why: str) -> None:
    """Say why one changed a price. `number` is the change's in the list of price changes.

    Only whoever made the change says why, and only until the proposal is locked. A second sentence stands in place of
    the first one, which the list goes on showing. Raises NotFound for what is no change of a price, NotAllowed for
    somebody else's.
    """
    with changing(by, "explain") as change:
        event = own_change(change.proposal, change.by, number)
        said = _why("why", why)
        standing = reasons_of(change.proposal).get(number)
        was = standing[-1].why if standing else event.content.facts.get("why", "")
        if said != was:
            about = subject(event)
            change.record("reason.given", event=number, about=about, why=said, **({"was": was} if was else {}))


def own_change(proposal: Proposal, by: Actor, number: int) -> AuditEvent:
    """A change of a price that this actor made, by its number."""
    event = price_events(proposal).filter(number=number).first()
    if event is None or not moves_a_price(event):
        raise NotFound("There is no change of a price with this number. The list of price changes has them all.")
    if not is_own(event, by):
        who = event.content.actor_name
        raise NotAllowed(
            f"{who} changed this, so only {who} says why. Ask beside the price. Nothing was changed."
            if who
            else "Nobody changed this: it followed by itself. Nothing was changed."
        )
    return event


def moves_a_price(event: AuditEvent) -> bool:
    """Whether an entry of the ledger is a change; sharing and counter-offers stand there too."""
    return event.type.partition(".")[0] not in ("offer", "proposal")


def is_own(event: AuditEvent, by: Actor) -> bool:
    """Whether an actor made a change; a program makes those of its firm's other programs too."""
    content = event.content
    if by.user_id is None:
        return content.actor_id is None and (content.side, content.actor_name) == (by.side, by.name)
    return bool(content.actor_id == by.user_id)
