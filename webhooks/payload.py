"""What a webhook says: which event of which proposal, by whom, and where to read more. Thin on purpose.

Made once, when the event happens, and sent byte for byte the same at every attempt.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from proposals.models import AuditEvent
from webhooks.event_types import TEST, event_of

SUBJECTS: Final = (
    "section", "line", "lines", "question", "participant", "part", "revision", "sha256", "disclosure", "request",
    "offer",
)  # fmt: skip
"""Which facts of an entry say what it is about: ids, numbers and hashes, but no words and no amounts."""


@dataclass(frozen=True)
class About:
    """The proposal as it stands at the moment of the event."""

    id: uuid.UUID
    title: str
    state: str
    external_id: str


def payload_of(delivery_id: uuid.UUID, event: AuditEvent, about: About) -> str:
    """The JSON of an event for one endpoint."""
    content = event.content
    known = bool(content.actor_name or content.side)
    subject = {name: content.facts[name] for name in SUBJECTS if content.facts.get(name)}
    actor_id = str(content.actor_id) if content.actor_id else None
    told = {
        "proposal": {
            "id": str(about.id),
            "title": about.title,
            "state": about.state,
            "external_id": about.external_id,
            "url": _address("room", about.id),
        },
        "entry": {"epoch": event.epoch, "number": event.number, "type": event.type},
        "actor": {"id": actor_id, "name": content.actor_name, "side": content.side} if known else None,
        "subject": subject,
        "links": _links(about.id, subject, event.type),
    }
    return _written(delivery_id, event_of(event.type), event.created_at, told)


def test_payload(delivery_id: uuid.UUID, at: datetime) -> str:
    """The JSON of a test."""
    return _written(delivery_id, TEST, at, {"links": {"docs": f"{settings.BASE_URL}{reverse('api_docs')}"}})


def _written(delivery_id: uuid.UUID, event_type: str, at: datetime, told: dict[str, Any]) -> str:
    created_at = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    whole = {"id": str(delivery_id), "type": event_type, "created_at": created_at, "data": told}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _links(proposal_id: uuid.UUID, subject: dict[str, Any], entry_type: str) -> dict[str, str]:
    """Addresses of the API: the proposal, its trail, and what the event is about."""
    links = {
        "proposal": _address("api_proposal", proposal_id),
        "audit_trail": _address("api_audit_trail", proposal_id),
    }
    if "section" in subject:
        links["section"] = _address("api_section", proposal_id, subject["section"])
        if "line" in subject:
            links["line"] = _address("api_line", proposal_id, subject["section"], subject["line"])
    if "question" in subject:
        links["question"] = _address("api_question", proposal_id, subject["question"])
    if "revision" in subject:
        links["revision"] = _address("api_revision", proposal_id, subject["revision"])
    if entry_type == "document.sealed":
        links["document"] = _address("api_document_pdf", proposal_id)
    return links


def _address(name: str, *arguments: object) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=arguments)}"
