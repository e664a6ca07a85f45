"""What the database refuses while old runs become one row, and that people write on meanwhile."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from collab import condensing, log
from collab.checking import faults_of
from collab.models import Update
from collab.projection import read_section
from proposals.locking import lock_proposal
from tests.room.test_checking import write
from tests.room.test_condensing import fresh, one_run, ranges
from tests.room.test_history import ROOT

pytestmark = pytest.mark.django_db


FORGED = {
    "another payload": {"payload": b"\x00\x00"},
    "another author": {"actor": None},
    "another time": {"created_at": timezone.now()},
    "another number": {"seq": 70},
    "a longer run without the first": {"first_seq": 0},
    "a run over another's row": {"first_seq": 1},
    "a run that is none": {"first_seq": 7},
    "a run and another session": {"first_seq": 3, "session": "forged"},
    "a run and another author": {"first_seq": 3, "actor": None},
    "the mark of a run taken away": {"first_seq": None},
}


def refused(change: Any) -> None:
    with pytest.raises(DatabaseError, match="is final"), transaction.atomic():
        change()


def test_everything_but_the_merging_of_an_old_run_is_refused(committed: str) -> None:
    room = one_run()
    young = one_run(days_ago=0.9)
    before = list(Update.objects.values().order_by("id"))
    for fields in FORGED.values():
        refused(lambda fields=fields: room.updates.filter(seq=7).update(**fields))
    refused(lambda: young.updates.filter(seq=7).update(first_seq=3))
    refused(lambda: room.updates.filter(seq=7).delete())
    assert list(Update.objects.values().order_by("id")) == before
    assert condensing.condense(room.id) == 5
    assert ranges(room) == [(1, 1), (2, 7)]
    for fields in ({"payload": b"\x00\x00"}, {"first_seq": 1}, {"first_seq": None}, {"first_seq": F("first_seq")}):
        refused(lambda fields=fields: room.updates.filter(seq=7).update(**fields))
    refused(lambda: room.updates.all().delete())
    assert faults_of(fresh(room)) == []


def test_people_write_while_it_is_done(committed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condensing, "_ROWS_AT_ONCE_COUNT", 10)
    room = one_run(200)
    user = room.updates.last().actor

    def write_on() -> None:
        try:
            for number in range(30):
                with lock_proposal(room.proposal_id):
                    write(fresh(room), ROOT, user, f"now {number}")
        finally:
            connection.close()

    typist = threading.Thread(target=write_on)
    typist.start()
    gone = condensing.condense(room.id)
    typist.join()
    assert gone > 150
    assert ranges(room)[-1] == (231, 231)
    assert faults_of(fresh(room)) == []
    shown = str(read_section(log.document_at(fresh(room)), ROOT))
    assert [shown.count(f"now {number}'") for number in range(30)] == [1] * 30
