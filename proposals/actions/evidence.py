"""The sealed evidence of a signed proposal, made once for each state of its audit trail."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from proposals.actions.freezing import current_revision
from proposals.documents.evidence_facts import evidence_facts
from proposals.exceptions import WrongState
from proposals.models import Proposal, Revision
from proposals.models.proposal import proposal_key
from proposals.states import State

KEPT_FOR = timedelta(days=1)
"""How long a file stays of a state of the trail that is past: somebody may be reading it."""

WITH_EVIDENCE = frozenset({State.SIGNED, State.VOID})


FOLDER = "evidence"


def evidence_pdf(proposal: Proposal) -> bytes:
    """The evidence PDF; the same file for everybody until something more happens to the proposal.

    Raises WrongState before everybody has signed, NotRenderable or SigningUnavailable if it can't be made.
    """
    from proposals.documents.evidence_file import sealed_evidence  # pyHanko takes most of a second to import

    if proposal.lifecycle not in WITH_EVIDENCE:
        raise WrongState("There is evidence once everybody has signed.", code="not_signed")
    revision = current_revision(proposal)
    name = f"{FOLDER}/{revision.id}/{_file_name(proposal)}"
    if not default_storage.exists(name):
        made = sealed_evidence(evidence_facts(revision), timezone.now().replace(microsecond=0))
        saved = default_storage.save(name, ContentFile(made.pdf))
        if saved != name:  # somebody else has made it meanwhile, and that one was given away
            default_storage.delete(saved)
    with default_storage.open(name) as file:
        return bytes(file.read())


def forget_past_evidence() -> int:
    """Take away the files of states of the trail that are past; gives how many. The newest can be made at any time."""
    taken = 0
    for folder in _folders():
        revision = Revision.objects.filter(id=folder).select_related("proposal").first()
        current = _file_name(revision.proposal) if revision else ""
        path = f"{FOLDER}/{folder}"
        for name in default_storage.listdir(path)[1]:
            if name != current and default_storage.get_modified_time(f"{path}/{name}") < timezone.now() - KEPT_FOR:
                default_storage.delete(f"{path}/{name}")
                taken += 1
    return taken


def _folders() -> list[str]:
    """The revisions of which there is evidence."""
    if not default_storage.exists(FOLDER):
        return []
    return [folder for folder in default_storage.listdir(FOLDER)[0] if proposal_key(folder)]


def _file_name(proposal: Proposal) -> str:
    """The file of the trail as it stands."""
    return f"{proposal.epoch}-{proposal.audit_hash}.pdf"
