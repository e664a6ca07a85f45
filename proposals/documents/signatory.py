"""Who signs and with which mark: plain values that come from the act of signing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from proposals.exceptions import Invalid

Side = Literal["seller", "client"]
Point = tuple[float, float]
Stroke = tuple[Point, ...]

LONGEST_TYPED_MARK = 200
MOST_POINTS_COUNT = 4000
LARGEST_COORDINATE = 4096.0

STEP = re.compile(r"([ML])\s*(\d+(?:\.\d+)?)[\s,]+(\d+(?:\.\d+)?)\s*")


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

        Raises `Invalid` for anything but `M` and `L` with plain numbers, for too many points, and for an empty drawing.
        """
        strokes: list[list[Point]] = []
        position = 0
        while position < len(self.content):
            step = STEP.match(self.content, position)
            if step is None or (step[1] == "L" and not strokes):
                raise Invalid("The drawn signature can't be read. Draw it again, or type your name.", code="bad_mark")
            point = (float(step[2]), float(step[3]))
            if max(point) > LARGEST_COORDINATE:
                raise Invalid("The drawn signature is too large. Draw it again, or type your name.", code="bad_mark")
            if step[1] == "M":
                strokes.append([])
            strokes[-1].append(point)
            position = step.end()
        drawn = tuple(tuple(stroke) for stroke in strokes if len(stroke) > 1)
        if not drawn or sum(len(stroke) for stroke in drawn) > MOST_POINTS_COUNT:
            raise Invalid(
                "The drawn signature is empty or too long. Draw it again, or type your name.", code="bad_mark"
            )
        return drawn

    def typed_text(self) -> str:
        """The typed name; raises `Invalid` if it is empty or too long."""
        text = " ".join(self.content.split())
        if not text or len(text) > LONGEST_TYPED_MARK:
            raise Invalid("Type your name as it should stand under the document.", code="bad_mark")
        return text
