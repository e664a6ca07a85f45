"""The act of signing: a mailed code, consent, a mark, one more signature in the file, and at last the sealed PDF.

No PDF is made under the lock: the file is sealed on the latest stage and kept only if no other signature came
between; otherwise it is sealed again on the newer stage. A failed mail never blocks sealing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import audit, confirming
from proposals.actions.changing import Change, changing, still_seated
from proposals.actions.confirming import Confirmation
from proposals.actions.declaring import Declaration, Declared, declared
from proposals.actions.files import keep_stage, latest_stage, make_base_file, read_stage, store_file
from proposals.actions.freezing import current_revision
from proposals.actions.mailed_codes import make_code
from proposals.documents import consent
from proposals.documents.readiness import amends_void
from proposals.documents.signatory import Mark, Signatory
from proposals.documents.signing_round import SigningRound, round_of
from proposals.exceptions import NotAllowed, WrongState
from proposals.locking import lock_proposal
from proposals.models import Participant, Proposal, Purpose, Revision, Side, Signature, SigningCode, SigningPlace

if TYPE_CHECKING:
    from proposals.documents.sealing import Sealed

SEALING_TRIES_COUNT = 4


@dataclass(frozen=True)
class Circumstances:
    """What is recorded about the browser in which somebody signs. The session's key is kept as a hash only."""

    ip_address: str | None
    user_agent: str
    session_key: str


def consent_text(proposal: Proposal, side: str) -> str:
    """The wording that somebody of a side consents to, with the firm's name as it stands in the contract."""
    return consent.CURRENT.shown_to(_firm_name(proposal, side))


def make_signing_code(*, by: Actor) -> tuple[SigningCode, str]:
    """A code for this person and the frozen revision; earlier codes stop working. The caller mails it.

    Raises TooManyAttempts after ten codes in an hour.
    """
    with lock_proposal(by.proposal_id) as proposal:
        place, revision = place_to_sign(by, proposal)
        return make_code(place, revision, Purpose.SIGN)


def sign(*, by: Actor, declaration: Declaration, circumstances: Circumstances) -> Signature:
    """Sign the frozen revision for one's side. The last signature completes the proposal.

    Raises Invalid for what `declared` refuses, a wrong code, or a passkey that was not confirmed; TooManyAttempts after
    five wrong codes; WrongState if there is nothing to sign (any more), or with code `not_your_turn`. Nothing is
    signed then.
    """
    from proposals.documents import sealing  # pyHanko takes most of a second to import, and only signing needs it

    place, revision = place_to_sign(by, Proposal.objects.get(id=by.proposal_id))
    filled = declared(declaration)
    confirmation = confirming.confirm(place, revision, Purpose.SIGN, code=declaration.code, passkey=declaration.passkey)
    for _ in range(SEALING_TRIES_COUNT):
        attempt = _prepare(confirmation, revision, filled)
        sealed = sealing.seal(
            attempt.file,
            slot=attempt.slot,
            signatory=attempt.signatory,
            mark=filled.mark,
            signed_at=attempt.moment,
            method=attempt.method,
            reference=f"Revision {attempt.revision.number}, {attempt.revision.sha256[:16]}",
            first=attempt.stage_number == 0,
            last=attempt.stage_number + 1 == attempt.revision.signing_places.count(),
        )
        signature = _keep(by, attempt, sealed, filled.mark, confirmation, circumstances)
        if signature is not None:
            return signature
    raise WrongState("Others are signing right now. Try again in a moment; nothing was signed.", code="busy")


@dataclass(frozen=True)
class _Attempt:
    revision: Revision
    stage_number: int
    file: bytes
    slot: str
    signatory: Signatory
    moment: datetime
    method: str


def place_to_sign(asking: Actor, proposal: Proposal) -> tuple[Participant, Revision]:
    """The person's place and the revision to sign. Raises NotAllowed or WrongState if they may not, or have signed."""
    actor = still_seated(asking)
    actor.require("sign", proposal.lifecycle)
    place = proposal.participants.select_related("user").get(user=actor.user)
    revision = current_revision(proposal)
    _refuse_to_amend_the_void(proposal)
    open_place(round_of(revision), place)
    return place, revision


def _refuse_to_amend_the_void(proposal: Proposal) -> None:
    if amends_void(proposal):
        raise WrongState(
            "Both have declared void what this change order amends. Nothing was signed.", code="amends_void"
        )


