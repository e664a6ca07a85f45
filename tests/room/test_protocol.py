"""Frames of the room: what is read from clients, what is refused, what is written to them."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab import protocol
from collab.lib0 import Decoder, encode_bytes, encode_string, encode_varuint
from collab.protocol import (
    Awareness,
    AwarenessState,
    DocumentUpdate,
    MalformedFrame,
    QueryAwareness,
    Rejection,
    Resume,
    SyncStep1,
    decode_client_frame,
)


def presence(client_id: int, clock: int, written: str) -> bytes:
    return encode_varuint(client_id) + encode_varuint(clock) + encode_string(written)


def awareness_frame(*states: bytes) -> bytes:
    return b"\x01" + encode_bytes(encode_varuint(len(states)) + b"".join(states))


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (b"\x00\x00\x01\x00", SyncStep1(b"\x00")),
        (b"\x00\x01\x02\x00\x00", DocumentUpdate(b"\x00\x00", answers_step1=True)),
        (b"\x00\x02\x03abc", DocumentUpdate(b"abc", answers_step1=False)),
        (b"\x03", QueryAwareness()),
        (b"\x01\x01\x00", Awareness(())),
        (
            awareness_frame(presence(7, 2, '{"cursor":1.5}'), presence(9, 1, "null")),
            Awareness((AwarenessState(7, 2, {"cursor": 1.5}), AwarenessState(9, 1, None))),
        ),
    ],
)
@pytest.mark.parametrize("extended", [False, True])
def test_frames_of_the_plain_protocol(frame, expected, extended):
    assert decode_client_frame(frame, extended=extended) == expected


def test_resume_is_understood_in_extended_mode_only():
    frame = b"\x7e\x05\xac\x02"
    assert decode_client_frame(frame, extended=True) == Resume(text_seq=5, event_seq=300)
    with pytest.raises(MalformedFrame, match="126"):
        decode_client_frame(frame, extended=False)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00", id="no sync kind"),
        pytest.param(b"\x00\x03\x00", id="unknown sync kind"),
        pytest.param(b"\x00\x02\x05ab", id="cut off"),
        pytest.param(b"\x00\x02\xff\xff\xff\xff\x0fab", id="length beyond the frame"),
        pytest.param(b"\x00\x02\x01a\x00\x02\x01a", id="two messages in one frame"),
        pytest.param(b"\x02\x00\x00", id="auth is for servers"),
        pytest.param(b"\x78\x02{}", id="hello is for servers"),
        pytest.param(b"\xe4\x01", id="unknown type"),
        pytest.param(b"\x03\x00", id="trailing byte"),
        pytest.param(b"\x7e\x05", id="half a resume"),
        pytest.param(b"\x01\x02\x00\x00", id="bytes after the last presence"),
        pytest.param(awareness_frame(presence(7, 2, "{")), id="presence is not JSON"),
        pytest.param(awareness_frame(presence(7, 2, "[]")), id="presence is a list"),
        pytest.param(awareness_frame(presence(7, 2, '{"x":NaN}')), id="NaN"),
        pytest.param(awareness_frame(presence(7, 2, '{"x":1e999}')), id="infinite"),
        pytest.param(awareness_frame(presence(7, 2, "[" * 4000)), id="deep JSON"),
        pytest.param(awareness_frame(presence(7, 2, '{"x":' * 33 + "0" + "}" * 33)), id="JSON deeper than any caret"),
        pytest.param(
            awareness_frame(presence(7, 2, '{"x":' + "[" * 980 + "]" * 980 + "}")),
            id="JSON that can be read and not be written",
        ),
        pytest.param(awareness_frame(presence(7, 2, json.dumps({"x": "a" * 4096}))), id="presence too long"),
        pytest.param(
            b"\x01" + encode_bytes(encode_varuint(2) + presence(7, 2, "{}")), id="fewer states than announced"
        ),
        pytest.param(b"\x01" + encode_bytes(encode_varuint(1 << 40)), id="absurd number of states"),
    ],
)
def test_malformed_frames_are_refused(frame):
    with pytest.raises(MalformedFrame):
        decode_client_frame(frame, extended=True)


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_raise_anything_else(frame, extended):
    with suppress(MalformedFrame):
        decode_client_frame(frame, extended=extended)


def test_presence_of_many_small_objects_is_no_deep_one():
    state = {"x": [{"y": []}] * 100}
    (said,) = decode_client_frame(awareness_frame(presence(7, 2, json.dumps(state))), extended=True).states
    assert said.state == state


def test_presence_is_passed_on_as_it_was_read():
    states = (AwarenessState(2**53 - 1, 3, {"user": {"name": "Zoë 😀"}, "half": "\ud800"}), AwarenessState(5, 1, None))
    assert decode_client_frame(protocol.encode_awareness(states), extended=False) == Awareness(states)


def test_keep_alive_is_an_empty_presence():
    assert protocol.KEEP_ALIVE == b"\x01\x01\x00"


def test_frames_of_the_server():
    assert protocol.encode_step1(b"\x00") == b"\x00\x00\x01\x00"
    assert protocol.encode_step2(b"ab") == b"\x00\x01\x02ab"
    assert protocol.encode_update(b"ab") == b"\x00\x02\x02ab"
    assert protocol.encode_saved(300, 7) == b"\x79\xac\x02\x07"
    assert protocol.encode_rejected(4, Rejection.FROZEN, "no") == b"\x7a\x04\x05\x02no"
    assert protocol.encode_head(9) == b"\x7b\x09"
    assert protocol.encode_permission_denied("no") == b"\x02\x00\x02no"


def test_frames_that_carry_json():
    for frame, first, content in [
        (protocol.encode_hello({"role": "reader"}), 120, {"role": "reader"}),
        (protocol.encode_event({"seq": 4, "html": "<p>é</p>"}), 125, {"seq": 4, "html": "<p>é</p>"}),
        (protocol.encode_bye("restart", 500), 127, {"reason": "restart", "retry_after_ms": 500}),
    ]:
        decoder = Decoder(frame)
        assert decoder.read_varuint() == first
        assert json.loads(decoder.read_string()) == content
        decoder.finish()
