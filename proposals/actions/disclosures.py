"""Open books: publish, change and withdraw cards, ask for one, answer. Talks about them: `talks`."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import WHY_LENGTH, Change, changing, check_version, one
from proposals.actions.disclosed_figures import Content, read_content
from proposals.documents import contents
from proposals.documents.disclosed import changes_between, headline
from proposals.exceptions import NotAllowed, WrongState
from proposals.models import Side
from proposals.models.disclosure import (
    Disclosure,
    DisclosureKind,
    DisclosureRequest,
    DisclosureVersion,
)

DISCLOSURES_COUNT = 40
_KIND = values.one_of(list(DisclosureKind.values))


def publish(*, by: Actor, kind: str, fields: Mapping[str, Any]) -> Disclosure:
    """Publish a card to both sides, with its context. Requests for its kind are answered by it.

    `fields`: `title, context, given`, and where there is pay or a basis to tell `pay, basis`
    (see `disclosed_figures.read_content`).
    """
    with changing(by, "disclose") as change:
        content = read_content(change.proposal.currency, _KIND("kind", kind), fields)
        _require_new(change, content)
        _require_one_list(change, content["kind"])
        disclosure = Disclosure(proposal=change.proposal, kind=content["kind"], title=content["title"])
        disclosure.save(force_insert=True)
        _write_version(change, disclosure, content, [], "")
        change.record(
            "disclosure.published",
            disclosure=str(disclosure.id),
            card=headline(content, change.proposal.language),
            context=content["context"][:300],
        )
        waiting = change.proposal.disclosure_requests.filter(kind=content["kind"]).exclude(
            status=DisclosureRequest.Status.DISCLOSED
        )
        waiting.update(
            status=DisclosureRequest.Status.DISCLOSED,
            disclosure=disclosure,
            answered_by_name=change.by.name,
            answered_at=timezone.now(),
        )
        return disclosure


def change_disclosure(
    *,
    by: Actor,
    disclosure_id: uuid.UUID | str,
    fields: Mapping[str, Any],
    why: str = "",
    expected_version: int | None = None,
) -> Disclosure:
    """Publish a new version of a card. The old one stays readable, and what changed is told with the old value."""
    with changing(by, "disclose") as change:
        disclosure = _standing(change, disclosure_id)
        check_version(disclosure.version, expected_version, "disclosure")
        was = disclosure.versions.get(number=disclosure.version).content
        now = read_content(change.proposal.currency, disclosure.kind, fields)
        changes = changes_between(was, now, change.proposal.language)
        if not changes:
            return disclosure
        said = values.text(WHY_LENGTH)("why", why)
        disclosure.title = now["title"]
        disclosure.version += 1
        disclosure.updated_at = timezone.now()
        disclosure.save()
        _write_version(change, disclosure, now, changes, said)
        told = [{name: text[:200] for name, text in each.items()} for each in changes]
        change.record(
            "disclosure.changed",
            disclosure=str(disclosure.id),
            card=headline(now, change.proposal.language),
            changes=told[:12],
            **({"why": said} if said else {}),
        )
        return disclosure


def withdraw_disclosure(*, by: Actor, disclosure_id: uuid.UUID | str, reason: str) -> Disclosure:
    """Withdraw a card. It stays on the page with the reason and everything that it said."""
    with changing(by, "disclose") as change:
        disclosure = _standing(change, disclosure_id)
        disclosure.withdrawn_reason = values.text(1000, required=True, lines=True)("reason", reason)
        disclosure.withdrawn_at = timezone.now()
        disclosure.withdrawn_epoch = change.proposal.epoch
        disclosure.withdrawn_by_name = change.by.name
        disclosure.version += 1
        disclosure.save()
        change.record(
            "disclosure.withdrawn",
            disclosure=str(disclosure.id),
            card=_card_words(disclosure),
            reason=disclosure.withdrawn_reason[:300],
        )
        return disclosure


def request_disclosure(*, by: Actor, kind: str, text: str = "") -> DisclosureRequest:
    """The client asks for a kind of card. Everybody sees that it was asked for, and what came of it."""
    with changing(by, "ask") as change:
        if change.by.side != Side.CLIENT:
            raise NotAllowed("Only the client asks for a disclosure; the seller publishes it. Nothing was changed.")
        wanted = _KIND("kind", kind)
        request = DisclosureRequest(
            proposal=change.proposal,
            kind=wanted,
            text=values.text(500)("text", text),
            asked_by_name=change.by.name,
        )
        request.save(force_insert=True)
        change.record(
            "disclosure.requested",
            request=str(request.id),
            kind=str(DisclosureKind(wanted).label),
            text=request.text[:200],
        )
        return request


def answer_request(
    *, by: Actor, request_id: uuid.UUID | str, answer: str = "", promised_on: date | str | None = None
) -> DisclosureRequest:
    """Answer a request without a card yet: with the date by which it comes, or with the reason why it doesn't."""
    with changing(by, "ask") as change:
        if change.by.side != Side.SELLER:
            raise NotAllowed("The seller answers what the client asks for. Nothing was changed.")
        request: DisclosureRequest = one(change.proposal.disclosure_requests.all(), request_id)
        if request.status == DisclosureRequest.Status.DISCLOSED:
            raise WrongState("This was answered with the card already. Nothing was changed.")
        day = values.day("promised_on", promised_on)
        said = values.text(1000, required=day is None, lines=True)("answer", answer)
        request.answer, request.promised_on = said, day
        request.status = DisclosureRequest.Status.DATE if day else DisclosureRequest.Status.REASON
        request.answered_by_name, request.answered_at = change.by.name, timezone.now()
        request.save()
        change.record(
            "disclosure.answered",
            request=str(request.id),
            kind=str(request.get_kind_display()),
            answer=said[:300],
            promised_on=contents.day(day) or "",
        )
        return request


def _standing(change: Change, disclosure_id: uuid.UUID | str) -> Disclosure:
    found: Disclosure = one(change.proposal.disclosures.standing(), disclosure_id)
    return found


def _card_words(disclosure: Disclosure) -> str:
    return f"{disclosure.get_kind_display()}: {disclosure.title}"


def _require_new(change: Change, content: Content) -> None:
    standing = change.proposal.disclosures.standing()
    values.require_few("disclosures", standing[: DISCLOSURES_COUNT + 1], DISCLOSURES_COUNT)
    if standing.filter(kind=content["kind"], title=content["title"]).exists():
        detail = f"“{content['title']}” is disclosed already. Change that card, or give this one another title."
        raise values.refuse("title", "already_disclosed", detail)


def _require_one_list(change: Change, kind: str) -> None:
    """Discounts cite the line of a list by its number, so there is one list at a time."""
    if kind == DisclosureKind.DISCOUNTS and change.proposal.disclosures.standing().filter(kind=kind).exists():
        detail = "A discount list is published already, and discounts cite its lines. Change that card instead."
        raise values.refuse("kind", "already_disclosed", detail)


def _write_version(
    change: Change, disclosure: Disclosure, content: Content, changes: list[dict[str, str]], why: str
) -> None:
    DisclosureVersion.objects.create(
        disclosure=disclosure,
        number=disclosure.version,
        epoch=change.proposal.epoch,
        content=content,
        changes=changes,
        why=why,
        by_name=change.by.name,
    )
