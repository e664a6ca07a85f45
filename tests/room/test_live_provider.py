"""The y-websocket provider from npm, as it is, against a running server."""

import json
import subprocess
import sys

import pytest

from accounts.models import ApiToken
from accounts.tickets import make_room_ticket
from tests.forks import PROJECT
from tests.room.conftest import headers_of
from tests.room.server import Server
from tests.room.test_live_faults import letters_in_log


def run_provider(server, proposal, root, people, mode: str, seconds: float = 0, speed: int = 1):
    options = {
        "server": f"ws://{server.host}/ws/proposals",
        "room": str(proposal.id),
        "root": root,
        "people": [headers_of(server, user) for user in people],
        "seconds": seconds,
        "speed": speed,
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
    return json.loads(output.splitlines()[-1])


def test_two_providers_converse(server, proposal, root, maya, tomas):
    result = result_of(run_provider(server, proposal, root, (maya, tomas), "converse"), 180)
    assert result["texts"] == ["one, two", "one, two"]
    assert (result["user"]["name"], result["user"]["side"]) == ("Maya Lindqvist", "seller")
    assert letters_in_log(proposal, root) == "one, two"


@pytest.mark.soak
def test_an_idle_provider_stays_connected(server, proposal, root, maya, tomas):
    """It gives up after 30 seconds without a message."""
    result = result_of(run_provider(server, proposal, root, (maya, tomas), "idle", seconds=65), 240)
    assert result == {"disconnects": 0, "statuses": ["connected"]}


@pytest.fixture
def fast_server(transactional_db):
    """A server that says every second what it otherwise says every fifteen."""
    running = Server(ROOM_KEEP_ALIVE_SECONDS="1").start()
    yield running
    running.stop()


@pytest.mark.waits
def test_an_idle_provider_stays_connected_where_time_runs_four_times_as_fast(fast_server, proposal, root, maya, tomas):
    """65 seconds of the provider's clock, whose patience is 7 seconds of ours."""
    process = run_provider(fast_server, proposal, root, (maya, tomas), "idle", seconds=65, speed=4)
    assert result_of(process, 240) == {"disconnects": 0, "statuses": ["connected"]}


def test_the_example_of_a_provider(server, proposal, root, maya):
    ticket, _ = make_room_ticket(proposal_id=proposal.id, user_id=maya.id)
    section = root.removeprefix("section:")
    command = ["node", "examples/provider.mjs", f"ws://{server.host}/ws/proposals", str(proposal.id), ticket, section]
    said = subprocess.run([*command, "From npm."], cwd=PROJECT, capture_output=True, text=True, timeout=180, check=True)
    assert said.stdout == "\nFrom npm.\n"
    assert letters_in_log(proposal, root) == "From npm."


def test_the_example_in_python(server, proposal, root, maya):
    firm = proposal.relationship.seller_firm
    _, token = ApiToken.issue(firm=firm, name="t", scopes=["proposals:read", "proposals:write"], user=maya)
    section = root.removeprefix("section:")
    command = [sys.executable, "examples/pycrdt_client.py", f"ws://{server.host}/ws/proposals", str(proposal.id)]
    arguments = [*command, token, section, "From Python."]
    said = subprocess.run(arguments, cwd=PROJECT, capture_output=True, text=True, timeout=180, check=True)
    assert said.stdout == "\nFrom Python.\n"
    assert letters_in_log(proposal, root) == "From Python."


@pytest.fixture
def own_server(transactional_db):
    running = Server().start()
    yield running
    running.stop()


def test_a_provider_comes_back_with_everything_after_kill_9(own_server, proposal, root, maya, tomas):
    process = run_provider(own_server, proposal, root, (maya, tomas), "endure")
    assert process.stdout.readline() == "typing\n"
    own_server.kill()
    own_server.start()
    result = result_of(process, 240)
    assert result["read"] == result["typed"] == letters_in_log(proposal, root)
    assert result["disconnects"] > 0