def _prepare(confirmation: Confirmation, revision: Revision, filled: Declared) -> _Attempt:
    place = confirmation.participant
    slot = open_place(round_of(revision), place).slot
    stage = latest_stage(revision) or make_base_file(revision)
    email = place.user.email
    return _Attempt(
        revision=revision,
        stage_number=stage.number,
        file=read_stage(stage),
        slot=slot,
        signatory=Signatory(
            name=filled.name,
            title=filled.title,
            firm=_firm_name(revision.proposal, place.side),
            email=email,
            side="seller" if place.side == Side.SELLER else "client",
        ),
        moment=timezone.now().replace(microsecond=0),
        method=confirmation.words,
    )


def _keep(
    by: Actor, attempt: _Attempt, sealed: "Sealed", mark: Mark, confirmation: Confirmation, circumstances: Circumstances
) -> Signature | None:
    """Store the signature and the file's new stage, or None if another signature came between."""
    store_file(sealed.sha256, sealed.pdf)
    with changing(by, "sign") as change:
        revision = current_revision(change.proposal)
        if revision.id != attempt.revision.id:
            raise WrongState("The proposal was reopened meanwhile; nothing was signed.", code="reopened")
        _refuse_to_amend_the_void(change.proposal)
        if open_place(round_of(revision), confirmation.participant).slot != attempt.slot:
            return None
        newest = latest_stage(revision)
        if newest is None or newest.number != attempt.stage_number:
            return None
        confirmation.use()
        signature = _signature_row(confirmation, attempt, sealed, mark, circumstances)
        signature.save(force_insert=True)
        keep_stage(revision, attempt.stage_number + 1, sealed.pdf, sealed.sha256)
        change.record(
            "signature.added",
            revision=revision.number,
            slot=attempt.slot,
            name=attempt.signatory.name,
            title=attempt.signatory.title,
            certificate=sealed.certificate_serial,
            sha256=sealed.sha256,
        )
        if not round_of(revision).awaited:
            _complete(change, revision, sealed)
        return signature


def _signature_row(
    confirmation: Confirmation, attempt: _Attempt, sealed: "Sealed", mark: Mark, circumstances: Circumstances
) -> Signature:
    place = confirmation.participant
    return Signature(
        revision=attempt.revision,
        participant=place,
        slot=attempt.slot,
        side=place.side,
        name=attempt.signatory.name,
        title=attempt.signatory.title,
        email=attempt.signatory.email,
        firm_name=attempt.signatory.firm,
        mark_kind=mark.kind,
        mark=mark.content,
        method=confirmation.method,
        consent_version=consent.CURRENT.version,
        consent_sha256=consent.sentence_sha256(consent_text(attempt.revision.proposal, place.side)),
        ip_address=circumstances.ip_address,
        user_agent=circumstances.user_agent[:400],
        session_sha256=hashlib.sha256(circumstances.session_key.encode()).hexdigest(),
        certificate_serial=sealed.certificate_serial,
        certificate_pem=sealed.certificate_pem,
        level=sealed.level,
        signed_at=attempt.moment,
    )


def _complete(change: Change, revision: Revision, sealed: "Sealed") -> None:
    change.transition("complete")
    audit.append(change.proposal, "proposal.signed", None, {"revision": revision.number, "sha256": revision.sha256})
    audit.append(change.proposal, "document.sealed", None, {"revision": revision.number, "sha256": sealed.sha256})


def _firm_name(proposal: Proposal, side: str) -> str:
    party = proposal.party(side)
    return party.legal_name or party.name


def open_place(now: SigningRound, person: Participant) -> SigningPlace:
    """The place that a person is to sign now.

    Raises NotAllowed if there is none for them in this revision, WrongState if they have signed or others come first.
    """
    place = now.place_of(person.id)
    if place is None:
        raise NotAllowed(
            "This revision has no place for you: it was locked before you were named. Nothing was signed.",
            code="no_place",
        )
    if place.slot in now.signatures:
        raise WrongState("You have signed this revision already.", code="already_signed")
    if place not in now.at_turn:
        raise WrongState(
            f"{now.turn_words} You will be told by mail when it is yours. Nothing was signed.", code="not_your_turn"
        )
    return place
