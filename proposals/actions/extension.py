"""How long the offer stands: the client asks for more time in one click, the seller grants it or says why not.

While the proposal is written the last day is a term that both see and agree on, so a new one re-opens the terms of the
whole. A frozen revision can't change: what is granted then stands beside it (`Proposal.extended_until`), agreements and
signatures stand, and it becomes a term again if the proposal is reopened. An expired offer resumes where it was.
"""

from datetime import date

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing
from proposals.actions.endings import note_expiry, resume, was_locked
from proposals.documents import contents, wording
from proposals.exceptions import WrongState
from proposals.models import ExtensionRequest, Proposal
from proposals.states import State

WORDS = values.text(500)
NEEDED_WORDS = values.text(500, required=True)


def ask_for_time(*, by: Actor, text: str = "", until: str | None = None) -> ExtensionRequest:
    """The client asks that the offer stands longer, with a day and a sentence or without. One request waits."""
    with changing(by, "ask_for_time") as change:
        proposal = change.proposal
        note_expiry(proposal)
        if proposal.stands_until is None:
            raise WrongState("This offer has no last day: it needs no more time. Nothing was changed.", code="no_end")
        if proposal.extension_requests.filter(status=ExtensionRequest.Status.OPEN).exists():
            raise WrongState(
                "Your side has asked already, and both see that it waits for an answer.", code="already_asked"
            )
        said = WORDS("text", text)
        wished = values.day("until", until)
        if wished is not None:
            _check_later(proposal, wished)
        request = ExtensionRequest(
            proposal=proposal, asked_by=change.by.user, asked_by_name=change.by.name, text=said, wished_until=wished
        )
        request.save(force_insert=True)
        change.record("extension.asked", text=said, until=contents.day(wished))
        return request


def extend(*, by: Actor, until: str, words: str = "") -> Proposal:
    """The seller lets the offer stand until a later day, asked or not. An expired proposal resumes where it was.

    Raises Invalid for a day that has passed or is not later than the present one.
    """
    with changing(by, "extend") as change:
        proposal = change.proposal
        note_expiry(proposal)
        said = WORDS("words", words)
        last = values.day("until", until)
        if last is None:
            raise values.refuse("until", "required", "Say until which day the offer stands.")
        if proposal.stands_until is None:
            raise WrongState("This offer has no last day, so it stands already. Nothing was changed.", code="no_end")
        _check_later(proposal, last)
        was = contents.day(proposal.stands_until)
        _set_last_day(proposal, last)
        request = proposal.extension_requests.order_by("-created_at", "-id").first()
        if request is not None and request.status == ExtensionRequest.Status.GRANTED:
            request = None
        if request is not None:  # one that waits, or was refused at first
            request.granted_until = last
            _answer(change, request, ExtensionRequest.Status.GRANTED, said)
        change.record("extension.granted", was=was, until=contents.day(last), words=said, asked=request is not None)
        if proposal.lifecycle is State.EXPIRED:
            resume(change)
        return proposal


def refuse_time(*, by: Actor, words: str) -> ExtensionRequest:
    """The seller leaves the last day as it is and says why. The client may ask again."""
    with changing(by, "extend") as change:
        note_expiry(change.proposal)
        request = change.proposal.extension_requests.filter(status=ExtensionRequest.Status.OPEN).first()
        if request is None:
            raise WrongState("Nobody waits for more time here. Nothing was changed.", code="nothing_asked")
        said = NEEDED_WORDS("words", words)
        _answer(change, request, ExtensionRequest.Status.REFUSED, said)
        change.record("extension.refused", words=said)
        return request


def _set_last_day(proposal: Proposal, last: date) -> None:
    """In the terms, or beside the revision while there is one."""
    if proposal.lifecycle is not State.OPEN and was_locked(proposal):
        proposal.extended_until = last
    else:
        proposal.offer_until = last
    proposal.save(update_fields=["extended_until", "offer_until"])


def _answer(change: Change, request: ExtensionRequest, status: str, words: str) -> None:
    request.status, request.answer = status, words
    request.answered_by_name, request.answered_at = change.by.name, timezone.now()
    request.save()


def _check_later(proposal: Proposal, day: date) -> None:
    if day < timezone.localdate():
        raise values.refuse("until", "in_the_past", f"{wording.short_date(day)} has passed already.")
    if proposal.stands_until is not None and day <= proposal.stands_until:
        detail = (
            f"{wording.short_date(day)} is not later than {wording.short_date(proposal.stands_until)}, until when the "
            "offer stands already."
        )
        raise values.refuse("until", "not_later", detail)
