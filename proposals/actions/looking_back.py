"""What history lets people do: name a version, and bring an earlier text of a section back by a forward edit."""

import uuid
from functools import partial

from django.db import transaction

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.agreement import settle
from proposals.actions.changing import changing
from proposals.documents.moments import first_number
from proposals.documents.parts import section_key, standing_of
from proposals.documents.readiness import readiness_of
from proposals.exceptions import ChangedSince, NotFound
from proposals.models import AuditEvent, Proposal, Section
from proposals.models.proposal import proposal_key
from proposals.text import port

NAME_LENGTH = 100


def name_version(*, by: Actor, name: str, seq: int | None = None) -> AuditEvent:
    """Name a moment of the text, the present one unless a number of the log is given. Both sides see the name.

    The event is the version: like everything in the trail it is never changed. Raises Invalid for an empty name, one
    that another version has, and a number that the log does not have. One that was merged with its neighbours stands
    for the last before them.
    """
    with changing(by, "write_text") as change:
        given = values.text(NAME_LENGTH, required=True)("name", name)
        named = change.proposal.audit_events.filter(
            epoch=change.proposal.epoch, type="version.named", content__facts__name=given
        )
        if named.exists():
            raise values.refuse("name", "taken", f"Another version is called “{given}” already. Choose another name.")
        head = port().head(change.proposal)
        number = head if seq is None else seq
        _check_number(number, change.proposal)
        number = port().number_at(change.proposal, number)
        return change.record("version.named", name=given, text_seq=number)


def bring_back(
    *, by: Actor, section_id: uuid.UUID | str, seq: int, seen: int | None = None, reopen: bool = False
) -> Section:
    """Give a section the text it had at a number of the log, by a forward edit: nothing is taken out of the history.

    `seen` is the head of the log that the person saw; if the section's text is another one meanwhile, raises
    ChangedSince, so that nobody's words go unseen. A section that both sides agree to needs `reopen`, or raises
    ChangedSince too. A text that stands there already is left as it is. Raises Invalid for a number that the log does
    not have.
    """
    before = Proposal.objects.get(id=by.proposal_id)
    key = _uuid(section_id)
    _check_number(seq, before)
    earlier = port().read_at(before, key, seq)
    looked_at = None if seen is None else port().read_at(before, key, seen)
    with changing(by, "write_text") as change:
        section = change.section(key)
        if change.proposal.epoch != before.epoch:  # what was before sharing stays private
            raise ChangedSince("The proposal was shared meanwhile. Nothing was changed. Look at it again.")
        stands = port().read(change.proposal, [section.id]).of(section.id)
        if looked_at is not None and stands != looked_at:
            raise ChangedSince(
                f"Somebody wrote in “{section.title}” since you looked. Nothing was changed. Look again, then decide.",
                code="written_since",
            )
        if earlier == stands:
            return section
        if not reopen and both_agree(change.proposal, section):
            raise ChangedSince(
                f"Both sides agree to “{section.title}” as it stands. An earlier text opens it again; say that you "
                "want that. Nothing was changed.",
                code="agreed",
            )
        head = port().head(change.proposal)
        port().replace(change.proposal, section.id, earlier, change.by)
        change.record("text.brought_back", section=str(section.id), title=section.title, text_seq=seq, seen=head)
        transaction.on_commit(partial(settle, by.proposal_id), robust=True)
        return section


def _uuid(key: uuid.UUID | str) -> uuid.UUID:
    found = proposal_key(key)
    if found is None:
        raise NotFound()
    return found


def both_agree(proposal: Proposal, section: Section) -> bool:
    """Whether both sides agree to a section as it stands."""
    standing = standing_of(proposal, with_range=False)
    return readiness_of(proposal, standing).part(section_key(section.id)).agreed_by_both


def _check_number(seq: int, proposal: Proposal) -> None:
    first, head = first_number(proposal), port().head(proposal)
    if not first <= seq <= head:
        raise values.refuse("seq", "unknown_moment", f"The log has no number {seq}; it goes from {first} to {head}.")
