"""Looks into a Yjs update (version 1) before pycrdt does. No Django, no Channels, no pycrdt.

Why: an update of 80 KB with deeply nested content crashes the process, one of 40 KB passes here and throws in every
browser, and Yrs silently cuts numbers above 32 bits. So `parse_update` accepts only what our editor writes: the
content types, node names, attributes and marks of `proposals.prose.schema`, in known sections, every length and
number checked against the bytes that are there. What it can't know, because that needs the document (do the items
referred to exist, does this node belong there, how deep is it), it hands on as an `UpdateShape`, and
`collab.structure` answers it.

The format is described in ``yjs/src/utils/encoding.js`` and ``yjs/src/structs``: for each client a run of structs with
consecutive clocks, then the deleted ranges. A clock counts UTF-16 code units.
"""

import json
import re
from collections.abc import Container, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from collab.lib0 import Decoder, DecodingError, Scalar
from collab.ranges import Range, RangeSet
from proposals.prose.schema import NODES, is_mark

MAX_CLOCK: Final = 2**31 - 1
"""Yrs keeps clocks in 32 bits and cuts what is longer; a document of the allowed size never gets near."""

MAX_STRUCTS: Final = 100_000
MAX_DELETED_RANGES: Final = 100_000
"""What one update from outside may hold; a document's whole state may hold more."""

MAX_NAME_BYTES: Final = 128
MAX_ATTRIBUTE_BYTES: Final = 4096

XML_TEXT: Final = "#text"
"""The name under which an `UpdateShape` lists a Y.XmlText."""


class InvalidUpdate(ValueError):
    """Not an update that our editor could have made. Nothing of it was applied."""


class Content(IntEnum):
    """What a struct holds. Of Yjs's eleven kinds these are the ones our documents use."""

    COLLECTED = 0
    DELETED = 1
    STRING = 4
    FORMAT = 6
    TYPE = 7
    ANY = 8
    SKIP = 10


class Id(NamedTuple):
    """One item: the client that made it and its clock there."""

    client: int
    clock: int


class Struct(NamedTuple):
    """One run of items.

    `left` and `right` are the neighbours when it was inserted; `parent` is a root's name or a node's id and given only
    where there are no neighbours to take it from. `key` is the attribute's name of an attribute's value. `name` is
    the node's name of a TYPE, `value` the letters of a STRING or the value of an attribute. `pairs` are the clocks of
    second halves of surrogate pairs: no run may be cut there. `offset` is the struct's first byte in the update, or -1
    for the rest of a struct that was cut.
    """

    content: Content
    client: int
    clock: int
    length: int
    left: Id | None = None
    right: Id | None = None
    parent: str | Id | None = None
    key: str | None = None
    name: str = ""
    value: Scalar = None
    pairs: tuple[int, ...] = ()
    offset: int = 0


class UpdateShape(NamedTuple):
    """What an update would insert and delete.

    `structs` are in the update's order: per client, clocks ascending without holes unless `has_gap`.
    `inserted` holds one range per client, `deleted` the deleted ranges. `roots` are the root names given as parents.
    `run_ends` is the first byte after each client's structs, `structs_end` the first of the list of deleted ranges.
    """

    structs: tuple[Struct, ...]
    inserted: Mapping[int, Range]
    deleted: Mapping[int, RangeSet]
    roots: frozenset[str]
    has_gap: bool
    run_ends: Mapping[int, int]
    structs_end: int


def mark_name(key: str) -> str:
    """The mark behind a formatting key: y-prosemirror adds a hash to marks that may overlap (``comment--Ab3/xY9+``)."""
    hashed = _HASHED_MARK.fullmatch(key)
    return hashed[1] if hashed else key


def parse_update(update: bytes, *, roots: Container[str]) -> UpdateShape:
    """Read an update from outside, whose root types must all be in `roots`. Raises `InvalidUpdate`."""
    return _parse(update, roots, is_logged=False)


def parse_logged(update: bytes) -> UpdateShape:
    """Read updates of the log, one or many merged, which were checked when they came.

    Any root and any size will do, and deletions may overlap, as they do in what pycrdt has merged.
    """
    return _parse(update, _ANY_ROOT, is_logged=True)


def _parse(update: bytes, roots: Container[str], *, is_logged: bool) -> UpdateShape:
    try:
        return _UpdateReader(update, roots, is_logged).read()
    except DecodingError as error:
        raise InvalidUpdate(str(error)) from error


