"""The short way for letters gives what the whole way gives, and takes nothing that the whole way refuses."""

import random
from collections.abc import Iterator
from typing import Any

import pycrdt
import pytest

from collab import hot
from collab.hot import Accepted, HotDocument
from collab.keystrokes import letters_in
from collab.protocol import EMPTY_STATE_VECTOR
from collab.structure import StructureIndex
from collab.updates import merge
from collab.validation import InvalidUpdate, parse_state_vector, parse_update
from tests.room.random_updates import TEXTS, RandomUpdates
from tests.room.yjs import ROOT, after, before, between, letters, paragraph, update

SEEDS = range(12)
ROUNDS = 250


def typed(words: str) -> list[bytes]:
    """What typing letters makes, some of them in the middle of the others."""
    document: pycrdt.Doc[Any] = pycrdt.Doc(client_id=2**40 + 7)
    updates: list[bytes] = []
    document.observe(lambda event: updates.append(event.update))
    paragraph = document.get(ROOT, type=pycrdt.XmlFragment).children.append(pycrdt.XmlElement("paragraph"))
    text = paragraph.children.append(pycrdt.XmlText())
    for place, letter in enumerate(words):
        text.insert(len(str(text).encode()) // 2 if place % 3 == 2 else len(str(text).encode()), letter)
    return updates


def noise(chance: random.Random, updates: list[bytes]) -> Iterator[bytes]:
    """Updates with a byte changed, put in or taken out."""
    for _ in range(4000):
        changed = bytearray(chance.choice(updates))
        place = chance.randrange(len(changed))
        byte = chance.choice((0, 1, 4, 0x7F, 0x80, 0x84, 0xC4, 0xFF, chance.randrange(256)))
        kind = chance.random()
        if kind < 0.5:
            changed[place] = byte
        elif kind < 0.8:
            changed.insert(place, byte)
        else:
            del changed[place]
        yield bytes(changed)


def assert_read_alike(content: bytes) -> bool:
    """Whether the short way reads it; then the whole way must say the same."""
    struct = letters_in(content)
    if struct is None:
        return False
    shape = parse_update(content, roots=frozenset())
    assert shape.structs == (struct,)
    assert shape.inserted == {struct.client: (struct.clock, struct.clock + struct.length)}
    assert (shape.deleted, shape.roots, shape.has_gap) == ({}, frozenset(), False)
    assert shape.structs_end == len(content) - 1
    return True


def test_letters_are_read_the_short_way() -> None:
    updates = typed("Grüße, ☂ and more")
    read = [assert_read_alike(each) for each in updates]
    assert read == [False] * 3 + [True] * (len(updates) - 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_read_the_short_way_is_read_alike(seed: int) -> None:
    chance = random.Random(seed)
    updates = [each for each in typed("abcdefghijklmnopqrstuvwxyzäöü" * 6) if letters_in(each)]
    assert sum(assert_read_alike(each) for each in noise(chance, updates)) > 300


@pytest.mark.parametrize(
    "content",
    [
        update((1, 0, [letters("x" * 128, after(2, 0))])),
        update((1, 0, [letters("😀", after(2, 0))])),
        update((1, 0, [letters("a\x00", after(2, 0))])),
        update((1, 2**31 - 1, [letters("a", after(2, 0))])),
        update((1, 0, [letters("a", after(2, 2**31))])),
        update((1, 0, [letters("a", after(2, 0))]), deleted={2: [(0, 1)]}),
        update((1, 0, [letters("a", after(2, 0)), letters("b", after(1, 0))])),
        update((1, 0, [letters("a", before(2, 0))])),
        b"\x01\x01\x81\x00\x00\x84\x02\x00\x01a\x00",
    ],
    ids=["long", "a pair", "zero", "clock", "neighbour", "deletion", "two", "before", "long number"],
)
def test_everything_else_goes_the_whole_way(content: bytes) -> None:
    assert letters_in(content) is None


def keystroke(chance: random.Random, clocks: dict[int, int]) -> bytes:
    """Letters beside items of a document with this state vector, whatever these are; sometimes items it has not."""
    neighbours = []
    for _ in range(2):
        client = chance.choice(list(clocks))
        neighbours.append((client, chance.randrange(clocks[client] + (chance.random() < 0.05))))
    writer = chance.choice((1, 2, 3))
    clock = max(0, clocks.get(writer, 0) + chance.choice((0,) * 18 + (-1, 1)))
    if chance.random() < 0.4 and clock:
        neighbours[0] = (writer, clock - 1)
    place = after(*neighbours[0]) if chance.random() < 0.6 else between(*neighbours)
    return update((writer, clock, [letters(chance.choice(TEXTS), place)]))


class Both:
    """Two documents that are given the same: one may go the short way, the other never does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.short, self.whole = [HotDocument(b"\x00\x00", StructureIndex(), 0) for _ in range(2)]
        self.short_count = 0

    def accept(self, content: bytes, mine: frozenset[int]) -> Accepted | None:
        """What both say of an update, None if they refuse it."""
        outcomes: list[Any] = []
        for document in (self.short, self.whole):
            with self._monkeypatch.context() as patch:
                if document is self.whole:
                    patch.setattr(hot, "letters_in", lambda content: None)
                try:
                    outcomes.append(document.accept(content, {ROOT}, mine.__contains__))
                except (InvalidUpdate, ValueError) as error:
                    outcomes.append((type(error), str(error)))
        assert outcomes[0] == outcomes[1]
        assert parse_state_vector(self.short.state_vector) == parse_state_vector(self.whole.state_vector)
        assert self.short.size_bytes == self.whole.size_bytes
        return outcomes[0] if isinstance(outcomes[0], Accepted) else None

    def assert_same_text(self) -> None:
        texts = []
        for document in (self.short, self.whole):
            read: pycrdt.Doc[Any] = pycrdt.Doc()
            read.apply_update(document.missing_in(EMPTY_STATE_VECTOR))
            texts.append((str(read.get(ROOT, type=pycrdt.XmlFragment)), read.get_state()))
        assert texts[0][0] == texts[1][0]
        assert parse_state_vector(texts[0][1]) == parse_state_vector(texts[1][1])


@pytest.mark.parametrize("seed", SEEDS)
def test_both_ways_take_and_refuse_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    both = Both(monkeypatch)
    source = RandomUpdates(chance)
    for client in (1, 2, 3):
        assert both.accept(paragraph(client, "some words that stand there"), frozenset({client})) is not None
    short_count = 0
    for number in range(ROUNDS):
        clocks = parse_state_vector(both.short.state_vector)
        is_from_source = chance.random() < 0.5
        content = source.make(clocks) if is_from_source else keystroke(chance, clocks)
        mine = frozenset(client for client in (1, 2, 3, 2**32 + 5, 2**53 - 1) if chance.random() < 0.95)
        accepted = both.accept(content, mine)
        if accepted is not None:
            if is_from_source:
                source.took(content)
            short_count += letters_in(content) is not None
        if number % 50 == 49:
            both.assert_same_text()
    both.assert_same_text()
    assert short_count > 5


def test_a_long_text_typed_the_short_way_is_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Both(monkeypatch)
    updates = typed("Wörter und mehr. " * 20)
    for each in updates:
        assert both.accept(each, frozenset({2**40 + 7})) is not None
    both.assert_same_text()
    reader: pycrdt.Doc[Any] = pycrdt.Doc()
    reader.apply_update(merge(updates))
    assert both.short.missing_in(reader.get_state()) == b"\x00\x00"
