"""Giving memory back after rooms were let go.

A room and its sockets hold each other, and Python finds such rings only when a great many have gathered; what it frees
then the C library keeps for later. Both are asked for once rooms have been let go, rarely, as it stops the process for
some milliseconds.
"""

import ctypes
import gc
import time
from typing import Final

_GATHERED_FOR_SECONDS: Final = 5.0
"""Rooms are mostly let go several at once: their people leave together."""

_SHARE_OF_TIME: Final = 0.001
"""At most this much of the time goes into it."""


def tidy() -> None:
    """Free what only holds itself, and give free pages back to the system where the C library knows how."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class Tidying:
    """When to tidy up. All times are those of a clock that never jumps."""

    def __init__(self) -> None:
        self._due_at: float | None = None
        self._not_before = float("-inf")

    def rooms_let_go(self) -> None:
        """There is something to free."""
        if self._due_at is None:
            self._due_at = time.monotonic() + _GATHERED_FOR_SECONDS

    def tidy_if_due(self) -> None:
        """Tidy up, if rooms were let go some seconds ago and it is not too soon after the last time."""
        began = time.monotonic()
        if self._due_at is None or began < max(self._due_at, self._not_before):
            return
        self._due_at = None
        tidy()
        ended = time.monotonic()
        self._not_before = ended + (ended - began) / _SHARE_OF_TIME
