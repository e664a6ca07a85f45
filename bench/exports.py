"""Pages beside twenty PDFs that are asked for at once: `python -m bench exports`.

One web process and one task worker, as `make run` starts them. The milliseconds (median, p95) that a page takes while
nothing else goes on, and from the moment twenty people ask for the PDF of twenty proposals until the last is made.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import httpx

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from live import LiveServer  # noqa: E402

EXPORTS_COUNT = 20
IDLE_COUNT = 150
RUN_COUNT = 3
PATIENCE_SECONDS = 300


def seller_of(server: LiveServer, demo: dict[str, dict[str, str]]) -> httpx.Client:
    """The seller of a demo proposal, signed in."""
    person = httpx.Client(base_url=server.url, follow_redirects=True, timeout=PATIENCE_SECONDS)
    path = re.sub(r"^https?://[^/]+", "", demo["seller"]["url"])
    person.get(path).raise_for_status()
    return person


def pages(person: httpx.Client, path: str, go_on: Callable[[int], bool]) -> list[float]:
    """Milliseconds that each page took, one after the other."""
    taken = []
    while go_on(len(taken)):
        began = time.perf_counter()
        person.get(path).raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def fetch(person: httpx.Client, path: str) -> None:
    """The PDF, whether it comes at once or is made by the task worker."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (answer := person.get(f"{path}document.pdf")).content.startswith(b"%PDF"):
        answer.raise_for_status()
        if time.monotonic() > end:
            raise TimeoutError(f"No PDF of {path}: {answer.text[:200]}")
        time.sleep(1)


def p95(taken: list[float]) -> float:
    """The time that 95 of 100 stay under."""
    return quantiles(taken, n=20)[-1]


def run() -> tuple[list[float], list[float], float]:
    """Milliseconds of pages idle and beside the exports, and the seconds that all exports took."""
    folder = Path(tempfile.mkdtemp(prefix="sameside-bench-"))
    server = LiveServer(folder)
    server.manage("migrate", "--verbosity", "0")
    demos = server.demos(EXPORTS_COUNT + 1)
    server.start()
    environment = os.environ | server.variables
    command = [sys.executable, "manage.py", "db_worker", "--interval", "0.5"]
    worker = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        *askers, reader = [(seller_of(server, demo), f"/p/{demo['proposal']}/") for demo in demos]
        pages(*reader, lambda done: done < 10)
        idle = pages(*reader, lambda done: done < IDLE_COUNT)
        asking = [threading.Thread(target=fetch, args=asker) for asker in askers]
        began = time.monotonic()
        for each in asking:
            each.start()
        beside = pages(*reader, lambda done: any(each.is_alive() for each in asking))
        return idle, beside, time.monotonic() - began
    finally:
        server.kill()
        worker.kill()
        worker.wait()


def main() -> None:
    """Three runs and their medians."""
    ratios = []
    for number in range(1, RUN_COUNT + 1):
        idle, beside, seconds = run()
        ratios.append(p95(beside) / p95(idle))
        print(
            f"run {number}: a page takes {median(idle):.0f} ms idle (p95 {p95(idle):.0f}), {median(beside):.0f} ms "
            f"(p95 {p95(beside):.0f}) beside {EXPORTS_COUNT} PDFs, all made in {seconds:.0f} s: p95 x {ratios[-1]:.2f}",
            flush=True,
        )
    print(f"p95 beside by p95 idle, median of {RUN_COUNT} runs: {median(ratios):.2f} (aim 2)")


if __name__ == "__main__":
    main()
