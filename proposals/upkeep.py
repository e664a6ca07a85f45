"""What the task worker does every hour: write down which offers have expired, send the reminders people asked for, and
take away drafts that nobody asks for any more, evidence of how things stood before, and what imports left behind.

All of it finds nothing the second time, so a run may be repeated at any moment, also beside another.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django_tasks import TaskResultStatus, task, task_backends
from django_tasks_db.models import DBTaskResult

from proposals.actions.brought_files import forget_leftovers
from proposals.actions.endings import expire_offers
from proposals.actions.evidence import forget_past_evidence
from proposals.actions.exporting import forget_old_exports
from proposals.actions.firm_exports import forget_old_moves
from proposals.actions.firm_imports import go_on_with_interrupted
from proposals.actions.reminding import send_own_reminders


@task()
def keep_days() -> None:
    """Do what the day asks for, and ask for the same in an hour."""
    ask_for_upkeep()
    tend_proposals()
    forget_old_exports()
    forget_old_moves()
    go_on_with_interrupted()
    forget_past_evidence()
    forget_leftovers()


def tend_proposals() -> dict[str, int]:
    """Expire offers and send reminders; gives how many of each."""
    return {"expired": expire_offers(), "reminded": send_own_reminders()}


def ask_for_upkeep(**_: Any) -> None:
    """Ask the task worker for the next full hour, unless it was asked already. Called after every `migrate`."""
    if not _is_asked_for():
        hour = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        keep_days.using(run_after=hour).enqueue()


def _is_asked_for() -> bool:
    """Whether it stands in the queue. Without tables for tasks there is nothing to ask."""
    if type(task_backends["default"]).__module__ != "django_tasks_db.backend":
        return False
    if DBTaskResult._meta.db_table not in connection.introspection.table_names():
        return True
    waiting = DBTaskResult.objects.filter(task_path=keep_days.module_path, status=TaskResultStatus.READY)
    return waiting.exists()
