"""Adding, renaming, moving and removing sections, and writing their text from outside the editor."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.agreement import settle
from proposals.actions.changing import Change, bump, changing, check_version, money_told
from proposals.actions.keys import require_free
from proposals.exceptions import Invalid
from proposals.models import BillingTerms, Proposal, Section
from proposals.prose import ProseError, checked, has_words, without_comments
from proposals.text import NotThereThen, ProseDocument, port

SECTIONS_COUNT = 200
"""How many sections a proposal may have."""

EMPTY_TEXT: ProseDocument = {"type": "doc", "content": [{"type": "paragraph"}]}

_FIELDS: dict[str, values.Parse] = {
    "title": values.text(300, required=True),
    "kind": values.one_of(list(Section.Kind.values)),
    **values.KEY_EDITS,
}


def add_section(
    *,
    by: Actor,
    title: str,
    kind: str = "prose",
    text: ProseDocument | None = None,
    position: int | None = None,
    external_id: str = "",
    metadata: Mapping[str, str] | None = None,
) -> Section:
    """Add a section, at the end or at a position counted from 0. Its text is seeded here, once."""
    with changing(by, "arrange") as change:
        if kind == Section.Kind.PRICING:
            change.by.require("price", change.proposal.lifecycle)
        given = {"title": title, "kind": kind, "external_id": external_id, "metadata": metadata or {}}
        fields = values.parse_all(_FIELDS, given)
        standing = list(change.proposal.sections.standing())
        if kind == Section.Kind.BILLING:
            change.by.require("choose_billing", change.proposal.lifecycle)
            _require_no_billing(standing)
        if len(standing) >= SECTIONS_COUNT:
            raise Invalid(f"A proposal takes {SECTIONS_COUNT} sections at most. Nothing was changed.", code="too_many")
        place = len(standing) if position is None else max(0, min(position, len(standing)))
        require_free(change.proposal.sections.standing(), fields["external_id"])
        section = Section(proposal=change.proposal, position=place, **fields)
        section.save(force_insert=True)
        if section.kind == Section.Kind.BILLING:
            BillingTerms.objects.create(section=section)
        standing.insert(place, section)
        _renumber(standing)
        port().create(change.proposal, {section.id: checked_text(text or EMPTY_TEXT)}, change.by)
        change.record("section.added", section=str(section.id), title=section.title, kind=section.kind)
        return section


def edit_section(
    *, by: Actor, section_id: uuid.UUID | str, changes: Mapping[str, Any], expected_version: int | None = None
) -> Section:
    """Rename a section."""
    with changing(by, "arrange") as change:
        section = change.section(section_id)
        check_version(section.version, expected_version, "section")
        fields = values.parse_all({"title": _FIELDS["title"]}, changes)
        before = section.title
        if all(getattr(section, name) == value for name, value in fields.items()):
            return section
        bump(section, fields)
        change.record("section.renamed", section=str(section.id), was=before, title=section.title)
        return section


def move_section(*, by: Actor, section_id: uuid.UUID | str, position: int) -> list[Section]:
    """Move a section to a position counted from 0; beyond the ends it stays at the end."""
    with changing(by, "arrange") as change:
        section = change.section(section_id)
        standing = [row for row in change.proposal.sections.standing() if row.id != section.id]
        place = max(0, min(position, len(standing)))
        standing.insert(place, section)
        if [row.id for row in standing] != [row.id for row in change.proposal.sections.standing()]:
            _renumber(standing)
            change.record("section.moved", section=str(section.id), title=section.title, position=place + 1)
        return standing


def remove_section(*, by: Actor, section_id: uuid.UUID | str, expected_version: int | None = None) -> None:
    """Take a section out. Its row and its text stay in the records; what is agreed re-opens with the whole."""
    with changing(by, "arrange") as change:
        section = change.section(section_id)
        check_version(section.version, expected_version, "section")
        if section.kind == Section.Kind.PRICING:
            change.by.require("price", change.proposal.lifecycle)
        bump(section, {"removed_at": timezone.now()})
        _renumber(list(change.proposal.sections.standing()))
        price = change.price()
        told = money_told(price) if section.kind == Section.Kind.PRICING else {}
        change.record("section.removed", section=str(section.id), title=section.title, **told)


def write_text(
    *, by: Actor, section_id: uuid.UUID | str, text: ProseDocument, seq: int | None = None, replace: bool = False
) -> Section:
    """Turn a section's text into this one by a forward edit, block by block: what others type meanwhile is merged.

    `seq` is the number of the log at which the text was read that this one was made of: what others wrote since then
    stays too. Without it nobody knows what the writer had seen, and other words than these are only overwritten if
    `replace` says so. Raises Invalid with codes `seq_required`, `seq_or_replace` and `unknown_moment`.

    What leaves or returns to what was agreed by it is told at once: nobody may be in the room to do so.
    """
    cleaned = checked_text(text)
    with changing(by, "write_text") as change:
        section = change.section(section_id)
        before = port().head(change.proposal)
        if seq is None and not replace:
            _require_nothing_unseen(change.proposal, section, cleaned)
        if seq is not None and replace:
            raise values.refuse("text/replace", "seq_or_replace", "A text is merged with seq or replaced, not both.")
        if seq is not None:
            _require_moment(change.proposal, seq, before)
        try:
            head = port().replace(change.proposal, section.id, cleaned, change.by, upon=seq)
        except NotThereThen as error:
            raise values.refuse("text/seq", "unknown_moment", f"“{section.title}” had no text at {seq}.") from error
        if head != before:
            change.note()
            note_text_edited(change, section)
            transaction.on_commit(partial(settle, by.proposal_id), robust=True)
        return section


def note_text_edited(change: Change, section: Section) -> None:
    """Append `section.edited` unless this author's editing of this section stands in this minute already."""
    minute = timezone.now().replace(second=0, microsecond=0)
    told = change.proposal.audit_events.filter(
        epoch=change.proposal.epoch,
        type="section.edited",
        created_at__gte=minute,
        content__actor=change.by.user,
        content__facts__section=str(section.id),
    )
    if not told.exists():
        change.record("section.edited", section=str(section.id), title=section.title)


