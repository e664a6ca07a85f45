"""The doorbell: tells every worker that has a proposal's room open to look into the log and the events.

It carries only numbers and may get lost: each hub also looks about once a second. A failed doorbell never fails what
it tells about.
"""

import asyncio
import logging
import uuid
from typing import Any, Final

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

from proposals.models import AuditEvent

BELL: Final = "room.bell"

logger = logging.getLogger("sameside.room")


class _ServerLoop:
    """The event loop on which this process's sockets live, once there is one."""

    loop: asyncio.AbstractEventLoop | None = None


def serve_on(loop: asyncio.AbstractEventLoop) -> None:
    """Remember the loop of this process's sockets."""
    _ServerLoop.loop = loop


def group_of(proposal_id: uuid.UUID) -> str:
    """The channel layer's group of a proposal's hubs, one per worker."""
    return f"room.{proposal_id.hex}"


def ring(proposal_id: uuid.UUID, *, text_seq: int = 0, event_seq: int = 0) -> None:
    """Ring from any thread, after a commit, saying how far text or events have got."""
    loop = _ServerLoop.loop
    try:
        if loop is not None and loop.is_running():
            # `async_to_sync(group_send)` from a plain thread never wakes the in-memory layer.
            asyncio.run_coroutine_threadsafe(_ring(proposal_id, text_seq, event_seq), loop)
        elif not isinstance(get_channel_layer(), InMemoryChannelLayer):
            async_to_sync(_ring)(proposal_id, text_seq, event_seq)
    except Exception:  # readers poll; a deaf doorbell must not undo what is committed
        logger.exception("The doorbell of proposal %s failed.", proposal_id)


def ring_after(event: AuditEvent) -> None:
    """The seam's hook after commit. Somebody's typing can wait for the poll: it changes only the list of activity."""
    if event.type != "section.edited":
        ring(event.proposal_id, event_seq=event.number)


async def _ring(proposal_id: uuid.UUID, text_seq: int, event_seq: int) -> None:
    layer: Any = get_channel_layer()
    try:
        await layer.group_send(group_of(proposal_id), {"type": BELL, "text_seq": text_seq, "event_seq": event_seq})
    except Exception:  # a full or absent layer: readers poll
        logger.exception("The doorbell of proposal %s failed.", proposal_id)
