"""An event of the audit trail as programs get it: over the API, and in what is taken along."""

from datetime import UTC
from typing import Any

from proposals.documents import told
from proposals.models import AuditEvent


def trail_entry(event: AuditEvent) -> dict[str, Any]:
    """Everything that an event's hashes are made of, and what it says in words."""
    content = event.content
    known = bool(content.actor_name or content.side)
    return {
        "epoch": event.epoch,
        "number": event.number,
        "type": event.type,
        "created_at": event.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": {"id": content.actor_id, "name": content.actor_name, "side": content.side} if known else None,
        "sentence": told.sentence(event),
        "facts": content.facts,
        "salt": content.salt,
        "content_digest": event.content_digest,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }
