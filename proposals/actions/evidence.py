"""The sealed evidence of a signed proposal, made once for each state of its audit trail."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from proposals.actions.freezing import current_revision
from proposals.documents.evidence_facts import evidence_facts
from proposals.exceptions import WrongState
from proposals.models import Proposal
from proposals.states import State

WITH_EVIDENCE = frozenset({State.SIGNED, State.VOID})


def evidence_pdf(proposal: Proposal) -> bytes:
    """The evidence PDF; the same file for everybody until something more happens to the proposal.

    Raises WrongState before everybody has signed, NotRenderable or SigningUnavailable if it can't be made.
    """
    from proposals.documents.evidence_file import sealed_evidence  # pyHanko takes most of a second to import

    if proposal.lifecycle not in WITH_EVIDENCE:
        raise WrongState("There is evidence once everybody has signed.", code="not_signed")
    revision = current_revision(proposal)
    name = f"evidence/{revision.id}/{proposal.epoch}-{proposal.audit_hash}.pdf"
    if not default_storage.exists(name):
        made = sealed_evidence(evidence_facts(revision), timezone.now().replace(microsecond=0))
        saved = default_storage.save(name, ContentFile(made.pdf))
        if saved != name:  # somebody else has made it meanwhile, and that one was given away
            default_storage.delete(saved)
    with default_storage.open(name) as file:
        return bytes(file.read())
