"""A server that is there again at once after it was killed: everything is imported once, each start is a fork.

Run with the port; reads `start` and `poll PID` from its input, and answers with the process's number, and with
`running` or its exit status. Ends, and its servers with it, when its input does.
"""

import os
import signal
import sys
from importlib import import_module


def serve(port: int) -> None:
    """As `Server` starts uvicorn, in this process."""
    import uvicorn

    application = import_module("config.asgi").application
    uvicorn.run(
        application, host="127.0.0.1", port=port, ws="collab.wire:RoomWebSockets", ws_max_size=1_200_000,
        ws_per_message_deflate=False, log_level="warning", access_log=False, timeout_graceful_shutdown=2,
    )  # fmt: skip


def start(port: int) -> int:
    """Fork a server; gives its process's number."""
    process = os.fork()
    if process == 0:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)
        try:
            serve(port)
        finally:
            os._exit(0)
    return process


def poll(process: int) -> str:
    """Whether it runs, or how it ended."""
    ended, status = os.waitpid(process, os.WNOHANG)
    return str(os.waitstatus_to_exitcode(status)) if ended else "running"


def main() -> None:
    """Serve requests for servers."""
    port, last = int(sys.argv[1]), 0
    for name in ("uvicorn", "config.asgi", "config.urls", "collab.wire"):
        import_module(name)
    for line in sys.stdin:
        verb, _, number = line.strip().partition(" ")
        if verb == "start":
            last = start(port)
            print(last, flush=True)  # noqa: T201
        else:
            print(poll(int(number)), flush=True)  # noqa: T201
    if last:
        try:
            os.kill(last, signal.SIGKILL)
        except ProcessLookupError:
            return


if __name__ == "__main__":
    main()
