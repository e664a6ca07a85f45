"""What can happen to a cluster, and how long people who type meanwhile take to have one text again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from proposals.models import Proposal
from tests import factories
from tests.room.cluster import Cluster, Editor, converged
from tests.room.conftest import seed

Fault = Callable[[Cluster], AbstractContextManager[None]]
Table = tuple[Proposal, str, list[Editor]]

FAULTS: dict[str, Fault] = {
    "none": lambda cluster: cluster.losing(0),
    "every doorbell lost": lambda cluster: cluster.losing(1),
    "30 % of doorbells lost": lambda cluster: cluster.losing(0.3),
    "Redis flushed": Cluster.with_redis_flushed,
    "Redis stopped and started": Cluster.without_redis,
    "PostgreSQL restarted": Cluster.with_postgresql_restarted,
    "a worker killed": Cluster.with_a_worker_killed,
}


def people_of(proposal: Proposal) -> list:
    """Three who may write."""
    return [factories.seller(proposal), factories.client(proposal), factories.participant(proposal).user]


@contextmanager
def seated_at(cluster: Cluster) -> Iterator[Table]:
    """A proposal and three people, each at a worker of their own."""
    proposal = factories.proposal()
    root = seed(proposal)
    people = zip(cluster.workers, people_of(proposal), "abc", strict=True)
    editors = [Editor(worker, proposal, user, root, name) for worker, user, name in people]
    for editor in editors:
        editor.start()
    try:
        yield proposal, root, editors
    finally:
        for editor in editors:
            editor.leave()
        for editor in editors:
            editor.join(120)


def suffer(table: Table, fault: AbstractContextManager[None], seconds: float = 0.3) -> float:
    """Everybody types before and during a fault; gives how long after it they took to converge."""
    proposal, root, editors = table
    for editor in editors:
        editor.type_on()
    for editor in editors:
        editor.wait_for_words(5)
    with fault:
        threading.Event().wait(seconds)
    for editor in editors:
        editor.rest()
    took = converged(editors, proposal, root)
    assert all(editor.saved >= set(editor.words) for editor in editors)
    return took
