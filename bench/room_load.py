"""`make bench-room`: the room under load beside two peers: Hocuspocus with SQLite, and y-websocket's server.

The load generator (`bench/collabload`) speaks to each in turn, several interleaved rounds, and times every keystroke
from one client to the next; the servers' CPU and memory are read from the system, those of PostgreSQL and Redis
included where ours is the scaled form. What is printed are medians, their ratios to the peers, and what is aimed at.
Sessions, rights, validation, ownership and storage are on in ours during all of it.

`python -m bench.room_load pairs --rounds 1 --seconds 5` runs one scenario for a quick look;
`--contenders Sameside,Hocuspocus` leaves the others out.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "scripts")]

from live import LiveServer, free_port  # noqa: E402
from serve import end, web_command  # noqa: E402
from serve_scaled import WEB_WORKERS_COUNT, postgresql, redis  # noqa: E402

GENERATOR = Path(__file__).resolve().parent / "collabload"
PEERS = GENERATOR / "peers"
PEOPLE_COUNT = 10
"""Sockets of one person in one room are limited, so a crowd is several people."""
ROOMS_COUNT = 25
FIRST_ANSWER_SECONDS = 30
IDLE_ROOMS_COUNT = 500
FIGURES = {
    "CPU s per 1,000 delivered": ("cpu_s_per_1000_delivered",),
    "to the other screen, p50 ms": ("latency_ms", "p50"),
    "to the other screen, p95 ms": ("latency_ms", "p95"),
    "acknowledged, p50 ms": ("ack_ms", "p50"),
    "peak memory, MB": ("server_peak_rss_mb",),
    "CPU ms per warm join": ("warm_cpu_ms_per_join",),
    "CPU ms per cold join": ("cold_cpu_ms_per_join",),
    "the other room while pasting, p95 ms": ("during", "other", "p95"),
    "memory per idle connection, KB": ("kb_per_connection",),
    "CPU ms to open a connection": ("open_cpu_ms_each",),
    "idle, CPU share": ("idle_cpu_share",),
    "memory after all have left, MB": ("rss_after_close_mb",),
}
AIMS: Mapping[tuple[str, str], tuple[float | None, float | None]] = {
    ("pairs", "CPU s per 1,000 delivered"): (0.75, 0.9),
    ("fifty", "CPU s per 1,000 delivered"): (0.8, 1.0),
    ("hundred", "CPU s per 1,000 delivered"): (0.65, 0.75),
    ("fifty-cursors", "CPU s per 1,000 delivered"): (0.8, 1.1),
    ("pairs", "to the other screen, p95 ms"): (1.0, 1.0),
    ("hundred", "to the other screen, p95 ms"): (1.5, 1.5),
    ("join", "CPU ms per warm join"): (0.6, 1.0),
    ("join", "CPU ms per cold join"): (0.5, None),
    ("idle", "memory per idle connection, KB"): (1.0, 1.5),
    ("flood", "the other room while pasting, p95 ms"): (0.25, 0.25),
}
"""At most what our figure may be, as a part of Hocuspocus's and of y-websocket's."""
FAULTS = ("lost", "duplicates", "closed_early", "closed")
SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "pairs": ("latency", "--rooms", str(ROOMS_COUNT)),
    "fifty": ("busyroom", "--clients", "50"),
    "hundred": ("busyroom", "--clients", "100"),
    "fifty-cursors": ("busyroom", "--clients", "50", "--cursor"),
    "join": ("join", "--edits", "100000"),
    "flood": ("flood", "--megabytes", "5"),
    "idle": ("idle", "--rooms", str(IDLE_ROOMS_COUNT), "--counts", "2000"),
}


@dataclass
class Contender:
    """A server under load: how to reach it, and its process."""

    options: list[str]
    pids: list[int]
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
    parser.add_argument("--contenders", default=",".join(CONTENDERS), help=f"some of {', '.join(CONTENDERS)}")
    asked = parser.parse_args()
    install()
    for scenario in asked.scenarios or SCENARIOS:
        result = Result({name: [] for name in asked.contenders.split(",")})
        for _ in range(asked.rounds):
            for name in result.rounds:
                with (
                    tempfile.TemporaryDirectory(prefix="sameside-bench-") as folder,
                    CONTENDERS[name](Path(folder), scenario) as contender,
                ):
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
    command += ["--server-pid", ",".join(map(str, contender.pids)), *contender.options]
    if contender.rooms is not None:
        wanted = {"latency": ROOMS_COUNT, "flood": 2, "idle": IDLE_ROOMS_COUNT}.get(name, 1)
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
    return {**answer, **answer.get("steps", [{}])[-1]}


def show(scenario: str, result: Result) -> None:
    """A table: each figure of each contender; ours as ratios to the peers', with what is aimed at."""
    names = list(result.rounds)
    ratios = [(ours, peer) for ours in OURS for peer in PEER_NAMES if ours in names and peer in names]
    print(f"\n== {scenario}: {' '.join(SCENARIOS[scenario])}")
    print(f"{'':38}" + "".join(f"{name:>14}" for name in names) + "".join(f"{f'{a}/{b}':>27}" for a, b in ratios))
    for label, path in FIGURES.items():
        values = {name: result.figure(name, path) for name in names}
        if values[names[0]] is None:
            continue
        cells = "".join(f"{'-' if value is None else format(value, '.2f'):>14}" for value in values.values())
        print(f"{label:38}{cells}" + "".join(f"{_ratio(scenario, label, values, *pair):>27}" for pair in ratios))
    for fault in FAULTS:
        counts = [sum(int(each.get(fault) or 0) for each in rounds) for rounds in result.rounds.values()]
        if any(counts):
            print(f"{fault:38}" + "".join(f"{count:>14}" for count in counts))


