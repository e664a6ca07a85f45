"""Exact amounts as continuous, piecewise linear functions of hours: for comparing billing models (pricing-spec 13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple


class Piece(NamedTuple):
    """From ``start`` hours on: ``intercept + slope * hours``, in the main unit of the currency."""

    start: Fraction
    intercept: Fraction
    slope: Fraction

    def at(self, hours: Fraction) -> Fraction:
        """The value there, also outside the piece."""
        return self.intercept + self.slope * hours


@dataclass(frozen=True, slots=True)
class Line:
    """An amount for every number of hours from 0 on. A piece reaches to the start of the next, the last has no end."""

    pieces: tuple[Piece, ...]

    @classmethod
    def straight(cls, intercept: Fraction, slope: Fraction = Fraction(0)) -> Line:
        """One piece."""
        return cls((Piece(Fraction(0), intercept, slope),))

    def at(self, hours: Fraction) -> Fraction:
        """The exact amount at that many hours."""
        piece = self.pieces[0]
        for later in self.pieces[1:]:
            if later.start > hours:
                break
            piece = later
        return piece.at(hours)

    @property
    def breakpoints(self) -> tuple[Fraction, ...]:
        """The hours at which the slope changes."""
        return tuple(piece.start for piece in self.pieces[1:])

    def piece_from(self, hours: Fraction) -> Piece:
        """The piece that holds there and just after it."""
        return next(piece for piece in reversed(self.pieces) if piece.start <= hours)

    def __add__(self, other: Line) -> Line:
        return self._with(other, lambda one, two: (one.intercept + two.intercept, one.slope + two.slope))

    def __sub__(self, other: Line) -> Line:
        return self + other.times(Fraction(-1))

    def times(self, factor: Fraction) -> Line:
        """Every amount times ``factor``."""
        return Line(tuple(Piece(each.start, each.intercept * factor, each.slope * factor) for each in self.pieces))

    def at_most(self, ceiling: Fraction) -> Line:
        """The smaller of this and ``ceiling``."""
        return self.times(Fraction(-1)).at_least(-ceiling).times(Fraction(-1))

    def at_least(self, floor: Fraction) -> Line:
        """The larger of this and ``floor``."""
        pieces: list[Piece] = []
        ends = [*self.breakpoints, None]
        for piece, end in zip(self.pieces, ends, strict=True):
            starts = [piece.start]
            if piece.slope:
                crossing = (floor - piece.intercept) / piece.slope
                if piece.start < crossing and (end is None or crossing < end):
                    starts.append(crossing)
            for start in starts:
                value = piece.at(start)
                rising = piece.slope > 0
                if value > floor or (value == floor and rising):
                    pieces.append(piece._replace(start=start))
                else:
                    pieces.append(Piece(start, floor, Fraction(0)))
        return Line(_merged(pieces))

    def last_not_negative(self) -> Fraction | None:
        """The largest number of hours at which the amount is 0 or more; ``None`` if there is none.

        Only for functions that end below zero (see ``ends_below_zero``).
        """
        for piece in reversed(self.pieces):
            if piece.at(piece.start) >= 0:
                return -piece.intercept / piece.slope
        return None

    @property
    def ends_below_zero(self) -> bool:
        """Whether the amount is below zero from some number of hours on."""
        last = self.pieces[-1]
        return last.slope < 0 or (last.slope == 0 and last.intercept < 0)

    def _with(self, other: Line, combine: Callable[[Piece, Piece], tuple[Fraction, Fraction]]) -> Line:
        starts = sorted({piece.start for piece in (*self.pieces, *other.pieces)})
        pieces = [Piece(start, *combine(self.piece_from(start), other.piece_from(start))) for start in starts]
        return Line(_merged(pieces))


def _merged(pieces: list[Piece]) -> tuple[Piece, ...]:
    """The pieces without starts at which nothing changes."""
    kept = pieces[:1]
    for piece in pieces[1:]:
        if (piece.intercept, piece.slope) != (kept[-1].intercept, kept[-1].slope):
            kept.append(piece)
    return tuple(kept)
