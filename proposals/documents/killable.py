"""Runs one of our modules in a subprocess that may be killed: for work on input that nobody vouches for.

The module gets its limits as arguments (CPU seconds, bytes of memory), its work on standard input, and an environment
that holds none of the application's secrets.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PASSED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
FILE_LIMIT_BYTES = 64 * 1024 * 1024

WALL_CLOCK_FACTOR = 4
"""How much longer than its CPU limit the work may take on a busy machine before it is killed."""


PLACES = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))
"""How many subprocesses one server process runs at a time; the others wait, so that a crowd can't fill the memory."""


class TookTooLong(Exception):
    """The subprocess used up its time and was killed."""


def run(
    module: str,
    work: bytes,
    *,
    folder: Path,
    cpu_limit_seconds: int,
    memory_limit_bytes: int,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Runs `python -m module` in `folder` with `work` on its standard input, and waits.

    Raises `TookTooLong` if its time ran out; any other end, a crash included, is in the return code.
    """
    try:
        with PLACES:
            finished = subprocess.run(
                [sys.executable, "-m", module, str(cpu_limit_seconds), str(memory_limit_bytes)],
                input=work,
                capture_output=True,
                cwd=folder,
                env=clean_environment(folder) | dict(environment or {}),
                timeout=cpu_limit_seconds * WALL_CLOCK_FACTOR,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise TookTooLong from error
    if -finished.returncode in (signal.SIGXCPU, signal.SIGKILL):
        raise TookTooLong
    return finished


def clean_environment(folder: Path) -> dict[str, str]:
    """What a Python process needs to start, and nothing that the application knows."""
    passed = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
    return passed | {
        "PYTHONPATH": str(PROJECT),
        "PYTHONHASHSEED": "0",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }


def limit_this_process(arguments: Sequence[str]) -> None:
    """Called first by the module: the kernel ends the process when its CPU time is used up."""
    cpu_seconds, memory_bytes = (int(argument) for argument in arguments)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT_BYTES, FILE_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