class _AnyRoot:
    def __contains__(self, name: object) -> bool:
        return True


_ANY_ROOT: Final[Container[str]] = _AnyRoot()


def parse_state_vector(state_vector: bytes) -> dict[int, int]:
    """Read how many items of each client somebody has. Raises `InvalidUpdate`."""
    decoder = Decoder(state_vector)
    try:
        known = {decoder.read_varuint(): decoder.read_varuint(MAX_CLOCK) for _ in range(decoder.read_varuint())}
        decoder.finish()
    except DecodingError as error:
        raise InvalidUpdate(str(error)) from error
    return known


_USUAL_MARKS: Final = frozenset(
    (mark, written) for mark in ("bold", "italic", "strike", "code") for written in ("{}", "null")
)
"""What needs no second look."""

_HASHED_MARK: Final = re.compile(r"(.*)--[a-zA-Z0-9+/=]{8}")

ORIGIN_LEFT: Final = 0x80
ORIGIN_RIGHT: Final = 0x40
_HAS_KEY: Final = 0x20
_CONTENT: Final = 0x1F

_COLLECTED: Final = Content.COLLECTED
_DELETED: Final = Content.DELETED
_STRING: Final = Content.STRING
_FORMAT: Final = Content.FORMAT
_TYPE: Final = Content.TYPE
_ANY: Final = Content.ANY
_SKIP: Final = Content.SKIP

_XML_ELEMENT: Final = 3
_XML_TEXT_TYPE: Final = 6


