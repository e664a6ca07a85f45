"""Who signs and with which mark: plain values that come from the act of signing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from proposals.exceptions import FieldProblem, Invalid

Side = Literal["seller", "client"]
Point = tuple[float, float]
Stroke = tuple[Point, ...]

LONGEST_TYPED_MARK = 200
MOST_POINTS_COUNT = 4000
LARGEST_COORDINATE = 4096.0
SMALLEST_EXTENT = 12.0
"""On a pad that is 400 wide: less is a dot."""

STEP = re.compile(r"([ML])\s*(\d{1,6}(?:\.\d{1,6})?)[\s,]+(\d{1,6}(?:\.\d{1,6})?)\s*", re.ASCII)


@dataclass(frozen=True)
class Signatory:
    """A person as verified at signing: the name and title given, the firm of the party, the confirmed address."""

    name: str
    title: str
    firm: str
    email: str
    side: Side


@dataclass(frozen=True)
class Mark:
    """What the person put under the document: a typed name, or a drawing as SVG path data.

    A drawing may only move (`M x y`) and draw straight lines (`L x y`), as `strokes` says.
    """

    kind: Literal["typed", "drawn"]
    content: str

    def strokes(self) -> tuple[Stroke, ...]:
        """The lines of a drawn mark, each a series of points, x to the right and y down.

        Raises `Invalid` for anything but `M` and `L` with plain numbers, for too many points, for numbers beyond the
        pad, and for a drawing that is empty or no more than a dot.
        """
        strokes: list[list[Point]] = []
        position = points_count = 0
        while position < len(self.content):
            step = STEP.match(self.content, position)
            if step is None or (step[1] == "L" and not strokes):
                raise _bad_mark("The drawn signature can’t be read. Draw it again, or use your typed name.")
            point = (float(step[2]), float(step[3]))
            points_count += 1
            if max(point) > LARGEST_COORDINATE or points_count > MOST_POINTS_COUNT:
                raise _bad_mark("The drawn signature is too large. Draw it again, or use your typed name.")
            if step[1] == "M":
                strokes.append([])
            strokes[-1].append(point)
            position = step.end()
        drawn = tuple(tuple(stroke) for stroke in strokes if len(stroke) > 1)
        if not drawn:
            raise _bad_mark("Nothing is drawn yet. Draw your signature in the field, or use your typed name.")
        if _extent(drawn) < SMALLEST_EXTENT:
            raise _bad_mark(
                "The drawn signature is no more than a dot. Draw your name or initials, or use your typed name."
            )
        return drawn

    def typed_text(self) -> str:
        """The typed name; raises `Invalid` if it is empty or too long."""
        text = " ".join(self.content.split())
        if not text or len(text) > LONGEST_TYPED_MARK:
            raise _bad_mark("Type your name as it should stand under the document.")
        return text


def _extent(strokes: tuple[Stroke, ...]) -> float:
    """How far a drawing reaches, to the right or down, whichever is more."""
    points = [point for stroke in strokes for point in stroke]
    return max(max(point[axis] for point in points) - min(point[axis] for point in points) for axis in (0, 1))


def _bad_mark(detail: str) -> Invalid:
    return Invalid(f"{detail} Nothing was signed.", code="bad_mark", errors=[FieldProblem("mark", "bad_mark", detail)])
