"""A room's document in this worker: loaded when it is needed, let go when it rests, thrown away when it is in doubt.

What takes long, as an update with ten thousand nodes does, is done in a thread of its own: only this room waits for it.
"""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Callable, Container
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from collab import reading
from collab.hot import Accepted, HotDocument
from collab.reading import in_thread
from collab.structure import MissingDependencies
from collab.validation import InvalidUpdate

T = TypeVar("T")

LARGE_BYTES: Final = 8 * 1024
"""An update of this size may have a thousand nodes, which take some 30 ms to check; longer ones go aside."""

_aside: Final = ThreadPoolExecutor(1, thread_name_prefix="room-aside")
"""One thread only: whoever sends many large updates waits for themselves, and takes half of the interpreter at most."""

logger = logging.getLogger("sameside.room")


class Loading:
    """The hot document of one epoch of a proposal, with whose each client id is and which sections there are.

    While the document is being put right, from `hold` to `release`, or is used aside, nobody gets it. `in_doubt` is
    called when it turns out not to go with the log.
    """

    def __init__(self, proposal_id: uuid.UUID, epoch: int, in_doubt: Callable[[], None]) -> None:
        self._proposal_id = proposal_id
        self._epoch = epoch
        self._loop = asyncio.get_running_loop()
        self._sections: frozenset[str] = frozenset()
        self._owners: dict[int, tuple[Any, str]] = {}
        self._logged_while_loading: list[list[bytes]] = []
        self._used_at = 0.0
        self._ready = asyncio.Event()
        self._ready.set()
        self._loading = asyncio.Lock()
        self._in_doubt = in_doubt
        self._lent: HotDocument | None = None
        self._logged_while_lent: deque[bytes] = deque()
        self._returned = asyncio.Event()
        self._returned.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.document: HotDocument | None = None

    @property
    def is_ready(self) -> bool:
        """Whether nothing is being put right."""
        return self._ready.is_set()

    @property
    def is_lent(self) -> bool:
        """Whether the document is used aside."""
        return self._lent is not None

    def hold(self) -> None:
        """Give the document to nobody: it is in doubt."""
        self._ready.clear()

    def release(self) -> None:
        """The document is right again, or will be loaded anew."""
        self._ready.set()

    def note_use(self) -> None:
        """The document was asked for."""
        self._used_at = self._loop.time()

    async def get(self) -> HotDocument:
        """The document, loaded if need be, when nothing is being put right."""
        while True:
            await self._ready.wait()
            if self._lent is not None:
                await self._returned.wait()
                continue
            self.note_use()
            if self.document is not None:
                return self.document
            async with self._loading:
                if self.document is None and self._ready.is_set():
                    await self.load()

    async def load(self) -> None:
        """Read the document from the log, anew if there is one."""
        logged: list[bytes] = []
        self._logged_while_loading.append(logged)
        try:
            loaded = await in_thread(reading.load, self._proposal_id, self._epoch)
            document = await in_thread(HotDocument, loaded.state, loaded.index, loaded.seq)
        finally:
            self._logged_while_loading = [each for each in self._logged_while_loading if each is not logged]
        for payload in logged:
            document.apply_logged(payload)
        self.document = document
        self._sections = loaded.roots
        self._owners = loaded.owners

    async def read_rules_again(self) -> None:
        """Another worker may have seen new sections and client ids; what it stored has been applied by now.

        The document is not loaded anew: anybody could have that done with a few bytes.
        """
        sections, owners = await in_thread(reading.read_roots_and_owners, self._proposal_id, self._epoch)
        await self.get()
        self._sections = sections
        self._owners.update(owners)

    def forget(self) -> None:
        """Throw the document away."""
        self.document = None

    def forget_if_unused_since(self, moment: float) -> None:
        """Let the document go if nobody has asked for it since then."""
        if self._used_at < moment:
            self.document = None

    def apply_logged(self, payload: bytes) -> frozenset[str] | None:
        """Take in an update of the log; gives the sections it changed, None if nothing is loaded to tell them.

        What comes while the document is being loaded may be newer than what is read, so it is kept for that; what
        comes while it is used aside is taken in afterwards.
        """
        for logged in self._logged_while_loading:
            logged.append(payload)
        document = self.document
        if document is None:
            return None
        if self._lent is document:
            self._logged_while_lent.append(payload)
            return None
        if len(payload) > LARGE_BYTES and self._lent is None:
            self._lend(document)
            self._logged_while_lent.append(payload)
            task = self._loop.create_task(self._take_back(document))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return None
        return self._applied(document, payload)

    async def aside(self, work: Callable[[HotDocument], T]) -> T:
        """Do something long with the document in a thread of its own. To be called, without a pause, after `get`.

        Whoever calls must not be cancelled meanwhile. The document may have been thrown away when this returns.
        """
        document = self.document
        if document is None or self._lent is not None:
            raise RuntimeError("the document is not there to be used")
        self._lend(document)
        try:
            with document.lent():
                return await self._loop.run_in_executor(_aside, work, document)
        finally:
            await self._take_back(document)

    def _lend(self, document: HotDocument) -> None:
        self._lent = document
        self._returned.clear()

    async def _take_back(self, document: HotDocument) -> None:
        """Take in what was logged while the document was used aside, and let others use it."""
        while self._logged_while_lent and self.document is document:
            payload = self._logged_while_lent.popleft()
            if len(payload) > LARGE_BYTES:
                with document.lent():
                    await self._loop.run_in_executor(_aside, self._applied, document, payload)
            else:
                self._applied(document, payload)
        self._logged_while_lent.clear()
        self._lent = None
        self._returned.set()

    def _applied(self, document: HotDocument, payload: bytes) -> frozenset[str] | None:
        try:
            return document.apply_logged(payload)
        except (MissingDependencies, InvalidUpdate, RuntimeError):
            logger.exception("Room %s: the document does not go with the log.", self._proposal_id)
            self._loop.call_soon_threadsafe(self._in_doubt)
            return None

    def accept(self, document: HotDocument, update: bytes, author: tuple[Any, str]) -> Accepted:
        """Take a participant's update into the document, and note its client ids as theirs. Raises what that raises."""
        owners = self._owners
        accepted = document.accept(
            update, self.roots(document), lambda client_id: owners.get(client_id, author) == author
        )
        owners.update(dict.fromkeys(accepted.inserted, author))
        return accepted

    def roots(self, document: HotDocument) -> Container[str]:
        """The root names that updates may use."""
        return _KnownRoots(self._sections, document)


class _KnownRoots:
    """The root names that updates may use: of the sections there were at loading, and of whatever held text."""

    __slots__ = ("_document", "_sections")

    def __init__(self, sections: frozenset[str], document: HotDocument) -> None:
        self._sections = sections
        self._document = document

    def __contains__(self, name: object) -> bool:
        return name in self._sections or self._document.has_root(name)
