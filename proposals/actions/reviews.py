"""Agreeing within one side: who may, and a colleague's look before it.

What a side asks itself is its own: reviews are told in no event, counted in no version and mailed to nobody else. Who
may agree for a side is told to both.
"""

import uuid
from collections.abc import Callable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing, one
from proposals.exceptions import Invalid, NotAllowed, WrongState
from proposals.models import ColleagueReview, Participant

_TEXT = values.text(2000, lines=True)
_told: list[Callable[[ColleagueReview], None]] = []
OPEN_REVIEWS_COUNT = 50
"""How many unanswered reviews a side may have."""


def when_asked_or_answered(hook: Callable[[ColleagueReview], None]) -> None:
    """Register what is done in the transaction of a question or an answer: nothing in the seam hears of them."""
    _told.append(hook)


def name_who_agrees(*, by: Actor, participant_ids: Sequence[uuid.UUID | str]) -> None:
    """Name who of one's own side may agree for it; naming nobody leaves it to every editor and signatory.

    It holds until the side says otherwise, also if those who were named have left: then nobody agrees.
    """
    with changing(by, "name_who_agrees") as change:
        rows = list(_colleagues(change))
        wanted = {str(key) for key in participant_ids}
        unknown = wanted - {str(row.id) for row in rows}
        if unknown:
            raise values.refuse(
                "participants", "not_of_this_side", f"“{values.shown(min(unknown))}” is nobody of your side."
            )
        party = change.proposal.party(change.by.side)
        differing = [row for row in rows if row.may_agree != (str(row.id) in wanted)]
        if not differing and party.names_who_agrees == bool(wanted):
            return
        party.names_who_agrees = bool(wanted)
        party.save(update_fields=["names_who_agrees"])
        for row in differing:
            row.may_agree = str(row.id) in wanted
            row.save(update_fields=["may_agree"])
        names = [row.user.display_name for row in rows if row.may_agree]
        change.record("participant.agreeing_named", side=change.by.side, names=names)


def ask_colleague(*, by: Actor, participant_id: uuid.UUID | str, text: str = "") -> ColleagueReview:
    """Ask somebody of one's own side to look before one agrees. The other side sees nothing of it."""
    with changing(by, "review") as change:
        colleague: Participant = one(_colleagues(change), participant_id)
        if colleague.user_id == change.by.user_id:
            raise values.refuse("participant", "yourself", "Ask somebody else of your side.")
        standing = ColleagueReview.objects.filter(
            proposal=change.proposal, side=change.by.side, answered_at__isnull=True
        )
        if standing.count() >= OPEN_REVIEWS_COUNT:
            raise Invalid(f"{OPEN_REVIEWS_COUNT} questions to colleagues wait for an answer already.", code="too_many")
        review = ColleagueReview.objects.create(
            proposal=change.proposal,
            side=change.by.side,
            asked_by=_person(change),
            colleague=colleague,
            text=_TEXT("text", text),
        )
        _tell(review)
        return review


def answer_colleague(*, by: Actor, review_id: uuid.UUID | str, is_fine: bool, text: str = "") -> ColleagueReview:
    """Say to a colleague that it is fine, or what is not. Answering again replaces the answer."""
    with changing(by, "review") as change:
        asked = ColleagueReview.objects.filter(proposal=change.proposal, side=change.by.side)
        review: ColleagueReview = one(asked.select_related("colleague"), review_id)
        if review.colleague_id != change.by.participant_id:
            raise NotAllowed("The colleague who was asked answers. Nothing was changed.")
        review.answer = _TEXT("text", text)
        if not is_fine and not review.answer:
            raise values.refuse("text", "required", "Say what is not fine yet.")
        review.is_fine, review.answered_at = is_fine, timezone.now()
        review.save()
        _tell(review)
        return review


def hold_for_reviews(*, by: Actor, hold: bool) -> None:
    """Whether one's side agrees to nothing while a colleague has yet to answer. Known to the side alone."""
    with changing(by, "name_who_agrees") as change:
        party = change.proposal.party(change.by.side)
        if party.holds_for_reviews != hold:
            party.holds_for_reviews = hold
            party.save(update_fields=["holds_for_reviews"])


def require_no_review_open(change: Change) -> None:
    """Raise WrongState if the actor's side wants its colleagues' answers first and one is missing."""
    if not change.proposal.party(change.by.side).holds_for_reviews:
        return
    waiting = ColleagueReview.objects.filter(
        proposal=change.proposal, side=change.by.side, answered_at__isnull=True, colleague__removed_at__isnull=True
    ).select_related("colleague__user")
    first = waiting.first()
    if first is not None:
        raise WrongState(
            f"{first.colleague.user.display_name} was asked to look first and has not answered yet. Your side agrees "
            "only after that; somebody who may write can change this on the page of colleagues. Nothing was agreed.",
            code="review_open",
        )


def _tell(review: ColleagueReview) -> None:
    for hook in _told:
        hook(review)


def _colleagues(change: Change) -> QuerySet[Participant]:
    rows = Participant.objects.filter(proposal=change.proposal, side=change.by.side, removed_at__isnull=True)
    return rows.select_related("user")


def _person(change: Change) -> User:
    if change.by.user is None:
        raise NotAllowed("Only a person asks a colleague.")
    return change.by.user
