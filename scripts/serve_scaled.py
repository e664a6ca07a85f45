"""`make run-scaled`: the form for several workers, whole on one machine.

PostgreSQL and Redis of its own, two web workers on one port, one task worker; no sticky sessions. The data stays in
`DATA_DIR/scaled` between starts. On several machines each of these is a service: `docs/deployment.md`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from postgresql import USER, as_its_user, programs
from serve import PROJECT, end, is_free, serve, web_command

START_SECONDS = 30
WEB_WORKERS_COUNT = 2


class CannotStart(Exception):
    """Something is missing on this machine; the message says what to do."""


def main() -> int:
    """Start everything, serve until Ctrl-C, stop everything; gives the exit status."""
    os.chdir(PROJECT)
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    data = Path(os.environ.get("DATA_DIR", PROJECT / "var")).resolve() / "scaled"
    try:
        if not is_free(host, port):
            raise CannotStart(f"Port {port} is taken. Choose another one: PORT=8001 make run-scaled")
        with ExitStack() as running:
            sockets = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="sameside-")))
            sockets.chmod(0o755)
            os.environ["DATA_DIR"] = str(data)
            os.environ["DATABASE_URL"] = running.enter_context(postgresql(data / "postgresql", sockets))
            os.environ["REDIS_URL"] = running.enter_context(redis(sockets))
            print(f"PostgreSQL, Redis and {WEB_WORKERS_COUNT} web workers on port {port}.", flush=True)
            workers = ["--workers", str(int(os.environ.get("WEB_WORKERS", WEB_WORKERS_COUNT)))]
            return serve(host, port, [*web_command(host, port), *workers])
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1


@contextmanager
def postgresql(folder: Path, sockets: Path) -> Iterator[str]:
    """A durable PostgreSQL whose data is in `folder`, listening on a Unix socket only; its URL."""
    folder_of_programs = programs()
    if folder_of_programs is None:
        raise CannotStart("PostgreSQL is missing. Install it: sudo apt-get install postgresql")
    as_user = as_its_user()
    folder.mkdir(parents=True, exist_ok=True)
    listening = sockets / "postgresql"
    listening.mkdir()
    if as_user:
        for own in (folder, listening):
            shutil.chown(own, USER)
        if subprocess.run(["test", "-w", str(folder)], check=False, **as_user).returncode:
            raise CannotStart(
                f"PostgreSQL runs as the user {USER}, who can't enter {folder}. "
                "Choose a folder that everybody may enter: DATA_DIR=/srv/sameside make run-scaled"
            )

    def run(program: str, *words: str) -> None:
        command = [str(folder_of_programs / program), "-D", str(folder / "data"), *words]
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=program == "initdb", check=False, **as_user
        )
        if done.returncode:
            said = (done.stderr or b"").decode(errors="replace")
            raise CannotStart(f"PostgreSQL's {program} failed. Its log: {folder / 'log'}. {said}")

    if not (folder / "data" / "PG_VERSION").exists():
        run("initdb", "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-c listen_addresses='' -c unix_socket_directories={listening}"
    log = str(folder / "log")
    run("pg_ctl", "-l", log, "-s", "-w", "-t", str(START_SECONDS), "-o", options, "start")
    try:
        yield f"postgres://{USER}@/{listening}/{USER}"
    finally:
        run("pg_ctl", "-s", "-m", "fast", "-w", "stop")


@contextmanager
def redis(sockets: Path) -> Iterator[str]:
    """A Redis that keeps nothing on disk, on a Unix socket only; its URL. What it forgets, the workers read again."""
    program = shutil.which("redis-server")
    if program is None:
        raise CannotStart("Redis is missing. Install it: sudo apt-get install redis-server")
    listening = sockets / "redis"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(listening), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"unix://{listening}"
    finally:
        end(process)


if __name__ == "__main__":
    sys.exit(main())
