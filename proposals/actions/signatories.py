"""Who signs: naming signatories, putting them in order, and handing a place over once the proposal is locked.

Each side decides about its own. A signatory need not have been in the room: they get a personal link when it is
their turn.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.utils import timezone

from accounts.people import person_for
from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing
from proposals.actions.confirming import end_standing
from proposals.actions.freezing import current_revision
from proposals.actions.participants import INVITATION_DAYS, require_free_seat, seat
from proposals.documents.signing_round import SigningRound, holder_name, round_of
from proposals.documents.snapshot import slots_of
from proposals.exceptions import NotAllowed, WrongState
from proposals.locking import lock_proposal
from proposals.models import Invitation, Participant, Side, SigningPlace
from proposals.states import State

WHY_LENGTH = 300
"""How long the sentence may be that says why a place is handed over."""


def name_signatory(*, by: Actor, name: str, email: str, title: str = "", side: str = "") -> Participant:
    """Name a person who signs for one's own side, whether they have been in the room or not.

    The seller may name the client's signatories only while preparing. Nobody is mailed: the link comes when it is
    the person's turn. Naming somebody again changes the title.
    """
    with changing(by, "name_signatories") as change:
        wanted = values.one_of(list(Side.values))("side", side or change.by.side)
        if wanted != change.by.side and change.proposal.lifecycle is not State.PREPARING:
            raise NotAllowed("Each side names who signs for it. Nothing was changed.")
        person = _person_of_side(change, wanted, name=name, email=email, title=title)
        if person.row.is_signatory and not person.differs:
            return person.row
        person.row.is_signatory = True
        person.row.save()
        change.record(
            "signatory.named",
            participant=str(person.row.id),
            name=person.row.user.display_name,
            title=person.row.title,
            side=wanted,
        )
        return person.row


def order_signatories(*, by: Actor, participant_ids: Sequence[uuid.UUID | str]) -> None:
    """Put the signatories of one's own side in the order in which they sign, where the parties sign in order."""
    with changing(by, "name_signatories") as change:
        rows = change.proposal.participants.filter(
            side=change.by.side, is_signatory=True, removed_at__isnull=True
        ).select_related("user")
        before = [row for _, row in slots_of(rows)]
        by_id = {str(row.id): row for row in before}
        wanted = [str(key) for key in participant_ids]
        if sorted(wanted) != sorted(by_id):
            names = ", ".join(row.user.display_name for row in before) or "nobody"
            raise values.refuse(
                "participants", "not_the_signatories", f"Name each signatory of your side once: {names}."
            )
        if wanted == [str(row.id) for row in before]:
            return
        for position, key in enumerate(wanted, start=1):
            by_id[key].signing_position = position
            by_id[key].save(update_fields=["signing_position"])
        change.record("signatory.ordered", side=change.by.side, names=[by_id[key].user.display_name for key in wanted])


def hand_over(*, by: Actor, name: str, email: str, why: str, title: str = "", slot: str = "") -> SigningPlace:
    """Hand one's place to sign over to somebody of the same side, who gets a link and a code of their own.

    An editor may do so for the place (`slot`) of somebody who was taken out. What is signed is not handed over. The
    one who had the place can't sign any more. Both sides see from whom to whom, and why.
    """
    with changing(by, "hand_over") as change:
        now = round_of(current_revision(change.proposal))
        place = _place_to_hand_over(change, now, slot)
        reason = values.text(WHY_LENGTH, required=True)("why", why)
        person = _person_of_side(change, place.side, name=name, email=email, title=title)
        _require_free(now, place, person.row)
        before = place.participant
        for row, signs in ((before, False), (person.row, True)):
            row.is_signatory = signs
            row.save()
        end_standing(before)
        place.participant = person.row
        place.save(update_fields=["participant"])
        change.record(
            "signature.handed_over",
            slot=place.slot,
            side=place.side,
            participant=str(person.row.id),
            was=before.user.display_name,
            name=person.row.user.display_name,
            title=person.row.title,
            why=reason,
            own=before.id == change.by.participant_id,
        )
        return place


def link_to_sign(participant: Participant) -> Invitation:
    """The standing link of somebody who is to sign; made if there is none.

    No event tells of it: the naming did. Called when it is the person's turn.
    """
    with lock_proposal(participant.proposal_id):
        standing = participant.invitations.filter(withdrawn_at__isnull=True, expires_at__gt=timezone.now()).first()
        return standing or Invitation.objects.create(
            participant=participant, expires_at=timezone.now() + dt.timedelta(days=INVITATION_DAYS)
        )


class _Person(NamedTuple):
    """Somebody of a side, and whether what was said of them differs from what is kept: not saved yet."""

    row: Participant
    differs: bool


def _person_of_side(change: Change, side: str, *, name: str, email: str, title: str) -> _Person:
    """The participant behind an address, let in as a reader if they take part no more or did not yet.

    Raises Invalid for a name or address that can't be used, or of somebody of the other side.
    """
    given_name = values.text(200, required=True)("name", name)
    given_title = values.text(200)("title", title)
    user = person_for(values.email("email", email), given_name)
    row = change.proposal.participants.filter(user=user).select_related("user").first()
    if row is None:
        require_free_seat(change.proposal)
        made = seat(
            change.proposal, user=user, side=side, role=Participant.Role.READER, title=given_title, only_signs=True
        )
        return _Person(made, differs=True)
    if row.side != side:
        raise values.refuse("email", "other_side", f"{user.email} takes part on the other side.")
    differs = row.removed_at is not None or bool(given_title and given_title != row.title)
    if row.removed_at is not None:
        row.removed_at, row.role, row.may_agree = None, Participant.Role.READER, False
    row.title = given_title or row.title
    return _Person(row, differs=differs)


def _place_to_hand_over(change: Change, now: SigningRound, slot: str) -> SigningPlace:
    if slot:
        place = next((row for row in now.places if row.slot == slot and row.side == change.by.side), None)
    else:
        place = now.place_of(change.by.participant_id)
    if place is None:
        raise NotAllowed("You hold no place to sign that you could hand over. Nothing was changed.", code="no_place")
    if place.slot in now.signatures:
        raise WrongState(
            f"{now.signatures[place.slot].name} has signed in this place; a signature is not handed over. Reopen the "
            "proposal if it should not stand. Nothing was changed.",
            code="already_signed",
        )
    mine = place.participant_id == change.by.participant_id
    if not mine and not (place.is_vacant and change.by.role == Participant.Role.EDITOR):
        raise NotAllowed(
            f"{holder_name(place)} hands over their own place. If they can’t, somebody of your side who may write "
            "takes them out of the proposal and then names another person for the place. Nothing was changed."
        )
    return place


def _require_free(now: SigningRound, place: SigningPlace, person: Participant) -> None:
    """The person signs nowhere else in this revision."""
    held = now.place_of(person.id)
    name = person.user.display_name
    if held is not None and held.id == place.id and not place.is_vacant:
        raise values.refuse("email", "same_person", f"The place is {name}’s already. Name somebody else.")
    if held is None or held.id == place.id:
        return
    if held.slot in now.signatures:
        raise values.refuse("email", "has_signed", f"{name} has signed already, and signs once. Name somebody else.")
    raise values.refuse("email", "signs_already", f"{name} is to sign in a place of their own. Name somebody else.")
