"""CPU of storing typed text: `python -m bench writer`.

Rooms in which two people type; each round stores one keystroke of everybody, as the writer's thread does it on
SQLite. Prints the median CPU milliseconds of a round and microseconds per keystroke.
"""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROOMS_COUNTS = (1, 5, 25)
ROUNDS = 60


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="sameside-bench-") as folder:
        os.environ.update(DATA_DIR=folder, DJANGO_SETTINGS_MODULE="config.settings.dev")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print("  rooms    CPU ms a round   CPU us a keystroke")
        for rooms in ROOMS_COUNTS:
            milliseconds = measure(rooms)
            print(f"{rooms:7} {milliseconds:14.2f} {milliseconds * 500 / rooms:18.0f}")


def measure(rooms: int) -> float:
    """Median CPU milliseconds of storing a round, after the first rounds."""
    from collab.store import Writer
    from tests.room.typists import Table

    tables = [Table() for _ in range(rooms)]
    writer = Writer()
    durations = []
    for _ in range(ROUNDS):
        batches = [table.keystrokes() for table in tables]
        before = process_time()
        outcomes = writer.commit(batches)
        durations.append(process_time() - before)
        assert all(len(outcome.seqs) == len(batch.writes) for outcome, batch in zip(outcomes, batches, strict=True))
    return median(durations[5:]) * 1000


if __name__ == "__main__":
    main()
