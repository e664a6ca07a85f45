"""The visible signature: what stands in the signature block once somebody has signed.

Rendered like the document itself, so that every name that a font can draw is drawn; a name that none can draw is
refused before anything is signed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.template.loader import render_to_string

from proposals.documents import pdf
from proposals.documents.job import Job
from proposals.documents.signatory import Mark, Signatory, Stroke
from proposals.documents.words import moment_in_words

STYLE = Path(__file__).resolve().parent / "assets" / "appearance.css"
MARK_MARGIN = 4.0


@dataclass(frozen=True)
class Drawing:
    """A drawn mark as an SVG path with the box that it fills."""

    path: str
    view_box: str


def appearance(
    signatory: Signatory,
    mark: Mark,
    *,
    signed_at: datetime,
    method: str,
    reference: str,
    width_points: float,
    height_points: float,
) -> bytes:
    """A one-page PDF of exactly the size of the field, to be drawn in it.

    `method` says in a few words how the person was identified, `reference` names what was signed.
    """
    html = render_to_string(
        "pdf/appearance.html",
        {
            "signatory": signatory,
            "typed": mark.typed_text() if mark.kind == "typed" else "",
            "drawing": drawing_of(mark.strokes()) if mark.kind == "drawn" else None,
            "signed_at": moment_in_words(signed_at),
            "method": method,
            "reference": reference,
        },
    )
    css = f"@page {{ size: {width_points}pt {height_points}pt; margin: 0 }}\n" + STYLE.read_text(encoding="utf-8")
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32]
    return pdf.render(Job(html=html, css=css, identifier=identifier, is_document=False)).pdf


def drawing_of(strokes: tuple[Stroke, ...]) -> Drawing:
    """The path of a drawn mark, written from its numbers, never from what was sent."""
    points = [point for stroke in strokes for point in stroke]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in stroke) for stroke in strokes)
    box = (left - MARK_MARGIN, top - MARK_MARGIN, right - left + 2 * MARK_MARGIN, bottom - top + 2 * MARK_MARGIN)
    return Drawing(path=path, view_box=" ".join(f"{value:.1f}" for value in box))
