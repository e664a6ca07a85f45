"""One server and one browser for all browser tests of a worker; every test makes its own demo proposal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from at_browsers import DESKTOP, Person, at_port, live
from live import LiveServer
from playwright.sync_api import Browser

from tests.prepared import copy_demos

DEMOS_AT_ONCE_COUNT = 8


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's data."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def prepared(data_folder: Path) -> list[dict[str, Any]]:
    """The demo proposals that the server begins with; they are another copy for each worker."""
    return copy_demos(data_folder)


@pytest.fixture(scope="session")
def server(data_folder: Path, prepared: list[dict[str, Any]]) -> Iterator[LiveServer]:
    """A running server with a migrated database."""
    live = LiveServer(data_folder)
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def demos(server: LiveServer, prepared: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Demo proposals that nobody has touched: the prepared ones, then several more at a time."""
    return untouched(server, prepared)


def untouched(server: LiveServer, prepared: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Makes demos when they are asked for and none is left."""
    yield from prepared
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
