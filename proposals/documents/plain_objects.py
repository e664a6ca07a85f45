"""Reads the plain dictionaries of a PDF's object streams quickly: what they refer to, and nothing that is unusual.

A tagged document of 50 pages has five thousand objects, nearly all of them short dictionaries in object streams
(`<</Type /StructElem/S /P/K [7 0 R]/P 5 0 R>>`). pyHanko reads a PDF byte by byte, and the head of an object stream
once for each object in it. Here one regular expression takes them apart. It knows only the commonest way to write each
thing, all of which pyHanko reads the same way; at anything else it gives up, and pyHanko is asked instead.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose

Ref: TypeAlias = tuple[int, int]
"""Number and generation of an indirect object."""

Outline: TypeAlias = dict[str, "Outline"] | list["Outline"] | str | Ref | None
"""An object without what it holds: dictionaries and arrays, names (with their slash) and references. Else None."""

DEEPEST: Final = 8

TOKEN: Final = re.compile(
    rb"""[ \n\r\t]*(?:
        (?P<name> /[A-Za-z0-9_.+*:-]+ ) (?=[ \n\r\t/<>()\[\]])
      | (?P<ref> [0-9]{1,7}\ [0-9]{1,5}\ R ) (?=[ \n\r\t/<>()\[\]])
      | (?P<open> << | \[ )
      | (?P<close> >> | \] )
      | (?P<other> [+-]?[0-9]{1,15}(?:\.[0-9]{1,15})? (?=[ \n\r\t/<>()\[\]])
          | (?:true|false|null) (?=[ \n\r\t/<>()\[\]])
          | <(?:[0-9A-Fa-f]{2})*>
          | \([\ -'*-\[\]-~]*\) )
    )""",
    re.VERBOSE,
)
AFTER: Final = re.compile(rb"[ \n\r\t]*(?:[<\[]|\Z)")
"""What may stand behind a dictionary: the next object or nothing. Anything else might make a stream of it."""

HEAD: Final = re.compile(rb"(?:[0-9]{1,15}[ \n\r\t]+)+")
"""The numbers and places of the objects in a stream, before the first of them."""


class Unusual(Exception):
    """Something that is not understood here and has to be read by pyHanko."""


def plain_dictionary(content: bytes, start: int) -> dict[str, Outline] | None:
    """The dictionary at a place of a decoded object stream; None if it is not one of the plain kind."""
    tokens = TOKEN.scanner(content, start)  # type: ignore[attr-defined]
    first = tokens.match()
    if first is None or first["open"] != b"<<":
        return None
    whole: dict[str, Outline] = {}
    within: list[dict[str, Outline] | list[Outline]] = [whole]
    keys: list[str | None] = [None]
    while found := tokens.match():
        kind, text = found.lastgroup, found[found.lastgroup]
        around = within[-1]
        if kind == "close":
            if (text == b">>") != isinstance(around, dict) or keys[-1] is not None:
                return None
            within.pop()
            keys.pop()
            if not within:
                return whole if AFTER.match(content, found.end()) else None
            continue
        if isinstance(around, dict) and keys[-1] is None:
            if kind != "name" or (key := text.decode()) in around:
                return None
            keys[-1] = key
            continue
        value: Outline = None
        if kind == "name":
            value = text.decode()
        elif kind == "ref":
            number, generation, _ = text.split()
            value = int(number), int(generation)
        elif kind == "open":
            value = {} if text == b"<<" else []
        if isinstance(around, dict):
            around[keys[-1] or ""] = value
            keys[-1] = None
        else:
            around.append(value)
        if isinstance(value, dict | list):
            if len(within) == DEEPEST:
                return None
            within.append(value)
            keys.append(None)
    return None


class ObjectStream:
    """One object stream, its head read once. Raises `Unusual` if its head is not as every program writes it."""

    def __init__(self, stream: generic.PdfObject) -> None:
        if not isinstance(stream, generic.StreamObject) or stream.get("/Type") != "/ObjStm":
            raise Unusual("not an object stream")
        count, first = stream["/N"], stream["/First"]
        self.content = stream.read_data(DecodePurpose.OBJECT_STREAM)
        head = self.content[:first].split()
        if not HEAD.fullmatch(self.content, 0, first) or len(head) != 2 * count:
            raise Unusual("the head of an object stream")
        self.numbers = [int(word) for word in head[::2]]
        self.starts = [first + int(word) for word in head[1::2]]
        if len(set(self.numbers)) != count:
            raise Unusual("an object twice in a stream")

    def plain(self, number: int, index: int) -> dict[str, Outline] | None:
        """The dictionary at an index; None if it is not plain."""
        if not 0 <= index < len(self.numbers) or self.numbers[index] != number:
            raise Unusual("an object stream without the object")
        return plain_dictionary(self.content, self.starts[index])


def outline_of(found: generic.PdfObject) -> Outline:
    """The outline of an object that pyHanko has read."""
    if isinstance(found, generic.IndirectObject):
        return found.idnum, found.generation
    if isinstance(found, generic.DictionaryObject):
        return {str(key): outline_of(value) for key, value in found.items()}
    if isinstance(found, generic.ArrayObject):
        return [outline_of(value) for value in list.__iter__(found)]
    return str(found) if isinstance(found, generic.NameObject) else None
