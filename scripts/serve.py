"""`make run`: migrate, seed the demo, print the two links, serve until Ctrl-C.

One uvicorn process serves pages, API and rooms; one task worker beside it sends mails and makes PDFs, and one process
sends webhooks. These two are started again when they end, as the worker does on a locked SQLite database. All end with
this process.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

PROJECT = Path(__file__).resolve().parent.parent
RESTART_PAUSE_SECONDS = 1.0
STOP_SECONDS = 8.0
WORKERS = (("db_worker", "--interval", "1", "--no-startup-delay"), ("deliver_webhooks",))
"""What runs beside the server: mails and PDFs, and webhooks."""


def main() -> int:
    """Serve; gives the exit status."""
    os.chdir(PROJECT)
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    if not is_free(host, port):
        print(
            f"Port {port} is taken. Stop what listens there, or choose another one: PORT=8001 make run", file=sys.stderr
        )
        return 1
    return serve(host, port, web_command(host, port))


def serve(host: str, port: int, command: list[str]) -> int:
    """Migrate, seed, run `command` and the task worker until told to stop; gives the exit status."""
    manage("migrate", "--verbosity", "0")
    seeded = manage("create_demo", "--if-missing")
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    web = subprocess.Popen(command, start_new_session=True)
    keepers = [threading.Thread(target=keep_running, args=(words, stopping), daemon=True) for words in WORKERS]
    for keeper in keepers:
        keeper.start()
    wait_until_open(host, port, web)
    with written_down(host, port):
        print(seeded, flush=True)
        tell_what_keeps_from_signing()
        print("Stop with Ctrl-C.", flush=True)
        while not stopping.wait(0.5):
            if web.poll() is not None:
                stopping.set()
    end(web)
    for keeper in keepers:
        keeper.join(STOP_SECONDS)
    return 0 if web.returncode in (0, -signal.SIGTERM, -signal.SIGINT) else 1


@contextmanager
def written_down(host: str, port: int) -> Iterator[None]:
    """While it serves, the data folder says where, so that commands beside it print links that lead there."""
    folder = Path(os.environ.get("DATA_DIR", PROJECT / "var")).resolve()
    note = folder / "served_at"
    note.write_text(f"{os.getpid()} {os.environ.get('BASE_URL') or f'http://{host}:{port}'}\n")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def manage(*words: str) -> str:
    """Run a management command; its output."""
    done = subprocess.run([sys.executable, "manage.py", *words], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def tell_what_keeps_from_signing() -> None:
    """Print what `check_signing` finds wrong; nothing if people can sign."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check_signing", "--quiet"], check=False, stdout=subprocess.PIPE, text=True
    )
    print(done.stdout, end="", flush=True)


def web_command(host: str, port: int) -> list[str]:
    """The server's command line."""
    return [
        sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port),
        "--ws", "collab.wire:RoomWebSockets", "--ws-max-size", "1200000", "--ws-per-message-deflate", "false",
        "--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "5",
    ]  # fmt: skip


def keep_running(words: tuple[str, ...], stopping: threading.Event) -> None:
    """Run a management command, and run it again when it ends, until told to stop."""
    while not stopping.is_set():
        worker = subprocess.Popen([sys.executable, "manage.py", *words], start_new_session=True)
        while worker.poll() is None and not stopping.wait(0.5):
            pass
        end(worker)
        stopping.wait(RESTART_PAUSE_SECONDS)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, then make it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def wait_until_open(host: str, port: int, web: subprocess.Popen[bytes]) -> None:
    """Wait until the server accepts connections, or has ended."""
    pause = threading.Event()
    while web.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return
        pause.wait(0.1)


if __name__ == "__main__":
    sys.exit(main())
