"""A real server of its own process, on the test's database."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

PROJECT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Zygote:
    """Forks servers of one environment (`tests.room.zygote`)."""

    def __init__(self, port: int, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.room.zygote", str(port)]
        self._process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, question: str) -> str:
        """Ask it; its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer, "the zygote has ended"
        return answer

    def end(self) -> None:
        """End it, and what it forked."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class Forked:
    """A server that a zygote forked, as `subprocess.Popen` shows a process."""

    def __init__(self, zygote: Zygote) -> None:
        self._zygote = zygote
        self.pid = int(zygote.ask("start"))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        if self.returncode is None:
            answer = self._zygote.ask(f"poll {self.pid}")
            self.returncode = None if answer == "running" else int(answer)
        return self.returncode

    def wait(self, timeout: float = STARTS_WITHIN_SECONDS) -> int:
        """Wait until it has ended."""
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("a forked server", timeout)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Server:
    """uvicorn as `make run` starts it, in one process with SQLite, on a free port of 127.0.0.1.

    With `forks` it is there again at once after it was killed.
    """

    def __init__(self, *, forks: bool = False, **environment: str) -> None:
        self._forks = forks
        self._zygote: Zygote | None = None
        self.port = free_port()
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "DATA_DIR": str(settings.DATA_DIR),
            "PYTHONWARNINGS": "ignore",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | Forked | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> "Server":
        """Start it, for the first time or again, and wait until it listens."""
        self.process = self._forked() if self._forks else self._own_process()
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            assert self.process.poll() is None, "the server ended at once"
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.02)

    def _forked(self) -> Forked:
        if self._zygote is None:
            self._zygote = Zygote(self.port, self.environment)
        return Forked(self._zygote)

    def _own_process(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(self.port),
            "--ws", "collab.wire:RoomWebSockets", "--ws-max-size", "1200000", "--ws-per-message-deflate", "false",
            "--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "2",
        ]  # fmt: skip
        return subprocess.Popen(command, cwd=PROJECT, env=self.environment)

    @property
    def memory_mib(self) -> float:
        """What it keeps in memory."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def kill(self) -> None:
        """As the power cut does it: no chance to finish anything."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        if self._zygote is not None:
            self._zygote.end()
            self._zygote = None
