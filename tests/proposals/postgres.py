"""A PostgreSQL server of the tests' own, and a test run on it in place of SQLite.

The server listens on a Unix socket in its own folder, so that it needs no port and meets no other server. It
refuses to run as root: there it runs as the user `postgres` of Debian's package.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from scripts.postgresql import USER, as_its_user, programs
from tests.prepared import kept

START_SECONDS = 120
UNSAFE_AND_QUICK = "-c listen_addresses='' -c fsync=off -c full_page_writes=off"


class Server:
    """A server with a database, made when entered and gone when left: a copy of `cluster`, or an empty one.

    With `keeps` what it acknowledged is there after it was stopped in whatever way, as long as the machine runs.
    """

    def __init__(self, bin_folder: Path, cluster: Path | None = None, *, keeps: bool = False) -> None:
        self._bin = bin_folder
        self._cluster = cluster
        self._options = f"{UNSAFE_AND_QUICK} -c synchronous_commit={'on' if keeps else 'off'}"
        self.folder = Path(tempfile.mkdtemp(prefix="sameside-pg-"))

    def __enter__(self) -> "Server":
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        if self._cluster is None:
            self._run("initdb", "-D", "data", "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        else:
            copy_cluster(self._cluster, self.folder / "data")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, for the first time or again."""
        options = f"{self._options} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", str(START_SECONDS), "-o", options, "start")

    def stop(self, mode: str) -> None:
        """`immediate` leaves its files as a crash does, `fast` whole."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", "data", "-m", mode, "stop")

    def settings(self) -> dict[str, Any]:
        """Django's description of the database."""
        described = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": USER,
            "USER": USER,
            "HOST": str(self.folder),
        }
        complete: dict[str, Any] = connections.configure_settings({"default": described})["default"]
        return complete

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=2 * START_SECONDS,
            check=False,
            **as_its_user(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.decode(errors='replace')}")


def copy_cluster(cluster: Path, to: Path) -> None:
    """Copy the files of a server at rest, which keep their owner."""
    subprocess.run(["cp", "-a", str(cluster), str(to)], check=True)


@contextmanager
def running(unblock: Callable[[], AbstractContextManager[None]]) -> Iterator[dict[str, Any]]:
    """A PostgreSQL server with our tables, as Django describes it. Skips the test if it is not installed."""
    with server(unblock) as running_server:
        yield running_server.settings()


@contextmanager
def server(unblock: Callable[[], AbstractContextManager[None]], *, keeps: bool = False) -> Iterator[Server]:
    """A PostgreSQL server with our tables. Skips the test if it is not installed.

    The tables are made once for all runs of the same program; `unblock` lets Django use a database outside a test.
    """
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed")

    def make(folder: Path) -> None:
        with Server(found) as first, unblock():
            migrate(first.settings())
            first.stop("fast")
            copy_cluster(first.folder / "data", folder / "data")

    version = subprocess.run([str(found / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    with Server(found, kept("postgresql", make, version) / "data", keeps=keeps) as copied:
        yield copied


@contextmanager
def as_default(described: dict[str, Any]) -> Iterator[None]:
    """Make this the default database of all threads; the present one comes back afterwards."""
    before, connection = connections.settings["default"], connections["default"]
    connections.settings["default"] = described
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = before, connection


def migrate(described: dict[str, Any]) -> None:
    """Make the tables."""
    with as_default(described):
        call_command("migrate", verbosity=0, interactive=False)
