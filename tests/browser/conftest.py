"""One browser for all browser tests of a worker; every test has a server of its own, with a fresh demo proposal."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from at_browsers import DESKTOP, Person, at_port, live, new_context
from live import LiveServer
from playwright.sync_api import Browser

from tests.forks import Zygote
from tests.prepared import DEMO, copy_demo


class Stage:
    """Where a worker's servers run, one after the other, each forked and with data as if nobody had been there."""

    def __init__(self, folder: Path) -> None:
        self._server = LiveServer(folder)
        copy_demo(folder)
        self._zygote = Zygote(self._server.variables)

    @contextmanager
    def server(self) -> Iterator[LiveServer]:
        """A running server with a demo proposal."""
        folder = self._server.data_dir
        shutil.rmtree(folder)
        copy_demo(folder)
        server = LiveServer(folder, port=self._server.port, zygote=self._zygote)
        try:
            yield server.start()
        finally:
            server.kill()

    def end(self) -> None:
        self._zygote.end()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("server"))
    yield made
    made.end()


@pytest.fixture
def server(stage: Stage) -> Iterator[LiveServer]:
    """A server with a demo proposal that nobody has touched."""
    with stage.server() as running:
        yield running


@pytest.fixture
def demo(server: LiveServer) -> dict[str, Any]:
    """What `create_demo --json` said of the server's demo proposal."""
    return demo_of(server)


def demo_of(server: LiveServer) -> dict[str, Any]:
    described: dict[str, Any] = json.loads((server.data_dir / DEMO).read_text())
    return described


def opened(browser: Browser, demo: dict[str, Any], viewport: dict[str, int] | None = None) -> Person:
    """Somebody with a browser of their own, who has been nowhere yet."""
    context = new_context(browser, viewport=viewport or DESKTOP)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(f"{m.type}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
    return Person(page, context, faults, demo)


@pytest.fixture
def arrive(browser: Browser, server: LiveServer, demo: dict[str, Any]) -> Iterator[Callable[..., Person]]:
    """Open the room as the seller or the client, and wait until it is live. No fault may be left at the end."""
    arrived: list[Person] = []

    def come(side: str, *, viewport: dict[str, int] | None = None, wait: bool = True) -> Person:
        person = opened(browser, demo, viewport)
        arrived.append(person)
        person.page.goto(at_port(demo[side]["url"], server.port))
        if wait:
            live(person.page)
        return person

    yield come
    for person in arrived:
        person.context.close()
    for person in arrived:
        assert person.faults == []
