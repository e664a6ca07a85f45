"""The styles of a document: one for each paper, with the mark of a draft or without. Standard library only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Final

ASSETS: Final = Path(__file__).resolve().parent / "assets"
PAPERS: Final = {"a4": "", "letter": "letter.css"}
"""What a paper adds to the style, by the value of `Proposal.Paper`."""


@lru_cache(maxsize=8)
def style_of(paper: str, *, is_draft: bool) -> str:
    """The style of a document on this paper."""
    names = ["document.css", "changes.css", PAPERS[paper], "draft.css" if is_draft else ""]
    return "".join((ASSETS / name).read_text(encoding="utf-8") for name in names if name)


def every_style() -> Iterator[str]:
    """All of them, for the renderer, which reads them once."""
    for paper, is_draft in product(PAPERS, (False, True)):
        yield style_of(paper, is_draft=is_draft)
