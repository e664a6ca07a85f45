"""Random editing by several people, with connections that come and go: one text in the end.

Here on two workers with SQLite, for long; shorter on three with PostgreSQL and Redis in `test_live_cluster`.
"""

import contextlib
import random

import pycrdt
import pytest
from websockets.exceptions import ConnectionClosed

from collab.models import ClientId, Update
from collab.projection import read_section
from collab.validation import parse_logged
from tests import factories
from tests.room.client import RoomClient
from tests.room.conftest import headers_of
from tests.room.server import Server
from tests.room.test_live_faults import assert_dense


@pytest.fixture
def own_server(transactional_db):
    running = Server(ROOM_SNAPSHOT_EVERY="25").start()
    yield running
    running.stop()


def edit_at_random(document: pycrdt.Doc, root: str, chance: random.Random) -> None:
    """Type, delete, mark, split off a paragraph or remove one."""
    fragment = document.get(root, type=pycrdt.XmlFragment)
    texts = [node for block in fragment.children for node in block.children if isinstance(node, pycrdt.XmlText)]
    act = chance.random()
    if act < 0.12 or not texts:
        paragraph = pycrdt.XmlElement(chance.choice(["paragraph", "heading"]))
        fragment.children.insert(chance.randint(0, len(fragment.children)), paragraph)
        paragraph.children.append(pycrdt.XmlText("new"))
    elif act < 0.17 and len(fragment.children) > 3:
        del fragment.children[chance.randrange(len(fragment.children))]
    else:
        text = chance.choice(texts)
        letters = "".join(run for run, _ in text.diff())
        start, end = sorted(len(letters[: chance.randint(0, len(letters))].encode()) for _ in range(2))
        if act < 0.65:
            text.insert(start, chance.choice(["a", "né ", "😀", "words and "]), {})
        elif act < 0.85:
            del text[start:end]
        elif start < end:
            text.format(start, end, {"bold": chance.choice([{}, None])})


class Person:
    """Somebody whose document outlives connections."""

    def __init__(self, servers, proposal, user, chance) -> None:
        self.servers, self.proposal, self.user, self.chance = servers, proposal, user, chance
        self.document = pycrdt.Doc()
        self.client: RoomClient | None = None
        self.held: list[bytes] = []

    def connect(self) -> None:
        server = self.chance.choice(self.servers)
        headers = headers_of(server, self.user)
        self.client = RoomClient(server.host, self.proposal.id, headers, document=self.document).sync()

    def step(self, root: str) -> None:
        act = self.chance.random()
        if self.client is None:
            if act < 0.3:
                self.connect()
            else:
                with self.document.transaction():
                    edit_at_random(self.document, root, self.chance)
        elif act < 0.08:
            self.client.close()
            self.client, self.held = None, []
        elif act < 0.3:
            with contextlib.suppress(TimeoutError, ConnectionClosed):
                self.client.receive(0.02)
        else:
            self.client._changes.clear()
            with self.document.transaction():
                edit_at_random(self.document, root, self.chance)
            self.send(self.client._changes)

    def send(self, updates: list[bytes]) -> None:
        """Send updates: some twice, some only after those that follow them."""
        for update in updates:
            if self.chance.random() < 0.1:
                self.held.append(update)
                continue
            self.client.send_update(update)
            if self.chance.random() < 0.1:
                self.client.send_update(update)
        if self.held and self.chance.random() < 0.5:
            self.client.send_update(self.held.pop())


def rehearse(servers, proposal, root: str, users, seed: int, steps: int) -> None:
    chance = random.Random(seed)
    people = [Person(servers, proposal, user, chance) for user in users]
    for person in people:
        person.connect()
    for _ in range(steps):
        chance.choice(people).step(root)
    for person in people:
        if person.client is not None:
            person.client.close()
        person.connect()
    newcomer = Person(servers, proposal, users[0], chance)
    newcomer.connect()
    # All is durable by now, as everybody's sync has waited for it; a worker may still have to hear of it.
    replayed = pycrdt.Doc()
    for row in Update.objects.filter(room__proposal=proposal).order_by("seq"):
        replayed.apply_update(bytes(row.payload))
    expected = read_section(replayed, root)
    for person in [*people, newcomer]:
        person.client.wait_until(lambda person=person: read_section(person.document, root) == expected)
    for person in [*people, newcomer]:
        person.client.close()


def assert_attributed(proposal) -> None:
    """Every item of the log belongs to the one person who owns its client id, and came in that person's rows only."""
    owners = dict(ClientId.objects.filter(room__proposal=proposal).values_list("client_id", "user"))
    for row in Update.objects.filter(room__proposal=proposal):
        assert {owners[client_id] for client_id in parse_logged(bytes(row.payload)).inserted} <= {row.actor_id}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_one_text_in_the_end_for_long(server, own_server, proposal, root, maya, tomas, seed):
    users = [maya, tomas, factories.participant(proposal).user]
    rehearse([server, own_server], proposal, root, users, seed=seed, steps=1500)
    assert_dense(proposal)
    assert_attributed(proposal)
