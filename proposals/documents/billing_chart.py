"""The chart of a comparison as numbers for SVG: hours or days to the right, what the client pays upwards.

Exact until a coordinate is written. Lines differ by dash and marker as well as by colour, so that the chart can be read
in print, in grey and by those who don't tell colours apart; its table says the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from proposals.documents.chart_scale import px, short_amount, ticks, written_number

STYLES: Final = (
    ("#16211f", ""),
    ("#0b6a82", "9 4"),
    ("#8a5300", "2.5 3.5"),
    ("#6f3d8c", "11 3 2.5 3"),
    ("#47702a", "5 3"),
    ("#8c2f4d", "14 3 2.5 3 2.5 3"),
)
"""Colour and dash of each line, the chosen model's first. All colours have at least 4.5:1 on white."""

LETTERS: Final = "ABCDEF"
LEAST_GAP: Final = 14
"""How far apart the letters at the ends of the lines are at least."""

Point = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Label:
    """A text at a place."""

    x: str
    y: str
    text: str


@dataclass(frozen=True)
class ChartLine:
    """One model: its line, its marks at low, likely and high, and its letter at the end."""

    letter: str
    colour: str
    dash: str
    path: str
    marks: tuple[str, ...]
    label: Label


@dataclass(frozen=True)
class Chart:
    """Everything the SVG template draws. `carried` is what the seller carries above a limit, "" if nothing."""

    width: int
    height: int
    left: str
    right: str
    top: str
    bottom: str
    grid: str
    amounts: tuple[Label, ...]
    units: tuple[Label, ...]
    band_left: str
    band_width: str
    band_height: str
    likely: str
    lines: tuple[ChartLine, ...]
    carried: str
    carried_line: str
    marker: Label | None
    marker_dots: tuple[Label, ...]


@dataclass(frozen=True)
class Drawing:
    """What is drawn: points `(quantity, amount)` by model, in the estimate's unit and the currency's main unit."""

    models: tuple[tuple[Point, ...], ...]
    low: Fraction
    likely: Fraction
    high: Fraction
    unit: str
    currency: str
    language: str
    carried: tuple[Point, ...] = ()
    at: Fraction | None = None
    at_amounts: tuple[Fraction, ...] = ()


def chart_of(drawing: Drawing, *, narrow: bool = False) -> Chart:
    """The chart in its wide form (640 across) or in the narrow one for phones (330)."""
    width, height = (330, 240) if narrow else (640, 260)
    left, right = (Fraction(44), Fraction(304)) if narrow else (Fraction(58), Fraction(608))
    top, bottom = Fraction(16), Fraction(height - 36)
    first, last = drawing.models[0][0][0], drawing.models[0][-1][0]
    amounts = [amount for points in (*drawing.models, drawing.carried) for _, amount in points]
    steps = ticks(max(max(amounts), Fraction(1)), most=4 if narrow else 5)

    def x(quantity: Fraction) -> Fraction:
        return left + (quantity - first) * (right - left) / ((last - first) or 1)

    def y(amount: Fraction) -> Fraction:
        return bottom - amount * (bottom - top) / steps[-1]

    ends = _spread([y(points[-1][1]) for points in drawing.models])
    return Chart(
        width=width,
        height=height,
        left=px(left),
        right=px(right),
        top=px(top),
        bottom=px(bottom),
        grid="".join(f"M{px(left)} {px(y(step))}H{px(right)}" for step in steps),
        amounts=tuple(
            Label(px(left - 8), px(y(step) + 4), short_amount(step, drawing.currency, drawing.language))
            for step in steps
        ),
        units=tuple(
            Label(px(x(quantity)), px(bottom + 18), written_number(quantity, drawing.language))
            for quantity in ticks(last, most=4 if narrow else 6)
            if first <= quantity <= last
        ),
        band_left=px(x(drawing.low)),
        band_width=px(x(drawing.high) - x(drawing.low)),
        band_height=px(bottom - top),
        likely=px(x(drawing.likely)),
        lines=tuple(
            _line(place, points, ends[place], drawing, x, y, right) for place, points in enumerate(drawing.models)
        ),
        carried=f"{_path(drawing.carried, x, y)}Z" if drawing.carried else "",
        carried_line=_path(drawing.carried[:2], x, y) if drawing.carried else "",
        marker=None
        if drawing.at is None
        else Label(px(x(drawing.at)), "", written_number(drawing.at, drawing.language)),
        marker_dots=tuple(
            Label(px(x(drawing.at)), px(y(amount)), "") for amount in drawing.at_amounts if drawing.at is not None
        ),
    )


