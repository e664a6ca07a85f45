"""Memory of the server before people come, with them, and after everybody left: ``python -m bench leaving``.

One worker. In each round ROOMS new rooms of two people are opened and filled with text letter by letter, and everybody
leaves; rooms are let go after half a minute, and their memory is given back five seconds later. Resident memory of the
server in MiB; the later rounds show whether anything is kept for good.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-bench-")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from tests import factories  # noqa: E402
from tests.room.client import RoomClient  # noqa: E402
from tests.room.conftest import headers_of, seed  # noqa: E402
from tests.room.server import Server  # noqa: E402

ROOMS_COUNT = int(os.environ.get("ROOMS", "50"))
ROUNDS_COUNT = int(os.environ.get("ROUNDS", "5"))
WARMING_COUNT = 5
UPDATES_COUNT = 40
LETTERS = "so many letters at once "
LEFT_SECONDS = 42


def fill(server: Server, made: list[tuple[Any, str, list[Any]]]) -> list[RoomClient]:
    """Everybody comes and writes."""
    clients = []
    for proposal, root, people in made:
        pair = [RoomClient(server.host, proposal.id, headers_of(server, user)).sync() for user in people]
        for _ in range(UPDATES_COUNT):
            for client in pair:
                client.type(root, LETTERS)
        for client in pair:
            client.wait_until(lambda client=client: client.saved == client.sent)
        clients += pair
    return clients


def rooms(count: int) -> list[Any]:
    """New proposals, each with the root name of a section and its two people."""
    made = []
    for _ in range(count):
        proposal = factories.proposal()
        made.append((proposal, seed(proposal), [factories.seller(proposal), factories.client(proposal)]))
    return made


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    server = Server(ROOM_IDLE_SECONDS="2").start()
    try:
        for client in fill(server, rooms(WARMING_COUNT)):  # what is loaded once is no room's
            client.listen_for(1)
            client.close()
        time.sleep(LEFT_SECONDS)
        print(f"{f'{WARMING_COUNT} rooms were open':32} {server.memory_mib:8.1f} MiB", flush=True)
        for number in range(1, ROUNDS_COUNT + 1):
            clients = fill(server, rooms(ROOMS_COUNT))
            print(f"{f'round {number}: {len(clients)} people in {ROOMS_COUNT} rooms':32} {server.memory_mib:8.1f} MiB")
            for client in clients:
                client.close()
            time.sleep(LEFT_SECONDS)
            print(f"{f'round {number}: everybody left':32} {server.memory_mib:8.1f} MiB", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
