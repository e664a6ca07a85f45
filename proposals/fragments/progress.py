"""How far a proposal is on its way out of the room: who has signed, who is still to, and how it ended."""

from dataclasses import dataclass
from datetime import datetime

from proposals.documents import told, wording
from proposals.documents.signing_round import holder_name, round_of, vacancy_words
from proposals.models import AuditEvent, Proposal
from proposals.states import State

ENDINGS = {
    State.DECLINED: "proposal.declined",
    State.WITHDRAWN: "proposal.withdrawn",
    State.EXPIRED: "proposal.expired",
    State.VOID: "proposal.voided",
    State.ARCHIVED: "proposal.imported",
}


@dataclass(frozen=True)
class Progress:
    """Names of those who have signed the frozen revision and of those who are still to, places whose person was
    taken out (in sentences); how the proposal ended."""

    signed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    vacant: tuple[str, ...] = ()
    in_order: bool = False
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
        if self.in_order and len(self.missing) > 1:
            then = ", then ".join(self.missing[1:])
            return f"Next: {self.missing[0]} reads it in its final form and signs, then {then}."
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
        said = told.sentence(last)
        whole = said if said.rstrip("”").endswith((".", "!", "?", "…")) else f"{said}."
        return Progress(ended=whole, ended_side=last.content.side, ended_at=last.created_at)
    return Progress()


def _signing(proposal: Proposal) -> Progress:
    revision = proposal.revisions.filter(reopening__isnull=True).order_by("-number").first()
    if revision is None:
        return Progress()
    now = round_of(revision)
    return Progress(
        signed=tuple(holder_name(place) for place in now.places if place.slot in now.signatures),
        missing=tuple(holder_name(place) for place in now.awaited if not place.is_vacant),
        vacant=tuple(f"{vacancy_words(place)}." for place in now.awaited if place.is_vacant),
        in_order=now.in_order,
    )
