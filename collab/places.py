"""Where items of a Yjs document stand: nodes, places, and a client's runs of items; for `collab.structure`."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from collab.ranges import Range
from collab.validation import XML_TEXT, InvalidUpdate, Struct
from proposals.prose.schema import MAX_DEPTH, NODES, TEXT


class Node:
    """A shared type of the document: a section's root, an element or a text.

    `inside` is where a text's letters stand, `marks` where their formatting does; `values` counts how often each
    attribute was written.
    """

    __slots__ = ("_parent", "deleted", "depth", "inside", "marks", "name", "section", "values")

    def __init__(self, name: str, section: str, parent: "Node | None" = None) -> None:
        self._parent = parent
        self.name = name
        self.section = section
        self.depth: int = parent.depth + 1 if parent else 0
        self.deleted = False
        self.values: dict[str, int] | None = None
        self.inside = Place(self) if name == XML_TEXT else GARBAGE
        self.marks = Place(self, is_mark=True) if name == XML_TEXT else GARBAGE

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
    is_mark: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether what stands here is deleted without anybody having to say so."""
        return self.parent is None or self.is_tombstone or self.parent.is_gone

    @property
    def is_tidied(self) -> bool:
        """Whether Yjs may have deleted what stands here without anybody's doing.

        All values of an attribute but one; and marks that mark nothing any more, which the browser of somebody who
        only reads takes away too (``cleanupYTextAfterTransaction``).
        """
        if self.is_mark:
            return True
        values = self.parent.values if self.parent else None
        return values is not None and values.get(self.key or "", 0) > 1

    def count_value(self) -> None:
        """Note that a value of an attribute has come to stand here."""
        if self.parent is not None and self.key is not None:
            if self.parent.values is None:
                self.parent.values = {}
            self.parent.values[self.key] = self.parent.values.get(self.key, 0) + 1


GARBAGE: Final = Place(None)


class Items:
    """One client's items: runs of clocks that stand in the same place.

    `_heads` are the clocks of items that were not put directly behind the client's item before them.
    """

    __slots__ = ("_heads", "_pairs", "_places", "_starts", "next_clock")

    def __init__(self) -> None:
        self.next_clock = 0
        self._starts: list[int] = []
        self._places: list[Place] = []
        self._pairs: list[int] = []
        self._heads: list[int] = []

    def mark(self) -> tuple[int, int, int, int]:
        """Remember how far this client has got; the first number is its next clock."""
        return self.next_clock, len(self._starts), len(self._pairs), len(self._heads)

    def rewind(self, mark: tuple[int, int, int, int]) -> None:
        """Forget everything after `mark`."""
        self.next_clock, runs, pairs, heads = mark
        del self._starts[runs:], self._places[runs:], self._pairs[pairs:], self._heads[heads:]

    def append(self, struct: Struct, place: Place) -> None:
        """Take the client's next items in."""
        if not self._places or self._places[-1] is not place:
            self._starts.append(struct.clock)
            self._places.append(place)
        if struct.left is None or struct.left != (struct.client, struct.clock - 1):
            self._heads.append(struct.clock)
        if struct.pairs:
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
        pairs = self._pairs
        if pairs:
            index = bisect_left(pairs, clock)
            if index < len(pairs) and pairs[index] == clock:
                raise InvalidUpdate("half a letter")

    def check_order(self, first: int, last: int) -> None:
        """Refuse an item that names `last` as its left and `first` as its right neighbour, if they stand as numbered.

        They do if each item after `first` was put behind the one before it. Yjs and Yrs cut such a run differently.
        """
        heads = self._heads
        index = bisect_right(heads, first)
        if index == len(heads) or heads[index] > last:
            raise InvalidUpdate("neighbours in the wrong order")


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
