"""Where every item of a document stands: the second half of the check before pycrdt sees an update.

`collab.validation` knows what an update says; this index knows the document it would go into. It answers whether the
items referred to exist (if not, Yrs would park the update in silence), whether each new node may stand where it would
stand, how deep that is, and which sections an update touches; and it recognises what is already known. It holds no
text, only runs of clocks and the node each run stands in. No Django, no Channels, no pycrdt.

The rules of placing an item are Yjs's own (``Item.getMissing`` and ``Item.integrate``): an item stands where its
neighbours stand; between, or in, something that was garbage-collected, it is garbage itself; in something deleted, it
is deleted. Where Yjs and Yrs differ, which only a forged update brings about (one neighbour collected and the other
not: garbage for Yjs, text for Yrs), it is refused.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from collab.lib0 import encode_varuint
from collab.places import GARBAGE, Items, Node, Place, check_attribute, new_node
from collab.ranges import Range, RangeSet
from collab.validation import XML_TEXT, Content, Id, InvalidUpdate, Struct, UpdateShape
from proposals.prose.schema import DOCUMENT


class MissingDependencies(ValueError):
    """The update builds on items that are not here. Sending everything from our state vector on would help."""


class Admission(NamedTuple):
    """What is new in an admitted update.

    `inserted` and `deleted` leave out what was known before, and so does `runs`, the structs of each client; the first
    of a run may be what is left of a longer one. `sections` are the root names of the sections whose text changes.
    """

    inserted: Mapping[int, Range]
    deleted: Mapping[int, list[Range]]
    runs: Mapping[int, list[Struct]]
    sections: frozenset[str]

    @property
    def is_duplicate(self) -> bool:
        """Whether nothing of the update is new."""
        return not self.inserted and not self.deleted


class StructureIndex:
    """The places of all items of one document. Not thread-safe."""

    def __init__(self) -> None:
        self._clients: dict[int, Items] = {}
        self._deleted: dict[int, RangeSet] = {}
        self._roots: dict[str, Node] = {}

    @property
    def roots(self) -> frozenset[str]:
        """The names of all root types that have ever held something."""
        return frozenset(self._roots)

    def has_root(self, name: object) -> bool:
        """Whether a root type of this name has ever held something."""
        return name in self._roots

    def next_clock(self, client: int) -> int:
        """How many items of this client are known; also the clock of its next."""
        items = self._clients.get(client)
        return items.next_clock if items else 0

    def encode_state_vector(self) -> bytes:
        """The state vector as Yjs encodes it."""
        known = [(client, items.next_clock) for client, items in self._clients.items() if items.next_clock]
        return encode_varuint(len(known)) + b"".join(encode_varuint(number) for pair in known for number in pair)

    def knows(self, shape: UpdateShape) -> bool:
        """Whether an update brings nothing that is not here."""
        if shape.has_gap or any(end > self.next_clock(client) for client, (_, end) in shape.inserted.items()):
            return False
        return all(self._is_deleted(client, ranges) for client, ranges in shape.deleted.items())

    def _is_deleted(self, client: int, ranges: RangeSet) -> bool:
        known, items = self._deleted.get(client, RangeSet()), self._clients.get(client)
        missing = [part for each in ranges for part in known.missing_from(each)]
        if not missing:
            return True
        if items is None or missing[-1].end > items.next_clock:
            return False
        return all(place.is_gone or place.is_tidied for each in missing for _, place in items.within(each))

    def admit(self, shape: UpdateShape) -> Admission:
        """Check an update and take it into the index.

        Raises `MissingDependencies` or `InvalidUpdate`; then the index is as it was.
        """
        if shape.has_gap:
            raise MissingDependencies("the update has holes")
        runs = self._fresh_runs(shape)
        before = {client: self._clients.setdefault(client, Items()).mark() for client in runs}
        roots_before = len(self._roots)
        touched: set[str] = set()
        implied: list[tuple[int, Range]] = []
        values: list[Place] = []
        try:
            self._insert_in_order(runs, touched, implied, values)
            deleted = self._fresh_deletions(shape.deleted)
        except ValueError:
            for client, mark in before.items():
                self._clients[client].rewind(mark)
                if mark[0] == 0:
                    del self._clients[client]
            for root in list(self._roots)[roots_before:]:
                del self._roots[root]
            raise
        for value in values:
            value.count_value()
        for client, each in implied:
            self._deleted.setdefault(client, RangeSet()).add(each)
        deleted = self._delete(deleted, touched)
        inserted = {client: Range(mark[0], self._clients[client].next_clock) for client, mark in before.items()}
        return Admission(
            inserted=inserted,
            deleted=deleted,
            runs=runs,
            sections=frozenset(touched),
        )

    def admit_letters(self, struct: Struct) -> str | None:
        """Take one run of letters in, as `admit` would, and give its section's root name.

        None, and nothing has changed, if that is not as simple as it mostly is: `admit` says then what it is.
        """
        items = self._clients.get(struct.client)
        if items is None or items.next_clock != struct.clock or self._first_missing(struct) is not None:
            return None
        try:
            place = self._place(struct)
        except InvalidUpdate:
            return None
        if place.parent is None or place.parent.is_gone:
            return None
        items.append(struct, place)
        return place.parent.section

    def _fresh_runs(self, shape: UpdateShape) -> dict[int, list[Struct]]:
        """The structs that are not known yet, by client; one that is known in part is cut."""
        runs: dict[int, list[Struct]] = {}
        for struct in shape.structs:
            known = self.next_clock(struct.client)
            end = struct.clock + struct.length
            if end <= known:
                continue
            if struct.client not in runs:
                if struct.clock > known:
                    raise MissingDependencies(f"client {struct.client} has items before {struct.clock}")
                runs[struct.client] = []
            runs[struct.client].append(_without_known(struct, known) if struct.clock < known else struct)
        return runs

    def _insert_in_order(
        self,
        runs: Mapping[int, list[Struct]],
        touched: set[str],
        implied: list[tuple[int, Range]],
        values: list[Place],
    ) -> None:
        """Insert every struct after the items it refers to, whichever client's they are."""
        positions = dict.fromkeys(runs, 0)
        for client in runs:
            path = [(client, runs[client][-1].clock)]
            waiting = {client}
            while path:
                current, target = path[-1]
                missing = self._advance(runs[current], positions, target, touched, implied, values)
                if missing is None:
                    path.pop()
                    waiting.discard(current)
                elif missing.client in waiting or missing.clock >= _end(runs.get(missing.client)):
                    raise MissingDependencies(f"item {missing.clock} of client {missing.client} is not here")
                else:
                    path.append((missing.client, missing.clock))
                    waiting.add(missing.client)

    def _advance(
        self,
        run: list[Struct],
        positions: dict[int, int],
        target: int,
        touched: set[str],
        implied: list[tuple[int, Range]],
        values: list[Place],
    ) -> Id | None:
        """Insert structs of one run until clock `target` is known. Returns what is missing to go on, if anything."""
        client = run[0].client
        position = positions[client]
        missing = None
        while position < len(run) and run[position].clock <= target:
            struct = run[position]
            missing = self._first_missing(struct)
            if missing is not None:
                break
            place = self._place(struct)
            self._clients[client].append(struct, place)
            if place.is_gone or place.parent is None:
                implied.append((client, Range(struct.clock, struct.clock + struct.length)))
            else:
                touched.add(place.parent.section)
            if place.key is not None:
                values.append(place)
            position += 1
        positions[client] = position
        return missing

    def _first_missing(self, struct: Struct) -> Id | None:
        clients = self._clients
        for reference in (struct.left, struct.right, struct.parent):
            if reference is None or isinstance(reference, str):
                continue
            items = clients.get(reference.client)
            if items is None or reference.clock >= items.next_clock:
                return reference
        return None

    def _place(self, struct: Struct) -> Place:
        """Where a struct will stand; all that it refers to is known."""
        if struct.content is Content.COLLECTED:
            return GARBAGE
        if struct.left is None and struct.right is None:
            parent, key = self._given_parent(struct), struct.key
        else:
            parent, key = self._between(struct.left, struct.right)
        if parent is None:
            return GARBAGE
        if struct.content is Content.DELETED:
            return Place(parent, key, is_tombstone=True)
        if struct.content is Content.ANY:
            check_attribute(parent, key, struct.value)
            return Place(parent, key)
        if key is not None:
            raise InvalidUpdate(f"attribute {key!r} holds text or a node")
        if struct.content is Content.TYPE:
            return Place(parent, None, new_node(struct.name, parent))
        if parent.name != XML_TEXT:
            raise InvalidUpdate(f"letters or marks directly in {parent.name!r}")
        return parent.marks if struct.content is Content.FORMAT else parent.inside

    def _given_parent(self, struct: Struct) -> Node | None:
        parent = struct.parent
        if isinstance(parent, str):
            root = self._roots.get(parent)
            if root is None:
                root = self._roots[parent] = Node(DOCUMENT, parent)
            return root
        if parent is None:
            raise InvalidUpdate("an item without a place")
        place = self._clients[parent.client].at(parent.clock)
        if place.node is None and place.parent is not None and not place.is_tombstone:
            raise InvalidUpdate("an item in something that can't hold any")
        return place.node

    def _between(self, left: Id | None, right: Id | None) -> tuple[Node | None, str | None]:
        """The node and attribute in which an item between these neighbours stands."""
        place = None
        if left is not None:
            items = self._clients[left.client]
            items.check_cut(left.clock + 1)
            place = items.at(left.clock)
            if right is None:
                return place.parent, place.key
        if right is not None:
            items = self._clients[right.client]
            items.check_cut(right.clock)
            beside = items.at(right.clock)
            if place is None:
                return beside.parent, beside.key
            if place.parent is not beside.parent or place.key != beside.key:
                raise InvalidUpdate("neighbours in different places")
            if place.parent is None:  # collected runs say nothing of the order their items had
                return None, None
        if left and right and left.client == right.client and left.clock >= right.clock:
            self._clients[left.client].check_order(right.clock, left.clock)
        return (place.parent, place.key) if place else (None, None)

    def _fresh_deletions(self, deleted: Mapping[int, RangeSet]) -> dict[int, list[Range]]:
        """The deletions that are not known yet. Runs when the insertions are in place."""
        fresh: dict[int, list[Range]] = {}
        for client, ranges in deleted.items():
            known = self._deleted.get(client)
            missing: list[Range] = []
            for each in ranges:
                missing += known.missing_from(each) if known else [each]
            if not missing:
                continue
            if missing[-1].end > self.next_clock(client):
                raise MissingDependencies(f"deletes items of client {client} that are not here")
            items = self._clients[client]
            for each in missing:
                items.check_cut(each.start)
                items.check_cut(each.end)
            fresh[client] = missing
        return fresh

    def _delete(self, deleted: Mapping[int, Iterable[Range]], touched: set[str]) -> dict[int, list[Range]]:
        """Note what is deleted. Returns the part of it that was not gone together with what it stood in."""
        said: dict[int, list[Range]] = {}
        nodes = []
        for client, ranges in deleted.items():
            known = self._deleted.setdefault(client, RangeSet())
            for each in ranges:
                known.add(each)
                for run, place in self._clients[client].within(each):
                    if place.parent is None or place.is_gone:
                        continue
                    said.setdefault(client, []).append(run)
                    touched.add(place.parent.section)
                    if place.node is not None:
                        nodes.append(place.node)
        for node in nodes:
            node.deleted = True
        return said


def _without_known(struct: Struct, known: int) -> Struct:
    """The rest of a run whose items before clock `known` are in the document; it stands behind them."""
    if known in struct.pairs:
        raise InvalidUpdate("half a letter")
    value = struct.value
    if isinstance(value, str):
        value = value.encode("utf-16-le")[2 * (known - struct.clock) :].decode("utf-16-le")
    return struct._replace(
        clock=known,
        length=struct.clock + struct.length - known,
        left=Id(struct.client, known - 1),
        parent=None,
        key=None,
        value=value,
        pairs=tuple(pair for pair in struct.pairs if pair > known),
        offset=-1,
    )


def _end(run: list[Struct] | None) -> int:
    return run[-1].clock + run[-1].length if run else 0
