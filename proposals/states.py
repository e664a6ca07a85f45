"""The life of a proposal: its states and the transitions between them, as data checked at import.

preparing -> open (share) -> frozen (freeze) -> signed (the last signature); `reopen` leads back from frozen.
A proposal ends as signed, declined, withdrawn, expired or void. Saying no may be taken back for a day, and an offer
that has expired be extended: it resumes where it was. From signed only voiding by both leads on. What was brought in
from another server as a record of what is over there is archived: it can be read and copied, and nothing else.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a proposal stands."""

    PREPARING = "preparing"
    OPEN = "open"
    FROZEN = "frozen"
    SIGNED = "signed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Transition:
    """A verb that takes a proposal from one of several states to another."""

    verb: str
    sources: frozenset[State]
    target: State


def _transition(verb: str, sources: set[State], target: State) -> tuple[str, Transition]:
    return verb, Transition(verb, frozenset(sources), target)


TRANSITIONS: Final[dict[str, Transition]] = dict(
    [
        _transition("share", {State.PREPARING}, State.OPEN),
        _transition("freeze", {State.OPEN}, State.FROZEN),
        _transition("reopen", {State.FROZEN}, State.OPEN),
        _transition("complete", {State.FROZEN}, State.SIGNED),
        _transition("decline", {State.OPEN, State.FROZEN}, State.DECLINED),
        _transition("withdraw", {State.PREPARING, State.OPEN, State.FROZEN}, State.WITHDRAWN),
        _transition("expire", {State.OPEN, State.FROZEN}, State.EXPIRED),
        _transition("void", {State.SIGNED}, State.VOID),
        _transition("archive", {State.PREPARING}, State.ARCHIVED),
        _transition("prepare_again", {State.WITHDRAWN}, State.PREPARING),
        _transition("resume", {State.DECLINED, State.WITHDRAWN, State.EXPIRED}, State.OPEN),
        _transition("resume_signing", {State.DECLINED, State.WITHDRAWN, State.EXPIRED}, State.FROZEN),
    ]
)

EDITABLE: Final = frozenset({State.PREPARING, State.OPEN})
"""States in which text and price may change."""

LIVE: Final = frozenset({State.OPEN, State.FROZEN})
"""States in which both sides are at it: what is neither private nor over."""

LABELS: Final[dict[State, str]] = {
    State.PREPARING: "Being prepared",
    State.OPEN: "Open",
    State.FROZEN: "Locked for signing",
    State.SIGNED: "Signed",
    State.DECLINED: "Declined",
    State.WITHDRAWN: "Withdrawn",
    State.EXPIRED: "Expired",
    State.VOID: "Void",
    State.ARCHIVED: "Archived",
}


def _check() -> None:
    """Every state has a label and can be reached, and no verb leads from a state to itself."""
    reached = {State.PREPARING} | {transition.target for transition in TRANSITIONS.values()}
    if reached != set(State) or set(LABELS) != set(State):
        raise AssertionError("states.py: a state is unreachable or has no label")
    if any(transition.target in transition.sources for transition in TRANSITIONS.values()):
        raise AssertionError("states.py: a transition leads nowhere")


_check()
