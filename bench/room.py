"""Two browsers in one room: how long a letter and a price take to the other screen, pages to load, memory at rest.

Prints medians over several repetitions, in milliseconds of wall-clock time on this machine and as ratios to the
time of the smallest round trip (a request that only reads), so that machines can be compared.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from at_browsers import chromium_path
from live import LiveServer

REPETITIONS = 25
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        server = LiveServer(Path(folder))
        server.manage("migrate", "--verbosity", "0")
        demo = server.demo()
        server.start()
        resting = memory_mib(server)
        browser = driver.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            pages = {}
            for side in ("seller", "client"):
                page = browser.new_context().new_page()
                page.goto(demo[side]["url"])
                page.locator("#room[data-synced=true]").wait_for()
                pages[side] = page
            maya, tomas = pages["seller"], pages["client"]
            ping = median_ms(lambda _: maya.request.get(f"{server.url}/verify/"))
            rows = [
                ("a request that only reads", ping),
                ("a letter to the other screen", median_ms(lambda n: type_letter(maya, tomas, demo, n))),
                ("a price to the other screen", median_ms(lambda n: change_price(maya, tomas, n))),
                ("room page, until the editors are ready", median_ms(lambda _: load(tomas), 7)),
            ]
            for name, value in rows:
                print(f"{name:42} {value:8.1f} ms   x{value / ping:5.1f}")
            print(f"{'memory of the server, nobody there yet':42} {resting:8.1f} MiB")
            print(f"{'memory of the server, after this':42} {memory_mib(server):8.1f} MiB")
        finally:
            browser.close()
            server.stop()


def median_ms(run: Callable[[int], object], repetitions: int = REPETITIONS) -> float:
    """The median duration of a run, in milliseconds."""
    durations = []
    for repetition in range(repetitions):
        started = time.perf_counter()
        run(repetition)
        durations.append((time.perf_counter() - started) * 1000)
    return statistics.median(durations)


def type_letter(writer: Page, reader: Page, demo: dict[str, list[dict[str, str]]], repetition: int) -> None:
    """Type one word of one letter and wait until the other page has it."""
    key = next(section["id"] for section in demo["sections"] if section["title"] == "Timeline")
    if repetition == 0:
        writer.locator(f"#section-{key} .ProseMirror").click()
        writer.keyboard.press("Control+End")
    mark = chr(0x2460 + repetition)
    writer.keyboard.insert_text(mark)
    reader.locator(f"#section-{key} .ProseMirror", has_text=mark).wait_for()


def change_price(seller: Page, client: Page, repetition: int) -> None:
    """Change a quantity and wait until the other page has the new amount."""
    cell = seller.get_by_label("Quantity in sessions, Staff training")
    cell.fill(str(10 + repetition))
    cell.press("Enter")
    client.locator("tr", has_text="Staff training").locator(".t s", has_text=f"€{(10 + repetition) * 450:,}").wait_for()


def load(page: Page) -> None:
    """Load the room anew, until its editors are ready."""
    page.reload()
    page.locator("#room[data-synced=true]").wait_for()


def memory_mib(server: LiveServer) -> float:
    """Resident memory of the server's process."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
