"""The visible signature: what stands in the signature block once somebody has signed.

Rendered like the document itself, so that every name that a font can draw is drawn; a name that none can draw is
refused before anything is signed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from django.template.loader import render_to_string

from proposals.documents import pdf
from proposals.documents.directions import with_directions
from proposals.documents.job import Job
from proposals.documents.signatory import Mark, Signatory, Stroke
from proposals.documents.stylesheets import mirrored
from proposals.documents.words import moment_in_words

STYLE = Path(__file__).resolve().parent / "assets" / "appearance.css"
MARK_MARGIN = 4.0
MARK_WIDTH_POINTS = 160.0
MARK_HEIGHT_POINTS = 38.0
LARGEST_SCALE = 0.9
PEN_POINTS = 1.1


@dataclass(frozen=True)
class Drawing:
    """A drawn mark as an SVG path with the box that it fills; `pen` is the width of the line in the path's units."""

    path: str
    view_box: str
    pen: str


def appearance(
    signatory: Signatory,
    mark: Mark,
    *,
    signed_at: datetime,
    method: str,
    reference: str,
    width_points: float,
    height_points: float,
    stated: str = "",
    direction: str = "ltr",
) -> bytes:
    """A one-page PDF of exactly the size of the field, to be drawn in it.

    `method` says in a few words how the person was identified, `reference` names what was signed, `stated` how the
    time is known unless an authority confirms it. In a document written from the right (`direction` "rtl") all of it
    stands at the right of the block.
    """
    html: str = render_to_string(
        "pdf/appearance.html",
        {
            "signatory": signatory,
            "typed": mark.typed_text() if mark.kind == "typed" else "",
            "drawing": drawing_of(mark.strokes(), direction) if mark.kind == "drawn" else None,
            "signed_at": moment_in_words(signed_at),
            "stated": stated,
            "method": method,
            "reference": reference,
        },
    )
    css = f"@page {{ size: {width_points}pt {height_points}pt; margin: 0 }}\n" + STYLE.read_text(encoding="utf-8")
    if direction == "rtl":
        html, css = with_directions(html), mirrored(css)
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32]
    return pdf.render(Job(html=html, css=css, identifier=identifier, is_document=False)).pdf


def drawing_of(strokes: tuple[Stroke, ...], direction: str = "ltr") -> Drawing:
    """The path of a drawn mark, written from its numbers, never from what was sent.

    The drawing fills the place of the mark, but a small one is not blown up without end; the pen is as thick on
    paper for every drawing. It stands where one begins to read: at the left of its place, or at the right.
    """
    points = [point for stroke in strokes for point in stroke]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    scale = min(
        MARK_WIDTH_POINTS / (right - left + 2 * MARK_MARGIN),
        MARK_HEIGHT_POINTS / (bottom - top + 2 * MARK_MARGIN),
        LARGEST_SCALE,
    )
    width, height = MARK_WIDTH_POINTS / scale, MARK_HEIGHT_POINTS / scale
    edge = right + MARK_MARGIN - width if direction == "rtl" else left - MARK_MARGIN
    box = (edge, bottom + MARK_MARGIN - height, width, height)
    return Drawing(
        path="".join(smooth(stroke) for stroke in strokes),
        view_box=" ".join(f"{value:.1f}" for value in box),
        pen=f"{PEN_POINTS / scale:.2f}",
    )


def smooth(stroke: Stroke) -> str:
    """One stroke as path data: from middle to middle of its points in curves that they bend, as the page draws it."""
    (x, y), *rest = stroke
    path = f"M{x:.1f} {y:.1f}"
    for (x, y), (next_x, next_y) in pairwise(rest):
        path += f"Q{x:.1f} {y:.1f} {(x + next_x) / 2:.1f} {(y + next_y) / 2:.1f}"
    return f"{path}L{rest[-1][0]:.1f} {rest[-1][1]:.1f}"
