"""A Redis server of the tests' own, on a Unix socket in its own folder: it needs no port and meets no other server."""

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

STARTS_WITHIN_SECONDS = 120


def program() -> str | None:
    """Redis's program; None if it is not installed."""
    return shutil.which("redis-server")


class Redis:
    """Keeps nothing on disk: a restarted one has forgotten everything, as after a flush."""

    def __init__(self, path: str) -> None:
        self._program = path
        self._folder = Path(tempfile.mkdtemp(prefix="sameside-redis-"))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._folder}/redis"

    def start(self) -> "Redis":
        command = [self._program, "--port", "0", "--unixsocket", "redis", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while True:
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(f"{self._folder}/redis") == 0:
                    return self
            assert self._process.poll() is None, "Redis ended at once"
            assert time.monotonic() < deadline, "Redis does not listen"
            time.sleep(0.02)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
