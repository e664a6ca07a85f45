"""The process that has imported one module and forks for each piece of work. Standard library only; one thread.

Started by `parents.py` as `python -m proposals.documents.warm_parent MODULE SOCKET`. The module has `main()`, which
reads its work from standard input, writes to standard output and gives the exit status, and may have `prepare()`,
called once before the first fork. Nothing of any work is ever read here: input and output go between the
application and the forked process.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import selectors
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

from proposals.documents.killable import limit_this_process
from proposals.documents.parents import ERRORS_NAME, FORKED

IDLE_SECONDS = 600.0
"""A parent that nobody asked for this long ends; it holds some 80 MB."""

NICENESS = 5
"""Pages are answered first."""

HIGHEST_FILE = 65_536


class WarmParent:
    """Forks on request, kills what nobody waits for any more, and says how each process ended."""

    def __init__(self, control: socket.socket, work: Callable[[], int]) -> None:
        self.control = control
        self.work = work
        self.fates: dict[int, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ)
        self.child_ended, wake = socket.socketpair()
        for end in (self.child_ended, wake):
            end.setblocking(False)
        self.wake = wake
        self.selector.register(self.child_ended, selectors.EVENT_READ)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(wake.fileno())

    def serve(self) -> None:
        """Until the owner is gone and nothing is under way, or nobody asks for a while."""
        owned = True
        while owned or self.fates:
            events = self.selector.select(None if self.fates else IDLE_SECONDS)
            if not events and not self.fates:
                return
            for key, _ in events:
                if key.fileobj is self.control:
                    owned = self.take()
                elif key.fileobj is self.child_ended:
                    self.reap()
                elif key.data in self.fates:  # nothing is ever said there after the start, so this is its end
                    os.kill(key.data, signal.SIGKILL)
                    self.selector.unregister(key.fileobj)

    def take(self) -> bool:
        """One request. False when the owner has left."""
        try:
            asked, files, _, _ = socket.recv_fds(self.control, 1, 2)
        except ConnectionResetError:
            asked, files = b"", []
        if not asked or len(files) != 2:
            self.selector.unregister(self.control)
            return False
        work, fate = (socket.socket(fileno=number) for number in files)
        with work, fate.makefile("rb") as lines:
            header = json.loads(lines.readline())
            process = os.fork()
            if process == 0:
                self.become(work, header)
        with suppress(OSError):  # whoever asked has gone meanwhile; the end of *fate* is read next, and kills
            fate.sendall(FORKED)
        self.fates[process] = fate
        self.selector.register(fate, selectors.EVENT_READ, process)
        return True

    def reap(self) -> None:
        """Say of each process that has ended how it did."""
        with suppress(BlockingIOError):
            self.child_ended.recv(4096)
        for process in list(self.fates):
            ended, status, used = os.wait4(process, os.WNOHANG)
            if ended:
                fate = self.fates.pop(process)
                with suppress(KeyError):
                    self.selector.unregister(fate)
                with fate, suppress(OSError):
                    fate.sendall(told(os.waitstatus_to_exitcode(status), used))

    def become(self, work: socket.socket, header: dict[str, object]) -> None:
        """In the forked process: take the limits, do the work, end. Holds no file of the parent."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            folder = str(header["folder"])
            os.chdir(folder)
            os.dup2(work.fileno(), 0)
            os.dup2(work.fileno(), 1)
            os.dup2(os.open(ERRORS_NAME, os.O_WRONLY | os.O_CREAT, 0o600), 2)
            os.closerange(3, HIGHEST_FILE)
            os.environ.update(HOME=folder, TMPDIR=folder)
            tempfile.tempdir = None
            limit_this_process(int(str(header["cpu"])), int(str(header["memory"])))
            status = self.work()
            sys.stdout.flush()
        except BaseException:  # the end of the process: whatever it was, it goes to the log of the application
            traceback.print_exc()
        finally:
            os._exit(status)


def told(returncode: int, used: resource.struct_rusage) -> bytes:
    """How a process ended, its CPU seconds, and the most memory it held, in bytes (Linux counts in units of 1024)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{returncode} {used.ru_utime + used.ru_stime:.3f} {used.ru_maxrss * unit}".encode()


def main() -> None:
    """Import, prepare, serve."""
    name, number = sys.argv[1:]
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to all in the terminal; this ends with its owner
    module = import_module(name)
    getattr(module, "prepare", lambda: None)()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(number)) as control:
        WarmParent(control, module.main).serve()


if __name__ == "__main__":
    main()
