"""How a proposal ends without being signed: declined, withdrawn, expired; and how such an end is taken back.

What ends takes no change on any path; everything stays readable for both. Signatures that were given stay on record
and bind nobody, as the last one is missing.
"""

import uuid
from typing import Final

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import audit, values
from proposals.actions.apart import each_apart
from proposals.actions.changing import Change, changing, move
from proposals.documents import contents
from proposals.exceptions import NotAllowed, WrongState
from proposals.fragments.endings import TAKE_BACK
from proposals.locking import lock_proposal
from proposals.models import AuditEvent, Proposal
from proposals.states import LIVE, State
from proposals.text import port

REASON = values.text(1000, lines=True)


def decline(*, by: Actor, reason: str = "") -> Proposal:
    """The client says no, or not now. No reason is needed; everything stays readable for both."""
    return _end(by, "decline", "proposal.declined", reason)


def withdraw(*, by: Actor, reason: str = "") -> Proposal:
    """The seller takes the proposal back. Everything stays readable for both."""
    return _end(by, "withdraw", "proposal.withdrawn", reason)


def take_back_end(*, by: Actor) -> Proposal:
    """Whoever declined or withdrew takes it back within a day: the proposal resumes where it was.

    Agreements stand, and so does a frozen revision with the signatures given. Raises NotAllowed for the other side,
    WrongState with code `too_late` after a day, and `offer_over` if the offer's last day has passed meanwhile.
    """
    with changing(by, "take_back_end") as change:
        ended = end_of(change.proposal)
        if ended is None or ended.content.side != change.by.side:
            raise NotAllowed("Only the side that ended the proposal can take that back. Nothing was changed.")
        if timezone.now() - ended.created_at >= TAKE_BACK:
            raise WrongState(
                "An end can be taken back for 24 hours. The seller can start again from a copy.",
                code="too_late",
            )
        if change.proposal.is_over:
            raise WrongState(
                "The offer’s last day has passed meanwhile: there is nothing to go back to. Start again from a copy.",
                code="offer_over",
            )
        resume(change)
        return change.proposal


def expire_if_over(proposal_id: uuid.UUID) -> bool:
    """Write down that an offer has expired whose last day is over; False if there is nothing to write down."""
    if not any(row.is_over for row in Proposal.objects.filter(id=proposal_id, state__in=LIVE)):
        return False
    with lock_proposal(proposal_id) as proposal:
        return note_expiry(proposal)


def note_expiry(locked: Proposal) -> bool:
    """`expire_if_over` for a proposal that is locked by the caller."""
    if State(locked.state) not in LIVE or not locked.is_over:
        return False
    move(locked, "expire")
    port().set_frozen(locked, True)
    facts = {"until": contents.day(locked.stands_until), "reason": locked.offer_reason}
    audit.append(locked, "proposal.expired", None, facts)
    return True


def expire_offers() -> int:
    """Write down every offer that has expired; gives how many. Doing it again finds nothing."""
    today = timezone.localdate()
    live = Proposal.objects.filter(state__in=LIVE, offer_until__lt=today)
    over = live.filter(extended_until__isnull=True) | live.filter(extended_until__lt=today)
    return each_apart(expire_if_over, list(over.values_list("id", flat=True)))


def end_of(proposal: Proposal) -> AuditEvent | None:
    """The event that ended a declined, withdrawn or expired proposal; None for one that goes on."""
    if State(proposal.state) not in ENDS:
        return None
    events = proposal.audit_events.filter(epoch=proposal.epoch, type=ENDS[State(proposal.state)])
    return events.select_related("content").order_by("-number").first()


ENDS: Final = {
    State.DECLINED: "proposal.declined",
    State.WITHDRAWN: "proposal.withdrawn",
    State.EXPIRED: "proposal.expired",
    State.ARCHIVED: "proposal.imported",
}


def resume(change: Change) -> None:
    """Go on where the proposal was before it ended: being prepared, written, or locked with its revision."""
    proposal = change.proposal
    was = str(proposal.state)
    if was_locked(proposal):
        change.transition("resume_signing")
        change.record("proposal.signing_resumed", was=was)
        return
    change.transition("resume" if proposal.is_common else "prepare_again")
    port().set_frozen(proposal, False)
    change.record("proposal.resumed", was=was)


def was_locked(proposal: Proposal) -> bool:
    """Whether a frozen or ended proposal has a revision to go on with."""
    return proposal.revisions.filter(reopening__isnull=True).exists()


def _end(by: Actor, verb: str, event: str, reason: str) -> Proposal:
    with changing(by, verb) as change:
        why = REASON("reason", reason)
        change.transition(verb)
        port().set_frozen(change.proposal, True)
        change.record(event, reason=why)
        return change.proposal
