"""What `scripts/timed.py` says of a run's CPU time, and how it ends."""

import re
import subprocess
import sys

from live import PROJECT

ORPHAN = """
import os, time
reading, writing = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        while time.process_time() < 0.6:
            pass
        os._exit(0)
    os._exit(0)
os.wait()
os.close(writing)
os.read(reading, 1)
os._exit(3)
"""
"""The process that works loses its parent; the command ends after it, which holds the other end of the pipe."""


def timed(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, PROJECT / "scripts" / "timed.py", "So", sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_the_time_of_processes_whose_parent_has_ended_counts() -> None:
    done = timed(ORPHAN)
    assert (done.returncode, done.stderr) == (3, "")
    assert re.fullmatch(r"So: 1 CPU seconds in \d+ s\n", done.stdout)


def test_a_command_that_is_killed_ends_as_in_a_shell() -> None:
    done = timed("import os; os.kill(os.getpid(), 9)")
    assert (done.returncode, done.stderr) == (137, "")
