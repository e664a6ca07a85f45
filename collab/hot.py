"""The document of an open room in this worker's memory: what new updates are checked against and joins answered from.

It may hold updates that are not committed yet; whoever answers from it waits for them. It is a cache of the log:
when something about it is in doubt it is thrown away and loaded again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import pycrdt

from collab.keystrokes import letters_in
from collab.protocol import EMPTY_STATE_VECTOR
from collab.ranges import Range
from collab.structure import StructureIndex
from collab.updates import merge, without_known
from collab.validation import InvalidUpdate, UpdateShape, parse_logged, parse_state_vector, parse_update


class ForeignClientId(ValueError):
    """The update goes on under a Yjs client id that belongs to somebody else."""


class Accepted(NamedTuple):
    """What an update brings that was not known: None as payload if nothing."""

    payload: bytes | None
    inserted: dict[int, Range]
    sections: frozenset[str]


NOTHING: Final = Accepted(None, {}, frozenset())
_APPLIED_TOGETHER_COUNT: Final = 64
_REMEMBERED_UPDATES_COUNT: Final = 8
_REMEMBERED_BYTES: Final = 256 * 1024


class HotDocument:
    """A document with the index of its structure. One thread at a time may use it.

    Whoever joins asks for everything, and answers with all deletions of the document's life, which we have. Both are
    the same for everybody as long as nobody writes, so the answer is kept, and what brought nothing is remembered: it
    never will, as a document only grows.
    """

    def __init__(self, state: bytes, index: StructureIndex, seq: int) -> None:
        self._document: pycrdt.Doc[Any] = pycrdt.Doc()
        self._document.apply_update(state)
        self._index = index
        self.loaded_seq = seq
        self._size_bytes = len(state)
        self._whole: bytes | None = None
        self._vector_before: bytes | None = None
        self._unapplied: list[bytes] = []
        self._brought_nothing: deque[bytes] = deque(maxlen=_REMEMBERED_UPDATES_COUNT)

    @property
    def size_bytes(self) -> int:
        """About how large the document is: what was loaded and what came since."""
        return self._size_bytes

    def measure(self) -> int:
        """How large the document is now; takes time."""
        self._catch_up()
        self._size_bytes = len(self._document.get_update())
        return self._size_bytes

    def has_root(self, name: object) -> bool:
        """Whether a root of this name has ever held something."""
        return self._index.has_root(name)

    @property
    def state_vector(self) -> bytes:
        """What the document holds; while another thread uses it, what it held before."""
        return self._vector_before or self._index.encode_state_vector()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Another thread uses the document meanwhile."""
        self._vector_before = self._index.encode_state_vector()
        try:
            yield
        finally:
            self._vector_before = None

    def missing_in(self, state_vector: bytes) -> bytes:
        """An update with what somebody with this state vector lacks.

        Raises `InvalidUpdate` for nonsense, RuntimeError as `accept` does.
        """
        self._catch_up()
        if state_vector == EMPTY_STATE_VECTOR:
            if self._whole is None:
                self._whole = self._document.get_update()
            return self._whole
        parse_state_vector(state_vector)
        return self._document.get_update(state_vector)

    def is_known(self, update: bytes, roots: Container[str]) -> bool:
        """Whether an update brings nothing new. Raises what `accept` raises."""
        if update in self._brought_nothing:
            return True
        is_known = self._index.knows(parse_update(update, roots=roots))
        if is_known:
            self._remember(update)
        return is_known

    def accept(self, update: bytes, roots: Container[str], may_use: Callable[[int], bool]) -> Accepted:
        """Check an update and take it in; `may_use` says whether a client id is the author's to go on with.

        Raises `InvalidUpdate`, `MissingDependencies` or `ForeignClientId`; then nothing has changed. Raises
        RuntimeError if pycrdt fails on what passed the checks: then this document is in doubt.
        """
        letters = letters_in(update)
        if letters is not None and may_use(letters.client):
            section = self._index.admit_letters(letters)
            if section is not None:
                self._apply_later(update)
                end = letters.clock + letters.length
                return Accepted(update, {letters.client: Range(letters.clock, end)}, frozenset((section,)))
        if update in self._brought_nothing:
            return NOTHING
        shape = parse_update(update, roots=roots)
        for client_id, (_, end) in shape.inserted.items():
            if end > self._index.next_clock(client_id) and not may_use(client_id):
                raise ForeignClientId(f"client id {client_id} belongs to somebody else")
        return self._take_in(update, shape)

    def apply_logged(self, payload: bytes) -> frozenset[str]:
        """Take an update of the log in, known or not; gives the sections it changed."""
        return self._take_in(payload, parse_logged(payload)).sections

    def _take_in(self, update: bytes, shape: UpdateShape) -> Accepted:
        admission = self._index.admit(shape)
        if admission.is_duplicate:
            self._remember(update)
            return NOTHING
        payload = without_known(update, shape, admission)
        self._apply(payload)
        return Accepted(payload, dict(admission.inserted), admission.sections)

    def _remember(self, update: bytes) -> None:
        if len(update) <= _REMEMBERED_BYTES:
            self._brought_nothing.append(update)

    def _apply_later(self, payload: bytes) -> None:
        """Note what is safe to apply, and let many become one: applying takes longer than all checks together."""
        self._whole = None
        self._size_bytes += len(payload)
        self._unapplied.append(payload)
        if len(self._unapplied) >= _APPLIED_TOGETHER_COUNT:
            self._catch_up()

    def _catch_up(self) -> None:
        """Apply what was noted. Raises RuntimeError as `accept` does."""
        if self._unapplied:
            payload, self._unapplied = merge(self._unapplied), []
            self._give(payload)

    def _apply(self, payload: bytes) -> None:
        self._whole = None
        self._catch_up()
        self._give(payload)
        self._size_bytes += len(payload)

    def _give(self, payload: bytes) -> None:
        """Have pycrdt apply an update."""
        try:
            self._document.apply_update(payload)
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic in Rust arrives as a BaseException
            raise RuntimeError("pycrdt failed on an update that had passed the checks") from error


def index_of(state: bytes) -> StructureIndex:
    """The structure of a document. Takes time for long ones, but may run in any thread."""
    index = StructureIndex()
    try:
        index.admit(parse_logged(state))
    except InvalidUpdate as error:
        raise RuntimeError("the log holds what the room does not admit") from error
    return index
