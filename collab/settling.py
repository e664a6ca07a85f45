"""Telling when a section has been quiet: then its fingerprint is known and people may agree to it."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from collab import reading
from collab.limits import limits
from collab.projection import SECTION_ROOT
from collab.reading import in_background
from proposals.states import State

_SETTLED_EVERY_SECONDS: Final = 1.0
"""Who types word by word pauses often; nobody can agree in between."""

logger = logging.getLogger("sameside.room")


class Room(Protocol):
    """What must be known of the room."""

    proposal_id: uuid.UUID
    state: State

    @property
    def is_writing(self) -> bool:
        """Whether an update is on its way into the log."""


class Settling:
    """Waits until a section has been quiet for `Limits.quiet_ms`, then has its fingerprint told."""

    def __init__(self, room: Room, tell: Callable[[Mapping[str, object]], None]) -> None:
        self._room = room
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._quiet_at: dict[str, float] = {}
        self._settled_at = -_SETTLED_EVERY_SECONDS
        self._task: asyncio.Task[None] | None = None

    def touched(self, sections: frozenset[str] | None) -> None:
        """The text of these sections has changed; None: of any."""
        quiet_at = self._loop.time() + limits().quiet_ms / 1000
        for section in sections if sections is not None else [SECTION_ROOT]:
            self._quiet_at[section] = quiet_at
        if self._quiet_at and self._task is None:
            self._task = self._loop.create_task(self._run())

    def stop(self) -> None:
        """Tell nothing more."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self._quiet_at and self._room.state is State.OPEN:
                due = max(min(self._quiet_at.values()), self._settled_at + _SETTLED_EVERY_SECONDS)
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                await self._settle_quiet()
        except Exception:
            logger.exception("Proposal %s could not be settled.", self._room.proposal_id)
        finally:
            self._quiet_at.clear()
            self._task = None

    async def _settle_quiet(self) -> None:
        now = self._loop.time()
        quiet = {section: at for section, at in self._quiet_at.items() if at <= now}
        if not quiet:
            return
        if self._room.is_writing:
            self._wait_on(quiet)
            return
        self._settled_at = now
        settled = await in_background(
            reading.settled, self._room.proposal_id, None if SECTION_ROOT in quiet else frozenset(quiet)
        )
        if settled is None:  # written right now, or not open any more
            self._wait_on(quiet)
            return
        text_seq, fingerprints = settled
        for section, at in quiet.items():
            if self._quiet_at.get(section) == at:
                del self._quiet_at[section]
        for part, fingerprint in fingerprints.items():
            if part in quiet or (SECTION_ROOT in quiet and part.startswith(SECTION_ROOT)):
                self._tell(
                    {"type": "section.settled", "section": part, "fingerprint": fingerprint, "text_seq": text_seq}
                )

    def _wait_on(self, sections: Iterable[str]) -> None:
        for section in sections:
            self._quiet_at[section] = self._loop.time() + limits().quiet_ms / 1000
