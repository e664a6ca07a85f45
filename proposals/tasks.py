"""Background work: mails and files. Enqueued in the transaction of the event that asks for it.

A task says by itself whether it is still needed, so running one twice does no harm. A failed mail is tried again
by the queue's operator and never blocks signing; sealing never depends on mail.
"""

import logging
import uuid

from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from accounts.mail import Attachment, send
from proposals.actions import exporting, firm_exports, firm_imports
from proposals.actions.files import latest_stage, make_base_file, read_stage
from proposals.actions.sending_again import unsent_mails
from proposals.actions.signatories import link_to_sign
from proposals.documents import wording
from proposals.documents.levels import level_in_words
from proposals.documents.signing_round import SigningRound, holder_name, round_of
from proposals.mailing import absolute
from proposals.models import (
    AuditEvent,
    ColleagueReview,
    Export,
    FirmExport,
    Invitation,
    Move,
    Participant,
    Revision,
    SealedMail,
    Side,
    SigningPlace,
)
from proposals.states import State

logger = logging.getLogger("sameside.tasks")


def enqueue_for(event: AuditEvent) -> None:
    """The seam's hook inside the transaction: what an event asks to be done afterwards."""
    proposal_id = str(event.proposal_id)
    facts = event.content.facts
    if event.type == "participant.invited" and (event.epoch > 0 or facts["side"] == Side.SELLER):
        # The client's people are mailed by the link that sharing makes, not by the one from before.
        mail_invitation.enqueue(facts["invitation"])
    elif event.type == "proposal.frozen":
        prepare_file.enqueue(proposal_id)
        mail_ready_to_sign.enqueue(proposal_id, str(event.content.actor_id or ""))
    elif event.type == "signature.added":
        mail_ready_to_sign.enqueue(proposal_id, "", event.content.actor_name)
    elif event.type == "signature.handed_over":
        mail_handed_over.enqueue(proposal_id, facts["slot"], event.content.actor_name, facts["why"])
    elif event.type == "document.sealed":
        mail_sealed_file.enqueue(proposal_id)
    elif event.type == "document.mailed_again":
        mail_sealed_file.enqueue(proposal_id, only_unsent=True)


@task()
def mail_invitation(invitation_id: str) -> None:
    """Mail a personal link, unless it was withdrawn or the proposal is the seller's alone."""
    invitation = Invitation.objects.select_related("participant__user", "participant__proposal").get(id=invitation_id)
    participant = invitation.participant
    may_know = participant.proposal.is_common or participant.side == Side.SELLER
    if invitation.withdrawn_at is None and participant.removed_at is None and may_know:
        _mail_link(invitation, participant)


@task()
def prepare_file(proposal_id: str) -> None:
    """Render the base PDF of the frozen revision, so that nobody waits for it when signing."""
    revision = _revision(proposal_id)
    if revision is not None:
        make_base_file(revision)


@task(priority=-10)
def make_pdf(export_id: str) -> None:
    """Make a PDF that somebody asked for; after the mails and files that more people wait for."""
    exporting.make_export(export_id)


def give_order(export: Export) -> None:
    """The hook of `exporting`, inside the transaction of what was asked for."""
    make_pdf.enqueue(str(export.id))


@task(priority=-10)
def move_firm(kind: str, move_id: str) -> None:
    """Write an export of a firm, or bring a file into one."""
    if kind == "export":
        firm_exports.make_firm_export(move_id)
    else:
        firm_imports.make_firm_import(move_id)


def give_move(move: Move) -> None:
    """The hook of `firm_exports`, inside the transaction of what was asked for."""
    move_firm.enqueue("export" if isinstance(move, FirmExport) else "import", str(move.id))


@task()
def mail_ready_to_sign(proposal_id: str, locked_by: str, signed_by: str = "") -> None:
    """Tell those whose turn it is to sign: after locking, after the first signature, in order after each.

    Whoever locked it knows. Nobody is told once the revision was reopened or is complete.
    """
    now = _round(proposal_id)
    if now is None or (signed_by and not now.in_order and len(now.signatures) != 1):
        return
    for place in now.at_turn:
        if not place.is_vacant and str(place.participant.user_id) != locked_by:
            _mail_turn(now, place, locked_by=_name_of(now, locked_by), signed_by=signed_by)


@task()
def mail_handed_over(proposal_id: str, slot: str, handed_over_by: str, why: str) -> None:
    """Tell the person to whom a place was handed over, if it is their turn; otherwise they hear of it when it is."""
    now = _round(proposal_id)
    for place in now.at_turn if now else ():
        if now and place.slot == slot and not place.is_vacant:
            _mail_turn(now, place, handed_over_by=handed_over_by, why=why)


