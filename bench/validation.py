"""What the room's checks of a keystroke cost, beside what pycrdt takes to apply it. No database, no server."""

import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

import pycrdt

from collab.structure import StructureIndex
from collab.updates import without_known
from collab.validation import parse_update

ROOT = "section:0192f0c1-2f6e-7f6e-8f6e-2f6e2f6e2f6e"
KEYSTROKES = 5000
REPETITIONS = 7


def main() -> None:
    """Measure and print, per update."""
    updates = keystrokes()
    times: dict[str, list[float]] = {}
    for _ in range(REPETITIONS):
        index, document = StructureIndex(), pycrdt.Doc[Any]()
        shapes = timed(times, "reading it", lambda update: parse_update(update, roots={ROOT}), updates)
        admissions = timed(times, "finding its place", index.admit, shapes)
        cut = list(zip(updates, shapes, admissions, strict=True))
        payloads = timed(times, "taking out what is known", lambda each: without_known(*each), cut)
        timed(times, "pycrdt applies it", document.apply_update, payloads)
    applied = statistics.median(times["pycrdt applies it"])
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:28} {median:6.1f} us   x{median / applied:5.2f}")


def keystrokes() -> list[bytes]:
    """What one person's typing makes; every tenth key deletes a letter."""
    document = pycrdt.Doc[Any](client_id=123_456_789)
    updates: list[bytes] = []
    document.observe(lambda event: updates.append(event.update))
    paragraph = document.get(ROOT, type=pycrdt.XmlFragment).children.append(pycrdt.XmlElement("paragraph"))
    text = paragraph.children.append(pycrdt.XmlText())
    for number in range(KEYSTROKES):
        if number % 10 == 9:
            del text[len(text) // 2]
        else:
            text.insert(len(text), "abcdefghi"[number % 10])
    return updates


def timed(times: dict[str, list[float]], name: str, act: Callable[[Any], Any], given: Iterable[Any]) -> list[Any]:
    """Do something with each; notes the microseconds of this thread that one took."""
    given = list(given)
    started = time.thread_time()
    done = [act(each) for each in given]
    times.setdefault(name, []).append((time.thread_time() - started) / len(given) * 1e6)
    return done


if __name__ == "__main__":
    main()
