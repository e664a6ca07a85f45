"""The room's wire protocol: bytes to typed frames, and back. No Django, no Channels.

Types 0 to 3 are the y-websocket protocol as every Yjs client speaks it (*plain mode*). A client that asks for the
subprotocol `SUBPROTOCOL` also speaks types from 120 on (*extended mode*). One frame is one binary message; bytes
after its end are an error. ``docs/room.md`` describes each frame for people who write clients.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from collab.lib0 import Decoder, DecodingError, encode_bytes, encode_string, encode_varuint

SUBPROTOCOL: Final = "sameside.v1"
PROTOCOL_VERSION: Final = 1

EMPTY_STATE_VECTOR: Final = b"\x00"
EMPTY_UPDATE: Final = b"\x00\x00"

AWARENESS_LIMIT_BYTES: Final = 4096
AWARENESS_STATES_LIMIT: Final = 1000
AWARENESS_CLOCK_LIMIT: Final = 2**32 - 1
"""Clients count from 0; whoever leaves is shown with the clock after their last, which must still be a number."""

AWARENESS_DEPTH_LIMIT: Final = 32
"""JSON that can be read can't always be written: both use the interpreter's stack, of which less may be left then."""


class MalformedFrame(ValueError):
    """A frame that says nothing in this protocol. The socket that sent it is closed with `CloseCode.MALFORMED`."""


class FrameType(IntEnum):
    """The first byte of every frame. Numbers from 120 on travel in extended mode only."""

    SYNC = 0
    AWARENESS = 1
    AUTH = 2
    QUERY_AWARENESS = 3
    HELLO = 120
    SAVED = 121
    REJECTED = 122
    HEAD = 123
    EVENT = 125
    RESUME = 126
    BYE = 127


class SyncType(IntEnum):
    """The second byte of a sync frame."""

    STEP1 = 0
    STEP2 = 1
    UPDATE = 2


class Rejection(IntEnum):
    """Why a frame was not taken, as told in a `FrameType.REJECTED` frame."""

    READ_ONLY = 1
    GAP = 2
    INVALID = 3
    FOREIGN_CLIENT_ID = 4
    FROZEN = 5
    QUOTA = 6


class CloseCode(IntEnum):
    """Why the server closed a socket. y-websocket gives up for good on 4400 to 4499 and tries again on the rest."""

    TOO_BIG = 1009
    RESTART = 1012
    OVERLOAD = 1013
    MALFORMED = 4400
    SIGN_IN_AGAIN = 4401
    NOT_A_PARTICIPANT = 4403
    NO_SUCH_ROOM = 4404
    EPOCH_CHANGED = 4409
    FROZEN = 4423
    TOO_SLOW = 4508
    QUOTA = 4513
    RATE = 4529


# --- what clients send --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """ "This is what I have": asks for the rest."""

    state_vector: bytes


@dataclass(frozen=True, slots=True)
class DocumentUpdate:
    """A Yjs update (version 1, not yet looked into). `answers_step1` tells step 2 from a plain update."""

    update: bytes
    answers_step1: bool


@dataclass(frozen=True, slots=True)
class AwarenessState:
    """One Yjs client's presence: a JSON object, or None when it has left."""

    client_id: int
    clock: int
    state: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Awareness:
    """Presence of one or more Yjs clients."""

    states: tuple[AwarenessState, ...]


@dataclass(frozen=True, slots=True)
class QueryAwareness:
    """Asks for everybody's presence."""


@dataclass(frozen=True, slots=True)
class Resume:
    """ "I have the text up to `text_seq` and the events up to `event_seq`": asks for what came after (extended)."""

    text_seq: int
    event_seq: int


ClientFrame = SyncStep1 | DocumentUpdate | Awareness | QueryAwareness | Resume


def decode_client_frame(frame: bytes, *, extended: bool) -> ClientFrame:
    """Read one frame from a client. `extended`: the socket speaks `SUBPROTOCOL`. Raises `MalformedFrame`."""
    decoder = Decoder(frame)
    try:
        decoded = _decode(decoder, extended=extended)
        decoder.finish()
    except DecodingError as error:
        raise MalformedFrame(str(error)) from error
    return decoded


def short_update_in(frame: bytes) -> bytes | None:
    """The update in a frame that holds one of less than 128 bytes, as typing makes; None for any other frame."""
    if frame[:2] == _SYNC_UPDATE and 3 <= len(frame) < 131 and frame[2] == len(frame) - 3:
        return frame[3:]
    return None


def _decode(decoder: Decoder, *, extended: bool) -> ClientFrame:
    frame_type = decoder.read_varuint()
    if frame_type == FrameType.SYNC:
        return _decode_sync(decoder)
    if frame_type == FrameType.AWARENESS:
        return _decode_awareness(decoder)
    if frame_type == FrameType.QUERY_AWARENESS:
        return QueryAwareness()
    if frame_type == FrameType.RESUME and extended:
        return Resume(text_seq=decoder.read_varuint(), event_seq=decoder.read_varuint())
    raise MalformedFrame(f"clients don't send frames of type {frame_type}")


