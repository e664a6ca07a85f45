"""Runs a command, then says how much CPU time it and its processes took. Ends as the command did.

Usage: python scripts/timed.py NAME COMMAND...
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Processes whose parent has ended become children of this one, where Linux is: else nobody counts their time.

    So are those of pages in Chromium.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait_for(process: int) -> int:
    """How a child ended. Meanwhile, and then, whatever else has ended is taken note of."""
    while True:
        ended, status = os.wait()
        if ended == process:
            break
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return os.waitstatus_to_exitcode(status)


def main(name: str, *command: str) -> int:
    """The exit status of the command."""
    began = time.monotonic()
    adopt_orphans()
    process = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = wait_for(process.pid)
    used = os.times()
    cpu_seconds = used.children_user + used.children_system
    print(f"{name}: {cpu_seconds:.0f} CPU seconds in {time.monotonic() - began:.0f} s", flush=True)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
