"""The byte encoding under Yjs, read with a length check at every step."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.lib0 import MAX_SAFE_INTEGER, Decoder, DecodingError, encode_string, encode_varuint


@given(st.integers(0, MAX_SAFE_INTEGER))
def test_numbers_come_back(number):
    decoder = Decoder(encode_varuint(number))
    assert decoder.read_varuint() == number
    decoder.finish()


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_texts_come_back(text):
    decoder = Decoder(encode_string(text))
    assert decoder.read_string() == text
    decoder.finish()


@pytest.mark.parametrize("number", [-1, MAX_SAFE_INTEGER + 1])
def test_numbers_beyond_javascript_are_not_written(number):
    with pytest.raises(ValueError, match="does not fit"):
        encode_varuint(number)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x80", id="cut off"),
        pytest.param(b"\x80\x00", id="longer than needed"),
        pytest.param(b"\xff" * 7 + b"\x1f", id="54 bits"),
        pytest.param(b"\xff" * 20, id="without end"),
    ],
)
def test_bad_numbers_are_refused(encoded):
    with pytest.raises(DecodingError):
        Decoder(encoded).read_varuint()


def test_a_number_above_the_callers_limit_is_refused():
    with pytest.raises(DecodingError, match="300 is more than 299"):
        Decoder(encode_varuint(300)).read_varuint(299)


@pytest.mark.parametrize(
    "encoded", [b"\x05abcd", b"\x01\xff", b"\x02\xc3"], ids=["cut off", "not UTF-8", "half a letter"]
)
def test_bad_texts_are_refused(encoded):
    with pytest.raises(DecodingError):
        Decoder(encoded).read_string()


def test_bytes_left_over_are_refused():
    with pytest.raises(DecodingError, match="2 bytes too many"):
        Decoder(b"ab").finish()


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (b"\x7d\x03", 3),
        (b"\x7d\x43", -3),
        (b"\x7d\xbf\x7f", 8191),
        (b"\x7d\xff\x7f", -8191),
        (b"\x7c" + struct.pack(">f", 3.0), 3),
        (b"\x7b" + struct.pack(">d", 0.5), 0.5),
        (b"\x77\x02hi", "hi"),
        (b"\x78", True),
        (b"\x79", False),
        (b"\x7e", None),
        (b"\x7f", None),
    ],
)
def test_scalars(encoded, expected):
    decoder = Decoder(encoded)
    value = decoder.read_scalar()
    decoder.finish()
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(b"\x75\x01" * 50_000 + b"\x7e", id="lists in lists"),
        pytest.param(b"\x76\x01\x01a\x7e", id="object"),
        pytest.param(b"\x74\x01a", id="bytes"),
        pytest.param(b"\x7b" + struct.pack(">d", math.nan), id="not a number"),
        pytest.param(b"\x7c\x00\x00", id="cut off"),
        pytest.param(b"\x7d\xff\xff\xff\xff\xff\xff\xff\xff\x7f", id="too large"),
        pytest.param(b"\x00", id="unknown"),
    ],
)
def test_everything_else_is_refused(encoded):
    with pytest.raises(DecodingError):
        Decoder(encoded).read_scalar()
