"""What the writer knows of proposals, rooms and people within its transaction.

On PostgreSQL it is read anew under each lock. SQLite tells whether anybody has written since the writer's last
transaction (`statements.version`); as long as nobody has, everything is as it was read or left, and nothing is asked.
Sessions also end by the clock, and tokens are asked about each time.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from django.utils import timezone

from accounts.models import ApiToken
from collab import log, statements
from collab.statements import RoomRow, Seat, Standing
from collab.writes import Refused, Write
from proposals.access import Actor
from proposals.exceptions import NotFound, Refusal, WrongState
from proposals.states import State

_REMEMBERED_COUNT: Final = 2000


class NoRoom(Exception):
    """A room has to be made first, which needs Django's models."""


class _Present(NamedTuple):
    """The actor as of a socket, the proposal's state, and what follows: the actor of this moment, or why not."""

    asked: Actor
    state: State
    found: Actor | Refused


class Known:
    """What is known. `begin` first in every transaction, `end` last, `forget` after one that was rolled back."""

    def __init__(self) -> None:
        self._version: statements.Version | None = None
        self.forget()

    def begin(self) -> None:
        """Forget what somebody may have changed."""
        version = statements.version()
        is_much = len(self._present) > _REMEMBERED_COUNT or len(self._rooms) > _REMEMBERED_COUNT
        if version is None or version != self._version or is_much:
            self.forget()
        self._version = version
        self._now = timezone.now()

    def end(self) -> None:
        """What this transaction has changed is known."""
        if self._version is not None:
            self._version = statements.version_after(self._version)

    def forget(self) -> None:
        """Know nothing."""
        self._version = None
        self._standing: dict[uuid.UUID, Standing | None] = {}
        self._rooms: dict[tuple[uuid.UUID, int], RoomRow] = {}
        self._seats: dict[uuid.UUID, Seat | None] = {}
        self._sessions_end: dict[str, datetime] = {}
        self._tokens: set[uuid.UUID] = set()
        self._present: dict[str, _Present] = {}

    def standing(self, proposal_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Standing | None]:
        """Epochs and states of these proposals, and perhaps others, locked; None for unknown ones."""
        unknown = [key for key in proposal_ids if key not in self._standing]
        if unknown:
            self._standing.update(dict.fromkeys(unknown))
            self._standing.update(statements.lock(unknown))
        return self._standing

    def rooms(self, epochs: Mapping[uuid.UUID, int], *, may_make: bool) -> dict[uuid.UUID, RoomRow]:
        """The rooms of locked proposals, given with their epochs. Raises `NoRoom` if one is to be made and may not."""
        unknown = {key: epoch for key, epoch in epochs.items() if (key, epoch) not in self._rooms}
        if unknown:
            self._rooms.update(statements.rooms(unknown))
            missing = {key: epoch for key, epoch in unknown.items() if (key, epoch) not in self._rooms}
            if missing and not may_make:
                raise NoRoom
            if missing:
                log.make_rooms(missing)
                self._rooms.update(statements.rooms(missing))
        return {key: self._rooms[key, epoch] for key, epoch in epochs.items()}

    def look_up(self, writes: Sequence[Write]) -> None:
        """Learn, with one query for all, what is asked about these writes' authors."""
        people = {write.actor.participant_id for write in writes if write.session not in self._present}
        unknown = [key for key in people if key is not None and key not in self._seats]
        if unknown:
            self._seats.update(dict.fromkeys(unknown))
            self._seats.update(statements.seats(unknown))
        sessions = {write.session_key for write in writes if write.session_key not in self._sessions_end} - {""}
        if sessions:
            self._sessions_end.update(statements.sessions(sessions))
        tokens = {write.token_id for write in writes if write.token_id}
        self._tokens = _usable(tokens) if tokens else set()

    def present(self, write: Write, state: State) -> Actor | Refused:
        """The author with the role of this moment, or why they may not write now."""
        if write.token_id is not None and write.token_id not in self._tokens:
            return Refused.NOT_A_PARTICIPANT
        if write.session_key:
            ends = self._sessions_end.get(write.session_key)
            if ends is None or ends <= self._now:
                return Refused.SIGNED_OUT
        known = self._present.get(write.session)
        if known is None or known.asked is not write.actor or known.state is not state:
            known = self._present[write.session] = _Present(write.actor, state, self._seated(write.actor, state))
        return known.found

    def _seated(self, actor: Actor, state: State) -> Actor | Refused:
        if actor.participant_id is not None:
            if actor.participant_id not in self._seats:
                self._seats.update({actor.participant_id: None, **statements.seats([actor.participant_id])})
            seat = self._seats[actor.participant_id]
            if seat is None:
                return Refused.NOT_A_PARTICIPANT
            actor = replace(actor, role=seat.role, is_signatory=seat.is_signatory, side=seat.side)
        try:
            actor.require("write_text", state)
        except WrongState:
            return Refused.FROZEN
        except NotFound:
            return Refused.NOT_A_PARTICIPANT
        except Refusal:
            return Refused.READ_ONLY
        return actor


def _usable(token_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these tokens that are neither revoked nor expired."""
    now = timezone.now()
    tokens = ApiToken.objects.filter(id__in=list(token_ids), revoked_at__isnull=True).values_list("id", "expires_at")
    return {token_id for token_id, expires_at in tokens if expires_at is None or expires_at > now}
