"""Every page: no accessibility violation, no sideways scroll, no console error; the room reads without script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from at_browsers import DESKTOP, PHONE, Person, at_port, new_context, violations
from live import LiveServer
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Stage, demo_of, opened


@pytest.fixture(scope="module")
def server(stage: Stage) -> Iterator[LiveServer]:
    """One server for all pages: nothing here changes its demo."""
    with stage.server() as running:
        yield running


@pytest.fixture(scope="module")
def demo(server: LiveServer) -> dict[str, Any]:
    return demo_of(server)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("side", ["seller", "client"])
def test_the_room_is_accessible_and_fits(arrive: Callable[..., Person], side: str, viewport: dict[str, int]) -> None:
    person = arrive(side, viewport=viewport)
    assert violations(person) == []
    assert person.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.fixture(scope="module")
def seats(browser: Browser, server: LiveServer, demo: dict[str, Any]) -> Iterator[dict[str, Person]]:
    """Each side at a browser where they have signed in."""
    people = {side: opened(browser, demo) for side in ("seller", "client")}
    for side, person in people.items():
        person.page.goto(at_port(demo[side]["url"], server.port))
    yield people
    for person in people.values():
        person.context.close()


def assert_is_accessible_and_fits(person: Person, address: str) -> None:
    """At both widths, of which neither needs the page anew."""
    person.faults.clear()
    person.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    answer = person.page.goto(address)
    assert answer is not None
    assert answer.status == 200
    for viewport in (DESKTOP, PHONE):
        person.page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert violations(person) == []
        assert person.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert person.faults == []


@pytest.mark.parametrize(
    "path",
    [
        "/", "/new/", "/verify/", "/billing-models/", "/billing-models/retainer/", "/account/", "/dev/mails/",
        "/firm/", "/firm/tokens/",
        "people/", "history/?verify=1", "terms/",
        "prices/", "books/", "books/new/build_up/", "people/invite/", "people/signatories/name/", "colleagues/",
        "questions/ask/",
        "prices/changes/", "price/offer/?answer=range",
    ],
)  # fmt: skip
def test_pages_are_accessible_and_fit(
    seats: dict[str, Person], server: LiveServer, demo: dict[str, Any], path: str
) -> None:
    address = path if path.startswith("/") else f"/p/{demo['proposal']}/{path}"
    assert_is_accessible_and_fits(seats["seller"], f"{server.url}{address}")


@pytest.mark.parametrize("path", ["price/ask/", "prices/changes/", "propose/schedule/", "propose/early-payment/"])
def test_the_clients_pages_are_accessible_and_fit(
    seats: dict[str, Person], server: LiveServer, demo: dict[str, Any], path: str
) -> None:
    address = f"http://localhost:{server.port}/p/{demo['proposal']}/{path}"
    assert_is_accessible_and_fits(seats["client"], address)


def test_the_room_does_not_scroll_sideways_at_320_px(arrive: Callable[..., Person]) -> None:
    person = arrive("client", viewport={"width": 320, "height": 700})
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_script_the_proposal_reads(browser: Browser, server: LiveServer, demo: dict[str, Any]) -> None:
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(at_port(demo["client"]["url"], server.port))
    expect(page.locator("article")).to_contain_text("Your front desk answers about ninety booking calls a day")
    expect(page.locator("tfoot .sum")).to_contain_text("€23,038.40")
    context.close()


def test_unknown_addresses_say_so(seats: dict[str, Person], server: LiveServer) -> None:
    person = seats["client"]
    answer = person.page.goto(f"{server.url}/p/00000000-0000-7000-8000-000000000000/")
    assert answer is not None
    assert answer.status == 404
    expect(person.page.locator("main h1")).to_have_text("Nothing here")


def test_the_pages_of_webhooks_are_accessible_and_fit(seats: dict[str, Person], server: LiveServer) -> None:
    page = seats["seller"].page
    page.goto(f"{server.url}/firm/")
    page.get_by_role("link", name="Webhooks").click()
    assert_is_accessible_and_fits(seats["seller"], page.url)
    page.get_by_label("Address").fill("https://crm.example.com/hooks")
    page.get_by_text("Choose events").click()
    page.get_by_label("proposal.signed").check()
    assert violations(seats["seller"]) == []
    page.get_by_role("button", name="Add the endpoint").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("main h1")).to_have_text("webhook.test")
    assert_is_accessible_and_fits(seats["seller"], page.url)
    page.get_by_role("link", name="https://crm.example.com/hooks").click()
    assert_is_accessible_and_fits(seats["seller"], page.url)
