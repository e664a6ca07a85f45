"""The y-websocket provider from npm, as it is, against a running server."""

import json
import subprocess
import threading

import pytest

from tests.room.conftest import headers_of
from tests.room.server import PROJECT, Server
from tests.room.test_live_faults import letters_in_log


def run_provider(server, proposal, root, people, mode: str, seconds: float = 0) -> subprocess.Popen:
    options = {
        "server": f"ws://{server.host}/ws/proposals",
        "room": str(proposal.id),
        "root": root,
        "people": [headers_of(server, user) for user in people],
        "seconds": seconds,
    }
    command = ["node", "tests/room/provider.mjs", json.dumps(options), mode]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def result_of(process: subprocess.Popen, within_seconds: float) -> dict:
    try:
        output, _ = process.communicate(timeout=within_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0
    return json.loads(output)


def test_two_providers_converse(server, proposal, root, maya, tomas):
    result = result_of(run_provider(server, proposal, root, (maya, tomas), "converse"), 30)
    assert result["texts"] == ["one, two", "one, two"]
    assert (result["user"]["name"], result["user"]["side"]) == ("Maya Lindqvist", "seller")
    assert letters_in_log(proposal, root) == "one, two"


@pytest.mark.waits
def test_an_idle_provider_stays_connected(server, proposal, root, maya, tomas):
    """The one long wait: the provider gives up after 30 seconds without a message."""
    result = result_of(run_provider(server, proposal, root, (maya, tomas), "idle", seconds=65), 100)
    assert result == {"disconnects": 0, "statuses": ["connected"]}


@pytest.fixture
def own_server(transactional_db):
    running = Server().start()
    yield running
    running.stop()


def test_a_provider_comes_back_with_everything_after_kill_9(own_server, proposal, root, maya, tomas):
    process = run_provider(own_server, proposal, root, (maya, tomas), "endure", seconds=8)
    threading.Event().wait(2)
    own_server.kill()
    own_server.start()
    result = result_of(process, 60)
    assert result["read"] == result["typed"] == letters_in_log(proposal, root)
    assert result["disconnects"] > 0
