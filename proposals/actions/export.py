"""Taking a proposal along: its current PDF, its current content, and an archive of everything on record."""

import itertools
from dataclasses import dataclass
from typing import IO, Final

from django.utils import timezone

from proposals.actions.endings import end_of
from proposals.actions.evidence import WITH_EVIDENCE, evidence_pdf
from proposals.actions.exporting import ask_for_pdf, is_made_at_once, keep_draft, kept_pdf, key_of_draft
from proposals.actions.files import latest_stage, make_base_file, read_stage
from proposals.actions.freezing import current_revision
from proposals.documents.archive import CHECKSUMS, Archive, TakenFile
from proposals.documents.parts import standing_of
from proposals.documents.readiness import readiness_of
from proposals.documents.render import Draft, draft_pdf
from proposals.documents.snapshot import Snapshot, content_of, take_snapshot
from proposals.documents.taken_along import files_of
from proposals.exceptions import Refusal
from proposals.models import Export, Participant, Proposal, Side
from proposals.states import LABELS, State

WITH_REVISION = frozenset({State.FROZEN, State.SIGNED, State.VOID})


@dataclass(frozen=True)
class CurrentFile:
    """A PDF with what it is: draft, locked or signed."""

    pdf: bytes
    label: str


def current_pdf(proposal: Proposal, *, live_url: str) -> CurrentFile:
    """The newest stage of the file of what is frozen or signed, otherwise a draft marked as such.

    Raises NotRenderable if it can't be made; nothing changes then.
    """
    if proposal.lifecycle in WITH_REVISION:
        revision = current_revision(proposal)
        stage = latest_stage(revision) or make_base_file(revision)
        return CurrentFile(read_stage(stage), "locked" if proposal.lifecycle is State.FROZEN else "signed")
    snapshot = draft_snapshot(proposal)
    key = key_of_draft(snapshot, live_url=live_url)
    kept = kept_pdf(proposal, key)
    if kept is None:
        rendered = draft_pdf(snapshot.content, drafted_at=timezone.now(), live_url=live_url)
        keep_draft(proposal, key, rendered)
        kept = rendered.pdf
    return CurrentFile(kept, "draft")


def current_pdf_or_order(proposal: Proposal, *, live_url: str) -> CurrentFile | Export:
    """The same for somebody at a page: what takes long is asked for instead, and made by the task worker.

    Raises NotRenderable if a short one can't be made.
    """
    if proposal.lifecycle in WITH_REVISION:
        revision = current_revision(proposal)
        if latest_stage(revision) is None and not is_made_at_once(proposal, revision.content):
            return ask_for_pdf(proposal, revision.sha256, content="", live_url=live_url)
        return current_pdf(proposal, live_url=live_url)
    snapshot = draft_snapshot(proposal)
    key = key_of_draft(snapshot, live_url=live_url)
    if kept_pdf(proposal, key) is None and not is_made_at_once(proposal, snapshot.json):
        return ask_for_pdf(proposal, key, content=snapshot.json, live_url=live_url)
    return current_pdf(proposal, live_url=live_url)


@dataclass(frozen=True)
class WordCopy:
    """A Word file with what it is a copy of: draft, locked or signed."""

    content: bytes
    label: str


def current_word(proposal: Proposal, *, live_url: str) -> WordCopy:
    """The frozen or signed revision as a Word file, otherwise a draft; it says which, and that the PDF binds."""
    from proposals.documents import word_file  # python-docx takes a while to import, and only this needs it

    if proposal.lifecycle in WITH_REVISION:
        revision = current_revision(proposal)
        signed = [
            word_file.SignedBy(given.slot, given.name, given.title, given.signed_at)
            for given in revision.signatures.all()
        ]
        file = word_file.word_file(content_of(revision.content), draft=None, signed=signed)
        return WordCopy(file, "locked" if proposal.lifecycle is State.FROZEN else "signed")
    draft = Draft(drafted_at=timezone.now().replace(microsecond=0), live_url=live_url)
    return WordCopy(word_file.word_file(draft_snapshot(proposal).content, draft=draft), "draft")


def current_content(proposal: Proposal) -> str:
    """The canonical JSON of the frozen revision, or of the proposal as it stands."""
    if proposal.lifecycle in WITH_REVISION:
        return current_revision(proposal).content
    return draft_snapshot(proposal).json


