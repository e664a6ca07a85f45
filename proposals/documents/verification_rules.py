"""What must be true of a file, rule by rule. Each rule yields a finding for everything that is wrong or not known."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from proposals.documents.certificates import shortened
from proposals.documents.signed_file import EVIDENCE_SLOT, ArchiveReading, SignatureReading, SignedFile
from proposals.documents.verdict import Finding, KnownDocument, RevisionSeen
from proposals.documents.wording import listing
from proposals.documents.words import moment_in_words


@dataclass(frozen=True)
class Examined:
    """Everything the rules look at: the bytes, what was read from them, and what this server knows."""

    pdf: bytes
    sha256: str
    file: SignedFile
    revision: RevisionSeen | None
    known: KnownDocument | None


Rule = Callable[[Examined], Iterator[Finding]]


def signatures_are_sound(examined: Examined) -> Iterator[Finding]:
    """The cryptography of the signatures, their form and their certificates.

    One change breaks every signature that covers it, and with it what can be said of its certificate: one finding.
    """
    if not examined.file.signatures:
        yield Finding("unsigned", "The file carries no signature.", "broken")
    if examined.file.has_unknown_signature:
        yield Finding(
            "unknown_signature", "The file carries a signature of a kind that Sameside never makes.", "broken"
        )
    unsound = [reading.name for reading in examined.file.signatures if not reading.is_sound]
    if len(unsound) == 1:
        yield Finding(
            "signature_broken",
            f"The signature of {unsound[0]} does not fit the document: what it covers was changed, or the signature "
            "itself was.",
            "broken",
        )
    elif unsound:
        yield Finding(
            "signature_broken",
            f"The signatures of {listing(unsound)} do not fit the document: what they cover was changed.",
            "broken",
        )
    for reading in examined.file.signatures:
        if not reading.is_pades:
            yield Finding("wrong_form", f"The signature of {reading.name} is not in the form PAdES.", "broken")
        if reading.is_sound and not reading.chain_is_valid:
            yield Finding(
                "certificate_invalid",
                f"The certificate of {reading.name} is not valid for the time of signing, or its chain is broken.",
                "broken",
            )


def nothing_but_signatures_follows(examined: Examined) -> Iterator[Finding]:
    """The last signature covers the whole file, and each earlier one is followed by signatures only."""
    signatures = examined.file.signatures
    if not signatures:
        return
    both: tuple[SignatureReading | ArchiveReading, ...] = (*signatures, *examined.file.archives)
    seals = sorted(both, key=lambda seal: seal.revision)
    if not seals[-1].covers_whole_file:
        yield Finding(
            "added_after_signing",
            "Something was added to the file after the last signature. What a viewer shows may not be what was signed.",
            "broken",
        )
    for reading in signatures:
        said_already = reading is seals[-1] and not reading.covers_whole_file
        if reading.is_sound and not reading.changes_allowed and not said_already:
            yield Finding(
                "changed_after_signing",
                f"After {reading.name} signed, something other than a signature was added to the document.",
                "broken",
            )
    certifying = [reading for reading in signatures if reading.certifies]
    if certifying != [signatures[0]]:
        yield Finding("not_certified", "The first signature does not protect the document as ours do.", "broken")


def archive_timestamps_are_sound(examined: Examined) -> Iterator[Finding]:
    """The timestamps over the file fit what they cover, and come after the signatures."""
    last_signature = max((reading.revision for reading in examined.file.signatures), default=0)
    for archive in examined.file.archives:
        if not archive.is_sound:
            yield Finding(
                "archive_broken",
                "The archive timestamp does not fit the file: what it covers was changed, or the timestamp itself was.",
                "broken",
            )
        elif archive.revision < last_signature or not archive.changes_allowed:
            yield Finding("changed_after_archiving", "The file was changed after its archive timestamp.", "broken")


def source_is_the_revision(examined: Examined) -> Iterator[Finding]:
    """The JSON inside is there once, canonical, and equal to the revision on record."""
    if examined.file.evidence is not None and examined.known is None:
        return
    if examined.file.source is None:
        yield Finding("source_missing", "The data of the agreement is not inside the file, or not alone.", "broken")
    elif examined.revision is None:
        yield Finding("source_damaged", "The data inside the file is not that of a frozen revision.", "broken")
    elif examined.known is not None and examined.file.source != examined.known.canonical:
        yield Finding(
            "source_differs", "The data inside the file is not that of the revision on record here.", "broken"
        )


def signers_are_complete(examined: Examined) -> Iterator[Finding]:
    """Who signed is who should have: by record if there is one, else by the slots that the document names."""
    signed = [reading.slot for reading in examined.file.signatures]
    if examined.file.evidence is not None and examined.known is None:
        if signed != [EVIDENCE_SLOT]:
            yield Finding("not_evidence", "An evidence file carries the seal of a server and nothing else.", "broken")
        return
    if examined.known is not None:
        yield from compare_with_record(examined, examined.known)
        recorded = [signer.slot for signer in examined.known.signers]
        awaited = [slot for slot in examined.file.empty_slots if slot not in recorded]
        if awaited and signed:
            yield Finding("awaiting", f"Not everybody has signed yet: {listing(awaited)} is still open.", "warning")
        return
    if examined.revision is not None and set(examined.revision.slots) != set(signed) and signed:
        yield Finding(
            "incomplete",
            f"The document has places for {len(examined.revision.slots)} signatures and carries {len(signed)}. Either "
            "not everybody had signed when this file was made, or a signature was removed.",
            "broken",
        )


def compare_with_record(examined: Examined, known: KnownDocument) -> Iterator[Finding]:
    """Each recorded signature is in the file with the same name, address and certificate, and no other is."""
    readings = {reading.slot: reading for reading in examined.file.signatures}
    for signer in known.signers:
        reading = readings.pop(signer.slot, None)
        if reading is None:
            yield Finding(
                "signature_missing",
                f"{signer.name} signed this document, but the signature is not in this file.",
                "broken",
            )
        elif not is_same_person(reading, signer.name, signer.email, signer.certificate_serial):
            yield Finding(
                "signer_differs",
                f"The signature in the place of {signer.name} is not the one that was given here.",
                "broken",
            )
    for reading in readings.values():
        yield Finding("signer_unknown", f"A signature of {reading.name} was not given here.", "broken")


def is_same_person(reading: SignatureReading, name: str, email: str, serial: str) -> bool:
    """Whether a signature in the file is the recorded one."""
    names_agree = shortened(reading.name) == shortened(name)
    return names_agree and reading.email == email and reading.certificate_serial == serial


def file_is_a_stored_stage(examined: Examined) -> Iterator[Finding]:
    """The file is, byte for byte, the latest stage that was stored."""
    if examined.known is None:
        return
    stages = examined.known.stages
    if stages and examined.sha256 == stages[-1].sha256:
        return
    if examined.sha256 in {stage.sha256 for stage in stages}:
        yield Finding(
            "rolled_back",
            "This is an earlier state of the document. It was signed further, and those signatures are missing here.",
            "broken",
        )
        return
    same = [stage for stage in stages if sha256_of(examined.pdf[: stage.length_bytes]) == stage.sha256]
    if same and same[-1] == stages[-1]:
        added = len(examined.pdf) - same[-1].length_bytes
        yield Finding(
            "bytes_added", f"The file begins as the stored one, but {added:,} bytes were added at its end.", "broken"
        )
        return
    if same:
        yield Finding(
            "not_the_stored_file",
            f"The first {same[-1].length_bytes:,} bytes are those of the stored file, but what follows is not.",
            "broken",
        )
        return
    yield Finding(
        "not_the_stored_file",
        "The file is not the one stored here: it was changed within, saved by another program, or made elsewhere.",
        "broken",
    )


def sha256_of(content: bytes) -> str:
    """The SHA-256 of some bytes in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def origin_is_known(examined: Examined) -> Iterator[Finding]:
    """Says what could not be known about a file without a record, and about unconfirmed times."""
    signatures = examined.file.signatures
    is_evidence = examined.file.evidence is not None
    if examined.known is None and signatures and not (is_evidence and signatures[0].issued_by_us):
        if all(reading.issued_by_us for reading in signatures):
            yield Finding(
                "not_on_record",
                "The certificates were issued by this server, but it has no record of the document. It can't know "
                "whether a later signature was removed beyond what the document itself says.",
                "warning",
            )
        else:
            issuers = listing(sorted({reading.issuer for reading in signatures}))
            yield Finding(
                "issued_elsewhere",
                f"The certificates were issued by {issuers}, which this server does not know. It can't confirm the "
                "names, and can't know whether the file is the last one that was made.",
                "warning",
            )
    for reading in signatures:
        if reading.timestamp_at is None:
            yield Finding(
                "time_stated", f"The time of {reading.name}'s signature is stated by the signing server.", "note"
            )
        elif not reading.timestamp_is_trusted:
            yield Finding(
                "time_unconfirmed",
                f"The timestamp authority of {reading.name}'s signature, {reading.timestamp_authority}, is not one "
                "that this server knows.",
                "note",
            )


def archive_is_said(examined: Examined) -> Iterator[Finding]:
    """What the archive timestamp adds: since when the whole file exists, and who says so."""
    archive = examined.file.archive
    if archive is None or archive.stamped_at is None:
        return
    moment = moment_in_words(archive.stamped_at)
    if archive.is_trusted:
        yield Finding(
            "archived",
            f"The whole file was timestamped on {moment} by {archive.authority}, and carries what is needed to check "
            "its signatures in later years (PAdES B-LTA).",
            "note",
        )
    else:
        yield Finding(
            "archived_unconfirmed",
            f"The whole file carries a timestamp of {moment} by {archive.authority}, which is not an authority that "
            "this server knows, and data to check its signatures in later years.",
            "note",
        )


RULES: tuple[Rule, ...] = (
    signatures_are_sound,
    nothing_but_signatures_follows,
    archive_timestamps_are_sound,
    source_is_the_revision,
    signers_are_complete,
    file_is_a_stored_stage,
    origin_is_known,
    archive_is_said,
)
