"""Whatever the checks let through, pycrdt and Yjs apply to the same text, and then know exactly what the index knows.

Two streams of updates: a real editor's with changed bytes, and updates put together at random. The short form has
fixed seeds and counts; the long one (``make soak``) goes on with new seeds for `SOAK_SECONDS` and prints its counts.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pycrdt
import pytest

from collab.structure import MissingDependencies, StructureIndex
from collab.updates import merge, without_known
from collab.validation import InvalidUpdate, parse_logged, parse_state_vector, parse_update
from tests.room import yjs
from tests.room.in_node import YjsInNode
from tests.room.random_updates import RandomUpdates, mutate
from tests.room.yjs import ROOT

SESSIONS = yjs.recorded_sessions()
SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "300"))


@pytest.fixture(scope="module")
def node() -> Iterator[YjsInNode]:
    """Yjs as browsers have it."""
    running = YjsInNode()
    yield running
    running.stop()


class CheckedDocument:
    """A document that takes only what the checks let through, and compares them with pycrdt after each update."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.index = StructureIndex()
        self.document: pycrdt.Doc[Any] = pycrdt.Doc()
        self.log: list[bytes] = []

    @property
    def clocks(self) -> dict[int, int]:
        return parse_state_vector(self.index.encode_state_vector())

    def offer(self, content: bytes) -> str:
        """Gives what became of it: accepted, known, missing or invalid."""
        before = self.index.encode_state_vector()
        try:
            shape = parse_update(content, roots={self.root})
            admission = self.index.admit(shape)
        except (InvalidUpdate, MissingDependencies) as error:
            assert self.index.encode_state_vector() == before
            return "invalid" if isinstance(error, InvalidUpdate) else "missing"
        if admission.is_duplicate:
            return "known"
        payload = without_known(content, shape, admission)
        self.document.apply_update(payload)
        assert parse_state_vector(self.document.get_state()) == self.clocks
        self.log.append(payload)
        return "accepted"

    def compare(self, node: YjsInNode) -> None:
        """The whole is acceptable again and nothing in it is new; the log read by Yjs gives the same text.

        A copy of the whole need only hold the same items. Where a hostile client names neighbours in the wrong order,
        Yjs itself puts letters in an order that depends on when they come.
        """
        there = node.read(self.root, self.log)
        assert there.get("error") is None
        assert (there["waits"], there["browser"]) == (False, None)
        assert {int(client): clock for client, clock in there["clocks"].items()} == self.clocks
        for tidied in there["tidied"]:
            assert self.offer(bytes.fromhex(tidied)) in ("accepted", "known")
        here = text(self.document, self.root)
        assert [joined(each) for each in there["text"]] == here
        state = self.document.get_update()
        whole = parse_update(state, roots={self.root})
        assert self.index.knows(whole)
        assert not self.index.admit(whole).inserted
        merged = merge(self.log)
        assert self.index.knows(parse_logged(merged))
        for copied in (merged, state):
            copy: pycrdt.Doc[Any] = pycrdt.Doc()
            copy.apply_update(copied)
            assert items(text(copy, self.root)) == items(here)


def text(document: pycrdt.Doc[Any], root: str) -> list[dict[str, Any]]:
    """Nodes with their attributes and formatted letters, in the order of ``reader.mjs``."""
    found: list[dict[str, Any]] = []
    stack = list(document.get(root, type=pycrdt.XmlFragment).children)
    while stack:
        node = stack.pop()
        if isinstance(node, pycrdt.XmlText):
            found.append(joined({"letters": [[letters, marks or {}] for letters, marks in node.diff()]}))
        else:
            found.append({"name": node.tag, "attributes": dict(node.attributes)})
            stack.extend(node.children)
    return found


def joined(node: dict[str, Any]) -> dict[str, Any]:
    """Letters with the same marks as one run: the two libraries cut them differently."""
    runs: list[list[Any]] = []
    for letters, marks in node.get("letters", []):
        if runs and runs[-1][1] == marks:
            runs[-1][0] += letters
        else:
            runs.append([letters, marks])
    return {"letters": runs} if "letters" in node else node


def items(found: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """The nodes and the letters, whatever their order and marks."""
    nodes = sorted(repr((node["name"], sorted(node["attributes"].items()))) for node in found if "name" in node)
    return nodes, sorted(letter for node in found for run, _ in node.get("letters", []) for letter in run)


def fuzz_recorded(seed: int, node: YjsInNode, mutants: int = 60) -> Counter[str]:
    """A real editor's updates up to some moment, then the next ones with changed bytes."""
    chance = random.Random(seed)
    session = SESSIONS[seed % len(SESSIONS)]
    updates = [bytes.fromhex(each["update"]) for each in session["updates"]]
    position = chance.randrange(len(updates))
    checked = CheckedDocument(session["root"])
    assert [checked.offer(content) for content in updates[:position]].count("invalid") == 0
    nearby = updates[max(0, position - 5) : position + 10]
    became = Counter(checked.offer(mutate(chance.choice(nearby), chance)) for _ in range(mutants))
    checked.compare(node)
    return became


def fuzz_made(seed: int, node: YjsInNode, updates: int = 60) -> Counter[str]:
    """Updates put together at random, on what of them was accepted."""
    made = RandomUpdates(random.Random(seed))
    checked = CheckedDocument(ROOT)
    became: Counter[str] = Counter()
    for _ in range(updates):
        content = made.make(checked.clocks)
        answer = checked.offer(content)
        became[answer] += 1
        if answer == "accepted":
            made.took(content)
    checked.compare(node)
    return became


FUZZERS = {"recorded": fuzz_recorded, "made": fuzz_made}
SHORT = {
    "recorded": (24, {"accepted": 35, "known": 58, "missing": 161, "invalid": 1186}),
    "made": (60, {"accepted": 1136, "known": 412, "missing": 629, "invalid": 1423}),
}
"""How many documents, and what becomes of the updates offered to them: the seeds are fixed."""


@pytest.mark.parametrize("name", FUZZERS)
def test_what_is_accepted_reads_the_same_everywhere(node, name):
    documents, expected = SHORT[name]
    assert sum((FUZZERS[name](seed, node) for seed in range(documents)), Counter()) == expected


@pytest.mark.soak
@pytest.mark.parametrize("name", FUZZERS)
def test_what_is_accepted_reads_the_same_everywhere_for_long(node, name, capsys):
    deadline = time.monotonic() + SOAK_SECONDS
    became: Counter[str] = Counter()
    seed = 1000
    while time.monotonic() < deadline:
        became += FUZZERS[name](seed, node)
        seed += 1
    with capsys.disabled():
        print(f"\n{name}: {seed - 1000} documents, {became.total()} updates offered: {dict(became)}")  # noqa: T201
    assert became["accepted"] > 100
