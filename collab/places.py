"""Where items of a Yjs document stand: nodes, places, and a client's runs of items; for `collab.structure`."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from collab.ranges import Range
from collab.validation import XML_TEXT, InvalidUpdate, Struct
from proposals.prose.schema import MAX_DEPTH, NODES, TEXT


class Node:
    """A shared type of the document: a section's root, an element or a text."""

    __slots__ = ("_parent", "deleted", "depth", "inside", "name", "section")

    def __init__(self, name: str, section: str, parent: "Node | None" = None) -> None:
        self._parent = parent
        self.name = name
        self.section = section
        self.depth: int = parent.depth + 1 if parent else 0
        self.deleted = False
        self.inside = Place(self)

    @property
    def is_gone(self) -> bool:
        """Whether it or something around it has been deleted, and with it everything in it."""
        node: Node | None = self
        while node is not None:
            if node.deleted:
                return True
            node = node._parent
        return False


class Place(NamedTuple):
    """Where a run of items stands: in `parent` (None: garbage), as the value of attribute `key` or in its content.

    `node` is the node which the item itself is; `is_tombstone` marks content that was already deleted when it came.
    """

    parent: Node | None
    key: str | None = None
    node: Node | None = None
    is_tombstone: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether what stands here is deleted without anybody having to say so."""
        return self.parent is None or self.is_tombstone or self.parent.is_gone


GARBAGE: Final = Place(None)


class Items:
    """One client's items: runs of clocks that stand in the same place."""

    __slots__ = ("_pairs", "_places", "_starts", "next_clock")

    def __init__(self) -> None:
        self.next_clock = 0
        self._starts: list[int] = []
        self._places: list[Place] = []
        self._pairs: list[int] = []

    def mark(self) -> tuple[int, int, int]:
        """Remember how far this client has got; the first number is its next clock."""
        return self.next_clock, len(self._starts), len(self._pairs)

    def rewind(self, mark: tuple[int, int, int]) -> None:
        """Forget everything after `mark`."""
        self.next_clock, runs, pairs = mark
        del self._starts[runs:], self._places[runs:], self._pairs[pairs:]

    def append(self, struct: Struct, place: Place) -> None:
        """Take the client's next items in."""
        if not self._places or self._places[-1] is not place:
            self._starts.append(struct.clock)
            self._places.append(place)
        self._pairs.extend(struct.pairs)
        self.next_clock = struct.clock + struct.length

    def at(self, clock: int) -> Place:
        """Where a known item stands."""
        return self._places[bisect_right(self._starts, clock) - 1]

    def within(self, wanted: Range) -> Iterator[tuple[Range, Place]]:
        """Where the known items of a range stand, run by run."""
        starts = self._starts
        index = bisect_right(starts, wanted.start) - 1
        start = wanted.start
        while start < wanted.end:
            following = starts[index + 1] if index + 1 < len(starts) else wanted.end
            end = min(following, wanted.end)
            yield Range(start, end), self._places[index]
            start = end
            index += 1

    def check_cut(self, clock: int) -> None:
        """Refuse to cut before `clock` where that would halve a surrogate pair: Yrs and Yjs do it differently."""
        index = bisect_left(self._pairs, clock)
        if index < len(self._pairs) and self._pairs[index] == clock:
            raise InvalidUpdate("half a letter")


def new_node(name: str, parent: Node) -> Node:
    """A node of this name in `parent`. Raises `InvalidUpdate` if it may not stand there, or would be too deep."""
    if parent.depth >= MAX_DEPTH:
        raise InvalidUpdate(f"more than {MAX_DEPTH} nodes in each other")
    kind = NODES.get(parent.name)
    if kind is None or (TEXT if name == XML_TEXT else name) not in kind.children:
        raise InvalidUpdate(f"{name!r} directly in {parent.name!r}")
    return Node(name, parent.section, parent)


def check_attribute(parent: Node, key: str | None, value: object) -> None:
    """Raise `InvalidUpdate` unless a node may have this attribute with this value."""
    kind = NODES.get(parent.name)
    rule = kind.attributes.get(key) if kind and key is not None else None
    if rule is None or not rule(value):
        raise InvalidUpdate(f"{parent.name!r} has no attribute {key!r} with the value {value!r}")
