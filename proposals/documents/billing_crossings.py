"""Where two compared models cost the client the same: the hours, and a sentence about them."""

from collections.abc import Sequence
from fractions import Fraction

from proposals.documents import wording
from proposals.documents.billing_compared import Beside, Json, in_hours
from proposals.documents.said import Piece, Said
from proposals.pricing.billing.piecewise import Line
from proposals.pricing.money import rounded_text
from proposals.pricing.side_by_side import crossings

SHOWN_PLACES = 2
"""Decimals of a number of hours or days that was calculated."""


def span_of(content: Json, facts: Json) -> tuple[Fraction, Fraction]:
    """The hours from which to which a comparison is drawn."""
    low, high = (in_hours(content["estimate"][name], content, facts) for name in ("low", "high"))
    return low / 2, high * 3 / 2


def taken(hours: Fraction, content: Json, facts: Json) -> str:
    """A number of hours in the estimate's unit: “24 days”."""
    unit = content["estimate"]["unit"]
    quantity = hours / Fraction(facts["hours_per_day"]) if unit == "day" else hours
    written = _trimmed(rounded_text(quantity, SHOWN_PLACES))
    return f"{wording.quantity(written, facts['language'])} {unit}{'' if written == '1' else 's'}"


def meetings(lines: Sequence[Line], content: Json, facts: Json) -> dict[int, Fraction]:
    """The places of the models that somewhere cost as much as the first one, with the hours at which they do."""
    _, end = span_of(content, facts)
    found = {place: _meeting(lines[0], line, end) for place, line in enumerate(lines[1:], start=1)}
    return {place: at for place, at in found.items() if at is not None}


def crossings_said(
    section_id: str, rows: Sequence[Beside], lines: Sequence[Line], content: Json, facts: Json
) -> list[Said]:
    """In words, up to where the first model costs the client less than each of the others."""
    first, known = lines[0], meetings(lines, content, facts)
    said = []
    for place, (row, line) in enumerate(zip(rows[1:], lines[1:], strict=True), start=1):
        if line == first:
            continue
        if place not in known:
            said.append(_throughout(rows[0].label, first, row.label, line, content, facts))
            continue
        at = Piece(taken(known[place], content, facts), f"billing:{section_id}.crossings.{place}")
        said.append(_crossing(rows[0].label, first, row.label, line, known[place], at, span_of(content, facts)[1]))
    return said


def _meeting(first: Line, line: Line, end: Fraction) -> Fraction | None:
    """The hours at which one of the two becomes the dearer one; None if that does not happen before the end."""
    found = [hours for hours in crossings(first, line, end) if hours > 0]
    return found[0] if found else _same_until(first, line)


def _crossing(first_name: str, first: Line, name: str, line: Line, hours: Fraction, at: Piece, end: Fraction) -> Said:
    if hours == _same_until(first, line):
        less = first.at(end) < line.at(end)
        above = f" “{first_name}” and “{name}” cost you the same; above, “{first_name}” costs you "
        return Said.of("Up to ", at, f"{above}{'less' if less else 'more'}.")
    less = first.at(hours / 2) < line.at(hours / 2)
    below = f" “{first_name}” costs you {'less' if less else 'more'} than “{name}”, above "
    return Said.of("Below ", at, f"{below}{'more' if less else 'less'}.")


def _throughout(first_name: str, first: Line, name: str, line: Line, content: Json, facts: Json) -> Said:
    start, end = span_of(content, facts)
    less = first.at((start + end) / 2) < line.at((start + end) / 2)
    return Said.of(f"“{first_name}” costs you {'less' if less else 'more'} than “{name}” however long the work takes.")


def _same_until(one: Line, other: Line) -> Fraction | None:
    """The hours from which two lines part that begin as one; None if they begin apart."""
    difference = one - other
    first = difference.pieces[0]
    return None if first.intercept or first.slope or not difference.breakpoints else difference.breakpoints[0]


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
