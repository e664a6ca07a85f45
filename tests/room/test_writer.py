"""The writer stores what several rooms want at once, and no room suffers from another."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F
from django.utils import timezone

from collab import log, statements
from collab.checking import faults_of
from collab.models import Room
from collab.store import Writer
from collab.writes import Refused
from proposals.models import Participant, Proposal
from tests.room.typists import Table

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def carried_out() -> Iterator[list[str]]:
    """What SQLite is given to carry out meanwhile."""
    statements: list[str] = []
    connection.ensure_connection()
    connection.connection.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        connection.connection.set_trace_callback(None)


def test_rooms_stored_together_are_read_with_as_many_queries_as_one() -> None:
    tables = [Table() for _ in range(5)]
    writer = Writer()
    writer.commit([table.keystrokes() for table in tables])
    counts = []
    for asked in (tables[:1], tables):
        batches = [table.keystrokes() for table in asked]
        with carried_out() as statements:
            outcomes = writer.commit(batches)
        assert [len(outcome.seqs) for outcome in outcomes] == [2] * len(asked)
        counts.append(Counter(statement.split()[0] for statement in statements))
    alone, together = counts
    assert alone == {"BEGIN": 1, "PRAGMA": 1, "INSERT": 2, "UPDATE": 1, "COMMIT": 1}
    assert together == alone | {"INSERT": 10, "UPDATE": 5}
    assert [faults_of(table.room) for table in tables] == [[]] * 5


def test_a_room_that_fails_leaves_the_others_stored() -> None:
    tables = [Table() for _ in range(3)]
    Room.objects.filter(id=tables[1].room.id).update(frozen_at_seq=1)
    outcomes = Writer().commit([table.keystrokes() for table in tables])
    assert [len(outcome.seqs) for outcome in outcomes] == [2, 0, 2]
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert [table.room.head_seq for table in tables] == [3, 1, 3]
    assert [faults_of(table.room) for table in tables] == [[]] * 3


def test_each_room_is_refused_for_its_own_reason() -> None:
    whole, older, left, other = tables = [Table() for _ in range(4)]
    Participant.objects.filter(id=left.actors[1].participant_id).update(role="reader")
    batches = [table.keystrokes() for table in tables]
    batches[1] = replace(batches[1], epoch=older.proposal.epoch + 1)
    writer = Writer()
    assert [write.refused for write in writer.commit(batches)] == [None, Refused.EPOCH_CHANGED, Refused.READ_ONLY, None]
    assert [table.room.head_seq for table in tables] == [3, 1, 2, 3]
    forged = whole.keystrokes()
    forged = replace(forged, writes=[write._replace(actor=whole.actors[0]) for write in forged.writes])
    outcomes = writer.commit([forged, other.keystrokes()])
    assert [(outcome.refused, len(outcome.seqs)) for outcome in outcomes] == [
        (Refused.FOREIGN_CLIENT_ID, 1),
        (None, 2),
    ]


def in_another_thread(work: Callable[[], object]) -> None:
    """Do something on another connection, as a form or the task worker does."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.parametrize("do", [in_another_thread, lambda work: work()], ids=["elsewhere", "on this connection"])
def test_what_anybody_changed_meanwhile_holds_for_the_next_commit(do: Callable[[Callable[[], object]], None]) -> None:
    """Nothing is asked again while nobody has written, so every change must be noticed, whoever made it."""
    table = Table()
    writer = Writer()
    seats, proposals = Participant.objects.all(), Proposal.objects.filter(id=table.proposal.id)
    assert [len(outcome.seqs) for outcome in writer.commit([table.keystrokes()])] == [2]

    do(lambda: seats.filter(id=table.actors[1].participant_id).update(role="reader"))
    [outcome] = writer.commit([table.keystrokes()])
    assert (len(outcome.seqs), outcome.refused) == (1, Refused.READ_ONLY)

    do(lambda: seats.filter(id=table.actors[0].participant_id).update(removed_at=timezone.now()))
    [outcome] = writer.commit([table.keystrokes()])
    assert (len(outcome.seqs), outcome.refused) == (0, Refused.NOT_A_PARTICIPANT)

    do(lambda: seats.update(role="editor", removed_at=None))
    do(lambda: proposals.update(state="frozen"))
    [outcome] = writer.commit([table.keystrokes()])
    assert (len(outcome.seqs), outcome.refused) == (0, Refused.FROZEN)

    do(lambda: proposals.update(epoch=F("epoch") + 1))
    assert [outcome.refused for outcome in writer.commit([table.keystrokes()])] == [Refused.EPOCH_CHANGED]


