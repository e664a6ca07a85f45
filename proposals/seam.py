"""The seam between the domain and the apps around it: two lists of hooks, filled in `AppConfig.ready()`.

Hooks *inside the transaction* get each audit event as it is appended; what they write commits or fails with
it. Hooks *after commit* get it once it is committed, and must not fail the action: what they do is only a
doorbell.
"""

import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction

from proposals.models import AuditEvent

InTransactionHook = Callable[[AuditEvent], None]
AfterCommitHook = Callable[[AuditEvent], None]

logger = logging.getLogger("sameside.seam")
_in_transaction: list[InTransactionHook] = []
_after_commit: list[AfterCommitHook] = []


def inside_transaction(hook: InTransactionHook) -> None:
    """Register a hook that runs in the transaction of every audit event."""
    _in_transaction.append(hook)


def after_commit(hook: AfterCommitHook) -> None:
    """Register a hook that runs once the transaction of an audit event has been committed."""
    _after_commit.append(hook)


def appended(event: AuditEvent) -> None:
    """Tell the hooks of an event. Called by `actions.audit.append` only."""
    for in_transaction_hook in _in_transaction:
        in_transaction_hook(event)
    for after_commit_hook in _after_commit:
        transaction.on_commit(partial(_ring, after_commit_hook, event))


def _ring(hook: AfterCommitHook, event: AuditEvent) -> None:
    try:
        hook(event)
    except Exception:  # a deaf doorbell must not undo what is committed; readers poll
        logger.exception("The doorbell of proposal %s failed at event %s.", event.proposal_id, event.number)
