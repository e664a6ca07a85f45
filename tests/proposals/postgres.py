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
from tests.prepared import once

START_SECONDS = 30
UNSAFE_AND_QUICK = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class Server:
    """A server with a database, made when entered and gone when left: a copy of `cluster`, or an empty one."""

    def __init__(self, bin_folder: Path, cluster: Path | None = None) -> None:
        self._bin = bin_folder
        self._cluster = cluster
        self.folder = Path(tempfile.mkdtemp(prefix="sameside-pg-"))

    def __enter__(self) -> "Server":
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        if self._cluster is None:
            self._run("initdb", "-D", "data", "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        else:
            copy_cluster(self._cluster, self.folder / "data")
        options = f"{UNSAFE_AND_QUICK} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", str(START_SECONDS), "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

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
    """A PostgreSQL server with our tables, as Django describes it. Skips the test if it is not installed.

    The tables are made once for a run of the tests; `unblock` lets Django use a database outside a test.
    """
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed")

    def make(folder: Path) -> None:
        with Server(found) as server, unblock():
            migrate(server.settings())
            server.stop("fast")
            copy_cluster(server.folder / "data", folder / "data")

    with Server(found, once("postgresql", make) / "data") as server:
        yield server.settings()


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
