"""A short way through `collab.validation` for what nearly every update is: one run of letters put behind something.

`letters_in` reads only that, in a fifth of the time, and leaves everything else, right or wrong, to the whole parser.
No Django, no Channels, no pycrdt.
"""

import re
from typing import Final

from collab.lib0 import MAX_SAFE_INTEGER
from collab.validation import MAX_CLOCK, ORIGIN_RIGHT, Content, Id, Struct

_NUMBER: Final = rb"([\x80-\xff]{0,7}[\x00-\x7f])"
_LETTERS: Final = re.compile(
    rb"\x01\x01" + _NUMBER * 2  # one client's one struct, from this clock on
    + rb"(\x84" + _NUMBER * 2  # letters behind an item
    + rb"|\xc4" + _NUMBER * 4 + rb")"  # or between two
    + rb"([\x01-\x7f])(.+)\x00",  # nothing deleted
    re.DOTALL,
)  # fmt: skip
_BETWEEN: Final = 0xC4
_OFFSET_OF_CLIENT: Final = 2

assert _BETWEEN == 0x80 | ORIGIN_RIGHT | Content.STRING


def letters_in(update: bytes) -> Struct | None:
    """The only struct of an update that inserts one run of letters and deletes nothing; None for any other update.

    What it gives is what `validation.parse_update` gives; that accepts every update of which this gives something.
    """
    found = _LETTERS.fullmatch(update)
    if found is None:
        return None
    client, clock, neighbours, left, left_clock, before, before_clock, after, after_clock, size, written = (
        found.groups()
    )
    if len(written) != size[0]:
        return None
    try:
        text = written.decode()
    except UnicodeDecodeError:
        return None
    if "\x00" in text or not (text.isascii() or max(text) <= "\uffff"):
        return None
    by, at = _number(client), _number(clock)
    if neighbours[0] == _BETWEEN:
        behind, ahead = Id(_number(before), _number(before_clock)), Id(_number(after), _number(after_clock))
    else:
        behind, ahead = Id(_number(left), _number(left_clock)), None
    for each in (Id(by, at + len(text)), behind, ahead or behind):
        if not (0 <= each.client <= MAX_SAFE_INTEGER and 0 <= each.clock <= MAX_CLOCK):
            return None
    if at < 0:
        return None
    offset = _OFFSET_OF_CLIENT + len(client) + len(clock)
    return Struct(Content.STRING, by, at, len(text), behind, ahead, None, None, "", text, (), offset)


def _number(written: bytes) -> int:
    """A whole varuint; -1 if it is longer than needed."""
    if len(written) == 1:
        return written[0]
    number = written[-1]
    if number == 0:
        return -1
    for byte in reversed(written[:-1]):
        number = number << 7 | byte & 127
    return number
