"""The warm parents that this process started, one per module, and the talk with them.

For each piece of work two socket pairs go to the parent: over *work* the forked process gets its input and gives its
output; over *fate* the parent gets the limits, says "forked", and later how the process ended. Whoever closes its end
of *fate* has the process killed, by the parent, which alone knows that the number still means that process.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "proposals.documents.warm_parent"
FORKED = b"forked\n"
ERRORS_NAME = "errors.txt"
"""The file in the folder of the work that takes its standard error."""

READ_BYTES = 1 << 16
STATUS_BYTES = 128
KILL_SECONDS = 10.0


class ParentGone(Exception):
    """The parent ended before it forked: nothing of the work was done."""


@dataclass(frozen=True)
class Finished:
    """How one piece of work ended: its exit status (negative: the signal), what it wrote, and what it used."""

    returncode: int
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


@dataclass(frozen=True)
class Limits:
    """What one piece of work may use. CPU time and memory are the kernel's to watch, the wall clock is the caller's."""

    cpu_seconds: int
    memory_bytes: int
    wall_seconds: float


class Parent:
    """One warm parent. Any thread may give it work; all pieces run side by side."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._one_at_a_time = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", PROGRAM, module, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command,
                cwd="/",
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    @property
    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def leave(self) -> None:
        """Give it no more work; it ends when what it has is done."""
        self._control.close()

    def end(self) -> None:
        """Leave it and wait for its end. Nothing of it may be under way."""
        self.leave()
        self._process.wait()

    def forget(self) -> None:
        """In a fork of this process: it is not ours."""
        self._control.close()
        self._process.returncode = 0

    def start(self, header: Mapping[str, object]) -> tuple[socket.socket, socket.socket]:
        """Have it fork; gives *work* and *fate*. Raises `ParentGone`."""
        (work, their_work), (fate, their_fate) = socket.socketpair(), socket.socketpair()
        try:
            with their_work, their_fate:
                fate.sendall(json.dumps(header).encode() + b"\n")
                with self._one_at_a_time:
                    socket.send_fds(self._control, [b"."], [their_work.fileno(), their_fate.fileno()])
        except OSError as error:
            work.close()
            fate.close()
            raise ParentGone from error
        return work, fate

    def run(
        self,
        content: bytes,
        *,
        folder: Path,
        limits: Limits,
        hear: Callable[[bytes], None] | None,
    ) -> Finished:
        """One piece of work, as `killable.run` describes it. Raises TimeoutError and `ParentGone`."""
        deadline = time.monotonic() + limits.wall_seconds
        header = {"folder": str(folder), "cpu": limits.cpu_seconds, "memory": limits.memory_bytes}
        work, fate = self.start(header)
        with work, fate:
            try:
                if receive(fate, len(FORKED), deadline) != FORKED:
                    raise ParentGone
                send(work, content, deadline)
                output = listen(work, deadline, hear)
                status = receive(fate, STATUS_BYTES, deadline)
            except BaseException:
                kill(fate)
                raise
        errors = folder / ERRORS_NAME
        said = errors.read_bytes() if errors.exists() else b""
        returncode, cpu_seconds, peak_bytes = status.split() if status else (b"-1", b"0", b"0")
        return Finished(int(returncode), output, said, float(cpu_seconds), int(peak_bytes))


class Parents:
    """The parents of this process: one per module, started when they are first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, Parent] = {}
        self._left: list[Parent] = []

    def get(self, module: str, environment: Mapping[str, str]) -> Parent:
        """The parent that has imported this module in this environment."""
        with self._lock:
            standing = self._of.get(module)
            if standing is not None and not standing.has_ended and standing.environment == dict(environment):
                return standing
            if standing is not None:
                self._leave(module, standing)
            self._left = [parent for parent in self._left if not parent.has_ended]
            self._of[module] = Parent(module, environment)
            return self._of[module]

    def drop(self, module: str, gone: Parent) -> None:
        """Not this one any more, unless another thread has seen that already."""
        with self._lock:
            if self._of.get(module) is gone:
                self._leave(module, gone)

    def _leave(self, module: str, parent: Parent) -> None:
        del self._of[module]
        parent.leave()
        self._left.append(parent)

    def end(self) -> None:
        """End all of them."""
        for parent in [*self._of.values(), *self._left]:
            parent.end()
        self._of.clear()
        self._left.clear()

    def forget(self) -> None:
        """In a fork of this process: they are not ours."""
        for parent in [*self._of.values(), *self._left]:
            parent.forget()
        self._of.clear()
        self._left.clear()
        self._lock = threading.Lock()


def send(work: socket.socket, content: bytes, deadline: float) -> None:
    """All of the input, and its end. A process that ends without reading it is told by its status."""
    work.settimeout(left(deadline))
    with suppress(BrokenPipeError, ConnectionResetError):
        work.sendall(content)
        work.shutdown(socket.SHUT_WR)


def kill(fate: socket.socket) -> None:
    """Have the process killed, and wait until it has ended, so that its folder can be taken away."""
    with suppress(OSError):
        fate.shutdown(socket.SHUT_WR)
        fate.settimeout(KILL_SECONDS)
        while fate.recv(STATUS_BYTES):
            pass


def listen(work: socket.socket, deadline: float, hear: Callable[[bytes], None] | None) -> bytes:
    """Everything that the process writes until its end."""
    heard = []
    while piece := receive(work, READ_BYTES, deadline):
        heard.append(piece)
        if hear is not None:
            hear(piece)
    return b"".join(heard)


def receive(connection: socket.socket, length: int, deadline: float) -> bytes:
    """The next bytes, at most so many, none at the end. Raises TimeoutError."""
    connection.settimeout(left(deadline))
    try:
        return connection.recv(length)
    except ConnectionResetError:
        return b""


def left(deadline: float) -> float:
    """The seconds that are left, always some: raises TimeoutError when there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


PARENTS = Parents()
atexit.register(PARENTS.end)
os.register_at_fork(after_in_child=PARENTS.forget)
