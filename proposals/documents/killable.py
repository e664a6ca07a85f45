"""Runs one of our modules in a process that may be killed: for work on input that nobody vouches for.

Starting Python and importing the renderer takes longer than most documents, so it is done once: a *warm parent* per
module imports it, and each piece of work is a fork of that parent (`warm_parent.py`), with limits of its own. What one
piece of work does is not seen by the next, and a crash ends nothing but itself. A parent ends with the process that
started it, and when it was not asked for a while; the next work then starts another one.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from proposals.documents.parents import PARENTS, Finished, Limits, ParentGone

PROJECT = Path(__file__).resolve().parent.parent.parent
PASSED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
FILE_LIMIT_BYTES = 64 * 1024 * 1024

WALL_CLOCK_FACTOR = 6
"""How much longer than its CPU limit the work may take on a busy machine before it is killed."""

STARTS_COUNT = 2
"""A parent may end just when it is asked; then another one is started."""

PLACES = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))
"""How many pieces of work one server process has under way; the others wait, so that a crowd can't fill the memory."""


class TookTooLong(Exception):
    """The work used up its time and was killed."""


def run(
    module: str,
    work: bytes,
    *,
    folder: Path,
    cpu_limit_seconds: int,
    memory_limit_bytes: int,
    environment: Mapping[str, str] | None = None,
    hear: Callable[[bytes], None] | None = None,
) -> Finished:
    """Runs `main()` of `module` in a process of its own, in `folder`, with `work` on its standard input, and waits.

    `hear` gets what it writes as it comes; an exception of `hear` kills the work and is raised here. Raises
    `TookTooLong` if its time ran out; any other end, a crash included, is in the return code.
    """
    wanted = clean_environment() | dict(environment or {})
    limits = Limits(cpu_limit_seconds, memory_limit_bytes, cpu_limit_seconds * WALL_CLOCK_FACTOR)
    with PLACES:
        for _ in range(STARTS_COUNT):
            parent = PARENTS.get(module, wanted)
            try:
                finished = parent.run(work, folder=folder, limits=limits, hear=hear)
            except ParentGone:
                PARENTS.drop(module, parent)
                continue
            except TimeoutError as error:
                raise TookTooLong from error
            if -finished.returncode in (signal.SIGXCPU, signal.SIGKILL):
                raise TookTooLong
            return finished
    return Finished(1, stderr=b"The process could not be started.")


def has_place() -> bool:
    """Whether work would start at once just now."""
    if PLACES.acquire(blocking=False):
        PLACES.release()
        return True
    return False


def clean_environment() -> dict[str, str]:
    """What a Python process needs to start, and nothing that the application knows."""
    passed = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
    return passed | {"PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "0", "LANG": "C.UTF-8"}


def limit_this_process(cpu_limit_seconds: int, memory_limit_bytes: int) -> None:
    """Called first by the work: the kernel ends the process when its CPU time is used up."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_limit_seconds, cpu_limit_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit_bytes, memory_limit_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT_BYTES, FILE_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
