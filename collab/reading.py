"""What hubs read from the database: in threads of their own, so that the server's loop never waits for a disk."""

import asyncio
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

from collab import log, statements
from collab.database import read_with_connection
from collab.hot import index_of
from collab.models import ClientId, Room
from collab.projection import root_name
from collab.statements import Heads, Row
from collab.structure import StructureIndex
from proposals import access
from proposals.access import Actor, Visitor
from proposals.actions import agreement
from proposals.exceptions import Refusal
from proposals.fragments import Audience, announcement, render_events
from proposals.models import AuditEvent, Proposal, Section

T = TypeVar("T")

ROWS_AT_ONCE_COUNT: Final = 1000

_readers: Final = ThreadPoolExecutor(4, thread_name_prefix="room-reader")
_renderer: Final = ThreadPoolExecutor(1, thread_name_prefix="room-renderer")
"""One thread only: rendering takes the interpreter for milliseconds, and the writer must not queue behind several."""


async def in_thread(read: Callable[..., T], *args: Any) -> T:
    """Run something that reads the database in one of the reading threads."""
    return await asyncio.get_running_loop().run_in_executor(_readers, read_with_connection, read, *args)


async def in_background(render: Callable[..., T], *args: Any) -> T:
    """Run something that calculates or renders, after whatever else is to be rendered."""
    return await asyncio.get_running_loop().run_in_executor(_renderer, read_with_connection, render, *args)


def read_heads(proposal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Heads]:
    """The heads of several proposals, in one query."""
    return statements.heads(list(proposal_ids))


def read_rows(proposal_id: uuid.UUID, epoch: int, after: int) -> list[Row]:
    """The next updates after a number, a limited number at once."""
    return statements.rows_after(proposal_id, epoch, after, ROWS_AT_ONCE_COUNT)


class News(NamedTuple):
    """What has come after a hub's cursors: the heads (None: the proposal is gone), updates and events."""

    heads: Heads | None
    rows: list[Row]
    events: list[AuditEvent]


def read_news(proposal_id: uuid.UUID, epoch: int, text_seq: int, event_seq: int) -> News:
    """What has come after these numbers of an epoch."""
    heads = read_heads([proposal_id]).get(proposal_id)
    if heads is None or heads.epoch != epoch:
        return News(heads, [], [])
    rows = read_rows(proposal_id, epoch, text_seq) if heads.text_seq > text_seq else []
    events = read_events(proposal_id, epoch, event_seq) if heads.event_seq > event_seq else []
    return News(heads, rows, events)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as the log has it at `seq`. `owners` says whose each client id is (`log.Author.key`)."""

    state: bytes
    index: StructureIndex
    seq: int
    roots: frozenset[str]
    owners: dict[int, tuple[Any, str]]


def load(proposal_id: uuid.UUID, epoch: int) -> Loaded:
    """Read a room's document and index its structure."""
    roots, owners = read_roots_and_owners(proposal_id, epoch)
    room = Room.objects.filter(proposal=proposal_id, epoch=epoch).first()
    if room is None:
        return Loaded(b"\x00\x00", StructureIndex(), 0, roots, owners)
    state = log.state_at(room)
    return Loaded(state, index_of(state), room.head_seq, roots, owners)


def read_roots_and_owners(proposal_id: uuid.UUID, epoch: int) -> tuple[frozenset[str], dict[int, tuple[Any, str]]]:
    """The root names of the proposal's sections, and whose each client id is."""
    sections = Section.objects.filter(proposal=proposal_id).values_list("id", flat=True)
    ids = ClientId.objects.filter(room__proposal=proposal_id, room__epoch=epoch)
    owners = {
        client_id: (user, "" if user else side)
        for client_id, user, side in ids.values_list("client_id", "user", "side")
    }
    return frozenset(root_name(key) for key in sections), owners


def read_events(proposal_id: uuid.UUID, epoch: int, after: int) -> list[AuditEvent]:
    """The events after a number, with what they say."""
    events = AuditEvent.objects.filter(proposal=proposal_id, epoch=epoch, number__gt=after).order_by("number")
    return list(events.select_related("content"))


def event_frames(
    proposal_id: uuid.UUID, events: Sequence[AuditEvent], audience: Audience
) -> list[tuple[int, dict[str, Any]]]:
    """What an audience is told of events, with their numbers; the last one carries all fragments."""
    told: list[tuple[int, dict[str, Any]]] = []
    for event in events:
        content = getattr(event, "content", None)
        actor = (
            {"id": str(content.actor_id or ""), "name": content.actor_name, "side": content.side} if content else None
        )
        told.append(
            (
                event.number,
                {
                    "seq": event.number,
                    "type": event.type,
                    "actor": actor,
                    "fragments": [],
                    "announce": announcement(event),
                },
            )
        )
    if told:
        told[-1][1]["fragments"] = render_events(proposal_id, events, audience)
    return told


def seats_of(proposal_id: uuid.UUID, visitors: Sequence[Visitor]) -> list[Actor | None]:
    """Each visitor's place at the table now; None for those who have none any more."""
    found = Proposal.objects.select_related("relationship").prefetch_related("parties").filter(id=proposal_id).first()
    return [_seat(visitor, found) for visitor in visitors]


def _seat(visitor: Visitor, proposal: Proposal | None) -> Actor | None:
    if proposal is None:
        return None
    try:
        return access.actor_for(visitor, proposal)
    except Refusal:
        return None


def settled(proposal_id: uuid.UUID, sections: Collection[str] | None) -> tuple[int, dict[str, str]] | None:
    """The log's head and the fingerprints of these sections (None: all parts), if the proposal is open and rests."""
    try:
        if sections is None:
            return agreement.settled_fingerprints(proposal_id)
        return agreement.settled_texts(proposal_id, sections)
    except Proposal.DoesNotExist:
        return None
