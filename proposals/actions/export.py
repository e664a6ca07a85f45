"""Taking a proposal along: its current PDF and its current content."""

from dataclasses import dataclass

from django.utils import timezone

from proposals.actions.files import latest_stage, make_base_file, read_stage
from proposals.actions.freezing import current_revision
from proposals.documents.parts import standing_of
from proposals.documents.readiness import readiness_of
from proposals.documents.render import draft_pdf
from proposals.documents.snapshot import Snapshot, take_snapshot
from proposals.models import Participant, Proposal
from proposals.states import State

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
        return CurrentFile(read_stage(stage), "signed" if proposal.lifecycle is State.SIGNED else "locked")
    snapshot = draft_snapshot(proposal)
    rendered = draft_pdf(snapshot.content, drafted_at=timezone.now(), live_url=live_url)
    return CurrentFile(rendered.pdf, "draft")


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
    )