def test_a_session_counts_as_long_as_its_row_says() -> None:
    table = Table()
    writer = Writer()

    def written() -> Refused | None:
        batch = table.keystrokes()
        with_session = [write._replace(session_key="s" * 32) for write in batch.writes[:1]]
        [outcome] = writer.commit([replace(batch, writes=with_session)])
        return outcome.refused

    rows = Session.objects.filter(session_key="s" * 32)
    assert written() is Refused.SIGNED_OUT
    Session.objects.create(session_key="s" * 32, expire_date=timezone.now() + timedelta(days=1))
    assert written() is Refused.STALE  # its author's letters of before were refused
    rows.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert written() is Refused.SIGNED_OUT
    rows.update(expire_date=timezone.now() + timedelta(days=1))
    assert written() is Refused.STALE
    rows.delete()
    assert written() is Refused.SIGNED_OUT


def test_a_session_that_expires_while_nobody_writes_ends_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table()
    writer = Writer()
    ends_at = timezone.now() + timedelta(days=1)
    Session.objects.create(session_key="s" * 32, expire_date=ends_at)
    refused = []
    for moment in (ends_at - timedelta(seconds=1), ends_at - timedelta(microseconds=1), ends_at):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        batch = table.keystrokes()
        [outcome] = writer.commit(
            [replace(batch, writes=[write._replace(session_key="s" * 32) for write in batch.writes])]
        )
        refused.append(outcome.refused)
    assert refused == [None, None, Refused.SIGNED_OUT]


def test_a_commit_that_failed_leaves_nothing_that_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers, the state vector and whose the client ids are were rolled back with the rows."""
    table = Table()
    writer = Writer()
    writer.commit([table.keystrokes()])
    append_all = log.append_all

    def fail(batches: Any) -> Any:
        append_all(batches)
        raise OSError("disk full")

    monkeypatch.setattr(log, "append_all", fail)
    failed = table.keystrokes()
    [outcome] = writer.commit([failed])
    assert isinstance(outcome.error, OSError)
    monkeypatch.setattr(log, "append_all", append_all)
    assert [outcome.seqs for outcome in writer.commit([failed])] == [[4, 5]]
    assert faults_of(table.room) == []


def test_a_room_that_does_not_exist_yet_is_made() -> None:
    table = Table()
    writer = Writer()
    first = table.keystrokes()
    writer.commit([first])
    Proposal.objects.filter(id=table.proposal.id).update(epoch=F("epoch") + 1)
    epoch = table.proposal.epoch + 1
    empty = replace(first, epoch=epoch, writes=[])
    assert [outcome.refused for outcome in writer.commit([empty])] == [None]
    assert Room.objects.filter(proposal=table.proposal, epoch=epoch).count() == 1


def test_after_the_last_day_no_letter_is_taken_though_nobody_has_written_it_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At midnight nothing changes in the database, so what the writer remembers must end by the clock."""
    table, other = Table(), Table()
    last = timezone.localdate()
    Proposal.objects.filter(id=table.proposal.id).update(offer_until=last - timedelta(days=9), extended_until=last)
    writer = Writer()
    assert [len(outcome.seqs) for outcome in writer.commit([table.keystrokes(), other.keystrokes()])] == [2, 2]
    monkeypatch.setattr(statements, "today", lambda: (last + timedelta(days=1)).isoformat())
    late = table.keystrokes()
    outcomes = writer.commit([late, other.keystrokes()])
    assert [(outcome.refused, len(outcome.seqs)) for outcome in outcomes] == [(Refused.FROZEN, 0), (None, 2)]
    assert (table.room.head_seq, Proposal.objects.get(id=table.proposal.id).state) == (3, "open")


def test_a_refusal_writes_down_that_the_offer_has_expired() -> None:
    table = Table()
    Proposal.objects.filter(id=table.proposal.id).update(offer_until=timezone.localdate() - timedelta(days=1))
    writer, batch = Writer(), table.keystrokes()
    [outcome] = writer.commit([batch])
    assert outcome.refused is Refused.FROZEN
    for _ in range(2):
        writer.note_end(batch)
    proposal = Proposal.objects.get(id=table.proposal.id)
    assert (proposal.state, proposal.audit_events.filter(type="proposal.expired").count()) == ("expired", 1)