def checked_text(text: ProseDocument) -> ProseDocument:
    """The text in canonical form, or Invalid naming what our schema does not have."""
    try:
        return checked(text)
    except ProseError as error:
        raise values.refuse("text", "bad_text", str(error)) from error


def _require_nothing_unseen(proposal: Proposal, section: Section, text: ProseDocument) -> None:
    """Refuse to overwrite words that the writer may never have seen. What stands there already overwrites none."""
    stands = without_comments(port().read(proposal, [section.id]).of(section.id))
    if has_words(stands) and stands != without_comments(text):
        raise values.refuse(
            "text/seq",
            "seq_required",
            f"“{section.title}” has a text. Send the seq that you read with it, so that what others wrote since then "
            "stays, or replace: true to replace what stands there now.",
        )


def _require_moment(proposal: Proposal, seq: int, head: int) -> None:
    """Refuse a number at which nobody can have read a text: ahead of the log, or of before the proposal was shared."""
    first = port().first(proposal)
    if not first <= seq <= head:
        shared = " Sharing the proposal gave its texts new numbers." if proposal.is_common and seq < first else ""
        raise values.refuse(
            "text/seq",
            "unknown_moment",
            f"No text here has the number {seq}: they go from {first} to {head}.{shared} Read the section again, and "
            "send what you make of that text with its seq.",
        )


def _require_no_billing(standing: list[Section]) -> None:
    """Refuse a second billing section: two of them could promise different things about the same work."""
    for section in standing:
        if section.kind == Section.Kind.BILLING:
            raise values.refuse(
                "kind",
                "one_billing_section",
                f"“{section.title}” says already how the work is billed. Change it there.",
            )


def _renumber(sections: list[Section]) -> None:
    for place, section in enumerate(sections):
        if section.position != place:
            section.position = place
            section.save(update_fields=["position"])
