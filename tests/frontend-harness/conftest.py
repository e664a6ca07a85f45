"""A stand-in server and a browser, to try the browser side without Django."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from at_browsers import new_context
from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
WIDE = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}

OpenPage = Callable[..., Page]


class Harness:
    """The stand-in server. `tell` makes it misbehave or speak, see server.mjs."""

    def __init__(self, url: str) -> None:
        self.url = url

    def tell(self, **what: object) -> dict[str, Any]:
        asked = Request(self.url + "harness", json.dumps(what).encode(), {"Content-Type": "application/json"})
        with urlopen(asked, timeout=120) as answer:
            told: dict[str, Any] = json.load(answer)
        return told


@pytest.fixture(scope="session")
def _bundle() -> None:
    """Built when it is older than its sources; otherwise left alone, as other tests may be using it."""
    built = ROOT / "frontend/dist/room.js"
    sources = [*(ROOT / "frontend").glob("*/**/*.ts"), *(ROOT / "frontend/css").glob("**/*.css")]
    if built.exists() and built.stat().st_mtime >= max(source.stat().st_mtime for source in sources):
        return
    subprocess.run(["node", "frontend/build.mjs"], cwd=ROOT, check=True, capture_output=True)


@pytest.fixture
def harness_url(_bundle: None) -> Iterator[str]:
    """A fresh room on a free port."""
    process = subprocess.Popen(
        ["node", "tests/frontend-harness/server.mjs"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(timeout=120)
    process.stdout.close()


@pytest.fixture
def open_page(browser: Browser, harness_url: str) -> Iterator[OpenPage]:
    """Opens a page in a context of its own. Afterwards: no console error, no exception, no broken content policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(path: str = "", *, viewport: dict[str, int] = WIDE, **options: Any) -> Page:
        context = new_context(browser, viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.goto(harness_url + path)
        if page.locator("#room").count():
            page.locator("#room[data-synced=true]").wait_for()
        if page.locator("form[data-sign]").count():  # its script is loaded on demand
            page.locator(".pad[data-mark]").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def harness(harness_url: str) -> Harness:
    return Harness(harness_url)


def _is_complaint(message: Any) -> bool:
    """The browser itself reports refused and failed requests as errors; those are meant here."""
    return message.type in ("error", "warning") and "Failed to load resource" not in message.text
