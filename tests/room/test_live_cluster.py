"""Three workers, PostgreSQL and Redis: whatever happens to them, all texts are one in the end and nothing is lost."""

import os
import random
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed

from collab.models import Room, Update
from collab.protocol import CloseCode, FrameType, Rejection
from proposals.access import Visitor, actor_for
from proposals.actions import participants, proposals
from proposals.models import Participant, Proposal
from proposals.states import State
from tests import factories
from tests.room import cluster as clusters
from tests.room.client import RoomClient
from tests.room.cluster import Cluster
from tests.room.conftest import headers_of, seed
from tests.room.faults import FAULTS, Table, people_of, seated_at, suffer
from tests.room.test_live_convergence import assert_attributed, rehearse
from tests.room.test_live_faults import assert_dense


@pytest.fixture(scope="module")
def cluster(django_db_setup, django_db_blocker) -> Iterator[Cluster]:
    with clusters.running(django_db_blocker.unblock) as running:
        yield running


@pytest.fixture(autouse=True)
def _database(cluster, django_db_blocker) -> Iterator[None]:
    """Each test has proposals of its own in the workers' database, which nobody empties."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def table(cluster) -> Iterator[Table]:
    """A proposal and three people, each at a worker of their own."""
    with seated_at(cluster) as seated:
        yield seated


@pytest.mark.parametrize("fault", FAULTS)
def test_all_texts_are_one_after(fault: str, cluster: Cluster, table) -> None:
    suffer(table, FAULTS[fault](cluster))
    assert_dense(table[0])
    assert_attributed(table[0])
    assert Room.objects.get(proposal=table[0]).head_seq > 15


@pytest.mark.soak
def test_all_texts_are_one_after_many_faults(cluster: Cluster, table: Table, capsys) -> None:
    """One long meeting with 200 kills of workers (`KILLS`) and half as many other faults."""
    chance, kills_count = random.Random(11), int(os.environ.get("KILLS", "200"))
    others = [fault for name, fault in FAULTS.items() if "killed" not in name]
    faults = [Cluster.with_a_worker_killed] * kills_count
    faults += [chance.choice(others) for _ in range(kills_count // 2)]
    chance.shuffle(faults)
    took = sorted(suffer(table, fault(cluster), chance.uniform(0.05, 0.4)) for fault in faults)
    assert_dense(table[0])
    assert_attributed(table[0])
    words_count = sum(len(editor.words) for editor in table[2])
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(took)} faults, {kills_count} of them kills, {words_count} words; converged after a fault's end in "
            f"{took[len(took) // 2]:.2f} s (median), {took[-len(took) // 20]:.2f} s (p95), {took[-1]:.2f} s (most)\n"
        )


def test_random_edits_over_three_workers_are_one_text(cluster: Cluster) -> None:
    """Partitions, edits offline, frames that come twice and in another order, and half the doorbells lost."""
    proposal = factories.proposal()
    root = seed(proposal)
    with cluster.losing(0.5):
        rehearse(cluster.workers, proposal, root, people_of(proposal), seed=4, steps=150)
    assert_dense(proposal)
    assert_attributed(proposal)


@pytest.mark.soak
@pytest.mark.parametrize("seed_number", range(20))
def test_random_edits_over_three_workers_for_long(cluster: Cluster, seed_number: int) -> None:
    proposal = factories.proposal()
    root = seed(proposal)
    with cluster.losing(0.5):
        rehearse(cluster.workers, proposal, root, people_of(proposal), seed=seed_number, steps=1500)
    assert_dense(proposal)
    assert_attributed(proposal)


# --- rights, at every worker --------------------------------------------------------------------------------------


class Seated:
    """A person with a socket at each worker, all in one browser, and a colleague."""

    def __init__(self, cluster: Cluster, state: State = State.OPEN) -> None:
        self.proposal = factories.proposal(state=state)
        self.root = seed(self.proposal)
        self.maya, self.tomas = factories.seller(self.proposal), factories.client(self.proposal)
        user = self.maya if state is State.PREPARING else self.tomas
        self.browser = Client()
        self.browser.force_login(user)
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.sockets = [
            RoomClient(worker.host, self.proposal.id, {"Cookie": cookie, "Origin": f"http://{worker.host}"}).sync()
            for worker in cluster.workers
        ]
        self.rows_count = self.count_rows()

    def count_rows(self) -> int:
        return Update.objects.filter(room__proposal=self.proposal).count()

    def actor(self, user):
        return actor_for(Visitor(user=user), self.proposal)

    def close(self) -> None:
        for client in self.sockets:
            client.close()


@pytest.fixture
def seated(cluster, request) -> Iterator[Seated]:
    made = Seated(cluster, getattr(request, "param", State.OPEN))
    yield made
    made.close()


def remove(seated: Seated) -> None:
    factories.participant(seated.proposal)
    seat = seated.proposal.participants.get(user=seated.tomas)
    participants.remove_participant(by=seated.actor(seated.tomas), participant_id=seat.id)


OUT = {
    "removed": (remove, CloseCode.NOT_A_PARTICIPANT, State.OPEN),
    "signed out": (lambda seated: seated.browser.logout(), CloseCode.SIGN_IN_AGAIN, State.OPEN),
    "shared": (
        lambda seated: proposals.share(by=seated.actor(seated.maya)), CloseCode.EPOCH_CHANGED, State.PREPARING,
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", OUT)
@pytest.mark.parametrize("writes", [True, False], ids=["writing", "silent"])
def test_who_may_be_here_no_more_is_out_at_every_worker(why: str, writes: bool, cluster: Cluster) -> None:
    """By the next commit if they write, and by itself if not; this process rings no doorbell of theirs."""
    change, code, state = OUT[why]
    seated = Seated(cluster, state)
    change(seated)
    rows = seated.count_rows()
    for client in seated.sockets if writes else ():
        with suppress(ConnectionClosed):
            client.type(seated.root, "refused")
    assert [client.wait_for_close() for client in seated.sockets] == [code] * 3
    assert seated.count_rows() == rows
    seated.close()


def make_reader(seated: Seated) -> None:
    seat = seated.proposal.participants.get(user=seated.tomas)
    factories.participant(seated.proposal)
    participants.set_participant(by=seated.actor(seated.tomas), participant_id=seat.id, role="reader")


def freeze(seated: Seated) -> None:
    Proposal.objects.filter(id=seated.proposal.id).update(state=State.FROZEN.value)


@pytest.mark.parametrize(("change", "code"), [(make_reader, Rejection.READ_ONLY), (freeze, Rejection.FROZEN)])
def test_who_may_write_no_more_is_refused_at_every_worker(change, code: Rejection, seated: Seated) -> None:
    change(seated)
    for client in seated.sockets:
        number = client.type(seated.root, "refused")
        assert client.wait_for_type(FrameType.REJECTED).payload[:2] == (number, code)
    assert seated.count_rows() == seated.rows_count
    assert not Participant.objects.filter(proposal=seated.proposal, removed_at__isnull=False).exists()


def test_a_right_given_at_one_worker_counts_at_the_others(cluster: Cluster, seated: Seated) -> None:
    """A newcomer's socket at one worker writes as soon as the commit says they may."""
    late = factories.participant(seated.proposal, role="reader").user
    client = RoomClient(cluster.workers[2].host, seated.proposal.id, headers_of(cluster.workers[2], late)).sync()
    number = client.type(seated.root, "not yet ")
    assert client.wait_for_type(FrameType.REJECTED).payload[:2] == (number, Rejection.READ_ONLY)
    client.close()
    Participant.objects.filter(user=late).update(role="editor")
    again = RoomClient(cluster.workers[1].host, seated.proposal.id, headers_of(cluster.workers[1], late)).sync()
    again.type(seated.root, "now")
    again.wait_until(lambda: again.saved == again.sent)
    assert seated.count_rows() == seated.rows_count + 1
    again.close()
