"""Moments of a proposal's history: what addresses call them, and the number of the log that each stands for.

A moment is named by `now`, by `start`, by a number of the log ("345"), or by an event of the audit trail: "e12" is
after it, "b12" before it. For an event that tells of writing these are the ends of what its author wrote in its
minute, since such an event is appended once a minute.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from proposals.documents import told
from proposals.exceptions import FieldProblem, Invalid
from proposals.models import Agreement, AuditEvent, Proposal, Revision
from proposals.text import Writer, port

_KEY: Final = re.compile(r"([eb]?)([0-9]{1,15})")


@dataclass(frozen=True)
class Moment:
    """A moment: its name in addresses, its number in the log, when that was, and what it is called on the screen.

    `event` is the number of the last event of the trail by then: prices and terms stand there, not in the log.
    """

    key: str
    seq: int
    at: datetime | None
    label: str
    event: int


def moment(proposal: Proposal, key: str, pointer: str = "at") -> Moment:
    """The moment that a key names in the proposal's current log. Raises Invalid for a key that names none."""
    head = port().head(proposal)
    if key == "now":
        return Moment(key, head, None, "now", proposal.audit_number)
    first = first_number(proposal)
    if key == "start":
        began = _events(proposal).filter(type="proposal.shared").values_list("number", flat=True).first()
        return Moment(key, first, None, "when it was shared" if proposal.is_common else "the beginning", began or 0)
    found = _KEY.fullmatch(key)
    if found is None or (not found[1] and not first <= int(found[2]) <= head):
        raise _unknown(key, head, pointer)
    if not found[1]:
        return _numbered(proposal, max(first, port().number_at(proposal, int(found[2]))))
    event = _events(proposal).filter(number=int(found[2])).select_related("content").first()
    if event is None:
        raise _unknown(key, head, pointer)
    seq = max(first, _seq_of(proposal, event, before=found[1] == "b"))
    said = told.sentence(event)
    label = f"before “{said}”" if found[1] == "b" else f"after “{said}”"
    return Moment(key, seq, event.created_at, label, event.number - (found[1] == "b"))


def first_number(proposal: Proposal) -> int:
    """The first number of the log that can be looked at: of the shared text, and while the seller prepares of none."""
    return port().first(proposal) if proposal.is_common else 0


def versions(proposal: Proposal) -> list[AuditEvent]:
    """The moments that somebody named, the newest first; their facts are `name` and `text_seq`."""
    return list(_events(proposal).filter(type="version.named").select_related("content").order_by("-number"))


def agreed_at(proposal: Proposal, agreements: Iterable[Agreement]) -> dict[uuid.UUID, str]:
    """The moments at which agreements were given, as addresses name them, by agreement."""
    told = _events(proposal).filter(type="section.agreed").select_related("content").order_by("number")
    numbers = {
        (event.content.facts["part"], event.content.facts["fingerprint"], event.content.side): event.number
        for event in told
    }
    found = {each: numbers.get((each.part, each.fingerprint, each.side)) for each in agreements}
    return {each.id: f"e{number}" if number else str(each.text_seq) for each, number in found.items()}


def told_numbers(proposal_id: uuid.UUID, epoch: int) -> set[int]:
    """The numbers of an epoch's log that records refer to: agreements, revisions, named versions, bringing back."""
    told_of = AuditEvent.objects.filter(proposal=proposal_id, epoch=epoch)
    facts = told_of.filter(type__in=("version.named", "text.brought_back")).values_list("content__facts", flat=True)
    return {
        *Agreement.objects.filter(proposal=proposal_id).values_list("text_seq", flat=True),
        *Revision.objects.filter(proposal=proposal_id).values_list("text_seq", flat=True),
        *(each[name] for each in facts for name in ("text_seq", "seen") if name in each),
    }


def times_of_events(proposal_id: uuid.UUID, epoch: int, first: datetime, last: datetime) -> list[datetime]:
    """When events of an epoch happened between two moments, ascending: each of them names what stood there.

    Those that tell of writing are left out; they stand for their author's whole minute.
    """
    events = AuditEvent.objects.filter(proposal=proposal_id, epoch=epoch, created_at__range=(first, last))
    named = events.exclude(type="section.edited").order_by("created_at")
    return list(named.values_list("created_at", flat=True))


def _numbered(proposal: Proposal, seq: int) -> Moment:
    named = next((each for each in versions(proposal) if each.content.facts["text_seq"] == seq), None)
    if named is not None:
        return Moment(str(seq), seq, named.created_at, f"“{named.content.facts['name']}”", named.number)
    at = port().time_of(proposal, seq)
    by_then = _events(proposal).filter(created_at__lte=at).order_by("-number") if at else _events(proposal).none()
    number = by_then.values_list("number", flat=True).first() or 0
    return Moment(str(seq), seq, at, f"number {seq} of the log", number)


def _seq_of(proposal: Proposal, event: AuditEvent, *, before: bool) -> int:
    if event.type == "section.edited":
        minute = event.created_at.replace(second=0, microsecond=0)
        content = event.content
        writer = Writer(content.actor_id, content.side)
        span = port().span_of(proposal, writer, minute, minute + timedelta(minutes=1))
        if span is not None:
            return span[0] - 1 if before else span[1]
    if event.type == "section.agreed":
        facts = event.content.facts
        agreed = Agreement.objects.filter(
            proposal=proposal, part=facts["part"], fingerprint=facts["fingerprint"], side=event.content.side
        )
        agreement = agreed.filter(agreed_at__lte=event.created_at).order_by("-agreed_at").first()
        return agreement.text_seq if agreement else port().seq_by(proposal, event.created_at)
    known = {("version.named", False): "text_seq", ("text.brought_back", True): "seen"}.get((event.type, before))
    return int(event.content.facts[known]) if known else port().seq_by(proposal, event.created_at)


def _events(proposal: Proposal) -> "QuerySet[AuditEvent]":
    return AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch)


def _unknown(key: str, head: int, pointer: str) -> Invalid:
    detail = (
        f"“{key[:40]}” names no moment of this proposal. Use now, start, a number of the log up to {head}, or e and b "
        "with the number of an event."
    )
    return Invalid(detail, code="unknown_moment", errors=[FieldProblem(pointer, "unknown_moment", detail)])
