"""Places that the author has left to be filled in: words in square brackets, as templates and people write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proposals.documents.parts import TERMS, Standing, section_key
from proposals.prose import to_text

BRACKETS: Final = re.compile(r"\[[^\[\]\n]{0,200}\w[^\[\]\n]{0,200}\]")


@dataclass(frozen=True)
class Placeholder:
    """Words in brackets, and the part and its title where they stand."""

    words: str
    part: str
    title: str

    @property
    def anchor(self) -> str:
        """The id of the part's element on the page."""
        return "terms-part" if self.part == TERMS else self.part.replace(":", "-")


def placeholders_in(standing: Standing) -> list[Placeholder]:
    """All of them in reading order: the title, each section's title, text and lines."""
    rows = standing.rows
    found = list(_in(rows.proposal.title, TERMS, "Title of the proposal"))
    for section in rows.sections:
        key = section_key(section.id)
        written = [section.title, to_text(standing.texts.of(section.id))]
        for line in rows.lines.get(section.id, ()):
            written += [line.title, line.detail]
        for words in written:
            found += _in(words, key, section.title)
    return found


def _in(words: str, part: str, title: str) -> Iterator[Placeholder]:
    return (Placeholder(match.group(), part, title) for match in BRACKETS.finditer(words))
