"""Freezing what both agreed to, and reopening it before the last signature."""

from django.utils import timezone

from proposals.access import Actor
from proposals.actions.agreement import TEXT_READS_COUNT, standing_if_unmoved
from proposals.actions.changing import Change, changing
from proposals.actions.values import fact
from proposals.actions.values import text as text_value
from proposals.documents.parts import Standing
from proposals.documents.readiness import readiness_of
from proposals.documents.signing_order import turns_of
from proposals.documents.snapshot import slots_of, take_snapshot
from proposals.exceptions import ChangedSince, WrongState
from proposals.models import Participant, Proposal, Reopening, Revision, SigningPlace
from proposals.text import port


def freeze(*, by: Actor, leave_offers_open: bool = False) -> Revision:
    """Lock the proposal for signing and keep what was agreed as a revision.

    Open counter-offers are asked about: WrongState with code `open_offers`, unless `leave_offers_open`. They hold
    nothing up by themselves, as both sides have agreed to the very prices they are about.

    Raises WrongState with code `not_ready` and every obstacle in `extra["obstacles"]` unless both parties
    agree to every part as it stands, every alternative is decided, no blocking question is open and each side
    has named somebody to sign.
    """
    for _ in range(TEXT_READS_COUNT):
        seen = Proposal.objects.get(id=by.proposal_id)
        texts = port().read(seen, [section.id for section in seen.sections.standing()])
        with changing(by, "freeze") as change:
            standing = standing_if_unmoved(change.proposal, texts)
            if standing is not None:
                return _freeze(change, standing, leave_offers_open)
    raise ChangedSince("The text is being written right now. Freeze when it has come to rest.", code="still_changing")


def _freeze(change: Change, standing: Standing, leave_offers_open: bool) -> Revision:
    readiness = readiness_of(change.proposal, standing)
    if not readiness.is_ready:
        sentences = " ".join(obstacle.sentence for obstacle in readiness.obstacles[:5])
        more = len(readiness.obstacles) - 5
        raise WrongState(
            f"The proposal can’t be locked for signing yet. {sentences}{f' And {more} more.' if more > 0 else ''}",
            code="not_ready",
            extra={
                "obstacles": [
                    {"code": obstacle.code, "detail": obstacle.sentence, "part": obstacle.part}
                    for obstacle in readiness.obstacles
                ]
            },
        )
    if readiness.asks and not leave_offers_open:
        sentences = " ".join(ask.sentence for ask in readiness.asks)
        raise WrongState(
            f"{sentences} Answer, or lock all the same and leave it unanswered. Nothing was changed.",
            code="open_offers",
            extra={"asks": [{"code": ask.code, "detail": ask.sentence} for ask in readiness.asks]},
        )
    signatories = Participant.objects.filter(proposal=change.proposal, is_signatory=True, removed_at__isnull=True)
    now = timezone.now()
    number = change.proposal.revisions.count() + 1
    change.transition("freeze")
    snapshot = take_snapshot(
        change.proposal, standing, number=number, moment=now, readiness=readiness, signatories=signatories
    )
    revision = Revision(
        proposal=change.proposal,
        number=number,
        content=snapshot.json,
        sha256=snapshot.sha256,
        text_seq=standing.texts.seq,
        engine_version=snapshot.content["revision"]["engine_version"],
        frozen_by=change.by.user,
        frozen_at=now,
    )
    revision.save(force_insert=True)
    turns = turns_of(snapshot.content)
    SigningPlace.objects.bulk_create(
        SigningPlace(revision=revision, slot=slot, side=row.side, position=turns.get(slot, 1), participant=row)
        for slot, row in slots_of(signatories)
    )
    port().set_frozen(change.proposal, True)
    change.record("proposal.frozen", revision=number, sha256=snapshot.sha256, total=standing.price.totals["total"])
    return revision


def reopen(*, by: Actor, reason: str = "") -> Proposal:
    """Open a frozen proposal for writing again, before the last signature. Earlier signatures no longer count.

    More time that was granted beside the frozen revision becomes the offer's last day, which re-opens the terms.
    """
    with changing(by, "reopen") as change:
        why = text_value(500, lines=True)("reason", reason)
        revision = current_revision(change.proposal)
        voided = [signature.name for signature in revision.signatures.all()]
        Reopening(revision=revision, reopened_by=change.by.user, side=change.by.side, reason=why).save(
            force_insert=True
        )
        change.transition("reopen")
        _take_over_extension(change)
        port().set_frozen(change.proposal, False)
        change.record("proposal.reopened", revision=revision.number, reason=why, voided_signatures=voided)
        return change.proposal


def _take_over_extension(change: Change) -> None:
    proposal = change.proposal
    if proposal.extended_until is None:
        return
    told = fact(proposal, "offer_until", proposal.extended_until)
    proposal.offer_until, proposal.extended_until = proposal.extended_until, None
    proposal.save(update_fields=["offer_until", "extended_until"])
    change.record_consequence("terms.changed", changes=[told])
    change.moves_values = True


def current_revision(proposal: Proposal) -> Revision:
    """The revision that is frozen or signed now; WrongState if there is none."""
    revision = proposal.revisions.filter(reopening__isnull=True).order_by("-number").first()
    if revision is None:
        raise WrongState("This proposal has not been locked for signing yet.", code="not_frozen")
    return revision
