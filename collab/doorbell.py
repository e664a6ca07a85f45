"""The doorbell: tells every worker that has a proposal's room open to look into the log and the events.

It carries only numbers and may get lost: each hub also looks about once a second. A failed doorbell never fails what
it tells about.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any, Final

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

from collab import trouble
from proposals.models import AuditEvent

BELL: Final = "room.bell"

logger = logging.getLogger("sameside.room")


Hear = Callable[[uuid.UUID, int, int], None]


class _ServerLoop:
    """The event loop on which this process's sockets live, once there is one, and who hears the bell there."""

    loop: asyncio.AbstractEventLoop | None = None
    hear: Hear


def serve_on(loop: asyncio.AbstractEventLoop, hear: Hear) -> None:
    """Remember the loop of this process's sockets, and what to call there with what rings."""
    _ServerLoop.loop = loop
    _ServerLoop.hear = staticmethod(hear)


def other_workers() -> Any:
    """The channel layer by which other workers are reached; None if this process is the only one."""
    layer = get_channel_layer()
    return None if isinstance(layer, InMemoryChannelLayer) else layer


def group_of(proposal_id: uuid.UUID) -> str:
    """The channel layer's group of a proposal's hubs, one per worker."""
    return f"room.{proposal_id.hex}"


def ring(proposal_id: uuid.UUID, *, text_seq: int = 0, event_seq: int = 0) -> None:
    """Ring from any thread, after a commit, saying how far text or events have got."""
    loop = _ServerLoop.loop
    try:
        if loop is not None and loop.is_running():
            if other_workers() is None:
                loop.call_soon_threadsafe(_ServerLoop.hear, proposal_id, text_seq, event_seq)
            else:
                asyncio.run_coroutine_threadsafe(_ring(proposal_id, text_seq, event_seq), loop)
        elif other_workers() is not None:
            async_to_sync(_ring)(proposal_id, text_seq, event_seq)
    except Exception:  # readers poll; a deaf doorbell must not undo what is committed
        trouble.note()
        logger.exception("The doorbell of proposal %s failed.", proposal_id)


def ring_after(event: AuditEvent) -> None:
    """The seam's hook after commit. Somebody's typing can wait for the poll: it changes only the list of activity."""
    if event.type != "section.edited":
        ring(event.proposal_id, event_seq=event.number)


class TextBell:
    """Tells other workers how far a room's text has got; while one ring is on its way, later ones become one."""

    def __init__(self, proposal_id: uuid.UUID) -> None:
        self._proposal_id = proposal_id
        self._text_seq = 0
        self._ringing: asyncio.Task[None] | None = None

    def ring(self, text_seq: int) -> None:
        """Ring soon, from the server's loop."""
        if other_workers() is None:
            return
        self._text_seq = text_seq
        if self._ringing is None:
            self._ringing = asyncio.get_running_loop().create_task(self._ring_on())

    def stop(self) -> None:
        """Ring no more."""
        if self._ringing is not None:
            self._ringing.cancel()

    async def _ring_on(self) -> None:
        rung = 0
        while rung != self._text_seq:
            rung = self._text_seq
            await _ring(self._proposal_id, rung, 0)
        self._ringing = None


async def _ring(proposal_id: uuid.UUID, text_seq: int, event_seq: int) -> None:
    layer: Any = get_channel_layer()
    try:
        await layer.group_send(group_of(proposal_id), {"type": BELL, "text_seq": text_seq, "event_seq": event_seq})
    except Exception:  # a full or absent layer: readers poll
        trouble.note()
        logger.exception("The doorbell of proposal %s failed.", proposal_id)
