"""Who set a price's value last, as the trail tells it."""

from dataclasses import dataclass
from datetime import datetime

from proposals.models import AuditEvent, LineItem, Proposal

LOOKED_AT_COUNT = 30
"""How many of a line's last changes are looked through."""


@dataclass(frozen=True)
class Setting:
    """One value that somebody gave a field of a line, before it the one it had."""

    was: str
    now: str
    name: str
    user_id: object
    at: datetime
    number: int


def settings_of(proposal: Proposal, line: LineItem, field: str) -> list[Setting]:
    """The changes of a line's field in this epoch, the last first."""
    events = (
        AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch, type="line.changed")
        .filter(content__facts__line=str(line.id))
        .select_related("content")
        .order_by("-number")[:LOOKED_AT_COUNT]
    )
    return [
        Setting(
            was=change["was"],
            now=change["now"],
            name=event.content.actor_name,
            user_id=event.content.actor_id,
            at=event.created_at,
            number=event.number,
        )
        for event in events
        for change in event.content.facts.get("changes", [])
        if change["field"] == field
    ]