@task()
def mail_sealed_file(proposal_id: str, only_unsent: bool = False) -> None:
    """Send the signed PDF to everybody who takes part, and note whom it could not be sent to.

    `only_unsent`: to those alone to whom it could not be sent before.
    """
    revision = _revision(proposal_id)
    stage = latest_stage(revision) if revision else None
    if revision is None or stage is None:
        return
    proposal = revision.proposal
    pdf = Attachment(f"proposal-{stage.sha256[:8]}-signed.pdf", read_stage(stage), "application/pdf")
    people = proposal.participants.filter(removed_at__isnull=True).select_related("user")
    if only_unsent:
        people = people.filter(id__in=[row.participant_id for row in unsent_mails(revision)])
    for participant in people:
        was_sent = send(
            to=participant.user.email,
            subject=f"Signed: {proposal.title}",
            template="email/signed.txt",
            context={
                "person": participant.user,
                "proposal": proposal,
                "link": absolute(reverse("room", args=[proposal.id])),
                "verify_link": absolute(reverse("verify")),
                "sha256": stage.sha256,
                "level": level_in_words(revision.signatures.values_list("level", flat=True).last()),
                "audit_hash": proposal.audit_hash,
                "audit_number": proposal.audit_number,
            },
            attachments=[pdf],
        )
        SealedMail.objects.update_or_create(
            revision=revision, participant=participant, defaults={"was_sent": was_sent, "tried_at": timezone.now()}
        )


def ask_to_mail(review: ColleagueReview) -> None:
    """The hook of `reviews`, inside the transaction of a question or an answer."""
    mail_review.enqueue(str(review.id))


@task()
def mail_review(review_id: str) -> None:
    """Tell a colleague that they were asked, or whoever asked that they have answered. Nobody of the other side."""
    review = ColleagueReview.objects.select_related("proposal", "asked_by", "colleague__user").get(id=review_id)
    person = review.asked_by if review.answered_at else review.colleague.user
    standing = review.proposal.participants.filter(user=person, side=review.side, removed_at__isnull=True)
    if not standing.exists():
        return
    send(
        to=person.email,
        subject=f"{'Looked at' if review.answered_at else 'Please look'}: {review.proposal.title}"[:200],
        template="email/review.txt",
        context={
            "person": person,
            "proposal": review.proposal,
            "review": review,
            "asker": review.asked_by.display_name,
            "colleague": review.colleague.user.display_name,
            "link": absolute(reverse("colleagues", args=[review.proposal_id])),
        },
    )


def _mail_turn(now: SigningRound, place: SigningPlace, **said: str) -> None:
    """Ask somebody to sign. Who has never been in the room gets a personal link."""
    participant, proposal = place.participant, place.revision.proposal
    link = reverse("sign", args=[proposal.id])
    if participant.joined_at is None:
        link = reverse("invitation", args=[link_to_sign(participant).token])
    others = [holder_name(row) for row in now.awaited if row.id != place.id]
    send(
        to=participant.user.email,
        subject=f"Ready to sign: {proposal.title}"[:200],
        template="email/ready_to_sign.txt",
        context={
            "person": participant.user,
            "proposal": proposal,
            "party": proposal.party(place.side).name,
            "title": participant.title,
            "named": participant.only_signs,
            "after": now.in_order,
            "other_signatories": wording.listing(others),
            "link": absolute(link),
            **said,
        },
    )


def _round(proposal_id: str) -> SigningRound | None:
    """The places and signatures of what is locked; None if it is not (any more)."""
    revision = _revision(proposal_id)
    return round_of(revision) if revision and revision.proposal.lifecycle is State.FROZEN else None


def _name_of(now: SigningRound, user_id: str) -> str:
    people = now.places[0].revision.proposal.participants.select_related("user")
    found = people.filter(user_id=user_id).first() if user_id else None
    return found.user.display_name if found else ""


def _mail_link(invitation: Invitation, participant: Participant) -> None:
    proposal = participant.proposal
    inviter = invitation.invited_by
    send(
        to=participant.user.email,
        subject=f"{proposal.party(Side.SELLER).name}: {proposal.title}"[:200],
        template="email/invitation.txt",
        context={
            "person": participant.user,
            "proposal": proposal,
            "inviter": inviter.display_name if inviter else proposal.party(Side.SELLER).name,
            "seller": proposal.party(Side.SELLER).name,
            "client": proposal.party(Side.CLIENT).name,
            "message": invitation.message,
            "link": absolute(reverse("invitation", args=[invitation.token])),
            "expires_at": invitation.expires_at,
            "audit_hash": proposal.audit_hash,
        },
        reply_to=inviter.email if inviter else "",
    )


def _revision(proposal_id: str) -> Revision | None:
    revisions = Revision.objects.select_related("proposal").filter(
        proposal_id=uuid.UUID(proposal_id), reopening__isnull=True
    )
    return revisions.order_by("-number").first()
