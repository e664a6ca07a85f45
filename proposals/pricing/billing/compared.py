"""How each number of a comparison came about: what every model costs, who carries what, where two of them meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ..money import Money
from ..parse import parse_currency
from ..reading import JsonObject, as_object, list_at, number_at, number_or, object_at, text_at
from ..working.explain import Working, working_of
from ..working.record import Record
from ..working.sheet import Figure, Sheet
from .piecewise import Line
from .registry import comparable_named
from .what_if import HOURS_PLACES, OUTCOMES, Compared, compared_models


class _Side(NamedTuple):
    """One of two amounts that meet: exact by hours, and its steps for some hours (under a name)."""

    line: Line
    steps: Callable[[str, Figure], Figure]


class ComparisonSteps:
    """Writes down how the answer of ``what_if`` for ``given`` came about; it must have one.

    All keys begin with ``prefix``. Without ``seller`` nothing is written of what the models leave the seller, nor of
    its cost. Numbers of hours that were solved are told in units of ``hours_per_unit`` hours where they are not
    those of ``what_if`` itself.
    """

    def __init__(
        self,
        record: Record,
        given: JsonObject,
        *,
        prefix: str = "",
        seller: bool = True,
        hours_per_unit: Decimal = Decimal(1),
    ) -> None:
        self._record = record
        self._prefix = prefix
        self._given = given
        self._seller = seller
        self._hours_per_unit = hours_per_unit
        self._models = compared_models(given, record.currency)
        rows = [as_object(value) for value in list_at(given, "models")]
        self._rows = {text_at(row, "id"): row for row in rows}

    def outcomes(self, hours: Mapping[str, Figure] | None = None) -> None:
        """Every number of the answer, under its name. ``hours`` are those of each outcome, if steps made them."""
        estimate = object_at(self._given, "estimate")
        sheet = self._sheet()
        known = hours or {name: sheet.number("hours", number_at(estimate, name)) for name in OUTCOMES}
        costs = {name: self._cost(f"cost.{name}", known[name]) for name in OUTCOMES}
        for model in self._models:
            pays = self._outcomes_of(model, known, costs)
            if self._seller:
                self._left_to_seller(model, pays, costs)
                self._break_even(model, known["likely"])

    def taking(self, hours: Figure) -> None:
        """What every model costs for these hours, ``<id>.client_pays``; and what the seller carries under the first,
        as ``carried.hours, carried.taken, carried.worth``."""
        cost = self._cost("cost", hours)
        for model in self._models:
            self._pays(model, f"{model.id}.", hours, cost)
        self._carried(self._models[0].pays, hours)

    def meeting(self, place: int, at: Fraction) -> None:
        """The hours at which the first model and the one at ``place`` cost the same: ``crossings.<place>``."""
        first, other = (
            _Side(model.pays, self._paying(model, f"{model.id}.")) for model in (self._models[0], self._models[place])
        )
        self._meeting(self._sheet(), f"crossings.{place}", (first, other), at, self._hours_per_unit)

    def _sheet(self, more: str = "") -> Sheet:
        return Sheet(self._record, f"{self._prefix}{more}")

    def _pays(self, model: Compared, under: str, hours: Figure, cost: Figure) -> Figure:
        row = self._rows[model.id]
        return comparable_named(row.get("model")).compared(object_at(row, "params"), self._sheet(under), hours, cost)

    def _paying(self, model: Compared, under: str) -> Callable[[str, Figure], Figure]:
        """The steps of what a model costs, by a name and hours."""

        def steps(name: str, hours: Figure) -> Figure:
            return self._pays(model, f"{name}.{under}", hours, self._cost(f"{name}.{under}cost", hours))

        return steps

    def _cost(self, key: str, hours: Figure) -> Figure:
        """What the hours cost the seller, rounded once."""
        sheet = self._sheet()
        if not self._seller:
            return sheet.money("cost", None)
        rate, fixed = number_at(self._given, "cost_per_hour"), number_or(self._given, "fixed_costs", 0)
        stated = sheet.money("fixed_costs", Money.stated(fixed, self._record.currency, "fixed_costs"))
        worked = sheet.times(f"{key}.hours", hours, sheet.number("rate", rate))
        return sheet.rounded(key, "rounded_sum", [worked, stated], worked.exact + stated.exact)

    def _outcomes_of(
        self, model: Compared, hours: Mapping[str, Figure], costs: Mapping[str, Figure]
    ) -> dict[str, Figure]:
        sheet = self._sheet(f"{model.id}.")
        pays = {
            name: sheet.name(f"client_pays.{name}", self._pays(model, f"{model.id}.{name}.", hours[name], costs[name]))
            for name in OUTCOMES
        }
        sheet.expected("expected_client_pays", *[pays[name] for name in OUTCOMES])
        sheet.less("client_exposure", sheet.greatest("most_client_pays", [*pays.values()]), pays["likely"])
        return pays

    def _left_to_seller(self, model: Compared, pays: Mapping[str, Figure], costs: Mapping[str, Figure]) -> None:
        sheet = self._sheet(f"{model.id}.")
        profit = {name: sheet.less(f"seller_profit.{name}", pays[name], costs[name]) for name in OUTCOMES}
        sheet.expected("expected_seller_profit", *[profit[name] for name in OUTCOMES])
        sheet.less("seller_exposure", profit["likely"], sheet.least("least_seller_profit", [*profit.values()]))
        if pays["likely"].exact:
            sheet.ratio_percent("margin_percent_likely", profit["likely"], pays["likely"], HOURS_PLACES)
        more = sheet.less("further_cost", costs["high"], costs["likely"])
        if more.exact:
            sheet.ratio_percent("paid_of_further_cost", sheet.made("client_exposure"), more, 0)

    def _break_even(self, model: Compared, likely: Figure) -> None:
        """The hours beyond which the seller loses, and how far beyond the likely ones they lie."""
        found = model.break_even
        if found.hours is None:
            return
        sheet = self._sheet(f"{model.id}.")
        sides = (
            _Side(model.pays, self._paying(model, "")),
            _Side(model.cost, lambda name, hours: self._cost(f"{name}.cost", hours)),
        )
        exact = self._meeting(sheet, "break_even", sides, found.hours, Decimal(1), "break_even.hours")
        if likely.exact:
            beyond = sheet.less("break_even.beyond", exact, likely)
            sheet.ratio_percent("break_even.overrun_percent", beyond, likely, HOURS_PLACES)
        if self._hours_per_unit != 1:
            per_unit = sheet.number("hours_per_unit", self._hours_per_unit)
            sheet.in_unit("break_even.taken", sheet.made("break_even.hours"), per_unit, HOURS_PLACES)

    def _meeting(
        self, sheet: Sheet, key: str, sides: tuple[_Side, _Side], at: Fraction, hours_per_unit: Decimal, name: str = ""
    ) -> Figure:
        """Where two amounts are the same: the equation, and both amounts there and a unit before, to check it by.

        ``name`` is the key of the rounded number, ``key`` by default. The answer is the exact number of hours.
        """
        within = f"{sheet.prefix.removeprefix(self._prefix)}{key}"
        lines = (sides[0].line, sides[1].line)
        meet_from, before = _pieces_about(lines, at)
        pieces = [line.piece_from(meet_from) for line in lines]
        exact = sheet.solved(f"{key}.exact", *[(piece.intercept, piece.slope) for piece in pieces])
        checks = [
            side.steps(f"{within}.at", exact).called(f"{which}_there")
            for which, side in zip(("first", "second"), sides, strict=True)
        ]
        if at:
            step = min(Fraction(hours_per_unit), at - before)
            earlier = sheet.less(f"{key}.before", exact, sheet.number("step", step))
            checks.append(earlier.called("before"))
            checks += [
                side.steps(f"{within}.before", earlier).called(f"{which}_before")
                for which, side in zip(("first", "second"), sides, strict=True)
            ]
        sheet.in_unit(name or key, exact, sheet.number("hours_per_unit", hours_per_unit), HOURS_PLACES, checks)
        return exact

    def _carried(self, line: Line, hours: Figure) -> None:
        """What the seller carries alone at that many hours, if the client's bill has stopped growing."""
        last = line.pieces[-1]
        if len(line.pieces) < 2 or last.slope or hours.exact <= last.start:
            return
        sheet, before = self._sheet("carried."), line.pieces[-2]
        paid = sheet.solved("from", (before.intercept, before.slope), (last.intercept, last.slope))
        alone = sheet.less("hours", hours, paid)
        sheet.in_unit("taken", alone, sheet.number("hours_per_unit", self._hours_per_unit), HOURS_PLACES)
        sheet.product("worth", alone, sheet.number("rate", before.slope))


def comparison_working(given: JsonObject) -> Working:
    """The working of the answer of ``what_if`` for ``given``."""
    record = Record(parse_currency(given))
    ComparisonSteps(record, given).outcomes()
    return working_of(record)


def _pieces_about(lines: Sequence[Line], at: Fraction) -> tuple[Fraction, Fraction]:
    """From where on the two lines run straight through the place where they meet, and where the way to it begins."""
    difference = lines[0] - lines[1]
    starts = [piece.start for piece in difference.pieces if piece.slope and piece.start <= at and not piece.at(at)]
    before = [piece.start for piece in difference.pieces if piece.start < at]
    return starts[-1], before[-1] if before else Fraction(0)
