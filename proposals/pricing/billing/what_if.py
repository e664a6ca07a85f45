"""The same work under several billing models: what the client pays and what the seller earns (pricing-spec 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from ..errors import Place, PricingError, shown
from ..money import Currency, Money, parse_decimal, require_rate, rounded_text
from ..parse import parse_currency
from ..reading import JsonObject, as_object, list_at, number_at, number_or, object_at, required, text_at
from .piecewise import Line
from .registry import comparable_named

MODEL_LIMIT: Final = 20
GRID_LIMIT: Final = 500
"""Most models and grid values of one comparison."""

GRID_STEPS: Final = 21
"""Points of the default grid, before the breakpoints."""

HOURS_PLACES: Final = 2
"""Decimals of the hours of the default grid and of a break-even."""

OUTCOMES: Final = ("low", "likely", "high")

Grid = Sequence[tuple[str, Fraction]]
"""Hours as text and as a number."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The total hours: ``0 <= low <= likely <= high``, otherwise ``bad_estimate``."""

    low: Decimal
    likely: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        for earlier, later in pairwise((("", Decimal(0)), *((name, getattr(self, name)) for name in OUTCOMES))):
            if later[1] < earlier[1]:
                wanted = f"at least as high as the {earlier[0]} hours, {earlier[1]:f}" if earlier[0] else "0 or more"
                raise PricingError(
                    "bad_estimate",
                    f"The {later[0]} hours, {later[1]:f}, must be {wanted}. Put the three in order.",
                    field=later[0],
                )


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The largest number of hours that is no loss for the seller.

    ``at``: ``hours``, exact. ``no_upper_limit``: more hours never turn profit into loss. ``always_loses``: there is
    none.
    """

    kind: str
    hours: Fraction | None = None

    @classmethod
    def of(cls, profit: Line) -> BreakEven:
        """The break-even of an exact profit."""
        if not profit.ends_below_zero:
            return cls("no_upper_limit")
        hours = profit.last_not_negative()
        return cls("always_loses") if hours is None else cls("at", hours)

    def overrun_percent(self, likely: Fraction) -> Fraction | None:
        """How far beyond the likely hours it lies, in percent of them; the seller's margin of safety."""
        return (self.hours - likely) * 100 / likely if self.hours is not None and likely else None


@dataclass(frozen=True, slots=True)
class Compared:
    """A model of a comparison: exact amounts by hours. What is shown is rounded; profit is the difference of that."""

    id: str
    pays: Line
    cost: Line
    currency: Currency
    paid_by_cost: Callable[[Money], Money] | None = None

    def seller_cost(self, hours: Fraction) -> Money:
        """The seller's cost, rounded once."""
        return Money.rounded(self.cost.at(hours), self.currency)

    def client_pays(self, hours: Fraction) -> Money:
        """What the client pays, rounded once; by the rounded cost where the model follows from the cost."""
        if self.paid_by_cost is not None:
            return self.paid_by_cost(self.seller_cost(hours))
        return Money.rounded(self.pays.at(hours), self.currency)

    def seller_profit(self, hours: Fraction) -> Money:
        """What the client pays less the seller's cost, each rounded."""
        return self.client_pays(hours) - self.seller_cost(hours)

    @property
    def break_even(self) -> BreakEven:
        """On the unrounded profit."""
        return BreakEven.of(self.pays - self.cost)


def what_if(given: JsonObject) -> dict[str, Any]:
    """Compare billing models by hours.

    ``{"currency", "estimate": {"low", "likely", "high"}, "cost_per_hour", "fixed_costs"?, "models": [{"id", "model",
    "params"}], "grid"?: [...]}`` -> ``{"models": [...]}``, each with ``id, client_pays, seller_profit`` at the three
    outcomes, ``expected_client_pays, expected_seller_profit, client_exposure, seller_exposure,
    margin_percent_likely, break_even {kind, hours, overrun_percent}, series [{hours, client_pays, seller_profit}]``.
    Without a grid there are 21 steps from half the low to one and a half times the high hours, and the hours between
    at which a price changes its slope.

    Raises ``PricingError``: ``bad_estimate``, ``unknown_model``, ``duplicate_id``, ``negative_quantity`` in the grid,
    ``bad_document`` for more than 20 models or 500 grid values, and what is wrong with a value.
    """
    currency = parse_currency(given)
    estimate = _estimate(given)
    compared = compared_models(given, currency)
    grid = _grid(given)
    if grid is None:
        grid = default_grid(estimate, (hours for each in compared for hours in each.pays.breakpoints))
    return {"models": [_answer(each, estimate, grid) for each in compared]}


