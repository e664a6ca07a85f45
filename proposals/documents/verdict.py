"""What is known about a file, and what can be said about one: the plain values of verification."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Severity = Literal["broken", "warning", "note"]
Outcome = Literal["intact", "foreign", "broken"]
TimeSource = Literal["server", "authority", "unconfirmed_authority"]


@dataclass(frozen=True)
class Stage:
    """One stored stage of a file: the base before any signature, then the file after each signature."""

    sha256: str
    length_bytes: int


@dataclass(frozen=True)
class ExpectedSigner:
    """A signature that this server recorded. `certificate_serial` is lower-case hexadecimal."""

    slot: str
    name: str
    email: str
    certificate_serial: str


@dataclass(frozen=True)
class KnownDocument:
    """What this server has stored about a document: enough to notice what the file alone can't show.

    `canonical` is the RFC 8785 JSON of the revision, `stages` the file from its base to its latest state.
    """

    stages: tuple[Stage, ...]
    signers: tuple[ExpectedSigner, ...]
    canonical: bytes


@dataclass(frozen=True)
class Finding:
    """One thing noticed: a stable code, a sentence for people, and whether it breaks the document."""

    code: str
    sentence: str
    severity: Severity


@dataclass(frozen=True)
class Signer:
    """A signature as the file shows it. `is_valid` is about the signature itself, not about who issued it."""

    slot: str
    side: str
    name: str
    title: str
    firm: str
    email: str
    signed_at: datetime | None
    time_source: TimeSource
    time_sentence: str
    level: str
    certificate_serial: str
    issuer: str
    is_valid: bool
    issued_by_us: bool


@dataclass(frozen=True)
class RevisionSeen:
    """Which revision the file says it is: from the JSON inside it. `sha256` is that of the JSON."""

    proposal_id: str
    title: str
    number: int
    frozen_at: str
    sha256: str
    slots: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceSeen:
    """Up to which entry of which proposal's audit trail an evidence file tells, as it says itself."""

    proposal_id: str
    audit_number: int
    audit_hash: str


@dataclass(frozen=True)
class Verdict:
    """The answer to "is this file what was signed?".

    `ok`: nothing is broken, as far as could be checked. `ours`: issued by this server and on record here. A file of
    another server can be ok without being ours; `findings` then say what could not be known.
    """

    ok: bool
    ours: bool
    summary: str
    sha256: str
    findings: tuple[Finding, ...] = ()
    signers: tuple[Signer, ...] = ()
    revision: RevisionSeen | None = None
    root_fingerprint: str = field(default="")
    evidence: EvidenceSeen | None = None

    @property
    def outcome(self) -> Outcome:
        """One word for the page: intact (and ours), foreign (intact, made elsewhere), broken."""
        if not self.ok:
            return "broken"
        return "intact" if self.ours else "foreign"

    def codes(self) -> set[str]:
        """The codes of all findings."""
        return {finding.code for finding in self.findings}
