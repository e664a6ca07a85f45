"""Keys of programs: the `external_id` and `metadata` by which a caller finds its own things again.

They are no terms: nobody agrees to them, no event tells of them, and they change in every state. An external id is
unique among the proposals of a seller's firm, and within a proposal among its sections, its lines and its questions.
Where one row says whose it is, the database keeps to that too; for proposals and lines it is the lock alone.

They are of the programs of one side: of the seller for the proposal, its sections and lines, of whoever asked for a
question. Both sides see them.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from accounts.models import Firm
from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import bump, changing
from proposals.exceptions import NotAllowed
from proposals.models import LineItem, Proposal, Question, Section, Side


def set_proposal_keys(*, by: Actor, changes: Mapping[str, Any]) -> Proposal:
    """Change a proposal's keys; the seller's alone."""
    with changing(by, "set_keys") as change:
        if change.by.side != Side.SELLER:
            raise NotAllowed("Only the seller decides about this. Nothing was changed.")
        proposal = change.proposal
        differing = _differing(proposal, changes)
        if "external_id" in differing:
            firm = proposal.party(Side.SELLER).firm
            require_free(proposals_of(lock_keys_of(firm)), differing["external_id"])
        for name, value in differing.items():
            setattr(proposal, name, value)
        if differing:
            proposal.save(update_fields=list(differing))
            change.note()
        return proposal


def set_section_keys(*, by: Actor, section_id: uuid.UUID | str, changes: Mapping[str, Any]) -> Section:
    """Change a section's keys; the seller's alone, though the client may give some with a section that it adds."""
    with changing(by, "set_keys") as change:
        section = change.section(section_id)
        differing = _differing(section, changes)
        if differing and change.by.side != Side.SELLER:
            raise NotAllowed("What programs keep with a section is the seller’s own. Nothing was changed.")
        require_free(change.proposal.sections.standing(), differing.get("external_id", ""))
        if differing:
            bump(section, differing)
            change.note()
        return section


def set_line_keys(*, by: Actor, line_id: uuid.UUID | str, changes: Mapping[str, Any]) -> LineItem:
    """Change a line's keys; the seller's alone."""
    with changing(by, "set_line_keys") as change:
        line = change.line(line_id)
        differing = _differing(line, changes)
        require_free(lines_of(change.proposal), differing.get("external_id", ""))
        if differing:
            bump(line, differing)
            change.note()
        return line


def set_question_keys(*, by: Actor, question_id: uuid.UUID | str, changes: Mapping[str, Any]) -> Question:
    """Change a question's keys; those of the side that asked it."""
    with changing(by, "set_keys") as change:
        question = change.question(question_id)
        if question.side != change.by.side:
            raise NotAllowed("A question is changed by the side that asked it. Nothing was changed.")
        differing = _differing(question, changes)
        require_free(change.proposal.questions.all(), differing.get("external_id", ""))
        if differing:
            for name, value in differing.items():
                setattr(question, name, value)
            question.version += 1
            question.save()
            change.note()
        return question


def lock_keys_of(firm: Firm) -> Firm:
    """The firm's row, locked until the transaction ends: two programs can't take one external id of it."""
    return Firm.objects.select_for_update(no_key=True).get(id=firm.id)


def proposals_of(firm: Firm) -> Any:
    """The proposals whose external ids a firm keeps: those it sells by."""
    return Proposal.objects.filter(relationship__seller_firm=firm)


def lines_of(proposal: Proposal) -> Any:
    """The lines that stand in a proposal."""
    return LineItem.objects.filter(section__proposal=proposal, section__removed_at__isnull=True)


def require_free(rows: Any, external_id: str, pointer: str = "external_id") -> None:
    """Raise Invalid with code `taken` if one of the rows has this external id. The caller holds their lock."""
    if external_id and rows.filter(external_id=external_id).exists():
        detail = f"“{values.shown(external_id)}” is the external id of another one already. Choose another id."
        raise values.refuse(pointer, "taken", detail)


def _differing(row: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    parsed = values.parse_all(values.KEY_EDITS, changes)
    return {name: value for name, value in parsed.items() if getattr(row, name) != value}
