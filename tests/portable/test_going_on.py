"""An import that was interrupted goes on where it was: nothing is lost, nothing comes twice, the report is whole."""

import io
import os
import signal
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks import default_task_backend

from accounts.models import Membership
from proposals.actions import firm_imports
from proposals.actions.firm_exports import UNHEARD_FOR
from proposals.actions.firm_imports import ask_for_import, go_on_with_import, go_on_with_interrupted, make_firm_import
from proposals.exceptions import WrongState
from proposals.models import FirmImport, Origin, Proposal, Relationship
from proposals.states import State
from tests import factories
from tests.portable.moves import manifest_of, other_firm, taken_along, work_off
from tests.proposals.deal import make_deal, refused

TITLES = ["First", "Second", "Third"]
WAIT_SECONDS = 60.0


def three() -> tuple[bytes, Membership]:
    """An export of three proposals, and the owner of another firm."""
    deal = make_deal(State.PREPARING, title=TITLES[0])
    between = deal.proposal.relationship
    for title in TITLES[1:]:
        factories.proposal(between, state=State.PREPARING, people=False, title=title)
    return taken_along(between.seller_firm), other_firm()


def sent(archive: bytes, owner: Membership) -> FirmImport:
    """An import that waits for the worker."""
    return ask_for_import(firm=owner.firm, by=owner.user, file=io.BytesIO(archive))


def unheard_of(move: FirmImport) -> None:
    """As it stands some time after its worker was killed."""
    FirmImport.objects.filter(id=move.id).update(told_at=timezone.now() - UNHEARD_FOR - timedelta(seconds=1))


def titles(owner: Membership) -> list[str]:
    """What the firm has."""
    return sorted(Proposal.objects.of_firm(owner.firm).values_list("title", flat=True))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_after_a_kill_what_came_stays_whole_what_did_not_comes_and_nothing_comes_twice(committed: str) -> None:
    archive, owner = three()
    assert connection.vendor == committed
    asked = sent(archive, owner)
    second = manifest_of(archive)["proposals"][1]["id"]

    with transaction.atomic():
        in_the_way(owner, second)
        worker = forked(lambda: make_firm_import(str(asked.id)))
        until(is_somebody_blocked)  # the second one is written, but for the row that nobody else may have
        os.kill(worker, signal.SIGKILL)
        assert os.waitpid(worker, 0)[1] == signal.SIGKILL
        transaction.set_rollback(True)

    asked.refresh_from_db()
    assert (asked.state, asked.done_count, titles(owner)) == ("making", 1, TITLES[:1])
    first = Origin.objects.get(brought_by=asked).proposal_id
    with refused(WrongState, "not_interrupted"):
        go_on_with_import(firm=owner.firm, by=owner.user, import_id=asked.id)
    unheard_of(asked)
    go_on_with_import(firm=owner.firm, by=owner.user, import_id=asked.id)
    make_firm_import(str(asked.id))

    asked.refresh_from_db()
    assert [(row["title"], row["outcome"], row["code"]) for row in asked.report] == [
        (title, "draft", "") for title in TITLES
    ]
    assert (asked.state, asked.done_count, titles(owner)) == ("made", 3, TITLES)
    assert asked.report[0]["proposal"] == str(first)
    assert Origin.objects.filter(brought_by=asked).count() == 3


def in_the_way(owner: Membership, key: str) -> None:
    """Take the place of what comes from there, until the transaction ends."""
    Origin.objects.create(
        proposal_id=uuid.uuid4(),
        firm=owner.firm,
        key=key,
        other_firm_key=uuid.uuid4(),
        state="preparing",
        exported_at=timezone.now(),
        content="{}",
    )


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


def until(happens: Callable[[], bool]) -> None:
    """Look again and again until it does."""
    limit = time.monotonic() + WAIT_SECONDS
    while not happens():
        assert time.monotonic() < limit, "it did not happen"


def is_somebody_blocked() -> bool:
    """Whether another transaction waits for ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02)")
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
def test_what_nobody_goes_on_with_goes_on_by_itself_and_tells_everything_once() -> None:
    archive, owner = three()
    asked = sent(archive, owner)
    make_firm_import(str(asked.id))
    whole = FirmImport.objects.get(id=asked.id).report
    before = len(default_task_backend.results)
    FirmImport.objects.filter(id=asked.id).update(state="making", done_count=2, report=[])
    assert go_on_with_interrupted() == 0
    unheard_of(asked)

    assert go_on_with_interrupted() == 1
    work_off(before)

    asked.refresh_from_db()
    assert (asked.state, asked.done_count, asked.report) == ("made", 3, whole)
    assert titles(owner) == TITLES


@pytest.mark.django_db
def test_clients_come_a_few_at_once_and_go_on_behind_those_that_came(monkeypatch: pytest.MonkeyPatch) -> None:
    seller = factories.firm("Northlight")
    for name in TITLES:
        factories.relationship(seller, factories.firm(name))
    owner = other_firm()
    asked = sent(taken_along(seller), owner)
    monkeypatch.setattr(firm_imports, "RELATIONSHIPS_AT_ONCE", 2)
    make_firm_import(str(asked.id))
    asked.refresh_from_db()
    whole = asked.report
    assert [(row["title"], row["outcome"]) for row in whole] == [(title, "taken") for title in TITLES]
    Relationship.objects.get(seller_firm=owner.firm, client_firm__name=TITLES[2]).delete()
    FirmImport.objects.filter(id=asked.id).update(state="waiting", report=whole[:2])

    make_firm_import(str(asked.id))

    asked.refresh_from_db()
    assert (asked.state, asked.report) == ("made", whole)
    assert Relationship.objects.filter(seller_firm=owner.firm).count() == 3


@pytest.mark.django_db
def test_owners_have_it_go_on_by_a_click() -> None:
    archive, owner = three()
    asked = sent(archive, owner)
    FirmImport.objects.filter(id=asked.id).update(state="making")
    unheard_of(asked)
    member = factories.membership(owner.firm, role="member")
    pages = {}
    for who in (owner, member):
        browser = Client()
        browser.force_login(who.user)
        page = browser.get(reverse("firm_import", args=[owner.firm_id, asked.id])).content.decode()
        answer = browser.post(reverse("firm_import_go_on", args=[owner.firm_id, asked.id]))
        pages[who.role] = ("Go on where it was" in page, answer.status_code)
    assert pages == {"owner": (True, 302), "member": (False, 403)}
    asked.refresh_from_db()
    assert asked.state == "waiting"
    assert titles(owner) == []
