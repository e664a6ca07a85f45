"""Says of each piece of text in a right-to-left document which way it is written, as `dir="auto"` means it in HTML.

The renderer knows neither `dir="auto"` nor isolation. The words of the program stand in English between what the
parties wrote; laid out from the right, their full stops and signs would come out at the wrong end.
"""

import re
import unicodedata
from typing import Final

PIECE: Final = re.compile(r"<(p|t[dh]|h[1-6]|dt|dd|small|span|b|s|q|legend|figcaption)(?![\w-])([^>]*)>")
TAG: Final = re.compile(r"<[^>]*>")
FROM_THE_RIGHT: Final = frozenset({"R", "AL"})
LONGEST_LOOK: Final = 2000
"""How far, in characters, the first letter of a piece is looked for: beyond any signs, numbers and tags before it."""


def with_directions(html: str) -> str:
    """The document with `dir="ltr"` on every piece whose first letter is not written from the right."""

    def marked(found: re.Match[str]) -> str:
        name, attributes = found[1], found[2]
        inner = html[found.end() : found.end() + LONGEST_LOOK].partition(f"</{name}>")[0]
        if begins_from_the_right(TAG.sub(" ", inner)):
            return found[0]
        return f'<{name}{attributes} dir="ltr">'

    return PIECE.sub(marked, html)


def begins_from_the_right(text: str) -> bool:
    """Whether the first letter is one of those written from the right; no letter, as in an amount, is not."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return False
        if kind in FROM_THE_RIGHT:
            return True
    return False
