"""Telling an open room of the proposal's events: rendered once for each audience, and sent in their order."""

import asyncio
import uuid
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from collab import protocol, reading
from collab.reading import in_background
from collab.socket import Socket
from proposals.fragments import Audience, audience_of, changes_only_activity
from proposals.models import AuditEvent
from proposals.states import State

_TYPING_TOLD_AFTER_SECONDS: Final = 5.0
"""That somebody has typed is told with what others have done meanwhile: both sides mostly begin together."""


class Room(Protocol):
    """What must be known of the room."""

    proposal_id: uuid.UUID
    state: State

    @property
    def sockets(self) -> Collection[Socket]:
        """Everybody who is connected here."""


class Telling:
    """Events on their way to the sockets of one room; `start` runs a task of the room."""

    def __init__(self, room: Room, start: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._room = room
        self._start = start
        self._loop = asyncio.get_running_loop()
        self._rendering = asyncio.Lock()
        self._untold: list[AuditEvent] = []
        self._later: asyncio.TimerHandle | None = None

    def take(self, events: Sequence[AuditEvent]) -> None:
        """Tell events now, or, if they are only somebody's typing, a little later together with others."""
        self._untold += events
        if not all(changes_only_activity(event.type) for event in events):
            self._tell_untold()
        elif self._later is None:
            self._later = self._loop.call_later(_TYPING_TOLD_AFTER_SECONDS, self._tell_untold)

    async def tell_again(self, socket: Socket, events: Sequence[AuditEvent]) -> None:
        """Tell one socket of events that it has missed."""
        audience = audience_of(socket.actor, self._room.state)
        for number, event in await in_background(reading.event_frames, self._room.proposal_id, events, audience):
            socket.push(protocol.encode_event(event), event_seq=number)

    def stop(self) -> None:
        """Tell nothing more."""
        if self._later is not None:
            self._later.cancel()

    def _tell_untold(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        events, self._untold = self._untold, []
        self._start(self._tell(events))

    async def _tell(self, events: Sequence[AuditEvent]) -> None:
        """Render what events change, once for each audience, and send it. Text does not wait for this."""
        async with self._rendering:
            is_for_all = all(changes_only_activity(event.type) for event in events)
            by_audience: dict[Audience, list[Socket]] = {}
            whose: Audience | None = None
            for socket in self._room.sockets:
                if socket.extended and not socket.lags:
                    if whose is None or not is_for_all:
                        whose = audience_of(socket.actor, self._room.state)
                    by_audience.setdefault(whose, []).append(socket)
            for audience, sockets in by_audience.items():
                told = await in_background(reading.event_frames, self._room.proposal_id, events, audience)
                for socket in sockets:
                    _offer(socket, told)


def _offer(socket: Socket, told: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    for number, event in told:
        if number > socket.event_seq:
            socket.offer(protocol.encode_event(event), event_seq=number)
