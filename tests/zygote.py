"""A server that is there at once: everything is imported once, each start is a fork. So is a management command.

Answers each line of its input, which is JSON, with one line:

    ["start", FILE, PORT, LIMITS]   a server with these limits of a room (`collab.limits`)
    ["run", FILE, WORDS]            `manage.py WORDS`
    ["poll", PROCESS]               "running", or the exit status

The first two are answered with the number of the process. What that says goes to the file, or to where this process's
goes if there is none. Ends, and what it forked with it, when its input does.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module


def serve(port: int, limits: dict[str, str]) -> None:
    """As `make run` starts uvicorn, in this process."""
    import uvicorn

    os.environ.update(limits)
    import_module("collab.limits").limits.cache_clear()
    application = import_module("config.asgi").application
    uvicorn.run(
        application, host="127.0.0.1", port=port, ws="collab.wire:RoomWebSockets", ws_max_size=1_200_000,
        ws_per_message_deflate=False, log_level="warning", access_log=False, timeout_graceful_shutdown=2,
    )  # fmt: skip


def manage(words: list[str]) -> None:
    """A management command, in this process."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *words])


def fork(work: Callable[[], None], output: str | None) -> int:
    """Do this in a process of its own, which leads a session; gives its number."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        if output is not None:
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
        os.dup2(2, 1)
        work()
        status = 0
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
    finally:
        if sys.exc_info()[0] is not None:
            sys.excepthook(*sys.exc_info())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def poll(process: int) -> str:
    """Whether it runs, or how it ended."""
    ended, status = os.waitpid(process, os.WNOHANG)
    return str(os.waitstatus_to_exitcode(status)) if ended else "running"


def prepare() -> None:
    """Load what a server needs for its first answers."""
    for name in ("uvicorn", "uvicorn.protocols.http.auto", "uvicorn.lifespan.on", "config.asgi", "collab.wire"):
        import_module(name)
    from django.urls import get_resolver

    get_resolver()._populate()


def main() -> None:
    """Serve requests."""
    forked = set[int]()
    prepare()
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        if verb == "poll":
            answer = poll(*arguments)
            if answer != "running":
                forked.discard(*arguments)
        else:
            output, *given = arguments
            process = fork(partial(serve if verb == "start" else manage, *given), output)
            forked.add(process)
            answer = str(process)
        print(answer, flush=True)  # noqa: T201
    for process in forked:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    main()
