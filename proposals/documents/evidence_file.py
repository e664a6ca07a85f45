"""The evidence as a PDF of its own (PDF/A-3a with its data inside), sealed by the server and by nobody else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Final

import rfc8785
from django.conf import settings
from django.template.loader import render_to_string

from proposals.documents import pdf
from proposals.documents.job import Source
from proposals.documents.render import job_for
from proposals.documents.sealing import Sealed, seal
from proposals.documents.signatory import Mark, Signatory
from proposals.documents.signed_file import EVIDENCE_NAME, EVIDENCE_SLOT
from proposals.documents.words import grouped, moment_in_words

METHOD: Final = "Sealed by the server itself"


def unsealed_evidence(facts: Mapping[str, Any], made_at: datetime) -> pdf.Rendered:
    """The pages of the evidence with a place for the server's seal. Raises `DocumentNotRenderable`."""
    canonical = rfc8785.dumps(dict(facts))
    digest = hashlib.sha256(canonical).hexdigest()
    html = render_to_string(
        "pdf/evidence_file.html",
        {
            **facts,
            "made_at": made_at.isoformat(timespec="seconds"),
            "made_in_words": moment_in_words(made_at),
            "sha256": grouped(digest),
            "sha256_short": grouped(digest[:16]),
            "revision_sha256": grouped(facts["revision"]["sha256"]),
            "frozen_at": moment_in_words(facts["revision"]["frozen_at"]),
            "root": grouped(facts["server"]["root_sha256"]),
            "signatures": [
                {
                    **one,
                    "signed_at": moment_in_words(one["signed_at"]),
                    "consent_sha256": grouped(one["consent"]["sha256"]),
                    "certificate_serial": grouped(one["certificate_serial"]),
                }
                for one in facts["signatures"]
            ],
            "stages": [{**one, "sha256": grouped(one["sha256"])} for one in facts["stages"]],
            "events": [{**one, "at": moment_in_words(one["at"])} for one in facts["events"]],
            "audit_hash": grouped(facts["audit"]["hash"]),
            "slot": EVIDENCE_SLOT,
        },
    )
    source = Source(
        name=EVIDENCE_NAME,
        description="The evidence as data (RFC 8785 JSON).",
        text=canonical.decode(),
        created=made_at.isoformat(timespec="seconds"),
    )
    return pdf.render(job_for(html, digest, source=source, draft=None))


def sealed_evidence(facts: Mapping[str, Any], made_at: datetime) -> Sealed:
    """The evidence, sealed now. Raises what rendering and `seal` raise; nothing is stored."""
    name = settings.INSTANCE_NAME
    server = Signatory(name, "Seal of the server", "", parseaddr(settings.DEFAULT_FROM_EMAIL)[1], "seller")
    return seal(
        unsealed_evidence(facts, made_at).pdf,
        slot=EVIDENCE_SLOT,
        signatory=server,
        mark=Mark("typed", name),
        signed_at=made_at,
        method=METHOD,
        reference=f"Evidence of revision {facts['revision']['number']}, {facts['revision']['sha256'][:16]}",
        first=True,
        last=True,
        reason="Evidence of what this server has on record",
    )
