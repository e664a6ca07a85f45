"""What the evidence of a signed revision says, as plain values: who, how verified, when, from where, and since then.

The pages of the agreement itself carry what was known when it was frozen (`evidence.py`); this is the rest.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from proposals.documents import consent, told
from proposals.documents.authority import root_fingerprint
from proposals.documents.levels import level_in_words
from proposals.models import AuditEvent, Revision, Signature

FORM: Final = "sameside evidence 1"


def evidence_facts(revision: Revision) -> dict[str, Any]:
    """Everything on record about the signing of a revision, and what happened after it, ready for RFC 8785 JSON."""
    proposal = revision.proposal
    recorded = proposal.audit_events.filter(epoch=proposal.epoch, number__lte=proposal.audit_number)
    events = recorded.select_related("content").order_by("number")
    return {
        "form": FORM,
        "server": {
            "name": settings.INSTANCE_NAME,
            "base_url": settings.BASE_URL,
            "root_sha256": root_fingerprint(),
        },
        "proposal": {"id": str(proposal.id), "title": proposal.title, "state": proposal.state},
        "revision": {
            "number": revision.number,
            "sha256": revision.sha256,
            "frozen_at": instant(revision.frozen_at),
        },
        "signatures": [signature_facts(signature) for signature in revision.signatures.order_by("signed_at", "id")],
        "stages": [
            {
                "number": stage.number,
                "sha256": stage.sha256,
                "length_bytes": stage.length_bytes,
                "stored_at": instant(stage.created_at),
            }
            for stage in revision.file_stages.order_by("number")
        ],
        "events": [event_facts(event) for event in events if event.created_at >= revision.frozen_at],
        "audit": {"number": proposal.audit_number, "hash": proposal.audit_hash},
    }


def signature_facts(signature: Signature) -> dict[str, Any]:
    """One signature with its circumstances."""
    sentence = wording_of(signature)
    return {
        "slot": signature.slot,
        "side": signature.side,
        "name": signature.name,
        "title": signature.title,
        "firm": signature.firm_name,
        "email": signature.email,
        "method": signature.method,
        "signed_at": instant(signature.signed_at),
        "level": signature.level,
        "time": level_in_words(signature.level),
        "ip_address": signature.ip_address or "",
        "user_agent": signature.user_agent,
        "consent": {"version": signature.consent_version, "sha256": signature.consent_sha256, "text": sentence},
        "certificate_serial": signature.certificate_serial,
    }


def wording_of(signature: Signature) -> str:
    """The sentence that was consented to, if it is the one whose hash was recorded; else nothing."""
    shown = (one.shown_to(signature.firm_name) for one in consent.WORDINGS if one.version == signature.consent_version)
    return next((text for text in shown if consent.sentence_sha256(text) == signature.consent_sha256), "")


def event_facts(event: AuditEvent) -> dict[str, Any]:
    """One entry of the trail since the revision was frozen."""
    return {
        "number": event.number,
        "at": instant(event.created_at),
        "type": event.type,
        "sentence": told.sentence(event),
        "hash": event.hash,
    }


def instant(moment: datetime | None) -> str:
    """A time in ISO 8601, UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
