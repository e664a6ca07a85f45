"""A table of frames that no honest client sends, and what each is answered with in either mode."""

import json
from typing import NamedTuple

from collab.lib0 import encode_bytes, encode_string, encode_varuint
from collab.protocol import CloseCode, Rejection, SyncType
from tests.room import hostile, yjs
from tests.room.yjs import after, element, in_node, in_root, letters, mark, update

MIB = 1024 * 1024

Answer = CloseCode | Rejection | int | None
"""A close code of ours, why a frame was refused while the socket stays open, a close code of WebSocket, or nothing."""


class Bad(NamedTuple):
    """A frame, or raw bytes of WebSocket, and its answer to a socket in extended and in plain mode."""

    frame: bytes | str
    extended: Answer
    plain: Answer
    is_raw: bool = False


def sync(update: bytes, kind: SyncType = SyncType.UPDATE) -> bytes:
    return bytes((0, kind)) + encode_bytes(update)


def presence(*states: tuple[int, int, bytes], count: int | None = None) -> bytes:
    """States of (client, clock, JSON); `count` is what the frame says there are."""
    body = encode_varuint(len(states) if count is None else count)
    body += b"".join(
        encode_varuint(client) + encode_varuint(clock) + encode_bytes(said) for client, clock, said in states
    )
    return b"\x01" + encode_bytes(body)


def bad_frames(root: str, *, smaller_by: int = 1) -> dict[str, Bad]:
    """The whole table, for a room in whose section `root` client 7 has written; see ``hostile.py``.

    `smaller_by` makes its largest trees smaller.
    """
    table = {name: Bad(frame, CloseCode.MALFORMED, CloseCode.MALFORMED) for name, frame in _malformed().items()}
    table |= {name: Bad(frame, CloseCode.TOO_BIG, CloseCode.TOO_BIG) for name, frame in _too_big().items()}
    table |= {name: Bad(frame, code, code, is_raw=True) for name, (frame, code) in _not_websocket().items()}
    table |= {name: Bad(frame, None, None) for name, frame in _lies(root).items()}
    for name, content in _giants(root, smaller_by).items():
        table[name] = Bad(sync(content), Rejection.INVALID, CloseCode.MALFORMED)
    for name, content in (hostile.invalid_updates(root) | hostile.misfits(root)).items():
        table[f"update: {name}"] = Bad(sync(content), Rejection.INVALID, CloseCode.MALFORMED)
        table[f"step 2: {name}"] = Bad(sync(content, SyncType.STEP2), Rejection.INVALID, CloseCode.MALFORMED)
    for name, content in hostile.updates_that_miss_something(root).items():
        table[f"gap: {name}"] = Bad(sync(content), Rejection.GAP, None)
    for name, content in _foreign(root).items():
        table[f"foreign: {name}"] = Bad(sync(content), Rejection.FOREIGN_CLIENT_ID, CloseCode.MALFORMED)
    # Client 7 is somebody else's, which is asked before whether its items are next.
    table["gap: clocks left out"] = table["gap: clocks left out"]._replace(
        extended=Rejection.FOREIGN_CLIENT_ID, plain=CloseCode.MALFORMED
    )
    table["resume in plain mode"] = Bad(b"\x7e\x00\x00", None, CloseCode.MALFORMED)
    table["resume from the far future"] = Bad(b"\x7e" + encode_varuint(2**53 - 1) * 2, None, CloseCode.MALFORMED)
    return table


def _malformed() -> dict[str, bytes | str]:
    far = encode_varuint(2**53 - 1)
    return {
        "a text frame": "hello",
        "an empty text frame": "",
        "JSON as text": json.dumps({"type": "sync"}),
        "an empty frame": b"",
        "noise": bytes(range(200, 256)) * 3,
        "unknown type 64": b"\x40\x01",
        "unknown type of two bytes": b"\xe4\x01",
        "a type of 54 bits": b"\xff" * 7 + b"\x7f",
        "a type that never ends": b"\xff" * 1000,
        "a type in a longer form": b"\x80\x00",
        "permission denied, which servers say": b"\x02\x00\x00",
        "hello": b"\x78\x02{}",
        "saved": b"\x79\x01\x01",
        "rejected": b"\x7a\x01\x03\x00",
        "head": b"\x7b\x09",
        "an event": b"\x7d\x02{}",
        "bye": b"\x7f\x02{}",
        "half a resume": b"\x7e\x05",
        "no kind of sync": b"\x00",
        "sync of kind 3": b"\x00\x03\x00",
        "sync of a huge kind": b"\x00" + far,
        "an update without its length": b"\x00\x02",
        "an update cut off": b"\x00\x02\x7fabc",
        "an update of 2**53 bytes": b"\x00\x02" + far + b"abc",
        "an update and a byte": sync(b"\x00\x00") + b"\x00",
        "two messages in one frame": b"\x03\x03",
        "a state vector that is none": b"\x00\x00\x03\xff\xff\xff",
        "a state vector of 2**53 clients": b"\x00\x00" + encode_bytes(far),
        "a state vector with a clock beyond 31 bits": b"\x00\x00" + encode_bytes(b"\x01\x07" + encode_varuint(2**31)),
        "a state vector and a byte": b"\x00\x00" + encode_bytes(b"\x00\x00"),
        "presence cut off": b"\x01\x06\x01\x07\x01",
        "presence that is not JSON": presence((9, 1, b"{")),
        "presence that is a list": presence((9, 1, b"[]")),
        "presence that is a number": presence((9, 1, b"1")),
        "presence that is not UTF-8": presence((9, 1, b'{"x":"\xff"}')),
        "presence with NaN": presence((9, 1, b'{"x":NaN}')),
        "presence with 1e999": presence((9, 1, b'{"x":1e999}')),
        "presence 33 deep": presence((9, 1, b'{"x":' * 33 + b"0" + b"}" * 33)),
        "presence 980 deep": presence((9, 1, b'{"x":' + b"[" * 980 + b"]" * 980 + b"}")),
        "presence 4,000 deep": presence((9, 1, b"[" * 4000)),
        "presence above 4 KB": presence((9, 1, json.dumps({"x": "a" * 4096}).encode())),
        "presence of 900 KB": presence((9, 1, json.dumps({"x": "a" * 900_000}).encode())),
        "presence of more clients than it holds": presence((9, 1, b"{}"), count=5),
        "presence of 2**53 clients": presence(count=2**53 - 1),
        "presence of 1,001 clients": presence(*((client, 1, b"null") for client in range(1001))),
        "presence with a clock of 53 bits": presence((9, 2**53 - 1, b"{}")),
        "presence and a byte": b"\x01\x02\x00\x00",
        "a question with an argument": b"\x03\x00",
    }