def key_mark(place: int) -> str:
    """The mark of a line in the middle of a sample that is 28 across and 12 high."""
    return _mark(place, Fraction(14), Fraction(6))


def amount_at(points: Sequence[Point], quantity: Fraction) -> Fraction:
    """The amount at a quantity, on the straight line between the points beside it."""
    for (x_one, y_one), (x_two, y_two) in pairwise(points):
        if x_one <= quantity <= x_two:
            return y_one + (y_two - y_one) * (quantity - x_one) / ((x_two - x_one) or 1)
    return points[-1][1]


def _line(
    place: int,
    points: Sequence[Point],
    end: Fraction,
    drawing: Drawing,
    x: Callable[[Fraction], Fraction],
    y: Callable[[Fraction], Fraction],
    right: Fraction,
) -> ChartLine:
    colour, dash = STYLES[place]
    marks = tuple(
        _mark(place, x(quantity), y(amount_at(points, quantity)))
        for quantity in (drawing.low, drawing.likely, drawing.high)
    )
    label = Label(px(right + 8), px(end + 4), LETTERS[place])
    return ChartLine(LETTERS[place], colour, dash, _path(points, x, y), marks, label)


def _mark(place: int, x: Fraction, y: Fraction) -> str:
    """A circle, square, triangle, diamond, cross or plus around a point, as a path."""
    r = 4
    shapes = (
        f"M{px(x - r)} {px(y)}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 -{2 * r} 0z",
        f"M{px(x - r)} {px(y - r)}h{2 * r}v{2 * r}h-{2 * r}z",
        f"M{px(x)} {px(y - r - 1)}L{px(x + r + 1)} {px(y + r)}H{px(x - r - 1)}z",
        f"M{px(x)} {px(y - r - 1)}L{px(x + r + 1)} {px(y)}L{px(x)} {px(y + r + 1)}L{px(x - r - 1)} {px(y)}z",
        f"M{px(x - r)} {px(y - r)}l{2 * r} {2 * r}M{px(x + r)} {px(y - r)}l-{2 * r} {2 * r}",
        f"M{px(x - r - 1)} {px(y)}h{2 * r + 2}M{px(x)} {px(y - r - 1)}v{2 * r + 2}",
    )
    return shapes[place]


def _path(points: Iterable[Point], x: Callable[[Fraction], Fraction], y: Callable[[Fraction], Fraction]) -> str:
    return "M" + "L".join(f"{px(x(quantity))} {px(y(amount))}" for quantity, amount in points)


def _spread(wanted: Sequence[Fraction]) -> list[Fraction]:
    """The heights moved apart, from the top down, until letters do not cover each other."""
    placed: dict[int, Fraction] = {}
    above: Fraction | None = None
    for place in sorted(range(len(wanted)), key=lambda number: wanted[number]):
        height = wanted[place] if above is None else max(wanted[place], above + LEAST_GAP)
        placed[place] = above = height
    return [placed[place] for place in range(len(wanted))]


def described(rows: Iterable[Mapping[str, Any]], unit: str) -> str:
    """What the chart shows, for those who hear it; the table beside it has all the numbers."""
    said = [f"{row['name']}: {row['low']} at low, {row['likely']} at likely, {row['high']} at high" for row in rows]
    return f"What you pay by {unit}s worked. {'; '.join(said)}. The table has the same numbers."
