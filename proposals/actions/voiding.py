"""Voiding what was signed, by both: one side proposes it with a reason, the other confirms.

The revision, its signatures and the sealed file stay as they are and verify as before; the record beside them says that
both declared it void, and when. Nothing leads back: whoever wants the contract again signs a new one.
"""

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing
from proposals.actions.freezing import current_revision
from proposals.exceptions import NotAllowed, WrongState
from proposals.models import Voiding, VoidRequest

REASON = values.text(1000, required=True, lines=True)
ANSWER = values.text(1000, lines=True)

Status = VoidRequest.Status


def propose_voiding(*, by: Actor, reason: str) -> VoidRequest:
    """A signatory proposes that both declare the contract void. Nothing changes before the other side confirms."""
    with changing(by, "void") as change:
        why = REASON("reason", reason)
        waiting = _waiting(change)
        if waiting is not None:
            ours = waiting.side == change.by.side
            raise WrongState(
                "Your side has proposed it already; the other side has not answered yet."
                if ours
                else "The other side has proposed it already: confirm or refuse that.",
                code="already_asked",
            )
        request = VoidRequest(
            proposal=change.proposal,
            side=change.by.side,
            asked_by=change.by.user,
            asked_by_name=change.by.name,
            reason=why,
        )
        request.save(force_insert=True)
        change.record("voiding.proposed", reason=why)
        return request


def confirm_voiding(*, by: Actor) -> Voiding:
    """A signatory of the other side confirms: from this moment the contract is void by both."""
    with changing(by, "void") as change:
        request = _needed(change)
        if request.side == change.by.side:
            raise NotAllowed("The other side confirms what your side proposed. Nothing was changed.")
        revision = current_revision(change.proposal)
        now = timezone.now()
        record = Voiding(
            revision=revision,
            reason=request.reason,
            proposed_side=request.side,
            proposed_by=request.asked_by,
            proposed_by_name=request.asked_by_name,
            proposed_at=request.created_at,
            confirmed_by=change.by.user,
            confirmed_by_name=change.by.name,
            voided_at=now,
        )
        record.save(force_insert=True)
        _close(change, request, Status.CONFIRMED, "")
        change.transition("void")
        change.record(
            "proposal.voided", revision=revision.number, reason=request.reason, proposed_by=request.asked_by_name
        )
        return record


def refuse_voiding(*, by: Actor, words: str = "") -> VoidRequest:
    """Leave the contract valid: the other side refuses, or whoever proposed it takes that back."""
    with changing(by, "void") as change:
        request = _needed(change)
        said = ANSWER("words", words)
        ours = request.side == change.by.side
        _close(change, request, Status.TAKEN_BACK if ours else Status.REFUSED, said)
        change.record("voiding.taken_back" if ours else "voiding.refused", words=said)
        return request


def _waiting(change: Change) -> VoidRequest | None:
    return change.proposal.void_requests.filter(status=Status.OPEN).first()


def _needed(change: Change) -> VoidRequest:
    request = _waiting(change)
    if request is None:
        raise WrongState("Nobody has proposed to void this contract. Nothing was changed.", code="nothing_asked")
    return request


def _close(change: Change, request: VoidRequest, status: str, words: str) -> None:
    request.status, request.answer = status, words
    request.answered_by_name, request.answered_at = change.by.name, timezone.now()
    request.save()