def _decode_sync(decoder: Decoder) -> SyncStep1 | DocumentUpdate:
    sync_type = decoder.read_varuint()
    if sync_type > SyncType.UPDATE:
        raise MalformedFrame(f"no sync frame of kind {sync_type}")
    payload = decoder.read_bytes()
    if sync_type == SyncType.STEP1:
        return SyncStep1(payload)
    return DocumentUpdate(payload, answers_step1=sync_type == SyncType.STEP2)


def _decode_awareness(decoder: Decoder) -> Awareness:
    body = Decoder(decoder.read_bytes())
    states = tuple(_decode_awareness_state(body) for _ in range(body.read_varuint(AWARENESS_STATES_LIMIT)))
    body.finish()
    return Awareness(states)


def _decode_awareness_state(body: Decoder) -> AwarenessState:
    client_id = body.read_varuint()
    clock = body.read_varuint(AWARENESS_CLOCK_LIMIT)
    written = body.read_string(AWARENESS_LIMIT_BYTES)
    try:
        state = json.loads(written, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise MalformedFrame("presence is not JSON") from error
    if state is not None and not isinstance(state, dict):
        raise MalformedFrame("presence is neither an object nor null")
    if written.count("[") + written.count("{") > AWARENESS_DEPTH_LIMIT and _is_deep(state):
        raise MalformedFrame("presence is nested too deeply")
    return AwarenessState(client_id, clock, state)


def _is_deep(state: object) -> bool:
    """Whether more than `AWARENESS_DEPTH_LIMIT` lists and objects stand in each other."""
    level: list[object] = [state]
    for _ in range(AWARENESS_DEPTH_LIMIT):
        inside: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inside += each.values()
            elif isinstance(each, list):
                inside += each
        level = inside
    return any(isinstance(each, dict | list) for each in level)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(written: str) -> float:
    """``1e999`` is JSON, but would be passed on as ``Infinity``, which is not."""
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written} is too large")
    return number


# --- what the server sends ----------------------------------------------------------------------------------------


def encode_step1(state_vector: bytes) -> bytes:
    """Ask a client for what the server lacks."""
    return _SYNC_STEP1 + encode_bytes(state_vector)


def encode_step2(update: bytes) -> bytes:
    """Answer a client's step 1."""
    return _SYNC_STEP2 + encode_bytes(update)


def encode_update(update: bytes) -> bytes:
    """Pass on an update that is in the log."""
    return _SYNC_UPDATE + encode_bytes(update)


def encode_awareness(states: Iterable[AwarenessState]) -> bytes:
    """Pass on presence. Without states it is `KEEP_ALIVE`."""
    count = 0
    body = b""
    for state in states:
        count += 1
        # All ASCII: half a surrogate pair is legal in JSON, but not in UTF-8.
        written = json.dumps(state.state, separators=(",", ":"))
        body += encode_varuint(state.client_id) + encode_varuint(state.clock) + encode_string(written)
    return bytes((FrameType.AWARENESS,)) + encode_bytes(encode_varuint(count) + body)


def encode_permission_denied(reason: str) -> bytes:
    """Say in plain mode why a write was not taken (y-protocols/auth)."""
    return bytes((FrameType.AUTH, 0)) + encode_string(reason)


def encode_hello(hello: Mapping[str, object]) -> bytes:
    """Greet: ``{protocol, room, epoch, seq, role, schema, limits, event}``."""
    return _encode_json(FrameType.HELLO, hello)


def encode_saved(count: int, text_seq: int) -> bytes:
    """The first `count` step 2 and update frames of this socket are settled: durable at or before `text_seq`.

    A frame that was refused is settled too; its `encode_rejected` always goes out first.
    """
    return bytes((FrameType.SAVED,)) + encode_varuint(count) + encode_varuint(text_seq)


def encode_rejected(frame_number: int, rejection: Rejection, reason: str) -> bytes:
    """The `frame_number`-th (from 1) step 2 or update frame of this socket was not taken."""
    return (
        bytes((FrameType.REJECTED,)) + encode_varuint(frame_number) + encode_varuint(rejection) + encode_string(reason)
    )


def encode_head(text_seq: int) -> bytes:
    """This socket has been sent the whole log up to `text_seq`."""
    return bytes((FrameType.HEAD,)) + encode_varuint(text_seq)


def encode_event(event: Mapping[str, object]) -> bytes:
    """Something happened: ``{seq, type, actor, fragments, announce}``, or ``section.settled`` without seq."""
    return _encode_json(FrameType.EVENT, event)


def encode_bye(reason: str, retry_after_ms: int) -> bytes:
    """The server is about to close this socket."""
    return _encode_json(FrameType.BYE, {"reason": reason, "retry_after_ms": retry_after_ms})


def _encode_json(frame_type: FrameType, content: Mapping[str, object]) -> bytes:
    written = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return bytes((frame_type,)) + encode_string(written)


_SYNC_STEP1: Final = bytes((FrameType.SYNC, SyncType.STEP1))
_SYNC_STEP2: Final = bytes((FrameType.SYNC, SyncType.STEP2))
_SYNC_UPDATE: Final = bytes((FrameType.SYNC, SyncType.UPDATE))

KEEP_ALIVE: Final = encode_awareness(())
"""An empty presence frame: y-websocket closes a socket on which 30 seconds pass without a message."""
