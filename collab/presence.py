"""Who is here and where their carets are. Identity comes from the session, never from what a client says.

A Yjs client id belongs to the first socket that shows presence under it, as long as that socket is open. What other
sockets say about it is ignored: every y-websocket client repeats what it hears about everybody.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from collab.protocol import Awareness, AwarenessState
from proposals.access import Actor

FORGOTTEN_AFTER_SECONDS: Final = 60.0
"""Clients repeat their presence every 15 s and forget others after 30 s."""

_CLIENT_IDS_PER_SOCKET: Final = 4
_COLOURS: Final = {"seller": "#24509e", "client": "#984708"}


def identity_of(actor: Actor) -> dict[str, str]:
    """The `user` field that everybody sees: {id, name, initials, side, color}, as the session says."""
    return {
        "id": str(actor.user_id or ""),
        "name": actor.name,
        "initials": actor.initials,
        "side": actor.side,
        "color": _COLOURS.get(actor.side, ""),
    }


@dataclass(slots=True)
class _Shown:
    """What is shown of one client, who may change it (a socket's id or another worker's), and since when."""

    owner: str
    clock: int
    state: Mapping[str, Any] | None
    at: float


class Presence:
    """The presence in one room, of this worker's sockets and of those that other workers told about."""

    def __init__(self) -> None:
        self._shown: dict[int, _Shown] = {}
        self._changed: dict[int, None] = {}

    @property
    def has_changes(self) -> bool:
        """Whether there is something to pass on."""
        return bool(self._changed)

    def show(self, awareness: Awareness, owner: str, user: Mapping[str, str]) -> None:
        """Take in what a socket says about its own clients; `user` replaces whatever it says about its user."""
        mine = sum(1 for shown in self._shown.values() if shown.owner == owner)
        for said in awareness.states:
            shown = self._shown.get(said.client_id)
            if shown is None and (said.state is None or mine >= _CLIENT_IDS_PER_SOCKET):
                continue
            if shown is not None and (shown.owner != owner or said.clock < shown.clock):
                continue
            if shown is None:
                mine += 1
            state = None if said.state is None else {**said.state, "user": dict(user)}
            self._set(said.client_id, owner, said.clock, state)

    def show_foreign(self, awareness: Awareness, worker: str) -> None:
        """Take in what another worker, which has stamped it, tells about its sockets' clients."""
        for said in awareness.states:
            shown = self._shown.get(said.client_id)
            if shown is None or (shown.owner == worker and said.clock >= shown.clock):
                self._set(said.client_id, worker, said.clock, said.state)

    def leave(self, owner: str) -> None:
        """Forget a socket's clients, and let everybody know."""
        for client_id, shown in self._shown.items():
            if shown.owner == owner and shown.state is not None:
                self._set(client_id, owner, shown.clock + 1, None)

    def take_changes(self) -> list[AwarenessState]:
        """What has changed since the last call."""
        changes = [
            AwarenessState(client_id, shown.clock, shown.state)
            for client_id in self._changed
            if (shown := self._shown.get(client_id)) is not None
        ]
        for client_id in self._changed:
            if (shown := self._shown.get(client_id)) is not None and shown.state is None:
                del self._shown[client_id]
        self._changed.clear()
        return changes

    def everybody(self) -> list[AwarenessState]:
        """Everybody who is here and has been heard of lately."""
        heard_after = time.monotonic() - FORGOTTEN_AFTER_SECONDS
        stale = [client_id for client_id, shown in self._shown.items() if shown.at < heard_after]
        for client_id in stale:
            del self._shown[client_id]
        return [
            AwarenessState(client_id, shown.clock, shown.state)
            for client_id, shown in self._shown.items()
            if shown.state is not None
        ]

    def _set(self, client_id: int, owner: str, clock: int, state: Mapping[str, Any] | None) -> None:
        self._shown[client_id] = _Shown(owner, clock, state, time.monotonic())
        self._changed[client_id] = None
