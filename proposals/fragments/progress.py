"""How far a proposal is on its way out of the room: who has signed, who is still to, and how it ended."""

from dataclasses import dataclass
from datetime import datetime

from proposals.documents import told, wording
from proposals.models import AuditEvent, Proposal, Side
from proposals.states import State

ENDINGS = {
    State.DECLINED: "proposal.declined",
    State.WITHDRAWN: "proposal.withdrawn",
    State.EXPIRED: "proposal.expired",
    State.VOID: "proposal.voided",
}


@dataclass(frozen=True)
class Progress:
    """Names of those who have signed the frozen revision and of those who are still to; how the proposal ended."""

    signed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    ended: str = ""
    ended_side: str = ""
    ended_at: datetime | None = None

    @property
    def signed_words(self) -> str:
        """“Maya Lindqvist has signed.” Empty while nobody has."""
        if not self.signed:
            return ""
        return f"{wording.listing(list(self.signed))} {'has' if len(self.signed) == 1 else 'have'} signed."

    @property
    def next_words(self) -> str:
        """“Next: Tomás Reyes reads it in its final form and signs.”"""
        if not self.missing:
            return ""
        verbs = "reads it in its final form and signs" if len(self.missing) == 1 else "read it and sign, in any order"
        return f"Next: {wording.listing(list(self.missing))} {verbs}."


def progress_of(proposal: Proposal) -> Progress:
    """Where a frozen, signed or ended proposal stands; nothing to tell of one that is written."""
    state = proposal.lifecycle
    if state is State.FROZEN:
        return _signing(proposal)
    if state in ENDINGS:
        events = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch, type=ENDINGS[state])
        last = events.select_related("content").order_by("-number").first()
        if last is None:
            return Progress()
        return Progress(ended=f"{told.sentence(last)}.", ended_side=last.content.side, ended_at=last.created_at)
    return Progress()


def _signing(proposal: Proposal) -> Progress:
    revision = proposal.revisions.filter(reopening__isnull=True).order_by("-number").first()
    given = set(revision.signatures.values_list("participant_id", flat=True)) if revision else set()
    people = proposal.participants.filter(is_signatory=True, removed_at__isnull=True).select_related("user")
    ordered = sorted(people, key=lambda row: (row.side != Side.SELLER, row.created_at, row.id))
    return Progress(
        signed=tuple(row.user.display_name for row in ordered if row.id in given),
        missing=tuple(row.user.display_name for row in ordered if row.id not in given),
    )
