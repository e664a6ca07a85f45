"""Servers and commands that are forked from a process which has imported everything (`tests.zygote`)."""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
WAIT_SECONDS = 180.0


class Zygote:
    """Forks servers and commands of one environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.zygote"]
        self._one_at_a_time = threading.Lock()
        self._process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, *question: Any) -> str:
        """Ask it; its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._one_at_a_time:
            self._process.stdin.write(f"{json.dumps(question)}\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline().strip()
        assert answer, "the zygote has ended"
        return answer

    def start(self, port: int, log: Path | None = None, limits: dict[str, str] | None = None) -> "Forked":
        """A server with these limits of a room. What it says is added to `log`."""
        return Forked(self, int(self.ask("start", log and str(log), port, limits or {})))

    def manage(self, output: Path, *words: str) -> "Forked":
        """A management command. What it prints is added to `output`."""
        return Forked(self, int(self.ask("run", str(output), words)))

    def end(self) -> None:
        """End it, and what it forked."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@cache
def _zygote_of(environment: frozenset[tuple[str, str]]) -> Zygote:
    made = Zygote(dict(environment))
    atexit.register(made.end)
    return made


def zygote_of(environment: dict[str, str]) -> Zygote:
    """This process's zygote of an environment; it lives as long as this process."""
    return _zygote_of(frozenset((key, value) for key, value in environment.items() if not key.startswith("PYTEST")))


class Forked:
    """What a zygote forked, as `subprocess.Popen` shows a process."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self._zygote = zygote
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        if self.returncode is None:
            answer = self._zygote.ask("poll", self.pid)
            self.returncode = None if answer == "running" else int(answer)
        return self.returncode

    def wait(self, timeout: float = WAIT_SECONDS) -> int:
        """Wait until it has ended."""
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("a forked process", timeout)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)
