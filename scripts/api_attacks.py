"""How many of the requests that fit the description succeed in tests/api/test_attacks.py, for each operation.

    python scripts/api_attacks.py

Positive requests are schemathesis's own, likely ones are known to succeed but for a field or parameter that was added.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
KINDS = ("positive", "likely", "negative")


def noted() -> list[list[str]]:
    """Operation, kind and status of every request of the side that may make it."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        notes.touch()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/api/test_attacks.py"]
        subprocess.run(command, cwd=PROJECT, env={**os.environ, "ATTACKS_NOTED": str(notes)}, check=False)
        return [line.split() for line in notes.read_text().splitlines()]


def main() -> None:
    """Print a line for each operation and one for all."""
    sent: defaultdict[str, Counter[str]] = defaultdict(Counter)
    done: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for operation, kind, status in noted():
        for name in (operation, "all"):
            sent[name][kind] += 1
            done[name][kind] += status.startswith("2")
    for name in [*sorted(sent.keys() - {"all"}), "all"]:
        print(f"{name:32}" + "".join(f" {kind} {done[name][kind]}/{sent[name][kind]}".ljust(20) for kind in KINDS))


if __name__ == "__main__":
    main()
