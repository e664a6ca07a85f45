"""Workers that are killed in the middle of their work, at a place that is always the same."""

import os
import signal
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connections
from django.utils import timezone

from proposals.actions.firm_exports import UNHEARD_FOR
from proposals.actions.firm_imports import make_firm_import
from proposals.models import FirmImport, ImportRow


def forked(work: Callable[[], object]) -> int:
    """The id of a process that does this with a database connection of its own."""
    child = os.fork()
    if child == 0:
        inherited = connections["default"]
        connections["default"] = connections.create_connection("default")
        try:
            work()
        finally:
            os._exit(inherited is None)
    return child


def killed_before_it_tells_of(move_id: uuid.UUID, kind: str, title: str) -> None:
    """Have a process work at an import until it has written this thing but for its row in the report, and is killed."""

    def die(execute: Callable[..., Any], sql: str, params: Any, *others: Any) -> Any:
        if sql.startswith(f'INSERT INTO "{ImportRow._meta.db_table}"') and {kind, title} <= set(map(str, params)):
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, *others)

    def work() -> None:
        connections["default"].execute_wrappers.append(die)
        make_firm_import(str(move_id))

    assert os.waitpid(forked(work), 0)[1] == signal.SIGKILL


def unheard_of(move: FirmImport) -> None:
    """As it stands some time after its worker was killed."""
    FirmImport.objects.filter(id=move.id).update(told_at=timezone.now() - UNHEARD_FOR - timedelta(seconds=1))
