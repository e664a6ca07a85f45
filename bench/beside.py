"""What two people notice of work for another room: `python -m bench beside`.

One worker. The milliseconds from a keystroke of one to the other's screen (median, p95, most), while nothing else goes
on, while somebody elsewhere sends updates of 50,000 paragraphs, and while somebody elsewhere floods the server.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-bench-")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

from tests import factories  # noqa: E402
from tests.room import yjs  # noqa: E402
from tests.room.client import RoomClient  # noqa: E402
from tests.room.conftest import headers_of, seed  # noqa: E402
from tests.room.server import Server  # noqa: E402
from tests.room.test_live_beside import Flood  # noqa: E402
from tests.room.test_live_hostile import Pair  # noqa: E402

KEYSTROKES_COUNT = 200
GUESTS_COUNT = 5
NODES_COUNT = 50_000


Guest = tuple[RoomClient, str]


def elsewhere(server: Server) -> Guest:
    """Somebody in a room of their own, and its section's root name."""
    proposal = factories.proposal()
    root = seed(proposal)
    return RoomClient(server.host, proposal.id, headers_of(server, factories.seller(proposal))).sync(), root


def trees(server: Server) -> Callable[[], None]:
    """Somebody sends large updates, each to a proposal of its own. They are made before."""
    made = [(client, yjs.paragraphs(9, NODES_COUNT, root=root)) for client, root in _many(server)]

    def send() -> None:
        for client, update in made:
            client.send_update(update)
            client.wait_until(lambda client=client: client.saved == client.sent)

    return send


def floods(server: Server) -> Callable[[], None]:
    """Somebody sends updates, carets and questions as fast as they are taken."""
    made = _many(server)

    def send() -> None:
        for client, root in made:
            Flood(client, root).run()

    return send


def _many(server: Server) -> list[Guest]:
    return [elsewhere(server) for _ in range(GUESTS_COUNT)]


def keystrokes(pair: Pair, other: Callable[[], None] | None) -> list[float]:
    """Milliseconds of each, as long as the other work lasts, or of a fixed number."""
    working = threading.Thread(target=other, daemon=True) if other else None
    if working:
        working.start()
    took: list[float] = []
    while working.is_alive() if working else len(took) < KEYSTROKES_COUNT:
        before = time.perf_counter()
        pair.go_on()
        took.append((time.perf_counter() - before) * 1000)
    return sorted(took)


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    server = Server().start()
    try:
        pair = Pair(server, factories.proposal())
        print(f"{'milliseconds, beside':32} {'count':>6} {'median':>8} {'p95':>8} {'most':>8}")
        for name, work in (
            ("nothing", None),
            ("5 times 50,000 paragraphs", trees),
            ("5 floods of 600 updates", floods),
        ):
            took = keystrokes(pair, work(server) if work else None)
            p95 = took[-(len(took) // 20) - 1]
            print(f"{name:32} {len(took):6} {median(took):8.1f} {p95:8.1f} {took[-1]:8.1f}", flush=True)
        pair.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