def default_grid(estimate: Estimate, breakpoints: Iterable[Fraction]) -> Grid:
    """The default grid: rising, each once, with two decimals."""
    first, last = Fraction(estimate.low) / 2, Fraction(estimate.high) * 3 / 2
    steps = [first + (last - first) * step / (GRID_STEPS - 1) for step in range(GRID_STEPS)]
    texts = {rounded_text(hours, HOURS_PLACES) for hours in (*steps, *(h for h in breakpoints if first < h < last))}
    return sorted(((text, Fraction(text)) for text in texts), key=lambda hours: hours[1])


def _answer(compared: Compared, estimate: Estimate, grid: Grid) -> dict[str, Any]:
    hours = [Fraction(getattr(estimate, name)) for name in OUTCOMES]
    pays = [compared.client_pays(each) for each in hours]
    profit = [compared.seller_profit(each) for each in hours]
    likely_pays, likely_profit = pays[1], profit[1]
    break_even = compared.break_even
    overrun = break_even.overrun_percent(hours[1])
    margin = likely_profit.exact * 100 / likely_pays.exact if likely_pays.minor else None
    return {
        "id": compared.id,
        "client_pays": dict(zip(OUTCOMES, map(str, pays), strict=True)),
        "seller_profit": dict(zip(OUTCOMES, map(str, profit), strict=True)),
        "expected_client_pays": str(_expected(pays)),
        "expected_seller_profit": str(_expected(profit)),
        "client_exposure": str(max(pays) - likely_pays),
        "seller_exposure": str(likely_profit - min(profit)),
        "margin_percent_likely": _rounded_or_none(margin),
        "break_even": {
            "kind": break_even.kind,
            "hours": _rounded_or_none(break_even.hours),
            "overrun_percent": _rounded_or_none(overrun),
        },
        "series": [
            {
                "hours": text,
                "client_pays": str(compared.client_pays(number)),
                "seller_profit": str(compared.seller_profit(number)),
            }
            for text, number in grid
        ],
    }


def _expected(outcomes: Sequence[Money]) -> Money:
    """Low, four times likely, and high, through six: of the displayed figures, rounded once."""
    low, likely, high = outcomes
    return Money.rounded((low.exact + 4 * likely.exact + high.exact) / 6, low.currency)


def _rounded_or_none(value: Fraction | None) -> str | None:
    return None if value is None else rounded_text(value, HOURS_PLACES)


def _estimate(given: JsonObject) -> Estimate:
    hours = object_at(given, "estimate")
    with Place(within="estimate"):
        return Estimate(*(number_at(hours, name) for name in OUTCOMES))


def _cost(given: JsonObject, currency: Currency) -> Line:
    cost_per_hour = number_at(given, "cost_per_hour")
    require_rate(cost_per_hour, "cost_per_hour")
    fixed_costs = Money.stated(number_or(given, "fixed_costs", 0), currency, "fixed_costs")
    if fixed_costs.minor < 0:
        raise PricingError(
            "bad_number", f"The fixed costs {fixed_costs} are negative. Write 0 or more.", field="fixed_costs"
        )
    return Line.straight(fixed_costs.exact, Fraction(cost_per_hour))


def compared_models(given: JsonObject, currency: Currency) -> list[Compared]:
    """The models that ``what_if`` is asked about, in their order. Raises as it does."""
    cost = _cost(given, currency)
    required(given, "models")
    models = list_at(given, "models")
    _require_at_most(len(models), MODEL_LIMIT, "models")
    compared: dict[str, Compared] = {}
    for index, value in enumerate(models):
        with Place(within=f"models.{index}"):
            model = as_object(value)
            model_id = text_at(model, "id")
            if model_id in compared:
                raise PricingError(
                    "duplicate_id", f"Two models have the id {shown(model_id)}. Give each an id of its own.", field="id"
                )
            named = comparable_named(model.get("model"))
            params = object_at(model, "params")
            with Place(within="params"):
                pays = named.curve(params, currency, cost)
                paid_by_cost = named.paid_by_cost(params, currency)
        compared[model_id] = Compared(model_id, pays, cost, currency, paid_by_cost)
    return list(compared.values())


def _grid(given: JsonObject) -> Grid | None:
    """The given hours as they were written, with their numbers."""
    if given.get("grid") is None:
        return None
    values = list_at(given, "grid")
    _require_at_most(len(values), GRID_LIMIT, "grid")
    grid: list[tuple[str, Fraction]] = []
    for index, value in enumerate(values):
        hours = parse_decimal(value, f"grid.{index}")
        if hours < 0:
            raise PricingError(
                "negative_quantity", f"{hours:f} hours are negative. Write 0 or more.", field=f"grid.{index}"
            )
        grid.append((str(value), Fraction(hours)))
    return grid


def _require_at_most(count: int, most: int, field: str) -> None:
    if count > most:
        raise PricingError(
            "bad_document", f"There are {count} {field}; at most {most} can be compared at once.", field=field
        )
