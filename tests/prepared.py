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

DEMO = "demo.json"


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


def _with_demo(folder: Path) -> None:
    copy_migrated(folder)
    (folder / DEMO).write_text(json.dumps(LiveServer(folder).demo()))


def _with_signed_demo(folder: Path) -> None:
    copy_migrated(folder)
    (folder / DEMO).write_text(json.dumps(LiveServer(folder).demo("--signed")))


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
