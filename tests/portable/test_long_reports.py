"""A report as long as its file is read a page at a time, and asking how far it is reads none of it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiToken, Membership
from proposals.models import FirmImport, ImportRow
from tests.portable.moves import other_firm

pytestmark = pytest.mark.django_db

ROWS = 120


def reported() -> tuple[Membership, FirmImport]:
    """An owner, and an import whose every 40th thing was left out."""
    owner = other_firm()
    about = {"made_at": "2026-01-12T09:00:00Z", "scope": "firm", "instance": {"url": "", "name": "There"}}
    move = FirmImport.objects.create(firm=owner.firm, state="made", told={**about, "firm": {"name": "There"}})
    for place in range(ROWS):
        outcome = "taken" if place % 40 else "left"
        move.rows.create(place=place, kind="catalogue", title=f"Item {place:03}", outcome=outcome)
    return owner, move


def shown_in(page: str) -> list[int]:
    """The numbers of the items on a page."""
    return [int(number) for number in re.findall(r'<th scope="row">Item (\d+)</th>', page)]


def test_the_page_shows_fifty_things_at_once_or_only_those_left_out() -> None:
    owner, move = reported()
    browser = Client()
    browser.force_login(owner.user)
    address = reverse("firm_import", args=[owner.firm_id, move.id])

    pages, on = [], ""
    for _ in range(3):
        page = browser.get(address + on).content.decode()
        pages.append(shown_in(page))
        onward = re.search(r'href="(\?after=\d+)" rel="next">More of the file', page)
        on = onward[1] if onward else ""

    assert (pages, on) == ([list(range(50)), list(range(50, 100)), list(range(100, 120))], "")
    assert ("Taken over: 117" in page, "Left out: 3" in page, ">From the first</a>" in page) == (True, True, True)
    left = browser.get(f"{address}?outcome=left").content.decode()
    assert (shown_in(left), 'rel="next"' in left) == ([0, 40, 80], False)
    assert len(shown_in(browser.get(f"{address}?outcome=nonsense").content.decode())) == 50


def test_asking_how_far_it_is_reads_no_row_of_the_report() -> None:
    owner, move = reported()
    browser = Client(headers={"Accept": "application/json"})
    browser.force_login(owner.user)
    _, secret = ApiToken.issue(firm=owner.firm, name="CRM", scopes=["proposals:read"])
    api = Client(headers={"Authorization": f"Bearer {secret}"})
    place = f"/api/v1/firms/{owner.firm_id}/imports/{move.id}/"
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.get(reverse("firm_import", args=[owner.firm_id, move.id]))
        polled = api.get(f"{place}?report=none").json()
    titles = f'"{ImportRow._meta.db_table}"."title"'
    assert [each["sql"] for each in asked.captured_queries if titles in each["sql"]] == []
    assert (polled["report"], polled["counts"]) == ([], {"draft": 0, "record": 0, "taken": 117, "left": 3})
    assert len(api.get(place).json()["report"]) == ROWS
    assert len(api.get(polled["rows"]).json()["results"]) == 50
