"""Memory and time of taking a firm along and bringing it in: `python -m bench moving`.

A firm with `PROPOSALS` proposals from the starter templates (300 unless said otherwise) is written into one file, and
the file brought into another firm. Each is measured with a tenth of them first: what grows with the number of proposals
would show. Seconds of processor time, and what Python held at most (tracemalloc, in a run of its own) on this machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-bench-")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from accounts.models import Firm  # noqa: E402
from proposals.actions.clients import ClientContact  # noqa: E402
from proposals.actions.firm_exports import write_export  # noqa: E402
from proposals.actions.firm_imports import import_now  # noqa: E402
from proposals.actions.proposals import create_proposal  # noqa: E402
from proposals.models import FirmExport, FirmImport, Origin  # noqa: E402
from proposals.starters import STARTERS  # noqa: E402
from tests import factories  # noqa: E402

PROPOSALS_COUNT = int(os.environ.get("PROPOSALS", "300"))


def make_firm(count: int) -> Firm:
    """A firm with so many proposals, from each template in turn."""
    owner = factories.membership(factories.firm(f"Firm of {count}"))
    templates = list(STARTERS)
    contact = ClientContact("Tomás Reyes", f"tomas-{count}@example.org", "Clinic")
    for number in range(count):
        create_proposal(
            firm=owner.firm,
            by=owner.user,
            title=f"Proposal {number}",
            client=contact,
            template=templates[number % len(templates)],
        )
    return owner.firm


def measured(what: str, count: int, run: Callable[[], None]) -> None:
    """Print processor time and the most that was held meanwhile."""
    began = time.process_time()
    run()
    seconds = time.process_time() - began
    tracemalloc.start()
    run()
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{what} {count:5} proposals: {seconds:6.1f} s CPU, {held / 1024**2:5.1f} MB held at most", flush=True)


def export(firm: Firm, into: IO[bytes]) -> None:
    """Everything of the firm."""
    into.seek(0)
    into.truncate()
    write_export(FirmExport.objects.create(firm=firm, asked_by=None), into)


def bring_in(file: IO[bytes]) -> None:
    """The file into a new firm; everything has to come."""
    owner = factories.membership()
    done: FirmImport = import_now(firm=owner.firm, by=owner.user, file=file)
    came = Origin.objects.filter(firm=owner.firm).count()
    if came != done.expected_count:
        raise RuntimeError(f"{came} of {done.expected_count} came: {done.report}")


def main() -> None:
    """Few first, then ten times as many."""
    call_command("migrate", verbosity=0)
    for count in (PROPOSALS_COUNT // 10, PROPOSALS_COUNT):
        firm = make_firm(count)
        with tempfile.TemporaryFile() as file:
            measured("export", count, lambda firm=firm, file=file: export(firm, file))  # type: ignore[misc]
            print(f"  the file has {file.seek(0, 2) / 1024**2:.2f} MB")
            measured("import", count, lambda file=file: bring_in(file))  # type: ignore[misc]


if __name__ == "__main__":
    main()
