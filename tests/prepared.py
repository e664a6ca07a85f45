"""What is costly to make and the same for all: made once for a whole run of the tests, copied from then on.

`scripts/test.sh` names a folder that both of its runs share; otherwise the processes of one run share one.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from live import LiveServer

DEMOS = "demos.json"
DEMOS_COUNT = 18 if "PREPARED_DIR" in os.environ else 4
"""About as many as a worker needs in a run of all tests; few where somebody tries one test."""


def folder_of_the_run() -> Path:
    """Where the processes of this run find each other's work."""
    return Path(os.environ.get("PREPARED_DIR") or Path(os.environ["DATA_DIR"]) / "prepared")


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills, by whoever asks first; the others wait for it."""
    shared = folder_of_the_run()
    shared.mkdir(parents=True, exist_ok=True)
    made = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = shared / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(made)
    return made


def _migrated(folder: Path) -> None:
    LiveServer(folder).manage("migrate", "--verbosity", "0")


def _with_demos(folder: Path) -> None:
    copy_migrated(folder)
    (folder / DEMOS).write_text(json.dumps(LiveServer(folder).demos(DEMOS_COUNT)))


def migrated_database() -> Path:
    """An empty SQLite database with all tables."""
    return once("migrated", _migrated) / "sameside.sqlite3"


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


def copy_demos(folder: Path) -> list[dict[str, Any]]:
    """Make a server's data folder with demo proposals; what `create_demo --json` said of each."""
    shutil.copytree(once("demos", _with_demos), folder, dirs_exist_ok=True)
    described: list[dict[str, Any]] = json.loads((folder / DEMOS).read_text())
    return described
