"""What the task worker does for the logs: checkpoints made before somebody looks back, old runs merged once a day."""

import logging
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_tasks import TaskResultStatus, task, task_backends
from django_tasks_db.models import DBTaskResult

from collab import condensing, history
from collab.models import Room, Update

_HOUR: Final = 3
"""Of the night, UTC, when the logs are tended."""

logger = logging.getLogger("sameside.room")


@task()
def tend_logs() -> None:
    """Tend every room that needs it, and ask for the same tomorrow."""
    ask_for_tending()
    for room_id in rooms_to_tend():
        try:
            tend(room_id)
        except Exception:  # one room's fault is not another's
            logger.exception("The log of room %s could not be tended.", room_id)


@task()
def make_checkpoints(room_id: int) -> None:
    """Make a room's checkpoints, so that the first look back need not."""
    room = Room.objects.get(id=room_id)
    history.make_checkpoints(room, room.head_seq)


def tend(room_id: int) -> int:
    """Make one room's checkpoints and merge its old runs; gives how many rows went."""
    return condensing.condense(room_id)


def rooms_to_tend() -> list[int]:
    """The rooms with old updates that were not looked at yet, and those that lack a checkpoint."""
    rows = Update.objects.filter(room=OuterRef("id")).order_by("seq")
    first = Subquery(rows.values(number=Coalesce("first_seq", "seq"))[:1])
    long = Room.objects.annotate(first=first).filter(head_seq__gte=F("first") + history.CHECKPOINT_EVERY - 1)
    behind = [room.id for room in long if history.lacks_checkpoints(room, room.head_seq)]
    return sorted({*condensing.rooms_to_condense(), *behind})


def ask_for_tending(**_: Any) -> None:
    """Ask the task worker for the next night's tending, unless it was asked already. Called after every `migrate`."""
    night = timezone.now().replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    if night <= timezone.now():
        night += timedelta(days=1)
    if not _is_asked_for():
        tend_logs.using(run_after=night).enqueue()


def snapshot_taken(room: Room, before: int) -> None:
    """Ask for checkpoints if the log has come past the place of the next one since number `before`."""
    if before // history.CHECKPOINT_EVERY < room.head_seq // history.CHECKPOINT_EVERY:
        make_checkpoints.enqueue(room.id)


def _is_asked_for() -> bool:
    """Whether tending stands in the queue. Without tables for tasks there is nothing to ask."""
    if type(task_backends["default"]).__module__ != "django_tasks_db.backend":
        return False
    if DBTaskResult._meta.db_table not in connection.introspection.table_names():
        return True
    waiting = DBTaskResult.objects.filter(task_path=tend_logs.module_path, status=TaskResultStatus.READY)
    return waiting.exists()