def draft_snapshot(proposal: Proposal) -> Snapshot:
    """The content as it stands, numbered as the revision it would become."""
    standing = standing_of(proposal)
    return take_snapshot(
        proposal,
        standing,
        number=proposal.revisions.count() + 1,
        moment=timezone.now(),
        readiness=readiness_of(proposal, standing),
        signatories=Participant.objects.filter(proposal=proposal, is_signatory=True, removed_at__isnull=True),
        ended=_ended(proposal),
    )


def _ended(proposal: Proposal) -> dict[str, str] | None:
    """How and when a proposal ended without being signed; None for one that goes on."""
    event = end_of(proposal)
    return {"state": proposal.lifecycle.value, "on": event.created_at.date().isoformat()} if event else None


def write_archive(proposal: Proposal, into: IO[bytes], *, live_url: str, document: TakenFile) -> None:
    """Write everything that both sides can see into a ZIP archive: documents, evidence, trail, history, negotiation.

    `document` is what `document_file` gives.
    """
    archive = Archive(into)
    archive.add(document)
    about = "A copy for reading in Word. The PDF is what binds."
    archive.add(TakenFile("proposal.docx", about, [current_word(proposal, live_url=live_url).content]))
    about = "Everything that the document says, as data; of a revision exactly the bytes that were signed."
    archive.add(TakenFile("proposal.json", about, [current_content(proposal).encode()]))
    for file in itertools.chain(_evidence(proposal), files_of(proposal)):
        archive.add(file)
    archive.add(TakenFile("README.txt", "", [_readme(proposal, archive, live_url).encode()]))
    archive.close()


def _evidence(proposal: Proposal) -> list[TakenFile]:
    """The sealed evidence of what was signed. Where it can't be made, a text says why."""
    if proposal.lifecycle not in WITH_EVIDENCE:
        return []
    about = "Who signed, how verified and from where, and what happened since; sealed by the server."
    try:
        return [TakenFile("evidence/evidence.pdf", about, [evidence_pdf(proposal)])]
    except Refusal as refusal:
        about = "Why there is no sealed evidence in this archive."
        return [TakenFile("evidence/no-evidence.txt", about, [f"{refusal.detail}\n".encode()])]


def document_file(proposal: Proposal, *, live_url: str) -> TakenFile:
    """The current PDF for an archive. One that can't be made holds nothing up: a text in its place says why."""
    try:
        file = current_pdf(proposal, live_url=live_url)
    except Refusal as refusal:
        return TakenFile("no-pdf.txt", "Why there is no PDF in this archive.", [f"{refusal.detail}\n".encode()])
    return TakenFile(f"proposal-{file.label}.pdf", PDF_WORDS[file.label], [file.pdf])


PDF_WORDS: Final = {
    "signed": "The signed and sealed PDF: this file is the contract.",
    "locked": "The PDF that was locked for signing, with the signatures given so far.",
    "draft": "A draft as PDF. Nothing in it binds anybody.",
}


def _readme(proposal: Proposal, archive: Archive, live_url: str) -> str:
    """What is in the archive, in plain words."""
    listed = "\n\n".join(f"{name}\n    {about}" for name, about in archive.names)
    return README.format(
        title=proposal.title,
        underline="=" * min(len(proposal.title), 80),
        seller=proposal.party(Side.SELLER).name,
        client=proposal.party(Side.CLIENT).name,
        id=proposal.id,
        state=LABELS[proposal.lifecycle].lower(),
        events=proposal.audit_number,
        hash=proposal.audit_hash or "none yet",
        live_url=live_url,
        listed=listed,
        checksums=CHECKSUMS,
    )


README: Final = """\
{title}
{underline}

A proposal from {seller} to {client}; number {id}.
It is {state}. The live document: {live_url}

This archive holds everything on record that both sides can see. Either side gets the same files. What the seller
wrote before sharing is not in it.

{listed}

{checksums}
    The SHA-256 of every file above; “sha256sum -c {checksums}” checks them.

The audit trail had {events} events when this was written; the hash of the last one is
{hash}

Files that end with .jsonl have one JSON object on each line. All texts are in UTF-8, all times in UTC, and money,
hours and percentages are written as texts, so that no program rounds them.
"""
