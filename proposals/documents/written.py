"""A section's text as blocks of words with the hands that wrote them: what looking back shows and compares.

A block is what begins on a line of its own; where it stands in lists and quotes is told by a label and a depth.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from proposals.prose import ProseDocument, safe_href
from proposals.prose.schema import LISTS, TEXT
from proposals.text import Hand, Writer

NOBODY: Final = Hand(Writer())
_WORDS: Final = re.compile(r"\s*\S+\s*|\s+")

Marks = tuple[tuple[str, str], ...]
"""Names of marks with the address of a link; comments are left out."""


class Piece(NamedTuple):
    """Letters of one hand with the same marks."""

    text: str
    marks: Marks
    hand: Hand


class Word(NamedTuple):
    """A word with the white space around it, in pieces.

    `key` is what it says and how, whoever wrote it and whatever space follows; comparing looks at this.
    """

    pieces: tuple[Piece, ...]
    key: tuple[tuple[str, Marks], ...]

    @property
    def hands(self) -> tuple[Hand, ...]:
        """The hands of its letters; of space only where there is nothing else."""
        return tuple(piece.hand for piece in self.pieces if piece.text.strip()) or tuple(
            piece.hand for piece in self.pieces
        )


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or item. `kind` is "paragraph", "heading" or "quote"; `label` a list's bullet or number."""

    kind: str
    label: str
    depth: int
    words: tuple[Word, ...]

    @property
    def shape(self) -> tuple[str, bool, int]:
        """What it is, but for its number in a list."""
        return self.kind, bool(self.label), self.depth

    @property
    def key(self) -> tuple[Any, ...]:
        """All it says; equal blocks are unchanged."""
        return self.shape, tuple(word.key for word in self.words)


def blocks_of(text: ProseDocument) -> list[Block]:
    """The blocks of a text whose text nodes may carry a `hand`."""
    return list(_blocks(text.get("content", []), "", "", 0))


def _blocks(nodes: Sequence[ProseDocument], kind: str, label: str, depth: int) -> Iterator[Block]:
    """The blocks of neighbours; the first of them has the label."""
    for node in nodes:
        name = node["type"]
        children = node.get("content", [])
        if name in LISTS:
            number = node.get("attrs", {}).get("start", 1)
            for place, item in enumerate(children):
                bullet = "•" if name == "bulletList" else f"{number + place}."
                yield from _blocks(item.get("content", []), kind, bullet, depth + 1)
        elif name == "blockquote":
            yield from _blocks(children, "quote", label, depth)
        else:
            yield Block("heading" if name == "heading" else kind or "paragraph", label, depth, _words(children))
        label = ""


def _words(nodes: Sequence[ProseDocument]) -> tuple[Word, ...]:
    pieces = [_piece(node) for node in nodes]
    text = "".join(piece.text for piece in pieces)
    words = []
    place, used = 0, 0
    for found in _WORDS.finditer(text):
        left = found.end() - found.start()
        parts = []
        while left:
            piece = pieces[place]
            taken = piece.text[used : used + left]
            parts.append(Piece(taken, piece.marks, piece.hand))
            used += len(taken)
            left -= len(taken)
            if used == len(piece.text):
                place, used = place + 1, 0
        words.append(Word(tuple(parts), _key(parts)))
    return tuple(words)


def _key(pieces: Sequence[Piece]) -> tuple[tuple[str, Marks], ...]:
    if len(pieces) == 1:
        return ((pieces[0].text.rstrip(), pieces[0].marks),)
    said: list[tuple[str, Marks]] = []
    for text, marks, _ in pieces:
        if said and said[-1][1] == marks:
            said[-1] = (said[-1][0] + text, marks)
        else:
            said.append((text, marks))
    return (*said[:-1], (said[-1][0].rstrip(), said[-1][1]))


def _piece(node: ProseDocument) -> Piece:
    if node["type"] != TEXT:
        return Piece("\n", (), NOBODY)
    return Piece(node["text"], tuple(sorted(_marks(node.get("marks", ())))), node.get("hand", NOBODY))


def _marks(marks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for mark in marks:
        if mark["type"] != "comment":
            yield mark["type"], safe_href(mark.get("attrs", {}).get("href")) or ""
