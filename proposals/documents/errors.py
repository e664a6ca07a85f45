"""What can go wrong with a document, said for people. A failed document leaves the proposal as it was."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from proposals.exceptions import NotRenderable, Refusal

NAMED_CHARACTERS_COUNT = 12
"""How many missing characters a sentence names; beyond that it gives their number."""


class DocumentNotRenderable(NotRenderable):
    """The PDF could not be made: too large, too slow, or the renderer failed on it. Nothing has changed."""


class MissingGlyphs(DocumentNotRenderable):
    """The document has characters that none of the fonts can draw, so it may not be sealed.

    `extra["characters"]` lists them with their Unicode names.
    """

    code = "missing_glyphs"

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = tuple(characters)
        named = [f"“{character}” ({name_of(character)})" for character in self.characters[:NAMED_CHARACTERS_COUNT]]
        more = len(self.characters) - len(named)
        listing = ", ".join(named) + (f" and {more} more" if more else "")
        super().__init__(
            f"The document has characters that the fonts of this server cannot draw: {listing}. Replace them, or ask "
            "the operator to add a font that has them. Nothing was changed.",
            extra={"characters": [{"character": c, "name": name_of(c)} for c in self.characters]},
        )


class NotSealable(Refusal):
    """The file can't take this signature: the slot is missing, already signed, or the order is wrong."""

    status = 409
    code = "not_sealable"


class SigningUnavailable(Refusal):
    """The instance's certificates or the timestamp authority can't be used just now. Nothing was signed."""

    status = 503
    code = "signing_unavailable"


class TimestampUnavailable(SigningUnavailable):
    """The timestamp authority is down, slow, or its answer can't be used. Nothing was signed."""


def name_of(character: str) -> str:
    """The Unicode name of a character with its code point, such as "CJK UNIFIED IDEOGRAPH-4E2D, U+4E2D"."""
    code_point = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return f"{name}, {code_point}" if name else code_point
