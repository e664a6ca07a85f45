"""The room as the domain's keeper of texts: implements `proposals.text`."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from pycrdt import Doc, XmlFragment

from collab import log
from collab.merging import edit_section
from collab.models import Room, Update
from collab.projection import read_section, root_name, write_section
from proposals.access import Actor
from proposals.models import Proposal
from proposals.prose import EMPTY
from proposals.text import ProseDocument, SectionTexts

CACHED_ROOMS_COUNT = 64


class RoomText:
    """Reads committed rows only and writes by appending updates. Projections are cached by the log's number."""

    def __init__(self) -> None:
        self._cached: OrderedDict[int, tuple[int, dict[uuid.UUID, ProseDocument]]] = OrderedDict()
        self._guard = threading.Lock()

    def head(self, proposal: Proposal) -> int:
        """The number of the last committed update of the proposal's epoch; 0 if there is none."""
        found = Room.objects.filter(proposal=proposal, epoch=proposal.epoch).values_list("head_seq", flat=True).first()
        return found or 0

    def read(self, proposal: Proposal, section_ids: Iterable[uuid.UUID]) -> SectionTexts:
        """The texts of sections, from the committed log."""
        room = log.room_of(proposal)
        wanted = list(section_ids)
        if room is None:
            return SectionTexts(0, {section_id: dict(EMPTY) for section_id in wanted})
        known = self._known(room)
        missing = [section_id for section_id in wanted if section_id not in known]
        if missing:
            doc = log.document_at(room)
            read = {section_id: read_section(doc, root_name(section_id)) for section_id in wanted}
            known = {**known, **read}
            self._remember(room, known)
        return SectionTexts(room.head_seq, {section_id: known[section_id] for section_id in wanted})

    def read_at(self, proposal: Proposal, section_id: uuid.UUID, seq: int) -> ProseDocument:
        """A section's text as it stood at an earlier number of the current log."""
        room = log.room_of(proposal)
        if room is None:
            return dict(EMPTY)
        return read_section(log.document_at(room, seq), root_name(section_id))

    def create(self, locked: Proposal, texts: Mapping[uuid.UUID, ProseDocument], by: Actor | None) -> None:
        """Seed new sections, once."""
        room = log.room_for_writing(locked)
        doc = log.document_at(room)
        before = doc.get_state()
        for section_id, text in texts.items():
            if len(doc.get(root_name(section_id), type=XmlFragment).children) == 0:
                write_section(doc, root_name(section_id), text)
        self._append(room, doc, before, by, Update.Origin.SYSTEM)

    def replace(self, locked: Proposal, section_id: uuid.UUID, text: ProseDocument, by: Actor) -> int:
        """A forward edit of one section; gives the log's head."""
        room = log.room_for_writing(locked)
        doc = log.document_at(room)
        before = doc.get_state()
        if read_section(doc, root_name(section_id)) != text:
            edit_section(doc, root_name(section_id), text)
            self._append(room, doc, before, by, Update.Origin.REST)
        return room.head_seq

    def begin_epoch(self, locked: Proposal, texts: Mapping[uuid.UUID, ProseDocument], by: Actor | None) -> None:
        """Start the log of the proposal's new epoch from these texts."""
        self.create(locked, texts, by)

    def set_frozen(self, locked: Proposal, frozen: bool) -> None:
        """Note in the room whether it takes updates."""
        room = log.room_for_writing(locked)
        room.frozen_at_seq = room.head_seq if frozen else None
        room.save(update_fields=["frozen_at_seq"])

    def _append(self, room: Room, doc: Doc, before: bytes, by: Actor | None, origin: str) -> None:  # type: ignore[type-arg]
        payload = doc.get_update(before)
        log.append(room, payload, actor=by.user if by else None, session="", origin=origin, client_ids=[doc.client_id])

    def _known(self, room: Room) -> dict[uuid.UUID, ProseDocument]:
        with self._guard:
            seq, texts = self._cached.get(room.id, (-1, {}))
            return dict(texts) if seq == room.head_seq else {}

    def _remember(self, room: Room, texts: dict[uuid.UUID, ProseDocument]) -> None:
        with self._guard:
            self._cached[room.id] = (room.head_seq, texts)
            self._cached.move_to_end(room.id)
            while len(self._cached) > CACHED_ROOMS_COUNT:
                self._cached.popitem(last=False)
