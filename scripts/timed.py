"""Runs a command, then says how much CPU time it and its processes took. Ends as the command did.

Usage: python scripts/timed.py NAME COMMAND...
"""

import os
import signal
import subprocess
import sys
import time


def main(name: str, *command: str) -> int:
    """The exit status of the command."""
    began = time.monotonic()
    process = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = process.wait()
    used = os.times()
    cpu_seconds = used.children_user + used.children_system
    print(f"{name}: {cpu_seconds:.0f} CPU seconds in {time.monotonic() - began:.0f} s", flush=True)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
