"""HTML with the renderer's own style, less what it would work out for every element of a document in vain.

WeasyPrint's style for all documents has six rules for pseudo-elements of *any* element: markers of lists, footnotes
and notes. It computes and keeps each of them for each element: of 500 price lines 32,000 styles that nothing is drawn
with, 40 MB and a tenth of the time. Only items of lists have markers here, and there are no footnotes or notes.
"""

from __future__ import annotations

import re
from typing import Final

from weasyprint import CSS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.html import UA

NOTES: Final = re.compile(r"^::(?:foot)?note-(?:call|callback|marker) \{[^}]*\}$", re.MULTILINE)
MARKERS: Final = re.compile(r"^::marker(?= \{)", re.MULTILINE)


def plain_style() -> str:
    """WeasyPrint's style for all documents without notes, and with markers of list items only."""
    return MARKERS.sub("li::marker", NOTES.sub("", UA))


STYLE: Final = CSS(string=plain_style(), counter_style=CounterStyle())


class PlainHTML(HTML):  # type: ignore[misc]
    """A document that has no footnotes, and no markers but those of list items."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        """The style below that of the document; ours ask for no styles of interactive forms."""
        return super()._ua_stylesheets(forms) if forms else [STYLE]
