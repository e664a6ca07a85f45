"""What happened to a proposal as a page tells it: who wrote where and when, with marks between.

Made from the audit trail of the current epoch alone, so that nothing from before sharing is in it. Somebody's writing
is one entry until they pause or something else happens; agreements, locks, signatures, prices and what becomes of
sections are marks. Talk (questions, disclosures, people coming) stays in the audit trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from accounts.models import initials_of
from proposals.documents import ledger, told, wording
from proposals.models import AuditEvent, Proposal

EVENTS_AT_ONCE: Final = 300
"""How many events one page of the history tells of."""

PAUSE: Final = timedelta(minutes=10)
TALK: Final = ("question.", "participant.", "invitation.", "disclosure.", "price.")


@dataclass
class Entry:
    """Somebody's writing or one mark: the first and last event it tells of, and what is said.

    `sections` are the titles of those written in, `agreed` of the parts agreed to. `effect` is what it did to
    the total.
    """

    first: int
    last: int
    began_at: datetime
    at: datetime
    name: str
    initials: str
    side: str
    said: str
    is_writing: bool = False
    sections: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    effect: str = ""

    def add(self, event: AuditEvent, **told: tuple[str, ...]) -> None:
        """Let the entry tell of one more event: the titles of sections written in, or of parts agreed to."""
        self.last, self.at = event.number, event.created_at
        for name, titles in told.items():
            setattr(self, name, titles)
        if self.agreed:
            self.said = f"agreed to {wording.listing(list(self.agreed))}"

    def goes_on_agreeing(self, event: AuditEvent) -> bool:
        """Whether an agreement belongs to the same press of a button, or nearly."""
        soon = event.created_at - self.at <= PAUSE
        return bool(self.agreed) and soon and (self.name, self.side) == (event.content.actor_name, event.content.side)


@dataclass(frozen=True)
class Timeline:
    """Entries, the newest first, and where the next page goes on (0: there is nothing earlier)."""

    entries: tuple[Entry, ...]
    before: int


def timeline(proposal: Proposal, before: int = 0) -> Timeline:
    """The entries of the last events, or of the last ones before a number."""
    events = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch)
    for family in TALK:
        events = events.exclude(type__startswith=family)
    if before:
        events = events.filter(number__lt=before)
    rows = list(events.select_related("content").order_by("-number")[: EVENTS_AT_ONCE + 1])
    shown = rows[:EVENTS_AT_ONCE]
    entries = _entries(proposal, list(reversed(shown)))
    entries.sort(key=lambda entry: entry.last, reverse=True)
    return Timeline(tuple(entries), shown[-1].number if len(rows) > EVENTS_AT_ONCE else 0)


def _entries(proposal: Proposal, events: Sequence[AuditEvent]) -> list[Entry]:
    money = {event.number: event for event in events if event.content.facts.get("total")}
    effects = {
        change.number: ledger.effect(change, proposal.language)
        for change in ledger.price_changes(proposal, [money[number] for number in money])
    }
    entries: list[Entry] = []
    writing: dict[object, Entry] = {}
    for event in events:
        if event.type == "section.agreed" and entries and entries[-1].goes_on_agreeing(event):
            entries[-1].add(event, agreed=(*entries[-1].agreed, event.content.facts["title"]))
            continue
        if event.type != "section.edited":
            writing.clear()
            entries.append(_entry(event, effects.get(event.number, "")))
            continue
        author = event.content.actor_id or event.content.side
        going_on = writing.get(author)
        if going_on is None or event.created_at - going_on.at > PAUSE:
            going_on = writing[author] = _entry(event, "")
            going_on.is_writing = True
            entries.append(going_on)
        going_on.add(event, sections=tuple(dict.fromkeys((*going_on.sections, event.content.facts["title"]))))
    return entries


def _entry(event: AuditEvent, effect: str) -> Entry:
    content = event.content
    return Entry(
        first=event.number,
        last=event.number,
        began_at=event.created_at,
        at=event.created_at,
        name=content.actor_name,
        initials=initials_of(content.actor_name) if content.actor_name else "",
        side=content.side,
        said=told.predicate(event) if content.actor_name else told.sentence(event),
        effect=effect,
        agreed=(content.facts["title"],) if event.type == "section.agreed" else (),
    )
