"""People at browsers of their own: what the browser tests share."""

import re
import shutil
from dataclasses import dataclass
from functools import cache
from typing import Any

from live import PROJECT, LiveServer
from playwright.sync_api import Browser, BrowserContext, Page

DESKTOP = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}

TIMEOUT_MS = 120_000
"""How long a page may take for what it is to show; far more than it does, as the machine may have other work."""

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Best first: the shell draws no window, so a page of its own takes it a quarter of the CPU time."""


def chromium_path() -> str:
    """Where the system's Chromium is; the one without windows where there are both."""
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError("There is no Chromium here. `make test` installs it where that is allowed.")
    return found


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A browser of one's own, patient with a busy machine."""
    context = browser.new_context(**options)
    context.set_default_timeout(TIMEOUT_MS)
    return context


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

    def words(self, title: str) -> str:
        """What a section says, without the carets of others."""
        said: str = self.text(title).evaluate(
            """element => {
                const copy = element.cloneNode(true)
                copy.querySelectorAll('.caret').forEach(caret => caret.remove())
                return copy.textContent
            }"""
        )
        return said

    def total(self) -> str:
        """The total at the head of the page."""
        return self.page.locator("#title-block [data-total]").inner_text()


@cache
def _axe() -> str:
    return (PROJECT / "node_modules" / "axe-core" / "axe.min.js").read_text()


def violations(person: Person) -> list[str]:
    """What axe finds on the page as it is, as “rule: first element”."""
    session = person.context.new_cdp_session(person.page)
    if session.send("Runtime.evaluate", {"expression": "typeof axe"})["result"]["value"] == "undefined":
        session.send("Runtime.evaluate", {"expression": _axe()})
    found = session.send(
        "Runtime.evaluate",
        {
            "expression": "axe.run(document, {resultTypes: ['violations']}).then(r => "
            "JSON.stringify(r.violations.map(v => v.id + ': ' + v.nodes[0].html)))",
            "awaitPromise": True,
        },
    )
    session.detach()
    return [str(found["result"]["value"])] if found["result"].get("value") != "[]" else []


def at_port(url: str, port: int) -> str:
    """The link with the server's port."""
    return re.sub(r"^(http://[^:/]+)(:\d+)?", rf"\1:{port}", url)


def live(page: Page) -> None:
    """Wait until the room is connected and its editors are ready."""
    page.locator("#room[data-synced=true]").wait_for()
    page.locator("section.sec [data-editor=ready], section.sec[data-editor=ready]").first.wait_for()


KEPT = {"edits": "sameside", "commands": "sameside-commands"}
"""What the browser keeps while it can't be sent, and in which database."""

WAIT_FOR_KEPT = """async ({ database, store, count, patience }) => {
  const counted = () => new Promise((resolve) => {
    const opening = indexedDB.open(database)
    // Not made yet: made without its store, the page could never make it.
    opening.onupgradeneeded = () => opening.transaction.abort()
    opening.onerror = () => resolve(null)
    opening.onsuccess = () => {
      const counting = opening.result.transaction(store).objectStore(store).count()
      counting.onsuccess = () => (opening.result.close(), resolve(counting.result))
    }
  })
  const end = performance.now() + patience
  for (;;) {
    const found = await counted()
    if (found === count) return null
    if (performance.now() > end) return String(found)
    await new Promise(requestAnimationFrame)
  }
}"""


def wait_for_kept(page: Page, count: int, store: str = "edits") -> None:
    """Wait until the browser keeps so many edits or commands. (A page's function that is waited for is never false.)"""
    wanted = {"database": KEPT[store], "store": store, "count": count, "patience": TIMEOUT_MS}
    found = page.evaluate(WAIT_FOR_KEPT, wanted)
    assert found is None, f"The browser keeps {found} {store}, not {count}."


def newest_mail(page: Page, server: LiveServer, address: str) -> str:
    """The text of the newest mail to somebody, from the page that exists in development."""
    page.goto(f"{server.url}/dev/mails/")
    page.locator(".mails li", has_text=address).first.locator("a").click()
    text: str = page.locator("main").inner_text()
    return text


def code_for(page: Page, server: LiveServer, address: str) -> str:
    """The newest code mailed to somebody."""
    found = re.search(r"\b(\d{4}-\d{4}|\d{6})\b", newest_mail(page, server, address))
    assert found is not None
    return found[1]
