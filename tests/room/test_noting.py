"""That somebody typed is noted in the trail as the action notes it, whichever way it is written."""

import random
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from collab.noting import Edit, note_edits
from proposals.access import Actor, Visitor, actor_for
from proposals.actions import audit
from proposals.actions.changing import Change
from proposals.actions.sections import note_text_edited
from proposals.locking import lock_proposal, lock_proposals
from proposals.models import AuditContent, AuditEvent, Proposal, Section
from tests import factories

pytestmark = pytest.mark.django_db


class Table:
    """A proposal with two people, a service token of the seller's firm, two sections and one that was removed."""

    def __init__(self) -> None:
        self.proposal = factories.proposal()
        people = [factories.seller(self.proposal), factories.client(self.proposal)]
        self.authors: list[Actor] = [actor_for(Visitor(user=user), self.proposal) for user in people]
        self.sections = [factories.section(self.proposal, title=title) for title in ("Aims “1”", "Zeitplan ☂", "Gone")]
        self.sections[2].removed_at = timezone.now()
        self.sections[2].save()

    def edit(self, author: int, section: int) -> Edit:
        return Edit(self.proposal.id, self.sections[section].id, self.authors[author])

    def told(self) -> list[tuple[int, str, uuid.UUID | None, str, str, object]]:
        """The trail, its digests aside; sections by their place."""
        places = {str(section.id): place for place, section in enumerate(self.sections)}
        rows = AuditEvent.objects.filter(proposal=self.proposal).select_related("content").order_by("number")
        return [
            (
                row.number,
                row.type,
                [author.user_id for author in self.authors].index(row.content.actor_id),
                row.content.actor_name,
                row.content.side,
                {**row.content.facts, "section": places[row.content.facts["section"]]},
            )
            for row in rows
        ]


def by_the_action(edits: Sequence[Edit]) -> None:
    for edit in edits:
        with lock_proposal(edit.proposal_id) as proposal:
            section = proposal.sections.standing().filter(id=edit.section_id).first()
            if section is not None:
                note_text_edited(Change(proposal, edit.author), section)


def by_statements(edits: Sequence[Edit]) -> None:
    with lock_proposals({edit.proposal_id for edit in edits}):
        note_edits(edits)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    moment = [datetime(2026, 5, 4, 12, 0, 58, 999_999, UTC)]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment[0])

    def go_on(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return go_on


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_write_the_same_trail(seed: int, clock: Callable[[float], None]) -> None:
    tables = [Table(), Table()]
    draw = random.Random(seed)
    for _ in range(12):
        picks = [(draw.randrange(2), draw.randrange(3)) for _ in range(draw.randint(1, 4))]
        for table, note in zip(tables, (by_the_action, by_statements), strict=True):
            note([table.edit(*pick) for pick in picks])
        clock(draw.choice((0, 0.5, 1, 59, 61)))
    action, statements = [table.told() for table in tables]
    assert statements == action
    assert 4 <= len(action) <= 48
    assert {event[1] for event in action} == {"section.edited"}
    for table in tables:
        table.proposal.refresh_from_db()
        verdict = audit.verify(table.proposal)
        assert (verdict.whole, verdict.length_count, verdict.why) == (True, len(action), "")
    assert tables[0].proposal.updated_at == tables[1].proposal.updated_at


def test_rooms_noted_together_keep_their_own_trails() -> None:
    tables = [Table() for _ in range(3)]
    by_statements([table.edit(author, 0) for author in (0, 1) for table in tables])
    by_statements([table.edit(0, 1) for table in tables[:2]])
    by_statements([])
    assert [len(table.told()) for table in tables] == [3, 3, 2]
    assert all(audit.verify(Proposal.objects.get(id=table.proposal.id)).whole for table in tables)


def test_nothing_is_noted_of_a_section_that_is_another_proposals() -> None:
    table, other = Table(), Table()
    by_statements([Edit(table.proposal.id, other.sections[0].id, table.authors[0])])
    assert AuditEvent.objects.count() == AuditContent.objects.count() == 0
    assert Section.objects.count() == 6
