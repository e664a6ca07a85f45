"""Verifies a file: is it what was signed, by whom, when, and did this server make it?

Valid signatures are not enough: viewers call appended overlays valid, and a file rolled back to its first
signature is valid in itself. So beside the validation of pyHanko under a strict policy (`signed_file.py`) this
requires the hash of a stored stage, the expected set of signers, a last signature that covers the whole file, and
the embedded JSON equal to the revision. For a file that this server has no record of, it says what it could not
know.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rfc8785
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding

from proposals.documents.authority import instance_authority
from proposals.documents.levels import BASELINE_B, BASELINE_LTA, BASELINE_T
from proposals.documents.reading import read_apart
from proposals.documents.signed_file import SignatureReading, SignedFile, UnreadableFile
from proposals.documents.timestamp_roots import timestamp_roots
from proposals.documents.verdict import EvidenceSeen, Finding, KnownDocument, RevisionSeen, Signer, TimeSource, Verdict
from proposals.documents.verification_rules import RULES, Examined
from proposals.documents.wording import listing
from proposals.documents.words import moment_in_words

logger = logging.getLogger("sameside.documents")


@dataclass(frozen=True)
class Identity:
    """By what a file's record can be found: its own hash, the revision it claims to be, its certificates.

    Nothing of it is verified. Look for the hash among stored stages first, then for a certificate among recorded
    signatures (it survives a changed JSON), then for the revision.
    """

    sha256: str
    revision: RevisionSeen | None
    certificate_serials: tuple[str, ...]


def verify(
    pdf: bytes,
    *,
    known: KnownDocument | None = None,
    record_of: Callable[[Identity], KnownDocument | None] | None = None,
) -> Verdict:
    """The verdict on a file. Never raises for what is in it; the file is read once, in a process of its own.

    `known` is the record of the document that it should be; or `record_of` finds the record of what the file claims
    to be. Without either the verdict says what could not be known.
    """
    try:
        file = read_apart(pdf, our_root=our_root(), timestamp_roots=timestamp_roots())
    except UnreadableFile as error:
        logger.info("A file sent for verification could not be read: %s", error)
        return unreadable(pdf)
    if known is None and record_of is not None:
        known = record_of(identity_of(pdf, file))
    return judge(pdf, file, known=known)


def identify(pdf: bytes) -> Identity:
    """What a file claims to be; nothing for one that can't be read."""
    try:
        return identity_of(pdf, read_apart(pdf, our_root=our_root()))
    except UnreadableFile:
        return Identity(sha256=hashlib.sha256(pdf).hexdigest(), revision=None, certificate_serials=())


def identity_of(pdf: bytes, file: SignedFile) -> Identity:
    """What a file that was read claims to be."""
    return Identity(
        sha256=hashlib.sha256(pdf).hexdigest(),
        revision=revision_in(file.source),
        certificate_serials=tuple(reading.certificate_serial for reading in file.signatures),
    )


def unreadable(pdf: bytes) -> Verdict:
    """The verdict on something that is not a PDF."""
    finding = Finding("unreadable", "This is not a PDF that can be read, or it is badly damaged.", "broken")
    digest = hashlib.sha256(pdf).hexdigest()
    return Verdict(ok=False, ours=False, summary=finding.sentence, sha256=digest, findings=(finding,))


def judge(pdf: bytes, file: SignedFile, *, known: KnownDocument | None) -> Verdict:
    """The verdict on a file that was read: every rule is asked, none ends the questioning."""
    digest = hashlib.sha256(pdf).hexdigest()
    examined = Examined(pdf=pdf, sha256=digest, file=file, revision=revision_in(file.source), known=known)
    findings = tuple(finding for rule in RULES for finding in rule(examined))
    ok = not any(finding.severity == "broken" for finding in findings)
    ours = ok and (known is not None or is_our_evidence(file))
    return Verdict(
        ok=ok,
        ours=ours,
        summary=summary_of(examined, findings, ours=ours),
        sha256=digest,
        findings=findings,
        signers=tuple(signer_of(reading, file) for reading in file.signatures),
        revision=examined.revision,
        root_fingerprint=next((reading.root_fingerprint for reading in file.signatures), ""),
        evidence=evidence_in(file.evidence),
    )


def is_our_evidence(file: SignedFile) -> bool:
    """Whether a file is evidence that this server sealed. There is no record of it: each is made when asked for."""
    return file.evidence is not None and all(reading.issued_by_us for reading in file.signatures)


