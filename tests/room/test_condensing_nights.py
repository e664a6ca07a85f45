"""Old runs are merged every night by the task worker, or now by a command."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from collab import history, tending
from collab.checking import faults_of
from collab.models import Room, Update
from tests.room.test_condensing import fresh, one_run, ranges

pytestmark = pytest.mark.django_db


@override_settings(TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}})
def test_the_task_worker_does_it_every_night_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CHECKPOINT_EVERY", 5)
    rooms = [one_run(), one_run()]
    waiting = DBTaskResult.objects.filter(task_path="collab.tending.tend_logs")
    waiting.delete()
    for _ in range(2):
        tending.ask_for_tending()
    night = waiting.get()
    assert timezone.now() < night.run_after <= timezone.now() + timedelta(days=1)
    assert (night.run_after.hour, night.run_after.minute) == (3, 0)
    tending.tend_logs.func()
    assert waiting.count() == 1
    assert [ranges(room) for room in rooms] == [[(1, 1), (2, 5), (6, 7)]] * 2
    assert [list(room.checkpoints.values_list("seq", flat=True)) for room in rooms] == [[5]] * 2
    assert tending.rooms_to_tend() == []


def test_one_rooms_fault_is_not_anothers(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    bad, good = one_run(), one_run()
    last = bad.updates.last()
    for seq in (8, 9):
        Update.objects.create(
            room=bad, seq=seq, origin="ws", session="b", actor=last.actor, payload=b"\x07", created_at=last.created_at
        )
    Room.objects.filter(id=bad.id).update(head_seq=9)
    tending.tend_logs.func()
    assert len(ranges(good)) == 2
    assert len(ranges(bad)) == 9
    assert "could not be tended" in caplog.text


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    room = one_run()
    call_command("tend_rooms", str(room.proposal_id))
    call_command("tend_rooms")
    assert capsys.readouterr().out == (
        "1 room(s) tended, 5 row(s) merged into others.\n0 room(s) tended, 0 row(s) merged into others.\n"
    )
    with pytest.raises(Exception, match="no room of a proposal"):
        call_command("tend_rooms", str(uuid.uuid4()))


def test_checking_says_where_a_merged_row_does_not_begin_where_the_one_before_ends() -> None:
    room = one_run()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER collab_update_no_update")
    Update.objects.filter(room=room, seq=7).update(first_seq=6)
    assert faults_of(fresh(room))[0] == "number 7 is missing, 6 follows 6"
