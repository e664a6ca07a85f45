"""Checking a file against what is on record here."""

from proposals.documents.verdict import ExpectedSigner, KnownDocument, Stage, Verdict
from proposals.documents.verification import Identity, verify
from proposals.models import FileStage, Revision, Signature


def verify_file(pdf: bytes) -> Verdict:
    """The verdict on a file, with this instance's record of the document it claims to be, if there is one."""
    return verify(pdf, record_of=record_of)


def record_of(identity: Identity) -> KnownDocument | None:
    """What is on record about the document that a file claims to be."""
    revision = revision_of(identity)
    return known_document(revision) if revision is not None else None


def revision_of(identity: Identity) -> Revision | None:
    """The revision behind a file: by the hash of a stored stage, by a recorded certificate, by its content."""
    stage = FileStage.objects.select_related("revision").filter(sha256=identity.sha256).first()
    if stage is not None:
        return stage.revision
    signature = Signature.objects.select_related("revision").filter(certificate_serial__in=identity.certificate_serials)
    found = signature.first()
    if found is not None:
        return found.revision
    if identity.revision is None:
        return None
    return Revision.objects.filter(sha256=identity.revision.sha256, file_stages__isnull=False).first()


def known_document(revision: Revision) -> KnownDocument:
    """What is on record about a revision's file."""
    return KnownDocument(
        stages=tuple(
            Stage(sha256=stage.sha256, length_bytes=stage.length_bytes)
            for stage in revision.file_stages.order_by("number")
        ),
        signers=tuple(
            ExpectedSigner(
                slot=signature.slot,
                name=signature.name,
                email=signature.email,
                certificate_serial=signature.certificate_serial,
            )
            for signature in revision.signatures.order_by("signed_at", "id")
        ),
        canonical=revision.content.encode(),
    )
