"""One server and one browser for all browser tests of a worker; every test makes its own demo proposal."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from at_browsers import DESKTOP, Person, at_port, live
from live import LiveServer
from playwright.sync_api import Browser

DEMOS_AT_ONCE_COUNT = 8


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running server with a migrated database."""
    live = LiveServer(tmp_path_factory.mktemp("server"))
    live.manage("migrate", "--verbosity", "0")
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def demos(server: LiveServer) -> Iterator[dict[str, Any]]:
    """Fresh demo proposals, made several at a time: starting a command takes longer than making one."""
    return made_in_batches(server)


def made_in_batches(server: LiveServer) -> Iterator[dict[str, Any]]:
    """Makes demos when they are asked for."""
    while True:
        yield from server.demos(DEMOS_AT_ONCE_COUNT)


@pytest.fixture
def demo(demos: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """A fresh demo proposal."""
    return next(demos)


@pytest.fixture
def arrive(browser: Browser, server: LiveServer, demo: dict[str, Any]) -> Iterator[Callable[..., Person]]:
    """Open the room as the seller or the client, and wait until it is live. No fault may be left at the end."""
    arrived: list[Person] = []

    def come(side: str, *, viewport: dict[str, int] | None = None, wait: bool = True) -> Person:
        context = browser.new_context(viewport=viewport or DESKTOP)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
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
