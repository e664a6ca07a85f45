"""A room's document in this worker: loaded when it is needed, let go when it rests, thrown away when it is in doubt."""

import asyncio
import logging
import uuid
from collections.abc import Container
from typing import Any

from collab import reading
from collab.hot import Accepted, HotDocument
from collab.reading import in_thread
from collab.structure import MissingDependencies
from collab.validation import InvalidUpdate

logger = logging.getLogger("sameside.room")


class Loading:
    """The hot document of one epoch of a proposal, with whose each client id is and which sections there are.

    While the document is being put right, from `hold` to `release`, nobody gets it.
    """

    def __init__(self, proposal_id: uuid.UUID, epoch: int) -> None:
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
        self.document: HotDocument | None = None

    @property
    def is_ready(self) -> bool:
        """Whether nothing is being put right."""
        return self._ready.is_set()

    def hold(self) -> None:
        """Give the document to nobody: it is in doubt."""
        self._ready.clear()

    def release(self) -> None:
        """The document is right again, or will be loaded anew."""
        self._ready.set()

    async def get(self) -> HotDocument:
        """The document, loaded if need be, when nothing is being put right."""
        while True:
            await self._ready.wait()
            self._used_at = self._loop.time()
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
        finally:
            self._logged_while_loading = [each for each in self._logged_while_loading if each is not logged]
        document = HotDocument(loaded.state, loaded.index, loaded.seq)
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

        What comes while the document is being loaded may be newer than what is read, so it is kept for that.
        Raises RuntimeError if the document does not go with the log.
        """
        for logged in self._logged_while_loading:
            logged.append(payload)
        if self.document is None:
            return None
        try:
            return self.document.apply_logged(payload)
        except (MissingDependencies, InvalidUpdate) as error:
            raise RuntimeError("the document does not go with the log") from error

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
