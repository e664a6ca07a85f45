"""What rooms hand to the writer, and what they hear from it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from collab.ranges import Range
from proposals.access import Actor


class Refused(Enum):
    """Why the writer did not take an update."""

    FROZEN = auto()
    READ_ONLY = auto()
    NOT_A_PARTICIPANT = auto()
    SIGNED_OUT = auto()
    FOREIGN_CLIENT_ID = auto()
    EPOCH_CHANGED = auto()
    STALE = auto()
    """Another worker has stored items of the same client meanwhile: look into the log and try again."""


class Write(NamedTuple):
    """An accepted update on its way into the log. `sections` are the root names of the sections it changes.

    `session` is the socket's id.
    """

    payload: bytes
    inserted: Mapping[int, Range]
    sections: frozenset[str]
    actor: Actor
    session: str
    token_id: uuid.UUID | None = None
    session_key: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: the numbers of its first updates, and why the next one, if any, was refused.

    Those after a refused one were not tried. `error` is set, and nothing was stored, if the database failed.
    """

    seqs: Sequence[int] = ()
    refused: Refused | None = None
    error: Exception | None = None
    wants_snapshot: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What one room wants stored. `done` is called where `Writer` was told to call."""

    proposal_id: uuid.UUID
    epoch: int
    writes: Sequence[Write]
    done: Callable[[Outcome], None]
