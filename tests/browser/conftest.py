"""One server and one browser for all browser tests of a worker; every test makes its own demo proposal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from at_browsers import CHROMIUM_ARGUMENTS, CHROMIUM_PATHS, DESKTOP, Person, at_port, live
from live import LiveServer
from playwright.sync_api import Browser, Playwright, sync_playwright


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
        context.set_default_timeout(15_000)
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
