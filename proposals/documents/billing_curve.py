"""The price of one model over the quantity, with its cliffs and bends: as told, as numbers for SVG, as a table.

Shown where no comparison is: prices by the unit, and models by the hour that have no estimate yet. Exact until a
coordinate is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.billing_chart import Label
from proposals.documents.chart_scale import px, short_amount, ticks, written_number
from proposals.models import BillingTerms
from proposals.pricing import Currency, PricingError
from proposals.pricing.billing import COMPARABLE, MODELS
from proposals.pricing.billing.price_curve import Mark, PriceCurve, Run, curve_of_hours
from proposals.pricing.money import Money, rounded_text
from proposals.pricing.side_by_side import FREE, comparable_params, depends_on_cost

Json = Mapping[str, Any]
Scale = Callable[[Fraction], Fraction]

NAMED_FROM: Final = 46
"""How wide a cliff must be drawn for its whole name; narrower ones have their number only."""


@dataclass(frozen=True)
class Cliff:
    """The band of a cliff, its name above it, the dearer piece of the line and the drop at its end."""

    left: str
    width: str
    name: Label
    dear: str
    drop: str
    edge: Label
    foot: Label


@dataclass(frozen=True)
class CurveChart:
    """Everything the SVG template draws."""

    width: int
    height: int
    top: str
    bottom: str
    band_height: str
    grid: str
    amounts: tuple[Label, ...]
    units: tuple[Label, ...]
    line: str
    dots: tuple[Label, ...]
    cliffs: tuple[Cliff, ...]


@dataclass(frozen=True)
class CurveRow:
    """A place on the curve in words: up to where, what is paid there and just after it, and what happens."""

    up_to: str
    pays: str
    beyond: str
    says: str


@dataclass(frozen=True)
class CurveView:
    """The curve of a section: two sizes of the chart, the table, and what the chart shows in a sentence."""

    unit: str
    rows: tuple[CurveRow, ...]
    wide: CurveChart
    narrow: CurveChart
    described: str


def curve_told(terms: BillingTerms, currency: str) -> dict[str, Any] | None:
    """The curve of the chosen model as plain values; None where it is one straight line or follows from the cost."""
    curve = _curve(terms, Currency(currency))
    if curve is None:
        return None
    return {
        "unit": curve.unit,
        "runs": [[_exact(number) for number in run] for run in curve.runs],
        "marks": [_mark_told(mark, Currency(currency)) for mark in curve.marks],
    }


def curve_view(told: Json, facts: Json) -> CurveView:
    """The curve as display texts."""
    rows = tuple(_rows(told, facts))
    cliffs = [row.says for row in rows if row.says.startswith("Cliff")]
    described = f"What you pay by {told['unit']}s. {' '.join(cliffs)} The table has the same numbers."
    return CurveView(told["unit"], rows, _chart(told, facts, narrow=False), _chart(told, facts, narrow=True), described)


def _curve(terms: BillingTerms, currency: Currency) -> PriceCurve | None:
    model, by_hour = MODELS.get(terms.model), COMPARABLE.get(terms.model)
    try:
        if by_hour is None:
            return None if model is None else model.price_curve(model.read(terms.params, currency))
        params = comparable_params(by_hour, terms.params)
        if params is None or depends_on_cost(by_hour, params, currency):
            return None
        return curve_of_hours(by_hour.curve(params, currency, FREE))
    except PricingError:
        return None


def _exact(number: Fraction) -> str:
    return rounded_text(number, 4)


def _mark_told(mark: Mark, currency: Currency) -> dict[str, str]:
    since = {} if mark.since is None else {"since": _exact(mark.since)}
    pays, beyond = (str(Money.rounded(amount, currency)) for amount in (mark.pays, mark.beyond))
    return {"kind": mark.kind, "at": _exact(mark.at), "pays": pays, "beyond": beyond, **since}


def _rows(told: Json, facts: Json) -> list[CurveRow]:
    rows, cliffs_count = [], 0
    for mark in told["marks"]:
        at = f"{_number(mark['at'], facts)} {told['unit']}{'' if Fraction(mark['at']) == 1 else 's'}"
        pays, beyond = (wording.money(mark[name], facts["currency"], facts["language"]) for name in ("pays", "beyond"))
        says = {"limit": "The limit is reached", "included": "What is included is used up"}.get(mark["kind"], "")
        if mark["kind"] == "cliff":
            cliffs_count += 1
            says = f"Cliff {cliffs_count}: above {_number(mark['since'], facts)}, just over {at} costs you less."
        rows.append(CurveRow(at, pays, beyond, says))
    return rows


def _number(value: str, facts: Json) -> str:
    return written_number(Fraction(value), facts["language"])


def _chart(told: Json, facts: Json, *, narrow: bool) -> CurveChart:
    width, height = (330, 220) if narrow else (640, 240)
    left, right = Fraction(44 if narrow else 58), Fraction(width - 26)
    top, bottom = Fraction(30), Fraction(height - 36)
    runs = _runs(told)
    last = runs[-1].end
    steps = ticks(max(amount for run in runs for amount in (run.first, run.last)) or Fraction(1), most=4)

    def x(quantity: Fraction) -> Fraction:
        return left + quantity * (right - left) / last

    def y(amount: Fraction) -> Fraction:
        return bottom - amount * (bottom - top) / steps[-1]

    marks = [mark for mark in told["marks"] if mark["kind"] != "cliff"]
    return CurveChart(
        width=width,
        height=height,
        top=px(top),
        bottom=px(bottom),
        band_height=px(bottom - top),
        grid="".join(f"M{px(left)} {px(y(step))}H{px(right)}" for step in steps),
        amounts=tuple(
            Label(px(left - 8), px(y(step) + 4), short_amount(step, facts["currency"], facts["language"]))
            for step in steps
        ),
        units=tuple(
            Label(px(x(quantity)), px(bottom + 18), written_number(quantity, facts["language"]))
            for quantity in ticks(last, most=4 if narrow else 6)
            if quantity <= last
        ),
        line="".join(_line(run, x, y) for run in runs),
        dots=tuple(Label(px(x(Fraction(mark["at"]))), px(y(Fraction(mark["pays"]))), "") for mark in marks),
        cliffs=tuple(_cliffs(told, x, y, top)),
    )


def _runs(told: Json) -> list[Run]:
    return [Run(*(Fraction(number) for number in run)) for run in told["runs"]]


def _line(run: Run, x: Scale, y: Scale) -> str:
    return f"M{px(x(run.start))} {px(y(run.first))}L{px(x(run.end))} {px(y(run.last))}"


def _within(runs: list[Run], since: Fraction, at: Fraction) -> list[Run]:
    """The pieces between two quantities, the first one cut where they begin."""
    found = []
    for run in runs:
        if since < run.end <= at:
            start = max(run.start, since)
            slope = (run.last - run.first) / (run.end - run.start)
            found.append(Run(start, run.end, run.last - slope * (run.end - start), run.last))
    return found


def _cliffs(told: Json, x: Scale, y: Scale, top: Fraction) -> list[Cliff]:
    cliffs = []
    for number, mark in enumerate((mark for mark in told["marks"] if mark["kind"] == "cliff"), start=1):
        since, at, pays, beyond = (Fraction(mark[name]) for name in ("since", "at", "pays", "beyond"))
        width = x(at) - x(since)
        name = f"Cliff {number}" if width >= NAMED_FROM else str(number)
        cliffs.append(
            Cliff(
                left=px(x(since)),
                width=px(width),
                name=Label(px(x(since) + width / 2), px(top - 8), name),
                dear="".join(_line(run, x, y) for run in _within(_runs(told), since, at)),
                drop=f"M{px(x(at))} {px(y(pays))}V{px(y(beyond))}",
                edge=Label(px(x(at)), px(y(pays)), ""),
                foot=Label(px(x(at)), px(y(beyond)), ""),
            )
        )
    return cliffs
