"""Examples for docs/openapi.yaml: what the API was asked and answered in its own tests, in api/examples.json.

    python scripts/api_examples.py             # examples for the operations that have none yet
    python scripts/api_examples.py --all       # all of them anew
    python scripts/api_examples.py tests/api/test_life.py    # those missing that these tests have

Runs the tests that call the API, takes for each operation the exchange that shows most without being long, and writes
it down; then write the description anew: `python manage.py spectacular --file docs/openapi.yaml`.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLES = PROJECT / "api" / "examples.json"
LONG = 6000
"""Characters of JSON, from which on an example is rather too long to read."""
TESTS = ("tests/api", "tests/portable/test_who_takes_what.py", "tests/portable/test_trail_from_there.py")
ROWS = 2
"""How many rows of a list are shown."""


def noted(tests: Sequence[str]) -> list[dict[str, Any]]:
    """Every exchange of these tests that went well."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        notes.touch()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not hypothesis", *tests],
            cwd=PROJECT,
            env={**os.environ, "API_NOTES": str(notes)},
            check=False,
        )
        if done.returncode not in (0, 1):
            sys.exit("The tests did not run.")
        return [json.loads(line) for line in notes.read_text().splitlines()]


def best(exchanges: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The example of each operation: `request` and `answer`, where there is such a thing."""
    chosen: dict[str, dict[str, Any]] = {}
    for exchange in exchanges:
        parts = {"answer": _short(exchange["answer"]), "request": exchange["request"]}
        shown = {name: _on_a_real_host(part) for name, part in parts.items() if part is not None}
        known = chosen.get(exchange["operation"])
        if known is None or _worth(shown) > _worth(known):
            chosen[exchange["operation"]] = shown
    return chosen


def _worth(example: dict[str, Any]) -> tuple[int, bool, int]:
    """One with a request and an answer; the longest of those that are not too long, else the shortest."""
    length = len(json.dumps(example))
    return (len(example), True, length) if length <= LONG else (len(example), False, -length)


def _short(answer: Any) -> Any:
    if isinstance(answer, dict) and isinstance(answer.get("results"), list):
        return {**answer, "results": answer["results"][:ROWS]}
    return answer


def _on_a_real_host(value: Any) -> Any:
    written = json.dumps(value, ensure_ascii=False)
    for scheme in ("http", "ws"):
        written = written.replace(f"{scheme}://testserver", f"{scheme}s://sameside.example")
    return json.loads(written)


def main() -> None:
    """Do what the command line says."""
    known = json.loads(EXAMPLES.read_text()) if EXAMPLES.exists() and "--all" not in sys.argv else {}
    found = best(noted([name for name in sys.argv[1:] if name != "--all"] or TESTS))
    chosen = {**known, **{name: example for name, example in found.items() if len(example) > len(known.get(name, {}))}}
    EXAMPLES.write_text(json.dumps(dict(sorted(chosen.items())), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
