"""Yjs updates written by hand, byte by byte, for tests: also those that no Yjs would write."""

import json
from pathlib import Path

from collab.lib0 import encode_bytes, encode_string, encode_varuint

ROOT = "section:a"
CORPUS = Path(__file__).parent / "corpus" / "editing.json"


def recorded_sessions() -> list[dict]:
    """What a real editor wrote; see ``corpus/record.mjs``."""
    return json.loads(CORPUS.read_text())["sessions"]


def identifier(client: int, clock: int) -> bytes:
    return encode_varuint(client) + encode_varuint(clock)


def in_root(root: str = ROOT, *, key: str | None = None) -> tuple[int, bytes]:
    """Flags and bytes of "the parent is this root type"."""
    return (0x20 if key else 0), b"\x01" + encode_string(root) + (encode_string(key) if key else b"")


def in_node(client: int, clock: int, *, key: str | None = None) -> tuple[int, bytes]:
    """Flags and bytes of "the parent is this node"."""
    return (0x20 if key else 0), b"\x00" + identifier(client, clock) + (encode_string(key) if key else b"")


def after(client: int, clock: int) -> tuple[int, bytes]:
    """Flags and bytes of "to the right of this item"."""
    return 0x80, identifier(client, clock)


def before(client: int, clock: int) -> tuple[int, bytes]:
    """Flags and bytes of "to the left of this item"."""
    return 0x40, identifier(client, clock)


def between(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, bytes]:
    """Flags and bytes of "between these items"."""
    return 0xC0, identifier(*left) + identifier(*right)


def struct(content: int, place: tuple[int, bytes], body: bytes) -> bytes:
    return bytes((content | place[0],)) + place[1] + body


def element(name: str, place: tuple[int, bytes]) -> bytes:
    return struct(7, place, b"\x03" + encode_string(name))


def xml_text(place: tuple[int, bytes]) -> bytes:
    return struct(7, place, b"\x06")


def letters(text: str, place: tuple[int, bytes]) -> bytes:
    return struct(4, place, encode_string(text))


def mark(key: str, value: str, place: tuple[int, bytes]) -> bytes:
    return struct(6, place, encode_string(key) + encode_string(value))


def attribute(value: bytes, place: tuple[int, bytes]) -> bytes:
    return struct(8, place, b"\x01" + value)


def tombstone(length: int, place: tuple[int, bytes]) -> bytes:
    return struct(1, place, encode_varuint(length))


def garbage(length: int) -> bytes:
    return b"\x00" + encode_varuint(length)


def skip(length: int) -> bytes:
    return b"\x0a" + encode_varuint(length)


def update(*runs: tuple[int, int, list[bytes]], deleted: dict[int, list[tuple[int, int]]] | None = None) -> bytes:
    """An update of (client, first clock, structs) and of deleted (clock, length) by client."""
    written = encode_varuint(len(runs))
    for client, clock, structs in runs:
        written += encode_varuint(len(structs)) + identifier(client, clock) + b"".join(structs)
    written += encode_varuint(len(deleted or {}))
    for client, ranges in (deleted or {}).items():
        written += encode_varuint(client) + encode_varuint(len(ranges))
        written += b"".join(encode_varuint(start) + encode_varuint(length) for start, length in ranges)
    return written


def paragraph(client: int, text: str, *, root: str = ROOT) -> bytes:
    """A paragraph (clock 0) with one text (clock 1) that begins with `text` (from clock 2)."""
    return update(
        (
            client,
            0,
            [element("paragraph", in_root(root)), xml_text(in_node(client, 0)), letters(text, in_node(client, 1))],
        )
    )


def payload(content: bytes) -> bytes:
    return encode_bytes(content)


def paragraphs(client: int, count: int, *, root: str = ROOT) -> bytes:
    """So many empty paragraphs, one after the other."""
    first = element("paragraph", in_root(root))
    return update((client, 0, [first, *(element("paragraph", after(client, clock)) for clock in range(count - 1))]))
