"""Three-point estimates: what a task probably takes, and how uncertain that is (pricing-spec 12).

``low`` and ``high`` mean that about one case in a hundred would be beyond. The unit is the estimator's (hours, days).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from .errors import PricingError, shown
from .money import HOUR_PLACES, require_finite, rounded_root_text, rounded_text
from .reading import JsonObject, each_object, number_at, required, text_at, text_or

METHODS: Final = ("pert", "triangular")
"""How mean and variance follow from the three points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a task takes: ``0 <= low <= likely <= high``, otherwise ``bad_estimate``."""

    id: str
    low: Decimal
    likely: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        for name in ("low", "likely", "high"):
            require_finite(getattr(self, name), name)
        if not 0 <= self.low <= self.likely <= self.high:
            raise PricingError(
                "bad_estimate",
                f"The estimate of {shown(self.id)} goes from {self.low:f} over {self.likely:f} to {self.high:f}."
                " Give 0 or more, with low not above likely and likely not above high.",
                field=_out_of_order(self),
            )

    @property
    def points(self) -> tuple[Fraction, Fraction, Fraction]:
        """Low, likely and high, exact."""
        return Fraction(self.low), Fraction(self.likely), Fraction(self.high)


def _out_of_order(task: Task) -> str:
    if task.low < 0:
        return "low"
    return "likely" if task.likely < task.low else "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Tasks estimated by one method. Every text has four decimals, rounded once from the exact value."""

    method: str
    tasks: tuple[Task, ...]

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise PricingError(
                "unknown_value",
                f"{shown(self.method)} is not a method. Use one of: {', '.join(METHODS)}.",
                field="method",
            )

    def mean(self, task: Task) -> Fraction:
        """The expected value: the likely one counts four times with ``pert``, once with ``triangular``."""
        low, likely, high = task.points
        return (low + 4 * likely + high) / 6 if self.method == "pert" else (low + likely + high) / 3

    def variance(self, task: Task) -> Fraction:
        """The variance, in squares of the unit."""
        low, likely, high = task.points
        if self.method == "pert":
            return ((high - low) / 6) ** 2
        return (low**2 + likely**2 + high**2 - low * likely - low * high - likely * high) / 18

    def deviation_text(self, task: Task) -> str:
        """The standard deviation of a task."""
        return rounded_root_text(self.variance(task), HOUR_PLACES)

    def independent_deviation_text(self) -> str:
        """The standard deviation of the sum if the tasks have nothing to do with each other."""
        return rounded_root_text(_total(self.variance(task) for task in self.tasks), HOUR_PLACES)

    def correlated_deviation_text(self) -> str:
        """The standard deviation of the sum if everything goes wrong together.

        With ``pert`` it is exact; with ``triangular`` it is the sum of the rounded deviations, as roots don't add.
        """
        if self.method == "pert":
            return rounded_text(_total((task.points[2] - task.points[0]) / 6 for task in self.tasks), HOUR_PLACES)
        return rounded_text(_total(Fraction(self.deviation_text(task)) for task in self.tasks), HOUR_PLACES)

    def as_dict(self) -> dict[str, Any]:
        """``tasks[{id, mean, sd}]``, ``total{low, likely, high, mean, sd_independent, sd_correlated}``."""
        names = ("low", "likely", "high")
        totals = {name: _total(task.points[index] for task in self.tasks) for index, name in enumerate(names)}
        totals["mean"] = _total(self.mean(task) for task in self.tasks)
        return {
            "tasks": [
                {"id": task.id, "mean": rounded_text(self.mean(task), HOUR_PLACES), "sd": self.deviation_text(task)}
                for task in self.tasks
            ],
            "total": {name: rounded_text(exact, HOUR_PLACES) for name, exact in totals.items()}
            | {
                "sd_independent": self.independent_deviation_text(),
                "sd_correlated": self.correlated_deviation_text(),
            },
        }


def _total(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def _read_task(given: JsonObject) -> Task:
    return Task(
        id=text_at(given, "id"),
        low=number_at(given, "low"),
        likely=number_at(given, "likely"),
        high=number_at(given, "high"),
    )


def answer(given: JsonObject) -> dict[str, Any]:
    """``estimate``: ``method?, tasks[{id, low, likely, high}]`` -> ``tasks, total``."""
    required(given, "tasks")
    return Estimate(method=text_or(given, "method", "pert"), tasks=each_object(given, "tasks", _read_task)).as_dict()
