"""Yjs updates made at random: most fit the document they are for, some are wrong in one thing, some are noise."""

import random
from collections import defaultdict
from collections.abc import Mapping

from tests.room import yjs
from tests.room.yjs import ROOT

CLIENTS = (1, 2, 3, 2**32 + 5, 2**53 - 1)
TEXTS = ("a", "bc", "😀", "é😀z", "  ", "\u200d", "עב", "x" * 40)
BLOCKS = ("paragraph", "heading", "bulletList", "orderedList", "blockquote")
MARKS = (
    ("bold", "{}"), ("bold", "null"), ("italic", "{}"), ("comment--abcdefgh", '{"id":"c"}'),
    ("comment--abcdefgh", "null"), ("link", '{"href":"https://example.org/"}'), ("code", "{}"), ("code", "null"),
)  # fmt: skip
LEVELS = (
    b"\x7d\x03",
    b"\x7d\x04",
    b"\x7c\x40\x40\x00\x00",
    b"\x7b\x40\x08\x00\x00\x00\x00\x00\x00",
    b"\x7e",
    b"\x77\x01x",
)

STANDS_IN = {
    "letters": ("text",),
    "text": ("paragraph", "heading"),
    "hardBreak": ("paragraph", "heading"),
    "listItem": ("bulletList", "orderedList"),
    "attribute": ("heading", "orderedList"),
} | dict.fromkeys(BLOCKS, ("listItem", "blockquote"))

Item = tuple[int, int]


class RandomUpdates:
    """Makes updates for one document; `took` tells it which of them went in, so that later ones build on them."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._items: dict[str, list[Item]] = defaultdict(list)
        self._made: dict[str, list[Item]] = {}
        self._accepted: list[bytes] = []

    def make(self, clocks: Mapping[int, int]) -> bytes:
        """An update for a document with this state vector."""
        chance = self._chance
        self._made = defaultdict(list)
        if self._accepted and chance.random() < 0.06:
            return chance.choice(self._accepted)
        clients = chance.sample(CLIENTS, chance.choice((1, 1, 1, 2)))
        runs = [self._run(client, clocks.get(client, 0)) for client in clients]
        deleted = self._deletions(clocks) if chance.random() < 0.25 else {}
        content = yjs.update(*runs[chance.random() < 0.1 :], deleted=deleted)
        return mutate(content, chance) if chance.random() < 0.1 else content

    def took(self, update: bytes) -> None:
        """The last update went into the document."""
        self._accepted.append(update)
        for kind, items in self._made.items():
            self._items[kind] += items

    def _run(self, client: int, clock: int) -> tuple[int, int, list[bytes]]:
        chance = self._chance
        if chance.random() < 0.08:
            clock = max(0, clock + chance.choice((-3, -2, -1, 1, 2)))
        start, structs = clock, []
        for _ in range(chance.choice((1, 2, 3, 6))):
            made, length = self._struct((client, clock))
            structs.append(made)
            clock += length
        return client, start, structs

    def _struct(self, item: Item) -> tuple[bytes, int]:
        chance = self._chance
        kind = chance.choices(
            ("letters", "mark", "text", "block", "listItem", "hardBreak", "attribute", "tombstone", "garbage"),
            (30, 12, 14, 22, 6, 3, 6, 5, 2),
        )[0]
        stands_in = STANDS_IN.get("letters" if kind == "mark" else kind, ())
        if stands_in and not any(map(self._known, stands_in)) and chance.random() < 0.95:
            kind = "block"
        if kind == "garbage":
            length = chance.randint(1, 3)
            return yjs.garbage(length), length
        if kind == "tombstone":
            length = chance.randint(1, 3)
            where = chance.choice(("letters", "text", "paragraph", "attribute"))
            self._made[where] += [(item[0], item[1] + each) for each in range(length)]
            return yjs.tombstone(length, self._place(where)), length
        if kind in ("letters", "mark"):
            text = chance.choice(TEXTS)
            length = len(text.encode("utf-16-le")) // 2 if kind == "letters" else 1
            place = self._place("letters")
            self._made["letters"] += [(item[0], item[1] + each) for each in range(length)]
            return (yjs.letters(text, place) if kind == "letters" else yjs.mark(*chance.choice(MARKS), place)), length
        name = chance.choice(BLOCKS) if kind == "block" else kind
        place = self._place(name)
        self._made[name].append(item)
        if name == "attribute":
            return yjs.attribute(chance.choice(LEVELS), place), 1
        return (yjs.xml_text(place) if name == "text" else yjs.element(name, place)), 1

    def _place(self, kind: str) -> tuple[int, bytes]:
        """Where something of this kind may stand, or now and then anywhere."""
        chance = self._chance
        if chance.random() < 0.07:
            kind = chance.choice(list(STANDS_IN))
        parents = [item for name in STANDS_IN[kind] for item in self._known(name)]
        beside = self._known(kind) if kind not in BLOCKS else [item for name in BLOCKS for item in self._known(name)]
        if beside and chance.random() < 0.6:
            first, second = chance.choice(beside), chance.choice(beside)
            if chance.random() < 0.5 and (first[0], first[1] + 1) in beside:
                second = (first[0], first[1] + 1)
            return chance.choice((yjs.after(*first), yjs.before(*first), yjs.between(first, second)))
        if kind in BLOCKS and (not parents or chance.random() < 0.6):
            return yjs.in_root(ROOT)
        if not parents or chance.random() < 0.03:
            return yjs.in_node(chance.choice(CLIENTS), chance.randrange(12))
        parent = chance.choice(parents)
        if kind == "attribute":
            return yjs.in_node(*parent, key=chance.choice(("level", "level", "start", "x")))
        return yjs.in_node(*parent)

    def _known(self, kind: str) -> list[Item]:
        return self._items[kind] + self._made[kind]

    def _deletions(self, clocks: Mapping[int, int]) -> dict[int, list[tuple[int, int]]]:
        chance = self._chance
        deleted: dict[int, list[tuple[int, int]]] = {}
        for client in chance.sample(sorted(clocks), min(len(clocks), chance.choice((1, 1, 2)))):
            start = chance.randrange(clocks[client])
            ranges = deleted[client] = [(start, chance.randint(1, 4))]
            if chance.random() < 0.3:
                ranges.append((start + ranges[0][1] + chance.randint(0, 3), 1))
        return deleted


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
