"""Where PostgreSQL's programs are and as whom they run: for `make run-scaled` and for the tests."""

import os
import shutil
from pathlib import Path
from typing import Any

DEBIAN = Path("/usr/lib/postgresql")
USER = "postgres"
"""PostgreSQL refuses to run as root: there it runs as this user of Debian's package."""


def programs() -> Path | None:
    """The folder with PostgreSQL's programs, the newest version's; None if it is not installed."""
    versions = [folder / "bin" for folder in DEBIAN.glob("*") if (folder / "bin" / "initdb").exists()]
    if versions:
        return max(versions, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def as_its_user() -> dict[str, Any]:
    """What `subprocess.run` needs to run a program as PostgreSQL's user: nothing unless we are root."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
