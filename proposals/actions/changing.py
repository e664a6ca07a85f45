"""The frame of every action: lock, check, change, audit event, all in one transaction."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import audit, values
from proposals.actions.overtaking import VALUE_FAMILIES, overtake
from proposals.documents import contents
from proposals.documents.contents import ProposalRows
from proposals.documents.price_document import Price, price_of
from proposals.exceptions import NotFound, StaleVersion
from proposals.locking import lock_proposal
from proposals.models import AuditEvent, BillingTerms, LineItem, Proposal, Question, Section
from proposals.models.plainly import rows_of, write
from proposals.states import TRANSITIONS, State

GONE = "This is not part of the proposal any more. Reload the page to see what stands there."

WHY_LENGTH = 300
"""How long the sentence may be that says why a price was changed."""


@dataclass
class Change:
    """An action under way: the locked proposal and who changes it (with the rights of this moment)."""

    proposal: Proposal
    by: Actor
    is_new_version: bool = False
    moves_values: bool = False

    def record(self, event_type: str, **facts: Any) -> AuditEvent:
        """Append an audit event with what is needed to tell it in words."""
        self.is_new_version = True
        self.moves_values = self.moves_values or event_type.partition(".")[0] in VALUE_FAMILIES
        return audit.append(self.proposal, event_type, self.by, facts)

    def record_consequence(self, event_type: str, **facts: Any) -> AuditEvent:
        """Append an event that follows from the change by itself: nobody did it."""
        return audit.append(self.proposal, event_type, None, facts)

    def note(self) -> None:
        """Count a change that no event tells of: what programs keep with a row."""
        self.is_new_version = True

    def transition(self, verb: str) -> None:
        """Move the proposal along `states.TRANSITIONS`. The ability was checked before."""
        move(self.proposal, verb)

    def price(self) -> Price:
        """Calculate what the change leaves. Raises Invalid, which undoes the change, if that can't be done."""
        return price_of(self.rows(), with_range=False)

    def rows(self) -> ProposalRows:
        """The proposal's rows as they stand within this change."""
        return contents.load(self.proposal)

    def section(self, section_id: uuid.UUID | str) -> Section:
        """A standing section of this proposal, or NotFound."""
        found: Section = one(Section.objects.filter(proposal=self.proposal, removed_at__isnull=True), section_id)
        return found

    def billing(self, section_id: uuid.UUID | str) -> BillingTerms:
        """The terms of a standing billing section of this proposal, or NotFound."""
        section = self.section(section_id)
        terms = BillingTerms.objects.select_related("section", "worksheet").filter(section=section).first()
        if terms is None:
            raise NotFound("This section does not say how the work is billed.")
        return terms

    def line(self, line_id: uuid.UUID | str) -> LineItem:
        """A line of a standing section of this proposal, or NotFound."""
        lines = LineItem.objects.select_related("section").filter(
            section__proposal=self.proposal, section__removed_at__isnull=True
        )
        found: LineItem = one(lines, line_id)
        return found

    def question(self, question_id: uuid.UUID | str) -> Question:
        """A question of this proposal, or NotFound."""
        found: Question = one(Question.objects.filter(proposal=self.proposal), question_id)
        return found


def move(locked: Proposal, verb: str) -> None:
    """Move a locked proposal along `states.TRANSITIONS`."""
    transition = TRANSITIONS[verb]
    if State(locked.state) not in transition.sources:
        raise AssertionError(f"{verb} from {locked.state}: the table of abilities and the states disagree")
    locked.state = transition.target.value
    locked.save(update_fields=["state"])


def money_told(price: Price, why: str = "", undoes: int | None = None) -> dict[str, Any]:
    """What every event that moves money tells beside its own facts: the total it leaves, and why if it was said.

    `undoes` is the number of the event that is taken back by it.
    """
    said = values.text(WHY_LENGTH)("why", why)
    taken_back = {} if undoes is None else {"undoes": undoes}
    return {"total": price.totals["total"], "currency": price.currency, **({"why": said} if said else {}), **taken_back}


def money_moved(was: Price, now: Price, why: str = "") -> dict[str, Any]:
    """`money_told` of a change in how the work is billed; it may also have moved what the total can become at most.

    That is told as `most`, from and to, if it did: each a money text, `no_limit`, or "" where no model says it.
    """
    before, after = (
        most.get("total", "no_limit") if (most := price.result.get("most")) else "" for price in (was, now)
    )
    most = {} if before == after else {"most": {"was": before, "now": after}}
    return {**money_told(now, why), **most}


@contextmanager
def changing(by: Actor, ability: str) -> Iterator[Change]:
    """Lock the actor's proposal, check the ability on the rows as they stand, and count a version if they changed.

    Raises NotFound if the person was removed meanwhile, and what `Actor.require` raises.
    """
    with lock_proposal(by.proposal_id) as proposal:
        present = still_seated(by)
        present.require(ability, proposal.lifecycle)
        change = Change(proposal, present)
        yield change
        if change.moves_values:
            overtake(proposal)
        if change.is_new_version:
            proposal.version += 1
            proposal.updated_at = timezone.now()
            write(proposal, "version", "updated_at")


_SEAT: Final = (
    "SELECT seat.role, seat.side, seat.is_signatory, seat.may_agree, party.names_who_agrees"
    " FROM proposals_participant seat JOIN accounts_user person ON person.id = seat.user_id"
    " LEFT JOIN proposals_party party ON party.proposal_id = seat.proposal_id AND party.side = seat.side"
    " WHERE seat.id = %s AND seat.removed_at IS NULL AND person.is_active"
)


def still_seated(by: Actor) -> Actor:
    """The actor with the role of this moment, or NotFound if the person takes part no more."""
    if by.participant_id is None:
        return by
    rows = rows_of(_SEAT, by.participant_id)
    if not rows:
        raise NotFound("You do not take part in this proposal any more.")
    role, side, is_signatory, may_agree, side_named = rows[0]
    agrees = bool(may_agree) if side_named else None
    return replace(by, role=role, is_signatory=bool(is_signatory), side=side, agrees=agrees)


def check_version(current: int, expected: int | None, what: str) -> None:
    """Raise StaleVersion if the caller saw another version than the current one."""
    if expected is not None and expected != current:
        raise StaleVersion(
            f"This {what} was changed meanwhile (it is at version {current}, you saw {expected}). Read it again; "
            "nothing was changed.",
            extra={"current_version": current},
        )


def bump(row: Any, changes: Mapping[str, Any]) -> None:
    """Write changed fields of a row with its next version and time."""
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = timezone.now()
    write(row, *changes, "version", "updated_at")


def one(queryset: Any, key: uuid.UUID | str) -> Any:
    """The row with this id, or NotFound, also for an id that is none."""
    try:
        wanted = uuid.UUID(str(key))
    except ValueError as error:
        raise NotFound() from error
    row = queryset.filter(id=wanted).first()
    if row is None:
        raise NotFound(GONE)
    return row
