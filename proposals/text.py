"""The port through which the domain reads and writes the text of sections.

The room (`collab`) keeps the text in its log of updates and implements this port; `proposals` does not know
how. A text is a ProseMirror document as JSON: `{"type": "doc", "content": [...]}`.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from proposals.access import Actor
from proposals.models import Proposal

ProseDocument = dict[str, Any]


@dataclass(frozen=True)
class SectionTexts:
    """The committed text of sections at one number of the log."""

    seq: int
    by_section: Mapping[uuid.UUID, ProseDocument]

    def of(self, section_id: uuid.UUID) -> ProseDocument:
        """A section's text; a section without any has one empty paragraph."""
        return self.by_section.get(section_id) or {"type": "doc", "content": [{"type": "paragraph"}]}


class Writer(NamedTuple):
    """Whose hand it was, as the log knows it: a user's, a side's service token's, or (neither) the server's."""

    user_id: uuid.UUID | None = None
    side: str = ""


class Hand(NamedTuple):
    """What the log knows of a letter, seen from another moment.

    `is_new` is whether it was written after that moment, `struck` who deleted it by then; both are empty if no other
    moment was asked for.
    """

    wrote: Writer
    is_new: bool = False
    struck: Writer | None = None


class LogEntry(NamedTuple):
    """An update of the log as it leaves the product: its number, when, whose, how it came, and its bytes (Yjs v1).

    `first` is the number of the first update that it holds: old runs of one writer are merged into their last.
    """

    first: int
    number: int
    at: datetime
    writer: Writer
    origin: str
    update: bytes


class Pen(NamedTuple):
    """A client id of the log, and whose letters are those written under it."""

    client_id: int
    writer: Writer


class NotThereThen(Exception):
    """A section that had no text yet at a number of the log."""


class TextPort(Protocol):
    """What the room does for the domain. Locked proposals come from `locking.lock_proposal`."""

    def head(self, proposal: Proposal) -> int:
        """The number of the last committed update of the proposal's epoch; if there is none, what it will follow."""

    def first(self, proposal: Proposal) -> int:
        """The number of the first update of the proposal's epoch, greater than all before sharing; else the head."""

    def read(self, proposal: Proposal, section_ids: Iterable[uuid.UUID]) -> SectionTexts:
        """The text of committed updates only, never of the hot document."""

    def read_at(self, proposal: Proposal, section_id: uuid.UUID, seq: int) -> ProseDocument:
        """A section's text as it stood at an earlier number of the proposal's current log."""

    def texts_at(
        self, proposal: Proposal, section_ids: Iterable[uuid.UUID], seq: int
    ) -> Mapping[uuid.UUID, ProseDocument]:
        """Several sections' texts as they stood at an earlier number of the proposal's current log."""

    def number_at(self, proposal: Proposal, seq: int) -> int:
        """The greatest number up to this one whose text can be asked for: old ones close together are merged."""

    def seq_by(self, proposal: Proposal, moment: datetime) -> int:
        """The number of the last update of the proposal's current log that was committed by a moment.

        Before the first, the number that it follows.
        """

    def time_of(self, proposal: Proposal, seq: int) -> datetime | None:
        """When an update of the current log was committed; None for a number that has none."""

    def span_of(self, proposal: Proposal, writer: Writer, first: datetime, last: datetime) -> tuple[int, int] | None:
        """The numbers of a writer's first and last updates from one moment to before another; None without any."""

    def authored(
        self, proposal: Proposal, section_ids: Iterable[uuid.UUID], seq: int, *, beside: int | None = None
    ) -> Mapping[uuid.UUID, ProseDocument]:
        """The text at a number of the current log with who wrote it, from the log and not from what clients say.

        Text nodes are cut where the hand changes and carry it as `hand`, a `Hand` seen from the number `beside`.
        """

    def log(self, proposal: Proposal, upto: int) -> Iterator[LogEntry]:
        """The updates of the current log up to a number, in order, never many of them in memory at once."""

    def pens(self, proposal: Proposal) -> Iterator[Pen]:
        """Whose the client ids of the current log are, in their order."""

    def create(self, locked: Proposal, texts: Mapping[uuid.UUID, ProseDocument], by: Actor | None) -> None:
        """Seed sections that have no text yet, once, in the caller's transaction, under its lock."""

    def replace(
        self, locked: Proposal, section_id: uuid.UUID, text: ProseDocument, by: Actor, *, upon: int | None = None
    ) -> int:
        """Turn a section's text into this one by a forward edit, block by block; returns the log's head.

        With `upon`, a number of the log, only what differs from the text of then is changed: what was written since
        stays. Raises NotThereThen if the section had no text then.

        Runs in the caller's transaction, under its lock. What others type meanwhile is merged, not lost.
        """

    def begin_epoch(self, locked: Proposal, texts: Mapping[uuid.UUID, ProseDocument], by: Actor | None) -> None:
        """Start the log of `locked.epoch` from these texts; the earlier log stays apart.

        Its numbers are greater than all of the earlier one, so that a number names one moment for ever.
        """

    def set_frozen(self, locked: Proposal, frozen: bool) -> None:
        """Note in the room that it takes no more updates, or takes them again."""


class _Registry:
    """Holds the port that was registered at start."""

    port: TextPort | None = None


def register(port: TextPort) -> None:
    """Called once by the app that keeps the text, when it is ready."""
    _Registry.port = port


def port() -> TextPort:
    """The registered port."""
    if _Registry.port is None:
        raise RuntimeError("No app has registered itself as the keeper of the text.")
    return _Registry.port
