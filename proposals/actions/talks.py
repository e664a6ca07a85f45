"""“Explain it to me”: times are proposed for a talk about a card; the other side takes one, or proposes others."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import changing, one
from proposals.documents.talk_times import LONGEST_ZONE, kept_time, moment_of
from proposals.exceptions import NotAllowed
from proposals.models.disclosure import Disclosure, ExplanationTimes

TIMES_COUNT: Final = 3
"""How many times one proposal has at most."""


def propose_times(*, by: Actor, disclosure_id: uuid.UUID | str, times: Sequence[Mapping[str, Any]]) -> ExplanationTimes:
    """“Explain it to me”, “let me explain it”, or other times than were proposed.

    `times`: `{"at": "2027-01-12T10:00", "zone": "Europe/Amsterdam"}` each: the proposer's clock and its IANA time zone.
    """
    with changing(by, "ask") as change:
        disclosure: Disclosure = one(change.proposal.disclosures.standing(), disclosure_id)
        if not times:
            raise values.refuse("times", "required", "Propose at least one time.")
        values.require_few("times", times, TIMES_COUNT)
        kept = [_time(f"times/{place}", given) for place, given in enumerate(times)]
        for place, text in enumerate(kept):
            if text in kept[:place]:
                raise values.refuse(f"times/{place}/at", "twice", "That time is proposed twice.")
        proposed = ExplanationTimes(
            disclosure=disclosure, side=change.by.side, proposed_by_name=change.by.name, times=kept
        )
        proposed.save(force_insert=True)
        change.record("disclosure.times_proposed", disclosure=str(disclosure.id), card=_called(disclosure), times=kept)
        return proposed


def answer_times(*, by: Actor, times_id: uuid.UUID | str, status: str, chosen: str = "") -> ExplanationTimes:
    """Take one of the proposed times, read first, or say that no talk is needed. The other side's to answer."""
    with changing(by, "ask") as change:
        proposed: ExplanationTimes = one(
            ExplanationTimes.objects.filter(disclosure__proposal=change.proposal), times_id
        )
        if proposed.side == change.by.side:
            raise NotAllowed("Times are answered by the side that did not propose them. Nothing was changed.")
        if _is_overtaken(proposed):
            raise values.refuse("times", "overtaken", "Other times were proposed since; answer those.")
        proposed.status = values.one_of(["accepted", "read_first", "skipped"])("status", status)
        proposed.chosen = ""
        if proposed.status == ExplanationTimes.Status.ACCEPTED:
            proposed.chosen = values.one_of(list(proposed.times))("chosen", chosen)
            _require_ahead("chosen", moment_of(proposed.chosen), proposed.chosen)
        proposed.answered_by_name = change.by.name
        proposed.save()
        change.record(
            "disclosure.times_answered",
            disclosure=str(proposed.disclosure_id),
            card=_called(proposed.disclosure),
            status=proposed.status,
            chosen=proposed.chosen,
        )
        return proposed


def _time(pointer: str, given: Mapping[str, Any]) -> str:
    zone: str = values.text(LONGEST_ZONE, required=True)(f"{pointer}/zone", given.get("zone") or "")
    if zone not in available_timezones():
        detail = f"“{values.shown(zone)}” is not a time zone we know. Write it like Europe/Amsterdam."
        raise values.refuse(f"{pointer}/zone", "unknown_zone", detail)
    written: str = values.text(40, required=True)(f"{pointer}/at", given.get("at") or "")
    clock = _clock(written)
    if clock is None or clock.tzinfo is not None:
        detail = f"“{values.shown(written)}” is not a date with a time. Write it like 2027-01-12T10:00."
        raise values.refuse(f"{pointer}/at", "bad_time", detail)
    moment = clock.replace(tzinfo=ZoneInfo(zone))
    if moment.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != clock:
        detail = f"{clock:%H:%M} does not exist on that day in {zone}: the clocks go forward."
        raise values.refuse(f"{pointer}/at", "bad_time", detail)
    _require_ahead(f"{pointer}/at", moment, written)
    return kept_time(moment, zone)


def _clock(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _require_ahead(pointer: str, moment: datetime | None, written: str) -> None:
    if moment is not None and moment <= timezone.now():
        raise values.refuse(pointer, "past", f"“{values.shown(written)}” has passed. Choose a later time.")


def _is_overtaken(proposed: ExplanationTimes) -> bool:
    last = ExplanationTimes.objects.filter(disclosure=proposed.disclosure).order_by("created_at", "id").last()
    return last is not None and last.id != proposed.id


def _called(disclosure: Disclosure) -> str:
    return f"{disclosure.get_kind_display()}: {disclosure.title}"
