"""How much one socket, one person and one room may take. Each limit is also an environment variable, ``ROOM_...``.

The values are read once at start; one that is no positive whole number stops the start and names its variable.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a room; the variable of `frame_bytes` is ``ROOM_FRAME_BYTES``, and so on."""

    frame_bytes: int = 1024 * 1024
    document_bytes: int = 8 * 1024 * 1024
    sockets_per_room: int = 200
    sockets_per_person: int = 20
    updates_per_second: int = 50
    updates_burst: int = 2000
    outbox_frames: int = 256
    outbox_bytes: int = 1024 * 1024
    lag_seconds: int = 30
    idle_seconds: int = 60
    poll_ms: int = 1000
    keep_alive_seconds: int = 15
    quiet_ms: int = 300
    snapshot_every: int = 500

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Limits":
        """The defaults, changed where a variable is set."""
        changed = {}
        for limit in fields(cls):
            variable = f"ROOM_{limit.name.upper()}"
            written = environment.get(variable)
            if written is None:
                continue
            if not written.isdecimal() or int(written) == 0:
                raise ImproperlyConfigured(f"{variable} must be a positive whole number, not “{written}”.")
            changed[limit.name] = int(written)
        return cls(**changed)


@cache
def limits() -> Limits:
    """The limits of this process."""
    return Limits.from_environment(os.environ)
