"""The byte encoding under Yjs: what ``lib0/encoding`` writes, read with a length check at every step.

Unsigned integers are little-endian groups of seven bits (at most 53 bits, as a JavaScript number can hold); byte
strings and texts carry their length in front. Only the shortest form of a number is accepted, because nothing
writes another and two spellings of one update would be two updates.
"""

import math
import struct
from typing import Final

MAX_SAFE_INTEGER: Final = 2**53 - 1

Scalar = str | int | float | bool | None


class DecodingError(ValueError):
    """Bytes that no lib0 encoder writes: cut off, too long, not UTF-8, or not in the shortest form."""


def encode_varuint(number: int) -> bytes:
    """Encode a number from 0 to 2**53 - 1."""
    if 0 <= number < 128:
        return bytes((number,))
    if not 0 <= number <= MAX_SAFE_INTEGER:
        raise ValueError(f"{number} does not fit into a varuint")
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def encode_bytes(payload: bytes) -> bytes:
    """Encode a byte string with its length in front."""
    return encode_varuint(len(payload)) + payload


def encode_string(text: str) -> bytes:
    """Encode a text as UTF-8 with its length in bytes in front."""
    return encode_bytes(text.encode())


class Decoder:
    """Reads one buffer from front to back. Every method raises `DecodingError` rather than read past the end."""

    __slots__ = ("_buffer", "_end", "_position")

    def __init__(self, buffer: bytes) -> None:
        self._buffer = buffer
        self._position = 0
        self._end = len(buffer)

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._position

    def finish(self) -> None:
        """Demand that everything has been read."""
        if self._position != self._end:
            raise DecodingError(f"{self._end - self._position} bytes too many")

    def read_uint8(self) -> int:
        """Read one byte."""
        position = self._position
        if position >= self._end:
            raise DecodingError("cut off")
        self._position = position + 1
        return self._buffer[position]

    def read_varuint(self, maximum: int = MAX_SAFE_INTEGER) -> int:
        """Read an unsigned number of at most `maximum`."""
        position = self._position
        if position >= self._end:
            raise DecodingError("cut off")
        byte = self._buffer[position]
        position += 1
        if byte < 128 and byte <= maximum:
            self._position = position
            return byte
        number = byte & 127
        shift = 7
        while byte > 127:
            if position >= self._end:
                raise DecodingError("cut off in a number")
            if shift > 49:
                raise DecodingError("a number of more than 53 bits")
            byte = self._buffer[position]
            position += 1
            if byte == 0:
                raise DecodingError("a number longer than needed")
            number |= (byte & 127) << shift
            shift += 7
        if number > maximum:
            raise DecodingError(f"{number} is more than {maximum}")
        self._position = position
        return number

    def read_bytes(self, maximum_bytes: int = MAX_SAFE_INTEGER) -> bytes:
        """Read a byte string of at most `maximum_bytes`."""
        length = self.read_varuint(maximum_bytes)
        start = self._position
        if length > self._end - start:
            raise DecodingError("cut off in a byte string")
        self._position = start + length
        return self._buffer[start : start + length]

    def read_string(self, maximum_bytes: int = MAX_SAFE_INTEGER) -> str:
        """Read a UTF-8 text of at most `maximum_bytes`."""
        try:
            return self.read_bytes(maximum_bytes).decode()
        except UnicodeDecodeError as error:
            raise DecodingError("not UTF-8") from error

    def read_scalar(self, maximum_bytes: int = MAX_SAFE_INTEGER) -> Scalar:
        """Read one value written by ``writeAny`` that is not a list, an object or bytes.

        Numbers come back as `int` where they are whole, whichever of the four encodings was used.
        """
        tag = self.read_uint8()
        if tag == 119:
            return self.read_string(maximum_bytes)
        if tag == 125:
            return self._read_varint()
        if tag in _FLOATS:
            return self._read_float(*_FLOATS[tag])
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        raise DecodingError(f"value {tag} is not a text, a number or a truth value")

    def _read_varint(self) -> int:
        """Read a signed number: one sign bit and six value bits first, then groups of seven."""
        byte = self.read_uint8()
        negative = byte & 64
        number = byte & 63
        shift = 6
        while byte > 127:
            if shift > 48:
                raise DecodingError("a number of more than 53 bits")
            byte = self.read_uint8()
            if byte == 0:
                raise DecodingError("a number longer than needed")
            number |= (byte & 127) << shift
            shift += 7
        if number > MAX_SAFE_INTEGER:
            raise DecodingError("a number of more than 53 bits")
        return -number if negative else number

    def _read_float(self, size_bytes: int, layout: str) -> int | float:
        start = self._position
        if size_bytes > self._end - start:
            raise DecodingError("cut off in a number")
        self._position = start + size_bytes
        number: float = struct.unpack(layout, self._buffer[start : self._position])[0]
        if not math.isfinite(number):
            raise DecodingError("a number that is not finite")
        return int(number) if number.is_integer() and abs(number) <= MAX_SAFE_INTEGER else number


_FLOATS: Final[dict[int, tuple[int, str]]] = {124: (4, ">f"), 123: (8, ">d")}
_CONSTANTS: Final[dict[int, bool | None]] = {127: None, 126: None, 121: False, 120: True}
