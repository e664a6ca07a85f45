"""Reminders at each person's own pace: everybody says when, or not at all; the other side may nudge now and then.

The day that a person chose is theirs: the others learn that they will be reminded, not when.
"""

import uuid
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from proposals.access import Actor
from proposals.actions import audit, values
from proposals.actions.apart import each_apart
from proposals.actions.changing import changing, one
from proposals.documents import wording
from proposals.exceptions import NotAllowed, WrongState
from proposals.locking import lock_proposal
from proposals.models import Participant
from proposals.states import LIVE

DAYS_BETWEEN: Final = 5
"""How many days the other side waits before it reminds the same person again."""


def set_reminder(*, by: Actor, on: str | None = None, off: bool = False) -> Participant:
    """Choose the day on which to be reminded, and not before; or no reminders at all. Neither: all is as at first.

    Raises Invalid for a day that is not in the future.
    """
    with changing(by, "be_reminded") as change:
        place: Participant = one(Participant.objects.filter(proposal=change.proposal), str(by.participant_id))
        day = None if off else values.day("on", on)
        if day is not None and day <= timezone.localdate():
            detail = f"{wording.short_date(day)} is not in the future; choose a later day."
            raise values.refuse("on", "in_the_past", detail)
        if (place.remind_on, place.reminders_off) == (day, off):
            return place
        place.remind_on, place.reminders_off = day, off
        place.save(update_fields=["remind_on", "reminders_off"])
        change.record("reminder.chosen", choice="off" if off else "day" if day else "none")
        return place


def remind(*, by: Actor, participant_id: uuid.UUID | str) -> Participant:
    """Remind somebody of the other side, by mail. Refused to those who wait for their own day or want no reminders.

    Raises WrongState with code `too_soon` if the person was reminded within the last days.
    """
    with changing(by, "remind") as change:
        standing = Participant.objects.select_related("user").filter(proposal=change.proposal, removed_at__isnull=True)
        place: Participant = one(standing, participant_id)
        name = place.user.display_name
        if place.side == change.by.side:
            raise NotAllowed(f"{name} is on your own side. Reminders go to the other side; nothing was sent.")
        said = said_of(place)
        if said:
            code = "reminders_off" if place.reminders_off else "own_day" if place.remind_on else "too_soon"
            raise WrongState(f"{name}: {said[0].lower()}{said[1:]}. Nothing was sent.", code=code)
        place.reminded_at = timezone.now()
        place.save(update_fields=["reminded_at"])
        change.record("reminder.sent", participant=str(place.id), name=name, own=False)
        return place


def said_of(place: Participant) -> str:
    """Why somebody can't be reminded by the other side now, in words for both sides; "" if they can."""
    next_at = place.reminded_at and place.reminded_at + timedelta(days=DAYS_BETWEEN)
    if place.reminders_off:
        return "Wants no reminders"
    if place.remind_on is not None:
        return "Will be reminded on a day of their own choice"
    if next_at and next_at > timezone.now():
        return f"Was reminded; again from {wording.short_date(next_at.date())} at the earliest"
    return ""


def send_own_reminders() -> int:
    """Send the reminders whose day has come, each once; gives how many. Doing it again finds nothing.

    The mail is asked for in the transaction of the event (`reminder.sent`), so neither is lost nor doubled. A day that
    comes after the proposal's end is forgotten.
    """
    due = Participant.objects.filter(remind_on__lte=timezone.localdate(), removed_at__isnull=True)
    ids = due.filter(proposal__state__in=LIVE).values_list("proposal_id", flat=True).distinct()
    return each_apart(_send_due, list(ids))


def _send_due(proposal_id: uuid.UUID) -> int:
    with lock_proposal(proposal_id) as proposal:
        if proposal.lifecycle not in LIVE:
            return 0
        due = Q(remind_on__lte=timezone.localdate(), removed_at__isnull=True)
        places = list(Participant.objects.select_related("user").filter(due, proposal=proposal))
        for place in places:
            place.remind_on = None
            place.save(update_fields=["remind_on"])
            facts = {"participant": str(place.id), "name": place.user.display_name, "own": True}
            audit.append(proposal, "reminder.sent", None, facts)
        return len(places)
