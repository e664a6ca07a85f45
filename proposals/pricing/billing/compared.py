"""How each amount of a comparison came about: what every model costs at low, likely and high hours, step by step."""

from __future__ import annotations

from ..money import Money
from ..parse import parse_currency
from ..reading import JsonObject, as_object, list_at, number_at, number_or, object_at, text_at
from ..working.explain import Working, working_of
from ..working.record import Record
from ..working.sheet import Figure, Sheet
from .registry import comparable_named
from .what_if import HOURS_PLACES, OUTCOMES


def comparison_steps(
    record: Record, given: JsonObject, *, prefix: str = "", hours: dict[str, Figure] | None = None, seller: bool = True
) -> None:
    """Write down how the answer of ``what_if`` for ``given`` came about; it must have one.

    Keys are ``<id>.client_pays.<outcome>`` and the further names of the answer, after ``prefix``. ``hours`` are the
    hours of each outcome if steps made them. Without ``seller`` nothing is written of what the models leave the
    seller, nor of its cost.
    """
    sheet = Sheet(record, prefix)
    estimate = object_at(given, "estimate")
    known = hours or {name: sheet.number("hours", number_at(estimate, name)) for name in OUTCOMES}
    costs = {name: _cost(sheet, given, name, known[name], seller) for name in OUTCOMES}
    for value in list_at(given, "models"):
        row = as_object(value)
        _model_steps(Sheet(record, f"{prefix}{text_at(row, 'id')}."), row, known, costs, seller)


def comparison_working(given: JsonObject) -> Working:
    """The working of the answer of ``what_if`` for ``given``."""
    record = Record(parse_currency(given))
    comparison_steps(record, given)
    return working_of(record)


def _cost(sheet: Sheet, given: JsonObject, name: str, hours: Figure, seller: bool) -> Figure:
    """What the hours cost the seller, rounded once."""
    rate, fixed = number_at(given, "cost_per_hour"), number_or(given, "fixed_costs", 0)
    stated = sheet.money("fixed_costs", Money.stated(fixed, sheet.record.currency, "fixed_costs"))
    if not seller:
        return sheet.money("cost", None)
    worked = sheet.times(f"cost.{name}.hours", hours, sheet.number("rate", rate))
    exact = worked.exact + stated.exact
    return sheet.rounded(f"cost.{name}", "rounded_sum", [worked, stated], exact)


def _model_steps(
    sheet: Sheet, row: JsonObject, hours: dict[str, Figure], costs: dict[str, Figure], seller: bool
) -> None:
    model, params = comparable_named(row.get("model")), object_at(row, "params")
    pays: dict[str, Figure] = {}
    for name in OUTCOMES:
        at = Sheet(sheet.record, f"{sheet.prefix}{name}.")
        pays[name] = sheet.name(f"client_pays.{name}", model.compared(params, at, hours[name], costs[name]))
    sheet.expected("expected_client_pays", *[pays[name] for name in OUTCOMES])
    sheet.less("client_exposure", sheet.greatest("most_client_pays", [*pays.values()]), pays["likely"])
    if not seller:
        return
    profit = {name: sheet.less(f"seller_profit.{name}", pays[name], costs[name]) for name in OUTCOMES}
    sheet.expected("expected_seller_profit", *[profit[name] for name in OUTCOMES])
    sheet.less("seller_exposure", profit["likely"], sheet.least("least_seller_profit", [*profit.values()]))
    if pays["likely"].exact:
        sheet.ratio_percent("margin_percent_likely", profit["likely"], pays["likely"], HOURS_PLACES)
