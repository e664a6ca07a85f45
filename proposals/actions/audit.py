"""Appending to the audit trail, and checking its chain."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import rfc8785
from django.utils import timezone

from proposals import seam
from proposals.access import Actor
from proposals.models import AuditContent, AuditEvent, Proposal
from proposals.models.plainly import insert, write


class End(NamedTuple):
    """The last link of a proposal's trail: its number and hash, 0 and "" before the first."""

    proposal_id: uuid.UUID
    epoch: int
    number: int
    hash: str


def append(locked: Proposal, event_type: str, by: Actor | None, facts: Mapping[str, Any] | None = None) -> AuditEvent:
    """Append an event to the trail of a locked proposal and tell the seam's hooks.

    `facts` is what is needed to say in words what happened: strings, numbers without fractions, lists and
    objects of those. `by` is None for what the system does by itself.
    """
    end = End(locked.pk, locked.epoch, locked.audit_number, locked.audit_hash)
    event = link(end, event_type, by, facts or {})
    insert(event)
    event.content.event_id = event.pk
    insert(event.content)
    locked.audit_number, locked.audit_hash, locked.updated_at = event.number, event.hash, event.created_at
    write(locked, "audit_number", "audit_hash", "updated_at")
    seam.appended(event)
    return event


def link(end: End, event_type: str, by: Actor | None, facts: Mapping[str, Any]) -> AuditEvent:
    """The event, with its content, that comes next in a trail; nothing is stored."""
    facts = dict(facts)
    salt = secrets.token_hex(16)
    name, side = (by.name, by.side) if by else ("", "")
    event = AuditEvent(
        proposal_id=end.proposal_id,
        epoch=end.epoch,
        number=end.number + 1,
        type=event_type,
        created_at=timezone.now(),
        content_digest=content_digest(salt, _content(by.user_id if by else None, name, side, facts)),
        previous_hash=end.hash,
    )
    event.hash = event_hash(event)
    event.content = AuditContent(
        event=event, salt=salt, actor=by.user if by else None, actor_name=name, side=side, facts=facts
    )
    return event


def _content(actor_id: object, name: str, side: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"actor": str(actor_id) if actor_id else "", "name": name, "side": side, "facts": dict(facts)}


def content_digest(salt: str, content: Mapping[str, Any]) -> str:
    """SHA-256 over the salt and the canonical JSON of {actor, name, side, facts}, as hexadecimal text."""
    return hashlib.sha256(salt.encode() + rfc8785.dumps(dict(content))).hexdigest()


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over the canonical JSON of an event's own fields and the hash before it."""
    body: dict[str, Any] = {
        "proposal": str(event.proposal_id),
        "epoch": event.epoch,
        "number": event.number,
        "type": event.type,
        "created_at": _instant(event.created_at),
        "content_digest": event.content_digest,
        "previous_hash": event.previous_hash,
    }
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class ChainVerdict:
    """Whether a trail is whole. `broken_at` is the first number that does not fit, with why in words."""

    whole: bool
    length_count: int
    head_hash: str
    broken_at: int | None = None
    why: str = ""


def verify(proposal: Proposal, *, epoch: int | None = None) -> ChainVerdict:
    """Recompute the chain of an epoch (the current one unless given) and compare it with what is stored."""
    checked_epoch = proposal.epoch if epoch is None else epoch
    events = proposal.audit_events.filter(epoch=checked_epoch).select_related("content").order_by("number")
    previous, count = "", 0
    for count, event in enumerate(events, start=1):
        why = _flaw(event, count, previous)
        if why:
            return ChainVerdict(False, count, previous, broken_at=event.number, why=why)
        previous = event.hash
    current = checked_epoch == proposal.epoch
    if current and (proposal.audit_number != count or proposal.audit_hash != previous):
        return ChainVerdict(False, count, previous, broken_at=count + 1, why="The end of the trail is missing.")
    return ChainVerdict(True, count, previous)


def _flaw(event: AuditEvent, expected_number: int, previous_hash: str) -> str:
    if event.number != expected_number:
        return f"Event {expected_number} is missing."
    if event.previous_hash != previous_hash:
        return f"Event {event.number} does not follow the one before it."
    if event.hash != event_hash(event):
        return f"Event {event.number} was changed."
    content = getattr(event, "content", None)
    if content is None:
        return ""
    expected = content_digest(content.salt, _content(content.actor_id, content.actor_name, content.side, content.facts))
    return "" if expected == event.content_digest else f"What event {event.number} says was changed."
