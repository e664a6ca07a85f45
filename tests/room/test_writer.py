"""The writer stores what several rooms want at once, and no room suffers from another."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connection

from collab.checking import faults_of
from collab.models import Room
from collab.store import Refused, Writer
from proposals.models import Participant
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
    assert alone == {"BEGIN": 1, "SELECT": 3, "INSERT": 2, "UPDATE": 1, "COMMIT": 1}
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
    forged = replace(forged, writes=[replace(write, actor=whole.actors[0]) for write in forged.writes])
    outcomes = writer.commit([forged, other.keystrokes()])
    assert [(outcome.refused, len(outcome.seqs)) for outcome in outcomes] == [
        (Refused.FOREIGN_CLIENT_ID, 1),
        (None, 2),
    ]
