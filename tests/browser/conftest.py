"""One server and one browser for all browser tests of a worker; every test makes its own demo proposal."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from live import LiveServer
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM_PATHS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
expect.set_options(timeout=15_000)

DESKTOP = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running server with a migrated database."""
    live = LiveServer(tmp_path_factory.mktemp("server"))
    live.manage("migrate", "--verbosity", "0")
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium."""
    path = next(path for path in CHROMIUM_PATHS if Path(path).exists())
    launched = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
    yield launched
    launched.close()


@dataclass
class Person:
    """Somebody at a browser of their own. `faults` collects console errors and uncaught exceptions."""

    page: Page
    context: BrowserContext
    faults: list[str]
    demo: dict[str, Any]

    def section(self, title: str) -> Any:
        """The section with this title."""
        key = next(section["id"] for section in self.demo["sections"] if section["title"] == title)
        return self.page.locator(f"#section-{key}")

    def text(self, title: str) -> Any:
        """The editor of a section."""
        return self.section(title).locator(".ProseMirror")

    def total(self) -> str:
        """The total at the head of the page."""
        return self.page.locator("#title-block [data-total]").inner_text()


@pytest.fixture
def demo(server: LiveServer) -> dict[str, Any]:
    """A fresh demo proposal."""
    return server.demo()


@pytest.fixture
def arrive(browser: Browser, server: LiveServer, demo: dict[str, Any]) -> Iterator[Callable[..., Person]]:
    """Open the room as the seller or the client, and wait until it is live. No fault may be left at the end."""
    arrived: list[Person] = []

    def come(side: str, *, viewport: dict[str, int] | None = None, wait: bool = True) -> Person:
        context = browser.new_context(viewport=viewport or DESKTOP)  # type: ignore[arg-type]
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda m: faults.append(f"{m.type}: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
        person = Person(page, context, faults, demo)
        arrived.append(person)
        page.goto(at_port(demo[side]["url"], server.port))
        if wait:
            live(page)
        return person

    yield come
    for person in arrived:
        person.context.close()
    for person in arrived:
        assert person.faults == []


def at_port(url: str, port: int) -> str:
    """The link with the server's port."""
    return re.sub(r"^(http://[^:/]+)(:\d+)?", rf"\1:{port}", url)


def live(page: Page) -> None:
    """Wait until the room is connected and its editors are ready."""
    page.locator("#room[data-synced=true]").wait_for()
    page.locator("section.sec [data-editor=ready], section.sec[data-editor=ready]").first.wait_for()
