"""Who takes part: inviting people, their roles, taking them out."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.people import person_for
from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing, one
from proposals.documents.signing_round import SigningRound, round_of
from proposals.exceptions import Invalid, NotAllowed, WrongState
from proposals.models import Invitation, Participant, Proposal, Side
from proposals.states import State

INVITATION_DAYS = 60
"""How long a link opens the document; after that its owner signs in by code, or is sent a new one."""

PARTICIPANTS_COUNT = 100
"""How many people may take part in one proposal."""


def seat(
    proposal: Proposal,
    *,
    user: User,
    side: str,
    role: str = Participant.Role.EDITOR,
    is_signatory: bool = False,
    title: str = "",
    joined_at: dt.datetime | None = None,
    only_signs: bool = False,
) -> Participant:
    """Give a person a place, without telling anybody. The frame of `invite` and of making a proposal."""
    return Participant.objects.create(
        proposal=proposal,
        user=user,
        side=side,
        role=role,
        is_signatory=is_signatory,
        title=title,
        joined_at=joined_at,
        only_signs=only_signs,
    )


def require_free_seat(proposal: Proposal) -> None:
    """Raise Invalid if as many people take part as may."""
    if proposal.participants.count() >= PARTICIPANTS_COUNT:
        raise Invalid(f"A proposal takes {PARTICIPANTS_COUNT} people at most.", code="too_many")


def invite(
    *,
    by: Actor,
    email: str,
    name: str = "",
    side: str = "",
    role: str = "editor",
    is_signatory: bool = False,
    title: str = "",
    message: str = "",
) -> Invitation:
    """Invite a person by a personal link. Each side admits its own people; the seller also the client's.

    Somebody of one's own side who takes part already gets a new link, and the role given here; somebody of the
    client's only a new link. The mail to the client's people goes out when the proposal is shared.
    """
    with changing(by, "invite") as change:
        wanted = values.one_of(list(Side.values))("side", side or change.by.side)
        if wanted != change.by.side and change.by.side != Side.SELLER:
            raise NotAllowed("You admit people to your own side. Ask the other side to admit theirs.")
        if wanted != change.by.side and change.proposal.lifecycle is State.ARCHIVED:
            raise NotAllowed(
                "This is your firm’s record: nobody of the other side takes part in it. Nobody was invited."
            )
        user = person_for(values.email("email", email), values.text(200)("name", name))
        fields: dict[str, Any] = {
            "role": values.one_of(list(Participant.Role.values))("role", role),
            "is_signatory": is_signatory,
            "title": values.text(200)("title", title),
        }
        participant = change.proposal.participants.filter(user=user).first()
        if participant is None:
            require_free_seat(change.proposal)
            if is_signatory:
                _require_may_sign(change, wanted)
            participant = seat(change.proposal, user=user, side=wanted, **fields)
        elif participant.side != wanted:
            raise values.refuse("email", "other_side", f"{user.email} takes part on the other side already.")
        else:
            _invite_again(change, participant, fields)
        return make_invitation(change, participant, values.text(2000, lines=True)("message", message))


def _invite_again(change: Change, participant: Participant, fields: dict[str, Any]) -> None:
    """Let a person back in, or give them another role: for one's own side only, once it is shared.

    The other side's people keep the role that their side gave them.
    """
    if not _decides_about(change, participant):
        if participant.removed_at is not None:
            raise NotAllowed("Their own side has taken them out. Ask them to admit them again.")
        return
    differs = participant.removed_at is not None or any(
        getattr(participant, field) != value for field, value in fields.items()
    )
    if not differs:
        return
    if participant.removed_at is None:
        _require_roles_open(change)
    if fields["role"] != Participant.Role.EDITOR:
        _require_another_editor(change, participant)
    if fields["is_signatory"] and not (participant.is_signatory and _holds_place(change, participant)):
        _require_may_sign(change, participant.side)
    for field, value in {**fields, "removed_at": None, "only_signs": False}.items():
        setattr(participant, field, value)
    participant.save()


def _require_may_sign(change: Change, side: str) -> None:
    """Each side names who signs for it, and until the proposal is locked."""
    if side != change.by.side and change.proposal.lifecycle is not State.PREPARING:
        raise NotAllowed("Each side names who signs for it. Invite them without signing. Nothing was changed.")
    if change.proposal.lifecycle is State.FROZEN:
        raise WrongState(
            "Who signs was settled when the proposal was locked. Hand a place over instead, or reopen the proposal. "
            "Nothing was changed."
        )


def make_invitation(change: Change, participant: Participant, message: str = "") -> Invitation:
    """A new link for a participant; recorded, and mailed by the task of that event."""
    invitation = Invitation.objects.create(
        participant=participant,
        invited_by=change.by.user,
        message=message,
        expires_at=timezone.now() + dt.timedelta(days=INVITATION_DAYS),
    )
    change.record(
        "participant.invited",
        participant=str(participant.id),
        invitation=str(invitation.id),
        name=participant.user.display_name,
        side=participant.side,
        role=participant.role,
        is_signatory=participant.is_signatory,
    )
    return invitation


def link_for(*, by: Actor, participant_id: uuid.UUID | str) -> Invitation:
    """The person's standing link, to be copied into a message of one's own; made if there is none."""
    with changing(by, "invite") as change:
        participant = _participant(change, participant_id)
        if change.by.side not in (participant.side, Side.SELLER) or participant.removed_at is not None:
            raise NotAllowed("A link is given out by the person’s own side, or by the seller. Nothing was changed.")
        standing = participant.invitations.filter(withdrawn_at__isnull=True, expires_at__gt=timezone.now()).first()
        return standing or make_invitation(change, participant)


def withdraw_invitation(*, by: Actor, invitation_id: uuid.UUID | str) -> None:
    """Make a link worthless. The person keeps the place and can still sign in by code."""
    with changing(by, "invite") as change:
        row: Invitation = one(
            Invitation.objects.select_related("participant__user").filter(participant__proposal=change.proposal),
            invitation_id,
        )
        _same_side(change, row.participant)
        if row.withdrawn_at is None:
            row.withdrawn_at = timezone.now()
            row.save(update_fields=["withdrawn_at"])
            change.record("invitation.withdrawn", name=row.participant.user.display_name, side=row.participant.side)


def set_participant(
    *, by: Actor, participant_id: uuid.UUID | str, role: str | None = None, is_signatory: bool | None = None
) -> Participant:
    """Change what somebody may do: editor or reader, and whether they sign. Each side decides for its own."""
    with changing(by, "invite") as change:
        participant = _participant(change, participant_id)
        _same_side(change, participant)
        _require_roles_open(change)
        before = (participant.role, participant.is_signatory)
        if role is not None:
            participant.role = values.one_of(list(Participant.Role.values))("role", role)
        if is_signatory is not None:
            participant.is_signatory = is_signatory
        if (participant.role, participant.is_signatory) == before:
            return participant
        if participant.role != Participant.Role.EDITOR:
            _require_another_editor(change, participant)
        participant.save()
        change.record(
            "participant.changed",
            participant=str(participant.id),
            name=participant.user.display_name,
            side=participant.side,
            role=participant.role,
            is_signatory=participant.is_signatory,
        )
        return participant


def remove_participant(*, by: Actor, participant_id: uuid.UUID | str) -> None:
    """Take somebody out; what they wrote and agreed stays. Effective at once, also for open pages."""
    with changing(by, "invite") as change:
        participant = _participant(change, participant_id)
        _same_side(change, participant)
        if participant.removed_at is None:
            _require_another_editor(change, participant)
            participant.removed_at = timezone.now()
            participant.save(update_fields=["removed_at"])
            change.record(
                "participant.removed",
                participant=str(participant.id),
                name=participant.user.display_name,
                side=participant.side,
                **_left_vacant(change, participant),
                **_left_without_agreers(change, participant),
            )


def _left_without_agreers(change: Change, participant: Participant) -> dict[str, bool]:
    """Whether nobody is left whom the side has named to agree for it: it names anew, or leaves it to all."""
    if not (participant.may_agree and change.proposal.party(participant.side).names_who_agrees):
        return {}
    others = change.proposal.participants.filter(side=participant.side, may_agree=True, removed_at__isnull=True)
    return {} if others.exists() else {"nobody_agrees": True}


def _left_vacant(change: Change, participant: Participant) -> dict[str, str]:
    """The slot that somebody leaves unsigned in the frozen revision: their side names another person for it."""
    now = _round(change)
    place = now.place_of(participant.id) if now else None
    return {"vacant": place.slot} if now and place and place in now.awaited else {}


def _holds_place(change: Change, participant: Participant) -> bool:
    """Whether somebody has a place in the frozen revision."""
    now = _round(change)
    return now is not None and now.place_of(participant.id) is not None


def _round(change: Change) -> SigningRound | None:
    if change.proposal.lifecycle is not State.FROZEN:
        return None
    revision = change.proposal.revisions.filter(reopening__isnull=True).order_by("-number").first()
    return round_of(revision) if revision else None


def _participant(change: Change, participant_id: uuid.UUID | str) -> Participant:
    found: Participant = one(change.proposal.participants.select_related("user"), participant_id)
    return found


def _decides_about(change: Change, participant: Participant) -> bool:
    """Each side decides about its own people; the seller about everybody's before sharing."""
    return participant.side == change.by.side or change.proposal.lifecycle is State.PREPARING


def _same_side(change: Change, participant: Participant) -> None:
    if not _decides_about(change, participant):
        raise NotAllowed("Each side decides about its own people. Nothing was changed.")


def _require_roles_open(change: Change) -> None:
    if change.proposal.lifecycle is State.FROZEN:
        raise WrongState("Roles stay as they are while the proposal is locked for signing. Nothing was changed.")


def _require_another_editor(change: Change, participant: Participant) -> None:
    others = change.proposal.participants.exclude(id=participant.id).filter(
        side=participant.side, role=Participant.Role.EDITOR, removed_at__isnull=True
    )
    if not others.exists():
        raise Invalid(
            "Each side keeps at least one person who may write. Admit somebody else first. Nothing was changed.",
            code="last_one",
        )
