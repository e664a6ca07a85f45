"""Trouble of this process with its database or its doorbell; while it is fresh, one tries again and looks sooner.

Most faults are short: a service restarts, a connection breaks. Whoever waits for the end of one tries again soon, then
at growing pauses, each spread so that not all rooms and workers come in the same moment.
"""

import random
import time
from typing import Final

_FRESH_SECONDS: Final = 15.0
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 0.8


class _Last:
    """When something failed last, by a clock that never jumps."""

    at = float("-inf")


def note() -> None:
    """Something has just failed."""
    _Last.at = time.monotonic()


def is_fresh() -> bool:
    """Whether something has failed only just."""
    return time.monotonic() - _Last.at < _FRESH_SECONDS


def pause_seconds(tries_count: int) -> float:
    """How long to wait before the next try, after so many that failed: doubling, capped, between half and all of it."""
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(tries_count, 16))
    return longest * random.uniform(0.5, 1.0)
