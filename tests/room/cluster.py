"""Three workers of the product with PostgreSQL and Redis, all real, and what can happen to them."""

import contextlib
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pycrdt
import pytest
from django.db import connection
from redis import Redis as RedisClient
from websockets.exceptions import InvalidHandshake, WebSocketException

from collab.models import Update
from tests.proposals import postgres
from tests.room import redis
from tests.room.client import RoomClient
from tests.room.conftest import headers_of
from tests.room.server import Server

BROKEN = (WebSocketException, InvalidHandshake, OSError, TimeoutError, EOFError)
"""What a client meets when its worker is gone."""

CONVERGES_WITHIN_SECONDS = 120
WORKERS_COUNT = 3


class Cluster:
    """The workers, their database and their doorbell. Each has one message's room in its channel layer."""

    def __init__(self, database: postgres.Server, bell: redis.Redis) -> None:
        self.database, self.bell = database, bell
        self._losses = Path(tempfile.mkdtemp(prefix="sameside-cluster-")) / "losses"
        described = database.settings()
        self.workers = [
            Server(
                DATABASE_URL=f"postgres://{described['USER']}@/{described['HOST']}/{described['NAME']}",
                REDIS_URL=bell.url,
                DJANGO_SETTINGS_MODULE="tests.room.faulty_settings",
                LOSSES=str(self._losses),
                ROOM_SNAPSHOT_EVERY="20",
            )
            for _ in range(WORKERS_COUNT)
        ]

    def start(self) -> None:
        """Start all workers."""
        for worker in self.workers:
            worker.start()

    def stop(self) -> None:
        for worker in self.workers:
            worker.stop()

    @contextlib.contextmanager
    def losing(self, share: float) -> Iterator[None]:
        """This share of doorbells never leaves."""
        self._losses.write_text(str(share))
        yield
        self._losses.unlink()

    @contextlib.contextmanager
    def with_redis_flushed(self) -> Iterator[None]:
        """Redis forgets everything, and who listens; connections have to be made anew."""
        with RedisClient(unix_socket_path=self.bell.url.removeprefix("unix://")) as client:
            client.flushall()
            client.client_kill_filter(_type="pubsub")
        yield

    @contextlib.contextmanager
    def without_redis(self) -> Iterator[None]:
        self.bell.kill()
        yield
        self.bell.start()

    @contextlib.contextmanager
    def with_postgresql_restarted(self) -> Iterator[None]:
        """It ends without finishing anything, and recovers."""
        self.database.stop("immediate")
        yield
        self.database.start()
        connection.close()  # this process's own, which broke

    @contextlib.contextmanager
    def with_a_worker_killed(self, chance: random.Random | None = None) -> Iterator[None]:
        worker = (chance or random).choice(self.workers)
        worker.kill()
        yield
        worker.start()


@contextlib.contextmanager
def running(unblock: Callable[[], contextlib.AbstractContextManager[None]]) -> Iterator[Cluster]:
    """A cluster whose database is the test's own meanwhile. Skips the test if Redis or PostgreSQL is missing."""
    program = redis.program()
    if program is None:
        pytest.skip("Redis is not installed")
    with postgres.server(unblock, keeps=True) as database, postgres.as_default(database.settings()):
        bell = redis.Redis(program).start()
        with unblock():
            cluster = Cluster(database, bell)
            cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
            bell.stop()


class Editor(threading.Thread):
    """Types numbered words at one worker, and comes back with the same document whenever the connection breaks."""

    def __init__(self, worker: Server, proposal, user, root: str, name: str) -> None:
        super().__init__(daemon=True)
        self._worker, self._proposal, self._root, self._name = worker, proposal, root, name
        self._headers = headers_of(worker, user)
        self._types = threading.Event()
        self._leaves = threading.Event()
        self.words: list[str] = []
        self.saved: set[str] = set()
        self.visits_count = 0
        self.text = ""
        self.has_unsaved = True

    def type_on(self) -> None:
        self._types.set()

    def wait_for_words(self, count: int) -> None:
        """Until so many more were typed."""
        wanted, began, pause = len(self.words) + count, time.monotonic(), threading.Event()
        while len(self.words) < wanted:
            assert time.monotonic() - began < CONVERGES_WITHIN_SECONDS, f"{self._name} does not get to type"
            pause.wait(0.02)

    def rest(self) -> None:
        self._types.clear()

    def leave(self) -> None:
        self._leaves.set()

    def run(self) -> None:
        document = pycrdt.Doc()
        while not self._leaves.is_set():
            with contextlib.suppress(*BROKEN):
                self._visit(document)
            self.has_unsaved = True
            self._leaves.wait(0.05)

    def _visit(self, document: pycrdt.Doc) -> None:
        client = RoomClient(self._worker.host, self._proposal.id, self._headers, document=document).sync()
        self.visits_count += 1
        self.saved.update(self.words)
        frames: dict[int, str] = {}
        with contextlib.closing(client):
            while not self._leaves.is_set():
                if self._types.is_set() and client.sent - client.saved < 10:
                    word = f"{self._name}{len(self.words) + 1}."
                    self.words.append(word)
                    frames[client.type(self._root, word)] = word
                with contextlib.suppress(TimeoutError):
                    client.receive(0.02)
                self.saved.update(frames.pop(frame) for frame in list(frames) if frame <= client.saved)
                self.has_unsaved = client.saved != client.sent
                if not self._types.is_set():  # reading a long text takes the time of the others
                    self.text = letters(document, self._root)


def letters(document: pycrdt.Doc, root: str) -> str:
    """The letters of a section's first paragraph."""
    paragraph = document.get(root, type=pycrdt.XmlFragment).children[0]
    return "".join(run for node in paragraph.children for run, _ in node.diff())


def logged(proposal, root: str) -> str:
    """The text that the log's rows give, read without any worker."""
    document = pycrdt.Doc()
    for payload in Update.objects.filter(room__proposal=proposal).order_by("seq").values_list("payload", flat=True):
        document.apply_update(bytes(payload))
    return letters(document, root)


def converged(editors: list[Editor], proposal, root: str) -> float:
    """Wait until everybody's text is the log's, with all that anybody typed, each word once; gives the seconds."""
    began = time.monotonic()
    pause = threading.Event()
    while True:
        texts = {editor.text for editor in editors}
        if len(texts) == 1 and not any(editor.has_unsaved for editor in editors):
            (text,) = texts
            if holds_each_once(text, editors):
                took = time.monotonic() - began
                assert text == logged(proposal, root)
                return took
        assert time.monotonic() - began < CONVERGES_WITHIN_SECONDS, describe(editors)
        pause.wait(0.02)


def holds_each_once(text: str, editors: list[Editor]) -> bool:
    """Whether the text is what they typed, each word once. A word is never torn: it is typed as one."""
    return Counter(text.split(".")[:-1]) == Counter(word[:-1] for editor in editors for word in editor.words)


def describe(editors: list[Editor]) -> str:
    """What keeps them apart."""
    said = []
    for editor in editors:
        missing = [word for other in editors for word in other.words if editor.text.count(word) != 1]
        said.append(f"{editor._name}: lacks or doubles {missing[:5]}, unsaved: {editor.has_unsaved}")
    return "; ".join(said)
