"""An import that was interrupted goes on where it was: nothing is lost, nothing comes twice, the report is whole."""

import io
import os
import signal
import time
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks import default_task_backend

from accounts.models import Membership
from proposals.actions import firm_imports
from proposals.actions.bringing_in import bring_in
from proposals.actions.firm_imports import ask_for_import, go_on_with_import, go_on_with_interrupted, make_firm_import
from proposals.actions.import_report import Overtaken, tell, told_row
from proposals.actions.price_lists import add_item, publish_rate_card
from proposals.actions.templates import save_as_template
from proposals.documents.portable.package import OpenedPackage
from proposals.exceptions import WrongState
from proposals.models import CatalogueItem, FirmImport, Origin, Proposal, RateCard, Relationship, Template
from proposals.states import State
from tests import factories
from tests.portable.killing import forked, killed_before_it_tells_of, unheard_of
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


def with_lists() -> tuple[bytes, Membership]:
    """An export with something of everything that a firm keeps, two of most, and the owner of another firm."""
    deal = make_deal(State.PREPARING, title="Only")
    firm = deal.proposal.relationship.seller_firm
    publish_rate_card(firm=firm, by=None, currency="EUR", rates=[{"role": "Designer", "rate": "100", "unit": "hour"}])
    for title in TITLES[:2]:
        add_item(firm=firm, fields={"title": title, "kind": "fixed", "prices": {"EUR": "10"}})
        save_as_template(by=deal.maya, title=title)
    return taken_along(firm), other_firm()


def test_what_a_firm_keeps_is_told_once_as_brought_in_however_often_its_worker_is_killed(committed: str) -> None:
    archive, owner = with_lists()
    asked = sent(archive, owner)
    things = [("rates", "Rates in EUR"), ("catalogue", "Second"), ("template", "Second"), ("proposal", "Only")]
    for kind, title in things:
        killed_before_it_tells_of(asked.id, kind, title)
        unheard_of(asked)
        assert go_on_with_interrupted() == 1

    make_firm_import(str(asked.id))

    asked.refresh_from_db()
    assert connection.vendor == committed
    assert [(row["kind"], row["title"], row["outcome"], row["code"]) for row in asked.report] == [
        ("rates", "Rates in EUR", "taken", ""),
        ("catalogue", "First", "taken", ""),
        ("catalogue", "Second", "taken", ""),
        ("template", "First", "taken", ""),
        ("template", "Second", "taken", ""),
        ("proposal", "Only", "draft", ""),
    ]
    kept = [rows.objects.filter(firm=owner.firm).count() for rows in (RateCard, CatalogueItem, Template, Origin)]
    assert (asked.state, asked.attempt, kept) == ("made", 5, [1, 2, 2, 1])


LATER: dict[str, dict[str, object]] = {
    "it was begun again": {"attempt": 2},
    "it has ended": {"state": "made"},
    "it waits to go on": {"state": "waiting"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("why", LATER)
def test_whoever_was_overtaken_brings_nothing_in_any_more(why: str) -> None:
    archive, owner = three()
    move = FirmImport.objects.create(firm=owner.firm, asked_by=owner.user, state="making", attempt=1)
    FirmImport.objects.filter(id=move.id).update(**LATER[why])
    package = OpenedPackage(io.BytesIO(archive))
    row = told_row("proposal", TITLES[0], "draft")

    with pytest.raises(Overtaken):
        bring_in(
            package=package, entry=package.manifest["proposals"][0], coming=move, tell=lambda _: tell(move, 0, [row])
        )

    assert (titles(owner), move.rows.count()) == ([], 0)


@pytest.mark.django_db
def test_what_has_a_row_is_not_told_of_again() -> None:
    owner = other_firm()
    move = FirmImport.objects.create(firm=owner.firm, state="making", attempt=1)
    row = told_row("catalogue", "Logo", "taken")
    tell(move, 0, [row])
    with pytest.raises(Overtaken):
        tell(move, 0, [row])
    assert [each.title for each in move.rows.all()] == ["Logo"]


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
    FirmImport.objects.filter(id=asked.id).update(state="making", done_count=2)
    asked.rows.filter(place=2).delete()
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
    FirmImport.objects.filter(id=asked.id).update(state="waiting")
    asked.rows.filter(place=2).delete()

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
