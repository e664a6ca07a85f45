"""`make bench-room`: the room under load beside two peers: Hocuspocus with SQLite, and y-websocket's server.

The load generator (`bench/collabload`) speaks to each in turn, several interleaved rounds, and times every keystroke
from one client to the next; the servers' CPU and memory are read from the system. What is printed are medians, and
their ratios to the peers. Sessions, rights, validation, ownership and storage are on in ours during all of it.

`python -m bench.room_load pairs --rounds 1 --seconds 5` runs one scenario for a quick look.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent.parent / "tests")]

from live import LiveServer, free_port  # noqa: E402

GENERATOR = Path(__file__).resolve().parent / "collabload"
PEERS = GENERATOR / "peers"
PEOPLE_COUNT = 10
"""Sockets of one person in one room are limited, so a crowd is several people."""
ROOMS_COUNT = 25
FIRST_ANSWER_SECONDS = 30
FIGURES = {
    "CPU s per 1,000 delivered": ("cpu_s_per_1000_delivered",),
    "to the other screen, p50 ms": ("latency_ms", "p50"),
    "to the other screen, p95 ms": ("latency_ms", "p95"),
    "acknowledged, p50 ms": ("ack_ms", "p50"),
    "peak memory, MB": ("server_peak_rss_mb",),
    "CPU ms per warm join": ("warm_cpu_ms_per_join",),
    "CPU ms per cold join": ("cold_cpu_ms_per_join",),
    "the other room while pasting, p95 ms": ("during", "other", "p95"),
}
FAULTS = ("lost", "duplicates", "closed_early", "closed")
SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "pairs": ("latency", "--rooms", str(ROOMS_COUNT)),
    "fifty": ("busyroom", "--clients", "50"),
    "hundred": ("busyroom", "--clients", "100"),
    "fifty-cursors": ("busyroom", "--clients", "50", "--cursor"),
    "join": ("join", "--edits", "100000"),
    "flood": ("flood", "--megabytes", "5"),
}


@dataclass
class Contender:
    """A server under load: how to reach it, and its process."""

    options: list[str]
    pid: int
    rooms: list[str] | None = None
    """Where rooms have to be there before: their names with their root."""


@dataclass
class Result:
    """What the rounds of one scenario gave, by contender."""

    rounds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def figure(self, contender: str, path: tuple[str, ...]) -> float | None:
        """The median of one figure; None if the scenario has it not."""
        values = []
        for each in self.rounds[contender]:
            value: Any = each
            for key in path:
                value = (value or {}).get(key)
            if value is not None:
                values.append(float(value))
        return median(values) if values else None


def main() -> None:
    """Run what is asked for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], help="all unless named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10)
    asked = parser.parse_args()
    install()
    contenders = {"Sameside": sameside, "Hocuspocus": hocuspocus, "y-websocket": y_websocket}
    for scenario in asked.scenarios or SCENARIOS:
        result = Result({name: [] for name in contenders})
        for _ in range(asked.rounds):
            for name, start in contenders.items():
                with tempfile.TemporaryDirectory(prefix="sameside-bench-") as folder, start(Path(folder)) as contender:
                    result.rounds[name].append(load(scenario, contender, asked.seconds, Path(folder)))
        show(scenario, result)


def install() -> None:
    """The generator and the peers, from their lock files."""
    for folder in (GENERATOR, PEERS / "hocuspocus", PEERS / "y-websocket"):
        if not (folder / "node_modules").exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)


def load(scenario: str, contender: Contender, seconds: int, folder: Path) -> dict[str, Any]:
    """One round of a scenario."""
    name, *options = SCENARIOS[scenario]
    command = ["node", "collabload.mjs", name, *options, "--xml", "--seconds", str(seconds), "--json"]
    command += ["--server-pid", str(contender.pid), *contender.options]
    if contender.rooms is not None:
        wanted = {"latency": ROOMS_COUNT, "flood": 2}.get(name, 1)
        (folder / "rooms").write_text("\n".join(contender.rooms[:wanted]))
        command += ["--room-list", f"@{folder / 'rooms'}"]
        if wanted == 1:
            command += ["--field", contender.rooms[0].partition("#")[2]]
    else:
        command += ["--field", "text"]
    done = subprocess.run(command, cwd=GENERATOR, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise SystemExit(f"{scenario}: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def show(scenario: str, result: Result) -> None:
    """A table: each figure of each contender, and ours as ratios to the peers'."""
    print(f"\n== {scenario}: {' '.join(SCENARIOS[scenario])}")
    print(
        f"{'':38}" + "".join(f"{name:>14}" for name in result.rounds) + f"{'to Hocuspocus':>16}{'to y-websocket':>16}"
    )
    for label, path in FIGURES.items():
        values = [result.figure(name, path) for name in result.rounds]
        if values[0] is None:
            continue
        ours, *theirs = values
        cells = "".join(f"{'-' if value is None else format(value, '.2f'):>14}" for value in values)
        ratios = "".join(f"{'-' if not value else format(ours / value, '.2f'):>16}" for value in theirs)
        print(f"{label:38}{cells}{ratios}")
    for fault in FAULTS:
        counts = [sum(int(each.get(fault) or 0) for each in rounds) for rounds in result.rounds.values()]
        if any(counts):
            print(f"{fault:38}" + "".join(f"{count:>14}" for count in counts))


@contextmanager
def sameside(folder: Path) -> Iterator[Contender]:
    """The product as `make run` starts it: one worker, SQLite."""
    server = LiveServer(folder)
    os.environ.update(server.variables)
    made = subprocess.run(
        [sys.executable, "-m", "bench.room_load_people", str(ROOMS_COUNT), str(PEOPLE_COUNT)],
        env=server.variables,
        check=True,
        capture_output=True,
        text=True,
    )
    there = json.loads(made.stdout.strip().splitlines()[-1])
    (folder / "sessions.json").write_text(
        json.dumps([{"Cookie": cookie, "Origin": server.url} for cookie in there["cookies"]])
    )
    server.start()
    try:
        assert server.process is not None
        options = ["--url-template", f"ws://127.0.0.1:{server.port}/ws/proposals/{{room}}"]
        options += ["--headers-file", str(folder / "sessions.json")]
        options += ["--protocols", "sameside.v1", "--ack-type", "121"]
        yield Contender(options, server.process.pid, there["rooms"])
    finally:
        server.stop()


@contextmanager
def hocuspocus(folder: Path) -> Iterator[Contender]:
    """Hocuspocus with its SQLite extension."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "DB": str(folder / "hocuspocus.sqlite")}
    with node(["server.mjs"], PEERS / "hocuspocus", environment, port) as pid:
        yield Contender(["--url-template", f"ws://127.0.0.1:{port}", "--protocol", "hocuspocus"], pid)


@contextmanager
def y_websocket(folder: Path) -> Iterator[Contender]:
    """The reference server of y-websocket: no sign-in, no storage."""
    port = free_port()
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port)}
    program = "node_modules/@y/websocket-server/src/server.js"
    with node([program], PEERS / "y-websocket", environment, port) as pid:
        yield Contender(["--url-template", f"ws://127.0.0.1:{port}/{{room}}"], pid)


@contextmanager
def node(words: list[str], folder: Path, environment: Mapping[str, str], port: int) -> Iterator[int]:
    """A Node server that listens on `port`; its process id."""
    process = subprocess.Popen(["node", *words], cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until_listening(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait for a server's first connection."""
    deadline = time.monotonic() + FIRST_ANSWER_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"The server on port {port} does not answer.")


if __name__ == "__main__":
    main()
