"""What the one who changed a price is told about it, with the way to take it back."""

from collections.abc import Sequence
from typing import Final

from django.template.loader import render_to_string

from proposals.access import Actor
from proposals.actions.undoing import CLIENTS_UNDO, SELLERS_UNDO
from proposals.documents import told
from proposals.documents.discount_policy import questions_since
from proposals.models import AuditEvent, Proposal, Side

EXPLAINED: Final = ("billing.model_chosen", "billing.changed", "billing.clauses_chosen", "billing.estimate_changed")
"""Changes that can't be taken back by a button, but take a reason."""


def of(proposal: Proposal, actor: Actor, said: Sequence[str], label: str, *, since: int) -> str:
    """The message's HTML, or nothing if no price was changed by this person after event `since`.

    `label` is what the button says that takes the change back.
    """
    known = SELLERS_UNDO if actor.side == Side.SELLER else CLIENTS_UNDO
    types = {*known, *EXPLAINED}
    events = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch, number__gt=since, type__in=types)
    mine = [
        event
        for event in events.select_related("content").order_by("number")
        if actor.user_id is not None and event.content.actor_id == actor.user_id
    ]
    last = mine[-1] if mine else None
    if last is None and not said:
        return ""
    asked = questions_since(proposal, since) if actor.side == Side.SELLER else []
    sentences = [*said, f"You {told.predicate(last)}.", *asked] if last else list(said)
    is_undoing = last is not None and last.content.facts.get("undoes") is not None
    return render_to_string(
        "proposals/price/said.html",
        {
            "said": sentences,
            "proposal": proposal,
            "number": last.number if last and last.type in known else None,
            "label": "Redo" if is_undoing else label,
            "books": bool(asked),
            "explains": last.number if last and not (is_undoing or last.content.facts.get("why")) else None,
        },
    )
