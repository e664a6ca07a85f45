"""A sentence that knows its amounts: each leads to how it is made, wherever a page shows the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """Some words of a sentence. `of` is the name in the working of the amount that they are; "" for mere words."""

    words: str
    of: str = ""


class Said(str):
    """The sentence as text, with the pieces it is made of."""

    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, *pieces: str | Piece) -> Said:
        """The sentence of these pieces; sentences among them bring their own."""
        made: list[Piece] = []
        for piece in pieces:
            if isinstance(piece, Piece):
                made.append(piece)
            else:
                made.extend(piece.pieces if isinstance(piece, Said) else (Piece(piece),))
        said = cls("".join(piece.words for piece in made))
        said.pieces = tuple(made)
        return said

    def as_sentence(self) -> Said:
        """The same with a capital letter."""
        first, *others = self.pieces
        return Said.of(first._replace(words=f"{first.words[:1].upper()}{first.words[1:]}"), *others)

    @classmethod
    def joined(cls, between: str, sentences: Sequence[str]) -> Said:
        """One after the other with some words between."""
        return cls.of(*[piece for said in sentences for piece in (between, said)][1:])

    @classmethod
    def listing(cls, sentences: list[Said]) -> Said:
        """Joined for people: “a”, “a and b”, “a, b and c”."""
        made: list[str] = []
        for place, said in enumerate(sentences):
            made += ["" if not place else " and " if place == len(sentences) - 1 else ", ", said]
        return cls.of(*made)
