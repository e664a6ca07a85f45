"""The API beside a bare view that answers the same JSON from memory: `python -m bench api`.

One server process as `make run` starts it (SQLite, settings of development without its throttles), one connection, one
request after the other, in turns with the bare view: the same middleware and renderer, without token, limits, database
and rules. CPU milliseconds are those of the server process for one request, milliseconds those that its caller waits;
medians of five rounds. `python -m bench.api "edit a line"` measures one kind alone.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from live import LiveServer  # noqa: E402

PROPOSALS_COUNT = 10_000
SECTIONS_COUNT = 12
LINES_COUNT = 60
ROUNDS_COUNT = 5
REQUESTS_COUNT = 60
BARE_COUNT = 200
KEPT_SECONDS = 3
"""How long the server surely keeps a connection that nobody uses."""

MAKE_MANY = f"""
from accounts.ids import new_id
from proposals.models import Participant, Party, Proposal
given = Proposal.objects.get(id="%s")
parties, people = list(given.parties.all()), list(given.participants.all())
for start in range(0, {PROPOSALS_COUNT}, 1000):
    made = []
    for number in range(start, start + 1000):
        fields = {{f.attname: getattr(given, f.attname) for f in Proposal._meta.concrete_fields}}
        own = {{"id": new_id(), "title": f"Proposal {{number}}", "external_id": f"deal-{{number}}"}}
        made.append(Proposal(**(fields | own)))
    Proposal.objects.bulk_create(made)
    for model, rows in ((Party, parties), (Participant, people)):
        copied = []
        for proposal in made:
            for row in rows:
                fields = {{f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields}}
                copied.append(model(**{{**fields, "id": new_id(), "proposal_id": proposal.id}}))
        model.objects.bulk_create(copied)
"""


@dataclass(frozen=True)
class Asked:
    """One kind of request: its name, the aim as a multiple of the bare view's CPU time, and how to send one."""

    name: str
    aim: float | None
    method: str
    path: str
    body: Callable[[], Any] = lambda: None
    headers: Callable[[], dict[str, str]] = dict


