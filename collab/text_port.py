"""The room as the domain's keeper of texts: implements `proposals.text.TextPort`."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

import pycrdt
from django.db import connection, transaction

from collab import doorbell, history, log
from collab.merging import edit_section
from collab.models import ClientId, Room, Update
from collab.projection import is_empty, read_section, root_name, write_section
from collab.since import UNCHANGED, since
from collab.validation import parse_update
from proposals.access import Actor
from proposals.models import Proposal
from proposals.models.plainly import rows_of
from proposals.prose import EMPTY
from proposals.text import LogEntry, NotThereThen, Pen, ProseDocument, SectionTexts, Writer

_CACHED_ROOMS_COUNT: Final = 64
_HEAD: Final = "SELECT head_seq FROM collab_room WHERE proposal_id = %s AND epoch = %s"
_ROWS_AT_ONCE: Final = 2000

Texts = dict[uuid.UUID, ProseDocument]


class RoomText:
    """Reads committed rows only and writes by appending updates. Projections are cached by the log's number."""

    def __init__(self) -> None:
        self._cached: OrderedDict[int, tuple[int, Texts]] = OrderedDict()
        self._guard = threading.Lock()

    def head(self, proposal: Proposal) -> int:
        """The number of the last committed update of the proposal's epoch; if there is none, what it will follow."""
        found = rows_of(_HEAD, proposal.id, proposal.epoch)
        return int(found[0][0]) if found else 0

    def first(self, proposal: Proposal) -> int:
        """The number of the first update of the proposal's epoch; the head if there is none."""
        room = log.room_of(proposal)
        return min(room.head_seq, log.before_first(room) + 1) if room else 0

    def read(self, proposal: Proposal, section_ids: Iterable[uuid.UUID]) -> SectionTexts:
        """The texts of sections, from the committed log."""
        room = log.room_of(proposal)
        wanted = list(section_ids)
        if room is None:
            return SectionTexts(0, {section_id: dict(EMPTY) for section_id in wanted})
        texts = self._known(room)
        if any(section_id not in texts for section_id in wanted):
            document: pycrdt.Doc[Any] = pycrdt.Doc()
            document.apply_update(log.state_at(room))
            texts |= {section_id: read_section(document, root_name(section_id)) for section_id in wanted}
            self._remember(room, texts)
        return SectionTexts(room.head_seq, {section_id: texts[section_id] for section_id in wanted})

    def read_at(self, proposal: Proposal, section_id: uuid.UUID, seq: int) -> ProseDocument:
        """A section's text as it stood at an earlier number of the current log."""
        return self.texts_at(proposal, [section_id], seq)[section_id]

    def texts_at(self, proposal: Proposal, section_ids: Iterable[uuid.UUID], seq: int) -> Texts:
        """The texts as they stood at an earlier number of the current log."""
        wanted = list(section_ids)
        room = log.room_of(proposal)
        if room is None:
            return {section_id: dict(EMPTY) for section_id in wanted}
        texts = history.texts_at(room, map(root_name, wanted), seq)
        return {section_id: texts[root_name(section_id)] for section_id in wanted}

    def number_at(self, proposal: Proposal, seq: int) -> int:
        """The greatest number up to this one that the current log has by itself; before the first, what it follows."""
        room = log.room_of(proposal)
        return log.number_at(room, seq) if room else 0

    def seq_by(self, proposal: Proposal, moment: datetime) -> int:
        """The number of the last update committed by a moment; before the first, the number that it follows."""
        room = log.room_of(proposal)
        return history.seq_by(room, moment) if room else 0

    def time_of(self, proposal: Proposal, seq: int) -> datetime | None:
        """When an update of the current log was committed; None for a number that has none."""
        rows = Update.objects.filter(room__proposal=proposal, room__epoch=proposal.epoch, seq=seq)
        return rows.values_list("created_at", flat=True).first()

    def span_of(self, proposal: Proposal, writer: Writer, first: datetime, last: datetime) -> tuple[int, int] | None:
        """The numbers of a writer's first and last updates from one moment to before another; None without any."""
        room = log.room_of(proposal)
        return history.span_of(room, writer, first, last) if room else None

    def authored(
        self, proposal: Proposal, section_ids: Iterable[uuid.UUID], seq: int, *, beside: int | None = None
    ) -> Texts:
        """The texts at a number of the log, their text nodes cut by who wrote them."""
        wanted = list(section_ids)
        room = log.room_of(proposal)
        if room is None:
            return {section_id: dict(EMPTY) for section_id in wanted}
        texts = history.authored(room, map(root_name, wanted), seq, beside=beside)
        return {section_id: texts[root_name(section_id)] for section_id in wanted}

    def log(self, proposal: Proposal, upto: int) -> Iterator[LogEntry]:
        """The updates of the current log up to a number, in order, a limited number at once."""
        rows = Update.objects.filter(room__proposal=proposal, room__epoch=proposal.epoch, seq__lte=upto).order_by("seq")
        names = ("first_seq", "seq", "created_at", "actor", "side", "origin", "payload")
        for first, seq, at, user, side, origin, payload in rows.values_list(*names).iterator(chunk_size=_ROWS_AT_ONCE):
            yield LogEntry(first or seq, seq, at, Writer(user, side), origin, bytes(payload))

    def pens(self, proposal: Proposal) -> Iterator[Pen]:
        """Whose the client ids of the current log are."""
        rows = ClientId.objects.filter(room__proposal=proposal, room__epoch=proposal.epoch).order_by("client_id")
        for client_id, user, side in rows.values_list("client_id", "user", "side").iterator(chunk_size=_ROWS_AT_ONCE):
            yield Pen(client_id, Writer(user, side))

    def create(self, locked: Proposal, texts: Mapping[uuid.UUID, ProseDocument], by: Actor | None) -> None:
        """Seed new sections, once: a section that has text keeps it."""

        def seed(document: pycrdt.Doc[Any]) -> None:
            for section_id, text in texts.items():
                if is_empty(document, root_name(section_id)):
                    write_section(document, root_name(section_id), text)

        self._write(locked, texts, seed, by, Update.Origin.SYSTEM)

    def replace(
        self, locked: Proposal, section_id: uuid.UUID, text: ProseDocument, by: Actor, *, upon: int | None = None
    ) -> int:
        """A forward edit of one section, of its text as it stands or as it stood `upon` a number; the log's head."""

        def edit(document: pycrdt.Doc[Any]) -> None:
            root, became = root_name(section_id), UNCHANGED
            if upon is not None and is_empty(document, root):
                raise NotThereThen
            if upon is not None and upon < self.head(locked):
                became = since(document.get_update(), log.state_at(log.room_for_writing(locked)), root)
            edit_section(document, root, text, became)

        return self._write(locked, [section_id], edit, by, Update.Origin.REST, upon=upon)

    def begin_epoch(self, locked: Proposal, texts: Mapping[uuid.UUID, ProseDocument], by: Actor | None) -> None:
        """Start the log of the proposal's new epoch from these texts, with numbers of its own."""
        log.begin_epoch(locked)
        self.create(locked, texts, by)

    def set_frozen(self, locked: Proposal, frozen: bool) -> None:
        """Note in the room whether it takes updates."""
        room = log.room_for_writing(locked)
        room.frozen_at_seq = room.head_seq if frozen else None
        room.save(update_fields=["frozen_at_seq"])

    @staticmethod
    def _write(
        locked: Proposal,
        section_ids: Iterable[uuid.UUID],
        change: Callable[[pycrdt.Doc[Any]], None],
        by: Actor | None,
        origin: str,
        *,
        upon: int | None = None,
    ) -> int:
        """Make a change to the document as one update, under the caller's lock; gives the log's head.

        With `upon` it is made to the document after that update, as by somebody who was away since: all that was
        written meanwhile stays.
        """
        room = log.room_for_writing(locked)
        document = log.document_at(room, upon)
        updates: list[bytes] = []
        roots = {root_name(section_id) for section_id in section_ids}
        subscription = document.observe(lambda event: updates.append(event.update))
        with document.transaction():
            change(document)
        document.unobserve(subscription)
        for payload in updates:
            shape = parse_update(payload, roots=roots)
            log.append(room, [log.Entry(payload, shape.inserted, log.Author.of(by), session="", origin=origin)])
            transaction.on_commit(partial(doorbell.ring, locked.id, text_seq=room.head_seq))
        return room.head_seq

    def _known(self, room: Room) -> Texts:
        with self._guard:
            seq, texts = self._cached.get(room.pk, (-1, {}))
            return dict(texts) if seq == room.head_seq else {}

    def _remember(self, room: Room, texts: Texts) -> None:
        if connection.in_atomic_block:  # what was read may be rolled back, and its number used again
            return
        with self._guard:
            self._cached[room.pk] = (room.head_seq, texts)
            self._cached.move_to_end(room.pk)
            while len(self._cached) > _CACHED_ROOMS_COUNT:
                self._cached.popitem(last=False)