def our_root() -> asn1_x509.Certificate:
    """The root of this server's authority."""
    return asn1_x509.Certificate.load(instance_authority().root.public_bytes(Encoding.DER))


def revision_in(source: bytes | None) -> RevisionSeen | None:
    """The revision that the embedded JSON describes; None if it isn't a revision in canonical form."""
    if source is None:
        return None
    try:
        content: Any = json.loads(source)
        if rfc8785.dumps(content) != source:
            return None
        return RevisionSeen(
            proposal_id=str(content["proposal"]["id"]),
            title=str(content["proposal"]["title"]),
            number=int(content["revision"]["number"]),
            frozen_at=str(content["revision"]["frozen_at"]),
            sha256=hashlib.sha256(source).hexdigest(),
            slots=tuple(str(slot["slot"]) for slot in content["signature_slots"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError, rfc8785.CanonicalizationError):
        return None


def signer_of(reading: SignatureReading, file: SignedFile) -> Signer:
    """A signature for people, with how its time is known."""
    source: TimeSource
    if reading.timestamp_at is None:
        source, sentence = "server", "stated by the server that made the signature"
    elif reading.timestamp_is_trusted:
        source, sentence = "authority", f"confirmed by the timestamp authority {reading.timestamp_authority}"
    else:
        source = "unconfirmed_authority"
        sentence = f"stated by the timestamp authority {reading.timestamp_authority}, which is not known here"
    return Signer(
        slot=reading.slot,
        side=reading.slot.partition("-")[0],
        name=reading.name,
        title=reading.title,
        firm=reading.firm,
        email=reading.email,
        signed_at=reading.timestamp_at or reading.stated_at,
        time_source=source,
        time_sentence=sentence,
        level=level_of(reading, file),
        certificate_serial=reading.certificate_serial,
        issuer=reading.issuer,
        is_valid=reading.is_sound and reading.chain_is_valid,
        issued_by_us=reading.issued_by_us,
    )


def level_of(reading: SignatureReading, file: SignedFile) -> str:
    """The PAdES baseline that a signature has in this file."""
    if reading.timestamp_at is None:
        return BASELINE_B
    return BASELINE_T if file.archive is None else BASELINE_LTA


def summary_of(examined: Examined, findings: tuple[Finding, ...], *, ours: bool) -> str:
    """The verdict in one or two sentences."""
    broken = [finding for finding in findings if finding.severity == "broken"]
    if broken:
        return f"Not intact. {broken[0].sentence}"
    if examined.file.evidence is not None:
        server = "this server" if ours else "a server that is not known here"
        return (
            f"Intact. This is evidence about {evidence_in_words(examined.file.evidence)}, sealed by {server}, "
            f"{signature_in_words(examined.file.signatures[0])}. It is not the agreement itself."
        )
    people = listing([signature_in_words(reading) for reading in examined.file.signatures])
    revision = examined.revision
    document = f"revision {revision.number} of “{revision.title}”" if revision is not None else "a document"
    if ours and any(finding.code == "awaiting" for finding in findings):
        return f"Intact so far. This is {document}, signed by {people}; not everybody has signed yet."
    if ours:
        return f"Intact. This is {document}, signed by {people}, as this server stored it."
    return (
        f"The signatures fit, and nothing was changed after them: {document}, signed by {people}. This server has no "
        "record of it; see what it can't know."
    )


def evidence_in(content: bytes | None) -> EvidenceSeen | None:
    """How far an evidence tells; None for another file, or one that does not say it."""
    try:
        facts: Any = json.loads(content or b"")
        return EvidenceSeen(str(facts["proposal"]["id"]), int(facts["audit"]["number"]), str(facts["audit"]["hash"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def evidence_in_words(content: bytes) -> str:
    """Which revision an evidence is about, as it says."""
    try:
        facts: Any = json.loads(content)
        return f"revision {int(facts['revision']['number'])} of “{facts['proposal']['title']}”"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "something that it does not name"


def signature_in_words(reading: SignatureReading) -> str:
    """Who signed for whom and when, as a part of a sentence."""
    moment = reading.timestamp_at or reading.stated_at
    when = f" on {moment_in_words(moment)}" if moment is not None else ""
    return f"{reading.name}{f' for {reading.firm}' if reading.firm else ''}{when}"
