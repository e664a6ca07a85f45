"""Voiding what was signed, by both: one side proposes it with a reason, the other confirms.

The revision, its signatures and the sealed file stay as they are and verify as before; the record beside them says that
both declared it void, and when. Nothing leads back: whoever wants the contract again signs a new one.

Who proposes it and who confirms it show who they are, as at signing: by a mailed code or a passkey.
"""

from typing import Any

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing, still_seated
from proposals.actions.confirming import Confirmation, confirm
from proposals.actions.freezing import current_revision
from proposals.actions.mailed_codes import make_code
from proposals.actions.passkey_signing import question_for
from proposals.exceptions import Invalid, NotAllowed, WrongState
from proposals.locking import lock_proposal
from proposals.models import Participant, Proposal, Purpose, Revision, SigningCode, Voiding, VoidRequest

REASON = values.text(1000, required=True, lines=True)
ANSWER = values.text(1000, lines=True)

Status = VoidRequest.Status


def make_voiding_code(*, by: Actor) -> tuple[SigningCode, str]:
    """A code for this person and the signed revision; earlier codes stop working. The caller mails it.

    Raises TooManyAttempts after ten codes in an hour.
    """
    with lock_proposal(by.proposal_id) as proposal:
        return make_code(*_signatory(by, proposal), Purpose.VOID)


def ask_passkey_to_void(*, by: Actor, host: str) -> dict[str, Any]:
    """What the browser asks the person's passkeys at this host; raises what `ask_passkey` raises."""
    with lock_proposal(by.proposal_id) as proposal:
        return question_for(*_signatory(by, proposal), Purpose.VOID, host)


def confirm_to_void(*, by: Actor, code: str = "", passkey: str = "") -> Confirmation:
    """That it is this signatory who proposes or confirms: by the mailed code, or by a passkey's answer.

    Not to be called within a transaction that a refusal undoes, as attempts count. Raises Invalid, TooManyAttempts.
    """
    place, revision = _signatory(by, Proposal.objects.get(id=by.proposal_id))
    if not (code.strip() or passkey):
        raise _code_needed()
    return confirm(place, revision, Purpose.VOID, code=code, passkey=passkey)


def propose_voiding(*, by: Actor, reason: str, confirmation: Confirmation | None) -> VoidRequest:
    """A signatory proposes that both declare the contract void. Nothing changes before the other side confirms.

    `confirmation` comes from `confirm_to_void`. Raises Invalid with code `code_needed` without it.
    """
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
        method = _used(confirmation)
        request.save(force_insert=True)
        change.record("voiding.proposed", reason=why, method=method)
        return request


def confirm_voiding(*, by: Actor, confirmation: Confirmation | None) -> Voiding:
    """A signatory of the other side confirms: from this moment the contract is void by both.

    `confirmation` comes from `confirm_to_void`. Raises Invalid with code `code_needed` without it.
    """
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
        method = _used(confirmation)
        record.save(force_insert=True)
        _close(change, request, Status.CONFIRMED, "")
        change.transition("void")
        change.record(
            "proposal.voided",
            revision=revision.number,
            reason=request.reason,
            proposed_by=request.asked_by_name,
            method=method,
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


def _signatory(by: Actor, proposal: Proposal) -> tuple[Participant, Revision]:
    """The person's place at the table and the signed revision. Raises what `Actor.require` raises."""
    actor = still_seated(by)
    actor.require("void", proposal.lifecycle)
    place = proposal.participants.select_related("user").get(user=actor.user)
    return place, current_revision(proposal)


def _used(confirmation: Confirmation | None) -> str:
    """Use up what shows who somebody is; gives how, as the trail records it."""
    if confirmation is None:
        raise _code_needed()
    confirmation.use()
    return confirmation.method


def _code_needed() -> Invalid:
    return values.refuse("code", "code_needed", "It ends a contract, so it needs the code that is mailed to you.")


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
