"""What the client pays as a curve over the quantity, with the places that people should know: cliffs, limits, bends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from .piecewise import Line

BEYOND: Final = Fraction(3, 2)
"""How far a curve is drawn, as a multiple of its last mark."""

MarkKind = Literal["cliff", "step", "included", "limit", "bend"]


class Run(NamedTuple):
    """A straight piece: from ``start`` to ``end``, where the client pays ``first`` and ``last``; main units."""

    start: Fraction
    end: Fraction
    first: Fraction
    last: Fraction


class Mark(NamedTuple):
    """A place on the curve, at so many units or hours, where the client pays ``pays`` and just after it ``beyond``.

    ``cliff``: from more than ``since`` on the bill is higher than just after the place. ``step``: a tier ends.
    ``included``: what is included is used up. ``limit``: the bill stops growing. ``bend``: it grows at another rate.
    """

    kind: MarkKind
    at: Fraction
    pays: Fraction
    beyond: Fraction
    since: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PriceCurve:
    """The curve in rising order. ``unit`` is ``unit`` or ``hour``."""

    unit: Literal["unit", "hour"]
    runs: tuple[Run, ...]
    marks: tuple[Mark, ...]


def runs_of(line: Line, start: Fraction, end: Fraction) -> list[Run]:
    """The pieces of a line between two quantities."""
    stops = [start, *(stop for stop in line.breakpoints if start < stop < end), end]
    return [Run(one, two, line.at(one), line.at(two)) for one, two in pairwise(stops)]


def curve_of_hours(line: Line) -> PriceCurve | None:
    """The curve of what the client pays by hours; ``None`` for one straight line, which shows nothing."""
    if not line.breakpoints:
        return None
    marks = [
        Mark(_kind(before.slope, after.slope), after.start, line.at(after.start), line.at(after.start))
        for before, after in pairwise(line.pieces)
    ]
    return PriceCurve("hour", tuple(runs_of(line, Fraction(0), drawn_until(marks))), tuple(marks))


def drawn_until(marks: Sequence[Mark]) -> Fraction:
    """Where the drawing of a curve ends."""
    return marks[-1].at * BEYOND


def _kind(before: Fraction, after: Fraction) -> MarkKind:
    if after == 0:
        return "limit"
    return "included" if before == 0 else "bend"
