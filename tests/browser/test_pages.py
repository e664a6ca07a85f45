"""Every page: no accessibility violation, no sideways scroll, no console error; the room reads without script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from at_browsers import DESKTOP, PHONE, Person, at_port, violations
from live import LiveServer
from playwright.sync_api import Browser, expect


@pytest.fixture(scope="module")
def demo(demos: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """One demo for all pages: nothing here changes it."""
    return next(demos)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("side", ["seller", "client"])
def test_the_room_is_accessible_and_fits(arrive: Callable[..., Person], side: str, viewport: dict[str, int]) -> None:
    person = arrive(side, viewport=viewport)
    assert violations(person) == []
    assert person.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize(
    "path",
    [
        "/", "/new/", "/verify/", "/billing-models/", "/billing-models/retainer/", "/account/", "/firm/", "/dev/mails/",
        "people/", "history/?verify=1", "terms/",
        "prices/", "books/", "books/new/build_up/", "people/invite/", "questions/ask/",
        "prices/changes/", "price/offer/?answer=range",
    ],
)  # fmt: skip
def test_pages_are_accessible_and_fit(
    arrive: Callable[..., Person], server: LiveServer, demo: dict[str, Any], path: str, viewport: dict[str, int]
) -> None:
    person = arrive("seller", viewport=viewport, wait=False)
    address = path if path.startswith("/") else f"/p/{demo['proposal']}/{path}"
    answer = person.page.goto(f"{server.url}{address}")
    assert answer is not None
    assert answer.status == 200
    assert violations(person) == []
    assert person.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("path", ["price/ask/", "prices/changes/", "propose/schedule/", "propose/early-payment/"])
def test_the_clients_pages_are_accessible_and_fit(
    arrive: Callable[..., Person], server: LiveServer, demo: dict[str, Any], path: str, viewport: dict[str, int]
) -> None:
    person = arrive("client", viewport=viewport, wait=False)
    answer = person.page.goto(f"http://localhost:{server.port}/p/{demo['proposal']}/{path}")
    assert answer is not None
    assert answer.status == 200
    assert violations(person) == []
    assert person.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_the_room_does_not_scroll_sideways_at_320_px(arrive: Callable[..., Person]) -> None:
    person = arrive("client", viewport={"width": 320, "height": 700})
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_script_the_proposal_reads(browser: Browser, server: LiveServer, demo: dict[str, Any]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(at_port(demo["client"]["url"], server.port))
    expect(page.locator("article")).to_contain_text("Your front desk answers about ninety booking calls a day")
    expect(page.locator("tfoot .sum")).to_contain_text("€23,038.40")
    context.close()


def test_unknown_addresses_say_so(arrive: Callable[..., Person], server: LiveServer) -> None:
    person = arrive("client", wait=False)
    answer = person.page.goto(f"{server.url}/p/00000000-0000-7000-8000-000000000000/")
    assert answer is not None
    assert answer.status == 404
    expect(person.page.locator("main h1")).to_have_text("Nothing here")
    person.faults.clear()
