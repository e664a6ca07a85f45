"""Within one process the doorbell alone is enough: these servers never poll."""

import json
import urllib.request

import pytest

from accounts.models import ApiToken
from proposals.prose import from_markdown
from tests.room.client import RoomClient
from tests.room.conftest import headers_of
from tests.room.server import Server


@pytest.fixture(scope="module")
def deaf_server(django_db_setup):
    """A server that looks by itself only every ten minutes."""
    running = Server(ROOM_POLL_MS="600000").start()
    yield running
    running.stop()


@pytest.fixture
def call(deaf_server, proposal, maya):
    """Calls the API as Maya."""
    _, secret = ApiToken.issue(
        firm=proposal.relationship.seller_firm, name="t", scopes=["proposals:read", "proposals:write"], user=maya
    )

    def send(method: str, path: str, content: dict) -> None:
        request = urllib.request.Request(
            f"http://{deaf_server.host}/api/v1/proposals/{proposal.id}/{path}",
            data=json.dumps(content).encode(),
            method=method,
            headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            assert response.status < 300

    return send


@pytest.fixture
def tomas_there(deaf_server, proposal, tomas, root):
    client = RoomClient(deaf_server.host, proposal.id, headers_of(deaf_server, tomas)).sync()
    yield client
    client.close()


def test_an_event_rings(tomas_there, call):
    call("POST", "sections/", {"title": "By API", "kind": "prose"})
    event = tomas_there.wait_for_event("section.added")
    assert "By API" in event["announce"]


def test_text_written_through_the_api_rings(tomas_there, call, root):
    text = {"format": "markdown", "content": "Written **by API**.", "replace": True}
    call("PATCH", f"sections/{root.removeprefix('section:')}/", {"text": text})
    tomas_there.wait_until(lambda: tomas_there.read(root) == from_markdown("Written **by API**."))
    tomas_there.wait_for_event("section.settled")
