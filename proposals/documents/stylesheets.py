"""The styles of a document: one for each paper, with the mark of a draft or without, for either direction of writing.

Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Final

ASSETS: Final = Path(__file__).resolve().parent / "assets"
PAPERS: Final = {"a4": "", "letter": "letter.css"}
"""What a paper adds to the style, by the value of `Proposal.Paper`."""


OTHER_SIDE: Final = {"left": "right", "right": "left"}
SIDE: Final = re.compile(r"\b(left|right)\b")
FOUR_SIDES: Final = re.compile(r"\b((?:margin|padding): *)([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;}]+)")
FROM_THE_LEFT: Final = re.compile(r"\b(background-position: *)(-?[\d.]+\w+) (-?[\d.]+\w+)")

FROM_THE_RIGHT: Final = """
html { direction: rtl }
[dir=ltr] { text-align: right } /* pieces in other words (`directions.py`) begin at the same edge */
.cover .logo, .price tfoot .becomes td { text-align: left }
"""


@lru_cache(maxsize=16)
def style_of(paper: str, *, is_draft: bool, direction: str = "ltr") -> str:
    """The style of a document on this paper; `direction` is "ltr" or "rtl"."""
    names = ["document.css", "changes.css", PAPERS[paper], "draft.css" if is_draft else ""]
    css = "".join((ASSETS / name).read_text(encoding="utf-8") for name in names if name)
    return mirrored(css) if direction == "rtl" else css


def mirrored(css: str) -> str:
    """A style with left and right exchanged, for what is written from right to left.

    The renderer knows no logical properties (`margin-inline-start`). It reads what the styles use: names of sides,
    margins and paddings of four values, and places of backgrounds counted from the left. Text and figures both stand
    at the right of their cells: that is where words begin, and where the digits of amounts stand under each other.
    """
    css = SIDE.sub(lambda found: OTHER_SIDE[found[1]], css).replace("text-align: left", "text-align: right")
    css = FOUR_SIDES.sub(r"\1\2 \5 \4 \3", css)
    return FROM_THE_LEFT.sub(r"\1right \2 top \3", css) + FROM_THE_RIGHT


def every_style() -> Iterator[str]:
    """Those written from the left, for the renderer, which reads them once."""
    for paper, is_draft in product(PAPERS, (False, True)):
        yield style_of(paper, is_draft=is_draft)