def _too_big() -> dict[str, bytes | str]:
    return {
        "a frame of 1 MiB and a byte": sync(b"\x00" * (MIB - 4)),
    }


def _not_websocket() -> dict[str, tuple[bytes, int]]:
    """Raw bytes, and WebSocket's own close codes (RFC 6455, 7.4.1).

    Of a frame that is too big only the beginning is sent: the rest of it would meet a closed connection.
    """
    return {
        "a frame without a mask": (b"\x82\x01\x03", 1002),
        "reserved bits": (b"\xf2\x81\x00\x00\x00\x00\x03", 1002),
        "an unknown opcode": (b"\x83\x81\x00\x00\x00\x00\x03", 1002),
        "a continuation of nothing": (b"\x80\x81\x00\x00\x00\x00\x03", 1002),
        "a ping of 126 bytes": (b"\x89\xfe\x00\x7e\x00\x00\x00\x00" + b"x" * 126, 1002),
        "a text that is not UTF-8": (b"\x81\x82\x00\x00\x00\x00\xc3\x28", 1007),
        "a frame of 10 MB": (b"\x82\xff" + (10_000_000).to_bytes(8) + b"\x00" * 1000, CloseCode.TOO_BIG),
        "a text frame of 10 MB": (b"\x81\xff" + (10_000_000).to_bytes(8) + b"x" * 1000, CloseCode.TOO_BIG),
        "a frame that says 2**62 bytes": (b"\x82\xff\x40" + b"\x00" * 7 + b"\x00" * 4, 1009),
    }


def _lies(root: str) -> dict[str, bytes]:
    """Well-formed, and of no effect."""
    return {
        "an empty update": sync(b"\x00\x00"),
        "an empty step 2": sync(b"\x00\x00", SyncType.STEP2),
        "what everybody has": sync(yjs.paragraph(7, "a😀b", root=root)),
        "other letters under clocks that are taken": sync(update((7, 2, [letters("lies", in_node(7, 1))]))),
        "another node under a clock that is taken": sync(update((7, 0, [element("heading", in_root(root))]))),
        "a mark under a clock that is taken": sync(update((7, 2, [mark("bold", "{}", after(7, 1))]))),
        "presence of nobody": presence(),
        "farewell in the name of another": presence((7, 2**32 - 1, b"null")),
        "farewell of 1,000 strangers": presence(*((client, 1, b"null") for client in range(1000, 2000))),
    }


def giants() -> set[str]:
    """The names of those that cost time: many, deep or long."""
    return set(_giants(yjs.ROOT, 1000))


def _giants(root: str, smaller_by: int) -> dict[str, bytes]:
    place, level = in_root(root), in_node(7, 0, key="level")
    wide, deep = 49_960 // smaller_by, 40_000 // smaller_by
    parents = [0] * wide + list(range(wide, wide + 40))
    many = [element("blockquote", place), *(element("blockquote", in_node(9, parent)) for parent in parents)]
    return {
        "a tree 33 deep": hostile.deep(33, root),
        "a tree 40,000 deep": hostile.deep(deep, root),
        "a tree of 50,000 nodes, too deep at its end": update((9, 0, many)),
        "a mark of 900 KB": update((9, 0, [mark("link", json.dumps({"href": "x" * 900_000}), in_node(7, 1))])),
        "a mark's name of 900 KB": update((9, 0, [mark("x" * 900_000, "{}", in_node(7, 1))])),
        "a node's name of 900 KB": update((9, 0, [element("x" * 900_000, place)])),
        "an attribute's name of 900 KB": update((9, 0, [yjs.attribute(b"\x7d\x03", in_node(7, 0, key="x" * 900_000))])),
        "a section's name of 900 KB": update((9, 0, [element("paragraph", in_root("x" * 900_000))])),
        "900 KB of letters directly in a section": update((9, 0, [letters("x" * 900_000, place)])),
        "a value of 900 KB": update((9, 0, [yjs.attribute(b"\x77" + encode_string("x" * 900_000), level)])),
        "100,001 structs": update((9, 0, [yjs.garbage(1)] * 100_001)),
        "100,001 deletions": update(deleted={7: [(2 * clock, 1) for clock in range(100_001)]}),
    }


def _foreign(root: str) -> dict[str, bytes]:
    """They go on under the client id of somebody else."""
    return {
        "the next clock": update((7, 6, [letters("forged", after(7, 5))])),
        "a new paragraph": update((7, 6, [element("paragraph", in_root(root))])),
        "letters that are known in part": update((7, 2, [letters("a😀bforged", in_node(7, 1))])),
        "garbage": update((7, 6, [yjs.garbage(3)])),
        "beside honest letters": update((8, 0, [letters("x", after(7, 5))]), (7, 6, [letters("y", after(8, 0))])),
    }
