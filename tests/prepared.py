"""What is costly to make and the same for all: made once for a whole run of the tests, copied from then on.

`scripts/test.sh` names a folder that both of its runs share; otherwise the processes of one run share one. Empty
databases are also kept in the checkout (`KEPT`, which `make clean` removes), for later runs of the same program.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from live import PROJECT, LiveServer

DEMO = "demo.json"
KEPT = PROJECT / ".prepared"
MADE_BY = (
    "accounts", "api", "collab", "config", "proposals", "webhooks", "manage.py",
    "tests/prepared.py", "tests/live.py", "tests/proposals/postgres.py",
)  # fmt: skip
"""Files and folders that decide how an empty database looks: all of the program, as a migration may call any of it."""


def folder_of_the_run() -> Path:
    """Where the processes of this run find each other's work."""
    return Path(os.environ.get("PREPARED_DIR") or Path(os.environ["DATA_DIR"]) / "prepared")


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills, by whoever asks first; the others wait for it."""
    made = folder_of_the_run() / name
    with one_at_a_time(made):
        if not made.exists():
            _make_whole(made, make)
    return made


def kept(name: str, make: Callable[[Path], None], *made_with: str) -> Path:
    """As `once`, and not made anew in later runs while the program and what else it is `made_with` are the same.

    Each run has a copy of its own, so a run beside this one, of another state of the program, may replace what is kept.
    """

    def take(folder: Path) -> None:
        found = KEPT / f"{name}-{fingerprint(PROJECT, *made_with)}"
        with one_at_a_time(KEPT / name):
            if not found.exists():
                for old in KEPT.glob(f"{name}-*"):
                    shutil.rmtree(old)
                _make_whole(found, make)
            subprocess.run(["cp", "-a", f"{found}/.", str(folder)], check=True)

    return once(name, take)


@contextmanager
def one_at_a_time(made: Path) -> Iterator[None]:
    """Alone with what is to be made there, among all processes."""
    made.parent.mkdir(parents=True, exist_ok=True)
    with made.with_name(f"{made.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_whole(made: Path, make: Callable[[Path], None]) -> None:
    """The folder is there when all of it is."""
    unfinished = made.with_name(f"unfinished.{made.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    make(unfinished)
    unfinished.rename(made)


def fingerprint(project: Path, *made_with: str) -> str:
    """Of every file of the program, the installed packages, Python, SQLite, and what else is named."""
    packages = {entry.name for path in sys.path for entry in Path(path).glob("*.dist-info")}
    digest = hashlib.sha256(json.dumps([sys.version, sqlite3.sqlite_version, sorted(packages), made_with]).encode())
    for path in sorted(path for name in MADE_BY for path in (project / name, *(project / name).rglob("*"))):
        if path.is_file() and path.suffix != ".pyc":
            content = path.read_bytes()
            digest.update(f"\0{path.relative_to(project)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:32]


def _migrated(folder: Path) -> None:
    LiveServer(folder).manage("migrate", "--verbosity", "0")


def _with_demo(folder: Path) -> None:
    copy_migrated(folder)
    (folder / DEMO).write_text(json.dumps(LiveServer(folder).demo()))


def _with_signed_demo(folder: Path) -> None:
    copy_migrated(folder)
    (folder / DEMO).write_text(json.dumps(LiveServer(folder).demo("--signed")))


def migrated_database() -> Path:
    """An empty SQLite database with all tables."""
    return kept("migrated", _migrated) / "sameside.sqlite3"


def copy_migrated(folder: Path) -> None:
    """Make a server's data folder with an empty database."""
    shutil.copytree(migrated_database().parent, folder, dirs_exist_ok=True)


@contextmanager
def on_file(file: Path) -> Iterator[None]:
    """Work on this SQLite file meanwhile."""
    connection = connections["default"]
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(file)
    yield
    connection.close()
    connection.settings_dict["NAME"] = before


def copy_demo(folder: Path) -> dict[str, Any]:
    """Make a server's data folder with a demo proposal; what `create_demo --json` said of it."""
    shutil.copytree(once("demo", _with_demo), folder, dirs_exist_ok=True)
    described: dict[str, Any] = json.loads((folder / DEMO).read_text())
    return described


def copy_signed_demo(folder: Path) -> dict[str, Any]:
    """Make a server's data folder with a proposal that both have signed; what `create_demo --json` said of it."""
    shutil.copytree(once("signed-demo", _with_signed_demo), folder, dirs_exist_ok=True)
    described: dict[str, Any] = json.loads((folder / DEMO).read_text())
    return {**described, "signed_pdf": str(folder / "demo" / Path(described["signed_pdf"]).name)}


if __name__ == "__main__":
    once("demo", _with_demo)
