"""Many who read one proposal at once, with and without shared connections: `python -m bench connections`.

`make run-scaled`'s form (PostgreSQL, Redis, two web workers), settings of development without their throttles, 24
callers with a connection each. CPU milliseconds of a request are those of the web workers and those of PostgreSQL;
the numbers are of `DATABASE_CONNECTIONS`, 0 for none shared.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from ports import free_port  # noqa: E402

SIZES = ("0", "16", "2")
CALLERS_COUNT = 24
REQUESTS_COUNT = 40
ROUNDS_COUNT = 3


@dataclass(frozen=True)
class Scaled:
    """A running form for several workers."""

    process: subprocess.Popen[str]
    folder: Path
    port: int
    demo: dict[str, Any]

    def cpu_ms(self) -> tuple[float, float]:
        """CPU milliseconds since the start: of the web workers, and of PostgreSQL with what ended of it."""
        postgresql = int((self.folder / "scaled/postgresql/data/postmaster.pid").read_text().split()[0])
        web = [pid for pid in below(self.process.pid) if b"multiprocessing" in command_of(pid)]
        backends = [pid for pid in below(postgresql) if pid != postgresql]
        used = sum(ticks(pid)[0] for pid in web), sum(ticks(postgresql)) + sum(ticks(pid)[0] for pid in backends)
        scale = 1000 / os.sysconf("SC_CLK_TCK")
        return used[0] * scale, used[1] * scale

    def read(self, count: int) -> list[tuple[float, int]]:
        """Read the proposal so many times, one after the other: the milliseconds and the status of each."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.demo['seller']['token']}"}
        seen = []
        for _ in range(count):
            began = time.perf_counter()
            connection.request("GET", f"/api/v1/proposals/{self.demo['proposal']}/", headers=headers)
            answer = connection.getresponse()
            answer.read()
            seen.append(((time.perf_counter() - began) * 1000, answer.status))
        connection.close()
        return seen


def stat_of(pid: int) -> list[str]:
    """What the kernel says of a process, from its state on; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def command_of(pid: int) -> bytes:
    """Its command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def ticks(pid: int) -> tuple[int, int]:
    """Clock ticks that a process used, and that its children used which have ended."""
    fields = [int(field) for field in stat_of(pid)[11:15]] or [0, 0, 0, 0]
    return fields[0] + fields[1], fields[2] + fields[3]


def below(root: int) -> list[int]:
    """A process and all that come from it."""
    parents = {int(each.name): stat_of(int(each.name)) for each in Path("/proc").iterdir() if each.name.isdigit()}
    found = [root]
    for pid in found:
        found += [child for child, fields in parents.items() if fields and int(fields[1]) == pid]
    return found


@contextmanager
def running(size: str) -> Iterator[Scaled]:
    """The form for several workers with so many shared connections, and a demo in it."""
    folder, port = Path(tempfile.mkdtemp(prefix="sameside-bench-")), free_port()
    folder.chmod(0o755)
    given = {"DATA_DIR": str(folder), "PORT": str(port), "DATABASE_CONNECTIONS": size, "PYTHONPATH": str(PROJECT)}
    environment = {**os.environ, **given, "DJANGO_SETTINGS_MODULE": "bench.api_settings", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "scripts/serve_scaled.py"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log, text=True)
    try:
        while "Stop with" not in (folder / "log").read_text():
            if process.poll() is not None:
                raise AssertionError((folder / "log").read_text())
            time.sleep(0.2)
        yield Scaled(process, folder, port, demo_in(folder, environment))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def demo_in(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """A demo proposal; what `create_demo --json` says of it."""
    sockets = (folder / "scaled/postgresql/data/postmaster.opts").read_text().partition("unix_socket_directories=")[2]
    url = f"postgres://postgres@/{sockets.split()[0].strip(chr(34))}/postgres"
    done = subprocess.run(
        [sys.executable, "manage.py", "create_demo", "--json"],
        cwd=PROJECT,
        env={**environment, "DATABASE_URL": url, "DATA_DIR": str(folder / "scaled")},
        capture_output=True,
        text=True,
        check=True,
    )
    made: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return made


def measured(scaled: Scaled) -> str:
    """One round, as a line."""
    web, postgresql = scaled.cpu_ms()
    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS_COUNT) as callers:
        seen = [row for rows in callers.map(scaled.read, [REQUESTS_COUNT] * CALLERS_COUNT) for row in rows]
    seconds = time.perf_counter() - began
    web_after, postgresql_after = scaled.cpu_ms()
    waits = sorted(wait for wait, _ in seen)
    failed = sum(status != 200 for _, status in seen)
    return (
        f"{len(seen) / seconds:8.0f} {(web_after - web) / len(seen):8.2f} "
        f"{(postgresql_after - postgresql) / len(seen):10.2f} {median(waits):8.0f} {waits[-len(waits) // 20]:8.0f} "
        f"{failed:6}"
    )


def main() -> None:
    """Measure each size, or those that are named."""
    names = ("a second", "web CPU", "PostgreSQL", "ms", "95 %", "failed")
    print(f"{'shared':6} {names[0]:>8} {names[1]:>8} {names[2]:>10} {names[3]:>8} {names[4]:>8} {names[5]:>6}")
    named = sys.argv[1:] if Path(sys.argv[0]).stem == "connections" else []
    for size in named or SIZES:
        with running(size) as scaled:
            scaled.read(20)
            for _ in range(ROUNDS_COUNT):
                print(f"{size:>6} {measured(scaled)}", flush=True)


if __name__ == "__main__":
    main()