class Caller:
    """One connection that stays."""

    def __init__(self, server: LiveServer, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._token = token
        self._last = 0.0

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPResponse:
        """Send a request; its answer, whose body stands in `.text`. Raises AssertionError for a refusal."""
        sent = {"Authorization": f"Bearer {self._token}", **headers}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if time.monotonic() - self._last > KEPT_SECONDS:
            self._connection.close()
        self._connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = self._connection.getresponse()
        self._last = time.monotonic()
        answer.text = answer.read()  # type: ignore[attr-defined]
        if answer.status >= 300:
            raise AssertionError(f"{method} {path}: {answer.status} {answer.text[:500]!r}")  # type: ignore[attr-defined]
        return answer

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON."""
        return json.loads(self.send(method, f"/api/v1/{path}", body).text)  # type: ignore[attr-defined]


def cpu_ms(server: LiveServer) -> float:
    """CPU milliseconds of the server since its start, threads that ended included; the kernel counts in tens."""
    assert server.process is not None
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def grown(seller: Caller, proposal: str) -> tuple[str, str, str]:
    """Make the proposal one of 12 sections and 60 lines; a pricing section, a line in it, and a part to agree to."""
    sections = seller.json("GET", f"proposals/{proposal}/sections/?limit=100")["results"]
    pricing = next(row["id"] for row in sections if row["kind"] == "pricing")
    for number in range(SECTIONS_COUNT - len(sections)):
        seller.json("POST", f"proposals/{proposal}/sections/", {"kind": "prose", "title": f"More {number}"})
    path = f"proposals/{proposal}/sections/{pricing}/lines/"
    all_lines = sum(
        len(seller.json("GET", f"proposals/{proposal}/sections/{row['id']}/lines/?limit=100")["results"])
        for row in sections
        if row["kind"] == "pricing"
    )
    for number in range(LINES_COUNT - all_lines):
        body = {
            "kind": "unit",
            "title": f"Position {number}",
            "quantity": "3",
            "unit_label": "days",
            "unit_price": "720.00",
        }
        line = seller.json("POST", path, body)
    return pricing, line["id"], f"section:{sections[0]['id']}"


def kinds(server: LiveServer, demo: dict[str, Any], seller: Caller, client: Caller) -> list[tuple[Caller, Asked]]:
    """What is measured, and who asks."""
    proposal = demo["proposal"]
    pricing, line, part = grown(seller, proposal)
    base = f"/api/v1/proposals/{proposal}/"
    quantities = cycle(["4", "5", "6", "7"])
    numbers = iter(range(10**6))

    def agreement() -> dict[str, Any]:
        parts = client.json("GET", f"proposals/{proposal}/agreements/")["parts"]
        return {
            "parts": [{"part": row["part"], "fingerprint": row["fingerprint"]} for row in parts if row["part"] == part]
        }

    agreed = agreement()
    new = {"title": "A small one", "currency": "EUR", "client": {"name": "Ada", "email": "ada@engines.example"}}
    return [
        (seller, Asked("list of 50 out of 10,000", 5, "GET", "/api/v1/proposals/?limit=50")),
        (seller, Asked("one by its external id", None, "GET", "/api/v1/proposals/?external_id=deal-4711")),
        (seller, Asked("one proposal", 4, "GET", base)),
        (seller, Asked("its 12 sections", 5, "GET", f"{base}sections/?limit=100")),
        (seller, Asked("60 lines of a section", 5, "GET", f"{base}sections/{pricing}/lines/?limit=100")),
        (seller, Asked("its pricing", None, "GET", f"{base}pricing/")),
        (seller, Asked("create", None, "POST", "/api/v1/proposals/", lambda: new)),
        (
            seller,
            Asked("edit a line", 8, "PATCH", f"{base}sections/{pricing}/lines/{line}/",
                  lambda: {"quantity": next(quantities)}),
        ),
        (client, Asked("agree", None, "POST", f"{base}agree/", lambda: agreed)),
        (client, Asked("agree, with a key", None, "POST", f"{base}agree/", lambda: agreed,
                       lambda: {"Idempotency-Key": f"n-{next(numbers)}"})),
    ]  # fmt: skip


def rounds(server: LiveServer, caller: Caller, asked: Asked) -> Iterator[tuple[float, float, float, float]]:
    """CPU ms and ms of a request, of the product and of the bare view, in turns."""
    name = asked.name.replace(" ", "-").replace(",", "")
    answer = caller.send(asked.method, asked.path, asked.body(), **asked.headers())
    (server.data_dir / f"bare-{name}.json").write_bytes(answer.text)  # type: ignore[attr-defined]
    for _ in range(ROUNDS_COUNT):
        figures: list[float] = []
        for path, count in ((asked.path, REQUESTS_COUNT), (f"/bare/{name}/", BARE_COUNT)):
            caller.send(asked.method, path, asked.body(), **asked.headers())
            used, began = cpu_ms(server), time.perf_counter()
            for _ in range(count):
                caller.send(asked.method, path, asked.body(), **asked.headers())
            figures += [(cpu_ms(server) - used) / count, (time.perf_counter() - began) * 1000 / count]
        yield figures[0], figures[1], figures[2], figures[3]


def main() -> None:
    """Start a server with 10,000 proposals and measure each kind of request."""
    os.environ.setdefault("PYTHONPATH", str(PROJECT))
    server = LiveServer(Path(tempfile.mkdtemp(prefix="sameside-bench-")))
    server.environment |= {"DJANGO_SETTINGS_MODULE": "bench.api_settings", "PYTHONPATH": str(PROJECT)}
    server.manage("migrate", "--verbosity", "0")
    demo = server.demo()
    server.manage("shell", "--no-imports", "-c", MAKE_MANY % demo["proposal"])
    server.start()
    try:
        seller, client = (Caller(server, demo[side]["token"]) for side in ("seller", "client"))
        heads = (
            f"{'queries':>7} {'CPU ms':>7} {'bare':>6} {'ratio':>6} {'aim':>4} {'ms':>7} {'bare':>6} {'a second':>8}"
        )
        print(f"{'':26} {heads}")
        wanted = sys.argv[1:] if Path(sys.argv[0]).stem == "api" else []
        for caller, asked in kinds(server, demo, seller, client):
            if wanted and not any(word in asked.name for word in wanted):
                continue
            counted = caller.send(asked.method, asked.path, asked.body(), **{"X-Count": "1"}, **asked.headers())
            queries = counted.headers["X-Queries"]
            taken = list(rounds(server, caller, asked))
            used, waited, bare_used, bare_waited = (median(column) for column in zip(*taken, strict=True))
            ratio = median(row[0] / row[2] for row in taken)
            print(
                f"{asked.name:26} {queries:>7} {used:7.2f} {bare_used:6.2f} {ratio:6.2f} {asked.aim or '':>4} "
                f"{waited:7.2f} {bare_waited:6.2f} {1000 / waited:8.0f}",
                flush=True,
            )
    finally:
        server.kill()


if __name__ == "__main__":
    main()
