"""The hooks around an event, and the locks under it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from proposals import seam
from proposals.actions.proposals import set_terms
from proposals.exceptions import NotFound
from proposals.locking import lock_proposal, writing
from proposals.models import AuditEvent, Proposal
from tests.proposals.deal import Deal, make_deal, refused
from tests.proposals.together import PATIENCE_SECONDS, together


@pytest.fixture
def hooks() -> Iterator[tuple[list[Any], list[Any]]]:
    """The two lists of hooks, put back afterwards."""
    before = list(seam._in_transaction), list(seam._after_commit)
    yield seam._in_transaction, seam._after_commit
    seam._in_transaction[:], seam._after_commit[:] = before


def test_hooks_get_each_event_in_and_after_its_transaction(
    deal: Deal, hooks: Any, django_capture_on_commit_callbacks: Any
) -> None:
    inside: list[AuditEvent] = []
    after: list[AuditEvent] = []
    seam.inside_transaction(inside.append)
    seam.after_commit(after.append)
    with django_capture_on_commit_callbacks(execute=True):
        set_terms(by=deal.maya, changes={"title": "Another"})
        assert [event.type for event in inside] == ["terms.changed"]
        assert after == []
    assert after == inside == deal.trail()


def test_a_hook_that_fails_in_the_transaction_undoes_the_action(deal: Deal, hooks: Any) -> None:
    def fail(event: AuditEvent) -> None:
        raise ZeroDivisionError

    seam.inside_transaction(fail)
    with pytest.raises(ZeroDivisionError):
        set_terms(by=deal.maya, changes={"title": "Another"})
    assert deal.proposal.title != "Another"
    assert deal.events() == []


def test_a_doorbell_that_fails_undoes_nothing_and_does_not_silence_the_others(
    deal: Deal, hooks: Any, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    rung: list[AuditEvent] = []

    def fail(event: AuditEvent) -> None:
        raise ZeroDivisionError

    seam.after_commit(fail)
    seam.after_commit(rung.append)
    with django_capture_on_commit_callbacks(execute=True):
        set_terms(by=deal.maya, changes={"title": "Another"})
    assert deal.proposal.title == "Another"
    assert len(rung) == 1
    assert f"The doorbell of proposal {deal.id} failed" in caplog.text


def test_what_is_rolled_back_rings_no_bell(committed: str, hooks: Any) -> None:
    deal = make_deal()
    rung: list[AuditEvent] = []
    seam.after_commit(rung.append)
    with transaction.atomic():
        set_terms(by=deal.maya, changes={"title": "Another"})
        transaction.set_rollback(True)
    assert rung == []
    set_terms(by=deal.maya, changes={"title": "Another"})
    assert [event.type for event in rung] == ["terms.changed"]


def test_an_unknown_proposal_can_not_be_locked(deal: Deal) -> None:
    with refused(NotFound), lock_proposal(deal.maya.participant_id):
        pass


def test_locks_of_the_same_thread_nest(deal: Deal) -> None:
    with writing(), lock_proposal(deal.id) as outer, lock_proposal(deal.id) as inner:
        assert outer == inner


def test_who_comes_second_sees_what_the_first_has_written(committed: str) -> None:
    """The second waits for the lock and then reads the row as it stands, not as it stood when it began to wait."""
    deal = make_deal()
    held, waiting = threading.Event(), threading.Event()

    def first() -> None:
        with lock_proposal(deal.id) as locked:
            held.set()
            assert waiting.wait(PATIENCE_SECONDS)
            locked.title = "Written by the first"
            locked.save()

    def second() -> str:
        assert held.wait(PATIENCE_SECONDS)
        waiting.set()
        with lock_proposal(deal.id) as locked:
            return locked.title

    assert together([first, second])[1] == "Written by the first"


def test_children_of_a_locked_proposal_can_be_inserted(committed: str) -> None:
    """`FOR UPDATE` would block them on PostgreSQL; `FOR NO KEY UPDATE` does not. SQLite has one writer at a time."""
    deal = make_deal()
    if committed == "sqlite":
        return
    inserted = threading.Event()

    def hold() -> None:
        with lock_proposal(deal.id):
            assert inserted.wait(PATIENCE_SECONDS)

    def insert() -> None:
        Proposal.objects.get(id=deal.id).sections.create(position=9, title="Beside the lock")
        inserted.set()

    together([hold, insert])
    assert deal.section("Beside the lock").position == 9
