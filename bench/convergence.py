"""How long after a fault's end everybody has the same text: `python -m bench convergence`.

Three workers with PostgreSQL and Redis; three people type before and during each fault, each at a worker of their own
that loses all but one message of its channel layer. In rounds, each fault once (`ROUNDS`, `FAULT_SECONDS`). Prints the
median, p95 and most seconds for each kind of fault. Only a quiet machine tells something: the three workers and three
clients, PostgreSQL and Redis share its cores.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-bench-")

import django  # noqa: E402

django.setup()

from tests.room import cluster as clusters  # noqa: E402
from tests.room.faults import FAULTS, seated_at, suffer  # noqa: E402

ROUNDS_COUNT = int(os.environ.get("ROUNDS", "10"))
FAULT_SECONDS = float(os.environ.get("FAULT_SECONDS", "0.5"))


def p95(ascending: list[float]) -> float:
    """The value that at most a twentieth of them exceed."""
    return ascending[-(len(ascending) // 20) - 1]


def main() -> None:
    """Measure and print."""
    took: dict[str, list[float]] = {name: [] for name in FAULTS}
    with clusters.running(contextlib.nullcontext) as cluster:
        for _ in range(ROUNDS_COUNT):
            for name, fault in FAULTS.items():
                with seated_at(cluster) as table:
                    took[name].append(suffer(table, fault(cluster), FAULT_SECONDS))
    print(f"{f'seconds after a fault of {FAULT_SECONDS} s':32} {'median':>8} {'p95':>8} {'most':>8}")
    for name, seconds in took.items():
        seconds.sort()
        print(f"{name:32} {median(seconds):8.2f} {p95(seconds):8.2f} {seconds[-1]:8.2f}", flush=True)


if __name__ == "__main__":
    main()
