"""A real server for tests: uvicorn in a process of its own, on a free port, with its own data folder."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.forks import PROJECT, Forked, Zygote
from tests.ports import free_port

__all__ = ["PROJECT", "LiveServer", "free_port"]

START_SECONDS = 180.0
COMMAND_SECONDS = 600.0


@dataclass
class LiveServer:
    """A server with its database in `data_dir`. `environment` adds or replaces variables.

    With a `zygote` of the same variables it, and its commands, start in a moment.
    """

    data_dir: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | Forked | None = None
    zygote: Zygote | None = None

    @property
    def url(self) -> str:
        """The seller's address; `localhost` is the client's, so that two people have two cookies."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the server and its commands."""
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "PYTEST"))},
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATA_DIR": str(self.data_dir),
            "BASE_URL": self.url,
            "PORT": str(self.port),
            "EMAIL_URL": "",
            **self.environment,
        }

    def manage(self, *words: str) -> str:
        """Run a management command against the server's data; its output."""
        if self.zygote is not None:
            return self._forked(self.zygote, *words)
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"manage.py {' '.join(words)} failed: {done.stderr[-2000:]}")
        return done.stdout

    def _forked(self, zygote: Zygote, *words: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "output"
            status = zygote.manage(output, *words).wait(COMMAND_SECONDS)
            said = output.read_text(errors="replace")
        if status:
            raise AssertionError(f"manage.py {' '.join(words)} failed: {said[-2000:]}")
        return said

    def demo(self, *words: str) -> dict[str, Any]:
        """Make a demo; what `create_demo --json` says."""
        return json.loads(self.manage("create_demo", "--json", *words).strip().splitlines()[-1])

    def demos(self, count: int) -> list[dict[str, Any]]:
        """Make several demos in one go."""
        script = (
            "from django.core.management import call_command\n"
            f"for _ in range({count}): call_command('create_demo', '--json')"
        )
        lines = self.manage("shell", "--no-imports", "-c", script).splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def start(self) -> "LiveServer":
        """Start and wait until it answers."""
        if self.zygote is not None:
            self.process = self.zygote.start(self.port, self.data_dir / "server.log")
        else:
            self.process = self._own_process()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended at once: {self.log()[-3000:]}")
            try:
                with urlopen(f"{self.url}/verify/", timeout=5):
                    return self
            except OSError:
                self._pause()
        raise AssertionError(f"The server did not answer within {START_SECONDS} s: {self.log()[-3000:]}")

    def _own_process(self) -> subprocess.Popen[bytes]:
        with (self.data_dir / "server.log").open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1",
                    "--port", str(self.port), "--ws", "collab.wire:RoomWebSockets", "--ws-max-size", "1200000",
                    "--ws-per-message-deflate", "false", "--log-level", "warning", "--no-access-log",
                    "--timeout-graceful-shutdown", "3",
                ],
                cwd=PROJECT,
                env=self.variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """`kill -9`, as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def stop(self) -> None:
        """Ask it to end, then make it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def work(self) -> None:
        """Carry out every task that is waiting."""
        self.manage("db_worker", "--batch", "--no-startup-delay")

    def log(self) -> str:
        """What the server wrote."""
        return (self.data_dir / "server.log").read_text(errors="replace")

    @staticmethod
    def _pause() -> None:
        with socket.socket() as nobody:
            nobody.settimeout(0.05)
            nobody.bind(("127.0.0.1", 0))
            nobody.listen()
            try:
                nobody.accept()
            except TimeoutError:
                return