class _UpdateReader:
    """Reads one update. A class only because a dozen small steps share the decoder and what has been found."""

    __slots__ = (
        "_decoder",
        "_has_gap",
        "_is_logged",
        "_known_roots",
        "_max_deleted",
        "_max_structs",
        "_roots",
        "_structs",
    )

    def __init__(self, update: bytes, known_roots: Container[str], is_logged: bool) -> None:
        self._is_logged = is_logged
        self._max_structs = MAX_CLOCK if is_logged else MAX_STRUCTS
        self._max_deleted = MAX_CLOCK if is_logged else MAX_DELETED_RANGES
        self._decoder = Decoder(update)
        self._known_roots = known_roots
        self._structs: list[Struct] = []
        self._roots: set[str] = set()
        self._has_gap = False

    def read(self) -> UpdateShape:
        inserted: dict[int, Range] = {}
        run_ends: dict[int, int] = {}
        read_varuint = self._decoder.read_varuint
        for _ in range(read_varuint(self._max_structs)):
            struct_count = read_varuint(self._max_structs - len(self._structs))
            client = read_varuint()
            start = read_varuint(MAX_CLOCK)
            if client in inserted or struct_count == 0:
                raise InvalidUpdate(f"client {client} is listed twice, or without structs")
            inserted[client] = Range(start, self._read_run(client, start, struct_count))
            run_ends[client] = self._decoder.position
        structs_end = self._decoder.position
        deleted = self._read_deleted()
        self._decoder.finish()
        return UpdateShape(
            structs=tuple(self._structs),
            inserted=inserted,
            deleted=deleted,
            roots=frozenset(self._roots),
            has_gap=self._has_gap,
            run_ends=run_ends,
            structs_end=structs_end,
        )

    def _read_run(self, client: int, clock: int, struct_count: int) -> int:
        """Read one client's structs; returns the clock after the last."""
        for _ in range(struct_count):
            struct = self._read_struct(client, clock)
            if struct.length == 0:
                raise InvalidUpdate("an empty struct")
            clock += struct.length
            if clock > MAX_CLOCK:
                raise InvalidUpdate("a clock beyond 31 bits")
            if struct.content is _SKIP:
                self._has_gap = True
            else:
                self._structs.append(struct)
        return clock

    def _read_struct(self, client: int, clock: int) -> Struct:
        decoder = self._decoder
        offset = decoder.position
        flags = decoder.read_uint8()
        if flags in (_COLLECTED, _SKIP):
            return Struct(Content(flags), client, clock, decoder.read_varuint(MAX_CLOCK), offset=offset)
        left = right = key = None
        parent: str | Id | None = None
        if flags & ORIGIN_LEFT:
            left = self._read_id()
        if flags & ORIGIN_RIGHT:
            right = self._read_id()
        if left is None and right is None:
            parent = self._read_parent()
            if flags & _HAS_KEY:
                key = decoder.read_string(MAX_NAME_BYTES)
        content = flags & _CONTENT
        if content == _STRING:
            text = decoder.read_string()
            length, pairs = _measure(text, clock)
            return Struct(_STRING, client, clock, length, left, right, parent, key, "", text, pairs, offset)
        length, name, value = 1, "", None
        if content == _DELETED:
            length = decoder.read_varuint(MAX_CLOCK)
        elif content == _FORMAT:
            self._check_format()
        elif content == _TYPE:
            name = self._read_node_name()
        elif content == _ANY:
            value = self._read_attribute()
        else:
            raise InvalidUpdate(f"content of kind {content}")
        return Struct(Content(content), client, clock, length, left, right, parent, key, name, value, (), offset)

    def _read_id(self) -> Id:
        client = self._decoder.read_varuint()
        return Id(client, self._decoder.read_varuint(MAX_CLOCK))

    def _read_parent(self) -> str | Id:
        kind = self._decoder.read_varuint(1)
        if kind == 0:
            return self._read_id()
        root = self._decoder.read_string(MAX_NAME_BYTES)
        if root not in self._known_roots:
            raise InvalidUpdate(f"no section called {root!r}")
        self._roots.add(root)
        return root

    def _check_format(self) -> None:
        """A mark begins or, with the value null, ends."""
        key = self._decoder.read_string(MAX_NAME_BYTES)
        written = self._decoder.read_string(MAX_ATTRIBUTE_BYTES)
        if (key, written) in _USUAL_MARKS:
            return
        attributes: object = {}
        if written not in ("{}", "null"):
            try:
                attributes = json.loads(written)
                json.dumps(attributes, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but not UTF-8
            except (ValueError, RecursionError) as error:
                raise InvalidUpdate("a mark's attributes are not JSON") from error
        if not is_mark(mark_name(key), attributes):
            raise InvalidUpdate(f"no mark {key!r} with these attributes")

    def _read_node_name(self) -> str:
        kind = self._decoder.read_varuint()
        if kind == _XML_TEXT_TYPE:
            return XML_TEXT
        if kind != _XML_ELEMENT:
            raise InvalidUpdate(f"shared type {kind}")
        name = self._decoder.read_string(MAX_NAME_BYTES)
        if name not in NODES or name == "doc":
            raise InvalidUpdate(f"no node called {name!r}")
        return name

    def _read_attribute(self) -> Scalar:
        """The value of a node's attribute; whether it fits the node is for `collab.structure` to say."""
        if self._decoder.read_varuint(1) != 1:
            raise InvalidUpdate("an attribute without a value")
        return self._decoder.read_scalar(MAX_ATTRIBUTE_BYTES)

    def _read_deleted(self) -> dict[int, RangeSet]:
        read_varuint = self._decoder.read_varuint
        deleted: dict[int, RangeSet] = {}
        left = self._max_deleted
        for _ in range(read_varuint(self._max_deleted)):
            client = read_varuint()
            if client in deleted:
                raise InvalidUpdate(f"the deletions of client {client} are listed twice")
            range_count = read_varuint(left)
            left -= range_count
            deleted[client] = self._read_ranges(range_count)
        return deleted

    def _read_ranges(self, range_count: int) -> RangeSet:
        """Read ranges in ascending order with something between them, as Yjs and Yrs write what they did."""
        ranges: list[Range] = []
        position = -1
        for _ in range(range_count):
            start = self._decoder.read_varuint(MAX_CLOCK)
            length = self._decoder.read_varuint(MAX_CLOCK - start)
            if not self._is_logged and (length == 0 or start <= position):
                raise InvalidUpdate("deleted ranges that are empty, overlap or touch")
            position = start + length
            ranges.append(Range(start, position))
        return RangeSet(sorted(ranges))


def _measure(text: str, clock: int) -> tuple[int, tuple[int, ...]]:
    """How many clocks a text that starts at `clock` takes, and where the second halves of its pairs are."""
    if "\x00" in text:
        raise InvalidUpdate("a zero character")
    if text.isascii() or max(text) <= "\uffff":
        return len(text), ()
    pairs = []
    for letter in text:
        if letter > "\uffff":
            clock += 1
            pairs.append(clock)
        clock += 1
    return len(text) + len(pairs), tuple(pairs)
