"""Whatever the checks let through, pycrdt applies without a panic, and then knows exactly what the index knows."""

import random

import pycrdt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collab.structure import MissingDependencies, StructureIndex
from collab.updates import merge, without_known
from collab.validation import InvalidUpdate, parse_logged, parse_state_vector, parse_update
from tests.room import yjs
from tests.room.yjs import ROOT

SESSIONS = yjs.recorded_sessions()


class CheckedDocument:
    """A document that takes only what the checks let through, and compares them with pycrdt after each update."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.index = StructureIndex()
        self.document = pycrdt.Doc()
        self.log: list[bytes] = []
        self.accepted = 0

    def offer(self, content: bytes) -> None:
        state_vector = self.index.encode_state_vector()
        try:
            shape = parse_update(content, roots={self.root})
            admission = self.index.admit(shape)
        except (InvalidUpdate, MissingDependencies):
            assert self.index.encode_state_vector() == state_vector
            return
        self.accepted += 1
        payload = without_known(content, shape, admission)
        self.document.apply_update(payload)
        expected = parse_state_vector(self.index.encode_state_vector())
        assert parse_state_vector(self.document.get_state()) == expected
        self.log.append(payload)

    def compare(self) -> None:
        """The whole is acceptable again and nothing in it is new; the log replayed gives the same text.

        A copy of the whole need only hold the same items. Where a hostile client names neighbours in the wrong order,
        Yjs itself puts letters in an order that depends on when they come.
        """
        whole = parse_update(self.document.get_update(), roots={self.root})
        assert self.index.knows(whole)
        assert self.index.admit(whole).is_duplicate
        replayed = pycrdt.Doc()
        for payload in self.log:
            replayed.apply_update(payload)
        assert text(replayed, self.root) == text(self.document, self.root)
        merged = merge(self.log)
        assert self.index.knows(parse_logged(merged))
        from_merged = pycrdt.Doc()
        from_merged.apply_update(merged)
        assert items(text(from_merged, self.root)) == items(text(self.document, self.root))
        copy = pycrdt.Doc()
        copy.apply_update(self.document.get_update())
        assert items(text(copy, self.root)) == items(text(self.document, self.root))


def text(document: pycrdt.Doc, root: str) -> list:
    """Nodes with their attributes and formatted letters, outermost first."""
    found: list = []
    stack = list(document.get(root, type=pycrdt.XmlFragment).children)
    while stack:
        node = stack.pop()
        if isinstance(node, pycrdt.XmlText):
            found.append([(letters, sorted((marks or {}).items(), key=repr)) for letters, marks in node.diff()])
        else:
            found.append((node.tag, sorted(node.attributes)))
            stack.extend(node.children)
    return found


def items(found: list) -> tuple[list, list]:
    """The nodes and the letters, whatever their order and marks."""
    nodes = [each for each in found if isinstance(each, tuple)]
    return sorted(nodes), sorted(
        letter for each in found if isinstance(each, list) for run, _ in each for letter in run
    )


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Change a few bytes: most results are nonsense, some are another update."""
    mutated = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        position = chance.randrange(len(mutated) + 1)
        act = chance.randrange(4)
        if act == 0 and position < len(mutated):
            mutated[position] = chance.randrange(256)
        elif act == 1 and position < len(mutated):
            mutated[position] = (mutated[position] + chance.choice([-1, 1])) % 256
        elif act == 2:
            mutated.insert(position, chance.choice([0, 1, 2, 7, 127, 128, 255]))
        else:
            del mutated[position : position + chance.choice([1, 1, 2, 5])]
    return bytes(mutated)


def fuzz_recorded(seed: int, rounds: int) -> int:
    chance = random.Random(seed)
    accepted = 0
    for _ in range(rounds):
        session = chance.choice(SESSIONS)
        updates = [bytes.fromhex(each["update"]) for each in session["updates"]]
        position = chance.randrange(len(updates))
        checked = CheckedDocument(session["root"])
        for content in updates[:position]:
            checked.offer(content)
        before = checked.accepted
        for _ in range(20):
            checked.offer(mutate(chance.choice(updates[position : position + 10]), chance))
        accepted += checked.accepted - before
        checked.compare()
    return accepted


def test_changed_bytes_of_real_updates():
    assert fuzz_recorded(seed=1, rounds=80) > 40


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
def test_changed_bytes_of_real_updates_for_long(seed):
    assert fuzz_recorded(seed=seed, rounds=400) > 200


CLIENTS = st.sampled_from([1, 2, 3, 2**53 - 1])
IDS = st.tuples(CLIENTS, st.integers(0, 12))
PLACES = st.one_of(
    st.just(yjs.in_root()),
    IDS.map(lambda item: yjs.in_node(*item)),
    IDS.map(lambda item: yjs.in_node(*item, key="level")),
    IDS.map(lambda item: yjs.after(*item)),
    IDS.map(lambda item: yjs.before(*item)),
    st.tuples(IDS, IDS).map(lambda items: yjs.between(*items)),
)
TEXTS = st.sampled_from(["a", "bc", "😀", "é😀z", "  ", "\u200d"])
STRUCTS = st.one_of(
    st.builds(yjs.letters, TEXTS, PLACES),
    st.builds(yjs.xml_text, PLACES),
    st.builds(yjs.element, st.sampled_from(["paragraph", "heading", "bulletList", "listItem", "hardBreak"]), PLACES),
    st.builds(
        yjs.mark, st.sampled_from(["bold", "comment--abcdefgh"]), st.sampled_from(["{}", "null", '{"id":"c"}']), PLACES
    ),
    st.builds(yjs.attribute, st.sampled_from([b"\x7d\x03", b"\x7c\x40\x40\x00\x00"]), PLACES),
    st.builds(yjs.tombstone, st.integers(1, 3), PLACES),
    st.integers(1, 3).map(yjs.garbage),
)
RUNS = st.tuples(CLIENTS, st.integers(0, 8), st.lists(STRUCTS, min_size=1, max_size=4))
UPDATES = st.builds(
    lambda runs, deleted: yjs.update(*runs, deleted=deleted),
    st.lists(RUNS, max_size=2, unique_by=lambda run: run[0]),
    st.dictionaries(CLIENTS, st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), max_size=2), max_size=2),
)


def offer_all(updates: list[bytes]) -> None:
    checked = CheckedDocument(ROOT)
    checked.offer(yjs.paragraph(1, "a😀b"))
    for content in updates:
        checked.offer(content)
    checked.compare()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(UPDATES, max_size=12))
def test_updates_put_together_at_random(updates):
    offer_all(updates)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(UPDATES, max_size=20))
def test_updates_put_together_at_random_for_long(updates):
    offer_all(updates)