def _ratio(scenario: str, label: str, values: Mapping[str, float | None], ours: str, peer: str) -> str:
    """One ratio, and what it should at most be."""
    mine, theirs = values[ours], values[peer]
    if mine is None or not theirs:
        return "-"
    aim = AIMS.get((scenario, label), (None, None))[PEER_NAMES.index(peer)]
    return f"{mine / theirs:.2f}" + (f" (aim {aim})" if aim else "")


@contextmanager
def sameside(folder: Path, scenario: str) -> Iterator[Contender]:
    """The product as `make run` starts it: one worker, SQLite."""
    server = LiveServer(folder)
    rooms = prepare(server, folder, scenario)
    server.start()
    try:
        assert server.process is not None
        yield Contender(our_options(server, folder), [server.process.pid], rooms)
    finally:
        server.stop()


@contextmanager
def scaled(folder: Path, scenario: str) -> Iterator[Contender]:
    """The product as `make run-scaled` starts it: two web workers, PostgreSQL and Redis, which are measured too."""
    folder.chmod(0o755)
    sockets = folder / "sockets"
    sockets.mkdir()
    with postgresql(folder / "postgresql", sockets) as database, redis(sockets) as bell:
        server = LiveServer(folder, environment={"DATABASE_URL": database, "REDIS_URL": bell})
        rooms = prepare(server, folder, scenario)
        with (folder / "server.log").open("ab") as log:
            workers = ["--workers", str(WEB_WORKERS_COUNT)]
            command = [*web_command("127.0.0.1", server.port), *workers]
            web = subprocess.Popen(command, cwd=PROJECT, env=server.variables, stdout=log, stderr=log)
        try:
            wait_until_listening(server.port, web)
            postmaster = int((folder / "postgresql" / "data" / "postmaster.pid").read_text().split()[0])
            yield Contender(our_options(server, folder), [web.pid, postmaster, redis_pid(sockets)], rooms)
        finally:
            end(web)


def redis_pid(sockets: Path) -> int:
    """The process of the Redis that listens there."""
    answer = subprocess.run(
        ["redis-cli", "-s", str(sockets / "redis"), "info", "server"], capture_output=True, text=True, check=True
    )
    return next(int(line.split(":")[1]) for line in answer.stdout.splitlines() if line.startswith("process_id:"))


def prepare(server: LiveServer, folder: Path, scenario: str) -> list[str]:
    """Make rooms and people for a scenario, and keep the people's sessions for the generator; the rooms."""
    os.environ.update(server.variables)
    rooms_count = IDLE_ROOMS_COUNT if scenario == "idle" else ROOMS_COUNT
    made = subprocess.run(
        [sys.executable, "-m", "bench.room_load_people", str(rooms_count), str(PEOPLE_COUNT)],
        env=server.variables,
        check=True,
        capture_output=True,
        text=True,
    )
    there = json.loads(made.stdout.strip().splitlines()[-1])
    (folder / "sessions.json").write_text(
        json.dumps([{"Cookie": cookie, "Origin": server.url} for cookie in there["cookies"]])
    )
    rooms: list[str] = there["rooms"]
    return rooms


def our_options(server: LiveServer, folder: Path) -> list[str]:
    """How the generator reaches ours."""
    options = ["--url-template", f"ws://127.0.0.1:{server.port}/ws/proposals/{{room}}"]
    options += ["--headers-file", str(folder / "sessions.json")]
    return [*options, "--protocols", "sameside.v1", "--ack-type", "121"]


@contextmanager
def hocuspocus(folder: Path, scenario: str) -> Iterator[Contender]:
    """Hocuspocus with its SQLite extension."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "DB": str(folder / "hocuspocus.sqlite")}
    with node(["server.mjs"], PEERS / "hocuspocus", environment, port) as pid:
        yield Contender(["--url-template", f"ws://127.0.0.1:{port}", "--protocol", "hocuspocus"], [pid])


@contextmanager
def y_websocket(folder: Path, scenario: str) -> Iterator[Contender]:
    """The reference server of y-websocket: no sign-in, no storage."""
    port = free_port()
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port)}
    program = "node_modules/@y/websocket-server/src/server.js"
    with node([program], PEERS / "y-websocket", environment, port) as pid:
        yield Contender(["--url-template", f"ws://127.0.0.1:{port}/{{room}}"], [pid])


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


OURS = ("Sameside", "scaled")
PEER_NAMES = ("Hocuspocus", "y-websocket")
CONTENDERS: Mapping[str, Callable[[Path, str], AbstractContextManager[Contender]]] = {
    "Sameside": sameside,
    "scaled": scaled,
    "Hocuspocus": hocuspocus,
    "y-websocket": y_websocket,
}


if __name__ == "__main__":
    main()
