"""What the last look at the timestamp authority found: for pages, which can't wait for one that is silent.

A look runs in a thread of its own, and what it found holds for five minutes. A page waits a second for it; if nothing
is known by then, the page says nothing of the authority, and the next one says what was found. Whoever signs
meanwhile is told by the signature itself, and nothing is signed.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Found = TypeVar("Found")

HOLDS_SECONDS = 300.0
PATIENCE_SECONDS = 1.0


class Watch(Generic[Found]):
    """Looks by `look` in the background, anew for each `key` (the settings) and when it was long ago."""

    def __init__(self, look: Callable[[], Iterable[Found]], *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._look = look
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._looking: tuple[str, threading.Thread] | None = None
        self._known: tuple[str, float, list[Found]] | None = None

    def found(self, key: str) -> list[Found]:
        """What was found lately; nothing if that is not known yet."""
        thread = None
        with self._lock:
            if not self._is_fresh(key):
                thread = self._begin(key)
        if thread is not None:
            thread.join(self._patience_seconds)
        with self._lock:
            return self._known[2] if self._known is not None and self._known[0] == key else []

    def _is_fresh(self, key: str) -> bool:
        return self._known is not None and self._known[0] == key and time.monotonic() - self._known[1] < HOLDS_SECONDS

    def _begin(self, key: str) -> threading.Thread:
        if self._looking is None or self._looking[0] != key or not self._looking[1].is_alive():
            thread = threading.Thread(target=self._run, args=(key,), name="timestamp-watch", daemon=True)
            self._looking = (key, thread)
            thread.start()
        return self._looking[1]

    def _run(self, key: str) -> None:
        found = list(self._look())
        with self._lock:
            self._known = (key, time.monotonic(), found)
