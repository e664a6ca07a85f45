"""Checking a file against what is on record here."""

from dataclasses import replace
from typing import Final

from proposals.documents import wording
from proposals.documents.verdict import ExpectedSigner, Finding, KnownDocument, Stage, Verdict
from proposals.documents.verification import Identity, verify
from proposals.models import FileStage, Proposal, Reopening, Revision, Signature, Voiding
from proposals.states import State

OVER: Final = {
    State.DECLINED: "The offer was declined",
    State.WITHDRAWN: "The offer was withdrawn",
    State.EXPIRED: "The offer expired",
}


def verify_file(pdf: bytes) -> Verdict:
    """The verdict on a file, with this instance's record of the document it claims to be, if there is one."""
    found: list[Revision] = []

    def record_of(identity: Identity) -> KnownDocument | None:
        revision = revision_of(identity)
        if revision is not None:
            found.append(revision)
        return known_document(revision) if revision is not None else None

    verdict = verify(pdf, record_of=record_of)
    if not verdict.ours:
        return verdict
    return with_what_became_of_it(verdict, found[-1]) if found else with_what_happened_since(verdict)


def with_what_happened_since(verdict: Verdict) -> Verdict:
    """The verdict on evidence that this server sealed; it says so if the audit trail has gone on since."""
    seen = verdict.evidence
    if seen is None:
        return verdict
    proposal = Proposal.objects.filter(id=seen.proposal_id).first()
    if proposal is None or proposal.audit_hash == seen.audit_hash:
        return verdict
    sentence = (
        f"It tells what happened up to entry {seen.audit_number} of the audit trail. More has happened since; whoever "
        "takes part in the proposal finds newer evidence there."
    )
    return _with(verdict, Finding("evidence_older", sentence, "warning"))


def _with(verdict: Verdict, found: Finding) -> Verdict:
    return replace(verdict, summary=f"{verdict.summary} {found.sentence}", findings=(found, *verdict.findings))


def with_what_became_of_it(verdict: Verdict, revision: Revision) -> Verdict:
    """The verdict on an own file with what happened after its signatures: void by both, or reopened or
    over before the last.

    The file is what it is; this says whether it still counts. Reasons stay with those who take part.
    """
    voiding = Voiding.objects.filter(revision=revision).first()
    reopening = Reopening.objects.filter(revision=revision).first()
    if voiding is not None:
        day = wording.short_date(voiding.voided_at.date())
        found = Finding("voided", f"Both parties declared this contract void on {day}.", "warning")
    elif reopening is not None:
        day = wording.short_date(reopening.reopened_at.date())
        sentence = f"This revision was reopened on {day}, before everybody had signed: its signatures don’t count."
        found = Finding("reopened", sentence, "warning")
    elif (state := revision.proposal.lifecycle) in OVER:
        sentence = f"{OVER[state]} before everybody had signed: this binds nobody."
        found = Finding(str(state), sentence, "warning")
    else:
        return verdict
    return _with(verdict, found)


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
