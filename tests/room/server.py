"""A real server of its own process, on the test's database."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.forks import Forked, zygote_of
from tests.ports import free_port

STARTS_WITHIN_SECONDS = 180


class Server:
    """uvicorn as `make run` starts it, in one process with SQLite, on a free port of 127.0.0.1.

    Forked from a process that all servers of this environment share, whatever their limits of a room (`ROOM_...`) are.
    """

    def __init__(self, **environment: str) -> None:
        self.port = free_port()
        self._limits = {name: value for name, value in environment.items() if name.startswith("ROOM_")}
        self._environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "DATA_DIR": str(settings.DATA_DIR),
            "PYTHONWARNINGS": "ignore",
            **{name: value for name, value in environment.items() if name not in self._limits},
        }
        self.process: Forked | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> "Server":
        """Start it, for the first time or again, and wait until it listens."""
        self.process = zygote_of(self._environment).start(self.port, limits=self._limits)
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            assert self.process.poll() is None, "the server ended at once"
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.02)

    @property
    def memory_mib(self) -> float:
        """What it keeps in memory."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def kill(self) -> None:
        """As the power cut does it: no chance to finish anything."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
