"""Noting in the audit trail that somebody typed: `section.edited`, once a minute for each author and section.

It is what `actions.sections.note_text_edited` does for one edit, for all authors of a commit together, as plain
statements. Every room that wakes up begins with it, and Django's models take a hundred times as long as SQLite.
"""

import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.utils import timezone

from collab.driver import kept_key, kept_keys, kept_moment, rows_of, run_for_each, uuid_of
from proposals import seam
from proposals.access import Actor
from proposals.actions import audit
from proposals.models import AuditContent, AuditEvent, Proposal, Section

SECTION_EDITED: Final = "section.edited"

_PROPOSALS: Final = Proposal._meta.db_table
_SECTIONS: Final = Section._meta.db_table
_EVENTS: Final = AuditEvent._meta.db_table
_CONTENTS: Final = AuditContent._meta.db_table


class Edit(NamedTuple):
    """Somebody has edited a section of a locked proposal."""

    proposal_id: uuid.UUID
    section_id: uuid.UUID
    author: Actor


def note_edits(edits: Sequence[Edit]) -> None:
    """Append `section.edited` for each edit of a standing section that its minute does not tell of already."""
    proposal_ids = {edit.proposal_id for edit in edits}
    ends = _trail_ends(proposal_ids)
    titles = _standing_titles({edit.section_id for edit in edits})
    minute = timezone.now().replace(second=0, microsecond=0)
    told = {
        (proposal_id, epoch, actor_id, json.loads(facts)["section"])
        for proposal_id, epoch, actor_id, facts in _told_since(minute, SECTION_EDITED, proposal_ids)
    }
    appended: list[AuditEvent] = []
    moved: dict[uuid.UUID, audit.End] = {}
    for edit in edits:
        end = ends[edit.proposal_id]
        section = str(edit.section_id)
        key = (edit.proposal_id, end.epoch, edit.author.user_id, section)
        title = titles.get((edit.proposal_id, edit.section_id))
        if title is None or key in told:
            continue
        told.add(key)
        event = audit.link(end, SECTION_EDITED, edit.author, {"section": section, "title": title})
        _insert_event(event)
        ends[edit.proposal_id] = moved[edit.proposal_id] = end._replace(number=event.number, hash=event.hash)
        appended.append(event)
    _move_trails(moved.values())
    for event in appended:
        seam.appended(event)


def _trail_ends(proposal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, audit.End]:
    """Where the audit trails of locked proposals end."""
    keys = kept_keys(proposal_ids)
    rows = rows_of(f"SELECT id, epoch, audit_number, audit_hash FROM {_PROPOSALS} WHERE id IN (...)", keys)
    return {keys[key]: audit.End(keys[key], epoch, number, hash) for key, epoch, number, hash in rows}


def _standing_titles(section_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """The titles of those of these sections that are part of their proposal now, by proposal and section."""
    keys = kept_keys(section_ids)
    rows = rows_of(f"SELECT proposal_id, id, title FROM {_SECTIONS} WHERE id IN (...) AND removed_at IS NULL", keys)
    return {(uuid_of(proposal_id), keys[key]): title for proposal_id, key, title in rows}


def _told_since(
    moment: datetime, event_type: str, proposal_ids: Collection[uuid.UUID]
) -> list[tuple[uuid.UUID, int, uuid.UUID | None, str]]:
    """The proposals, epochs, actors and facts (JSON) of the events of one type since a moment."""
    keys = kept_keys(proposal_ids)
    rows = rows_of(
        f"SELECT event.proposal_id, event.epoch, content.actor_id, content.facts FROM {_EVENTS} event"
        f" JOIN {_CONTENTS} content ON content.event_id = event.id"
        " WHERE event.proposal_id IN (...) AND event.type = %s AND event.created_at >= %s",
        keys,
        event_type,
        kept_moment(moment),
    )
    return [(keys[key], epoch, actor and uuid_of(actor), facts) for key, epoch, actor, facts in rows]


def _insert_event(event: AuditEvent) -> None:
    """Append an event, with its content, to its trail. It gets its id."""
    created_at = kept_moment(event.created_at)
    link = (event.number, event.type, created_at, event.content_digest, event.previous_hash, event.hash)
    [(event.pk,)] = rows_of(
        f"INSERT INTO {_EVENTS}"
        " (proposal_id, epoch, number, type, created_at, content_digest, previous_hash, hash)"
        " VALUES ((...), %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [kept_key(event.proposal_id)],
        event.epoch,
        *link,
    )
    content = event.content
    run_for_each(
        f"INSERT INTO {_CONTENTS} (event_id, salt, actor_id, actor_name, side, facts) VALUES (%s, %s, %s, %s, %s, %s)",
        [
            (
                event.pk,
                content.salt,
                kept_key(content.actor_id),
                content.actor_name,
                content.side,
                json.dumps(content.facts),
            )
        ],
    )


def _move_trails(ends: Iterable[audit.End]) -> None:
    """Write where trails end now; their proposals have changed."""
    changed_at = kept_moment(timezone.now())
    run_for_each(
        f"UPDATE {_PROPOSALS} SET audit_number = %s, audit_hash = %s, updated_at = %s WHERE id = %s",
        [(end.number, end.hash, changed_at, kept_key(end.proposal_id)) for end in ends],
    )
