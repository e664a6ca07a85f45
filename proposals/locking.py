"""One lock per proposal, and on SQLite one for all writes of the process.

Order: proposal, room, event; two proposals by id; one transaction per room. No PDF, network, mail or price
range under the lock. `SELECT ... FOR NO KEY UPDATE` lets children be inserted while the row is locked. SQLite
has one writer: without the shared in-process lock a thread waited 0.4-4 s behind back-to-back writers.
"""

import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from proposals.exceptions import NotFound
from proposals.models import Proposal
from proposals.models.plainly import read

_sqlite_writer = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes. On SQLite it waits for the process's other writers first."""
    if connection.vendor == "sqlite":
        with _sqlite_writer, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield


@contextmanager
def writing_plainly() -> Iterator[None]:
    """`writing` for statements that the driver is given as they are: Django's models can't be used in it.

    It costs a twentieth of Django's own transaction. Within one of those it is part of that.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]  # Django's proxy for it takes longer than SQLite does
    if database.in_atomic_block:
        with writing():
            yield
        return
    database.ensure_connection()
    is_sqlite = database.vendor == "sqlite"
    driver = database.connection
    with _sqlite_writer if is_sqlite else nullcontext():
        driver.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        try:
            yield
            driver.execute("COMMIT")
        except BaseException:
            with suppress(Exception):  # the connection may be what failed; it is given up then
                driver.execute("ROLLBACK")
            raise


@contextmanager
def lock_proposal(proposal_id: uuid.UUID) -> Iterator[Proposal]:
    """A transaction that holds the proposal's lock and gives its row as it stands now.

    Raises NotFound if there is no such proposal. Who may do what is checked by the caller, on this row.
    """
    with lock_proposals([proposal_id]) as locked:
        if proposal_id not in locked:
            raise NotFound()
        yield locked[proposal_id]


@contextmanager
def lock_proposals(proposal_ids: Iterable[uuid.UUID]) -> Iterator[dict[uuid.UUID, Proposal]]:
    """A transaction that holds the locks of several proposals, taken in the order of their ids, and gives their rows.

    Those that don't exist are left out.
    """
    keys = sorted(set(proposal_ids))
    with writing():
        lock = "" if connection.vendor == "sqlite" else "FOR NO KEY UPDATE"
        places = ", ".join(["%s"] * len(keys))
        rows = read(Proposal, f'WHERE own."id" IN ({places}) ORDER BY own."id" {lock}', *keys) if keys else []
        yield {proposal.id: proposal for proposal in rows}
