"""The rate card: what an hour or a day of a role costs on a date (pricing-spec 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from .errors import PricingError, shown
from .money import require_rate

TIME_UNITS: Final = ("hour", "day")
"""What time may be counted in."""


def require_time_unit(unit: str, field: str) -> None:
    """Refuse anything but ``hour`` and ``day``."""
    if unit not in TIME_UNITS:
        raise PricingError("unknown_value", f'{shown(unit)} is not a unit of time. Use "hour" or "day".', field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateEntry:
    """The rate of a role per ``unit``, in force from ``valid_from`` to ``valid_to``, both days included."""

    role: str
    rate: Decimal
    unit: str
    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        require_time_unit(self.unit, "unit")
        require_rate(self.rate, "rate")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise PricingError(
                "bad_date",
                f"The rate ends on {self.valid_to}, before it starts on {self.valid_from}. Correct one of the dates.",
                field="to",
            )

    def in_force(self, on: date) -> bool:
        """Whether this rate applies on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def per(self, unit: str, hours_per_day: Decimal) -> Fraction:
        """The exact, unrounded rate per ``unit``: a day costs ``hours_per_day`` hours."""
        rate = Fraction(self.rate)
        if unit == self.unit:
            return rate
        return rate * Fraction(hours_per_day) if unit == "day" else rate / Fraction(hours_per_day)


class RateCard:
    """The rates of a document, found by role. Among equals the entry listed first is used."""

    __slots__ = ("_by_role",)

    def __init__(self, entries: Iterable[RateEntry] = ()) -> None:
        self._by_role: dict[str, list[RateEntry]] = {}
        for entry in entries:
            self._by_role.setdefault(entry.role, []).append(entry)

    def find(self, role: str, unit: str, on: date) -> RateEntry | None:
        """The entry in force on that day with the latest start; if two share it, the one in ``unit``."""
        candidates = [entry for entry in self._by_role.get(role, ()) if entry.in_force(on)]
        return max(candidates, key=lambda entry: (entry.valid_from, entry.unit == unit), default=None)

    def required(self, role: str, unit: str, on: date | None) -> RateEntry:
        """As ``find``; no rate, or no date to look it up for, is ``no_rate``. Never a price of zero instead."""
        if on is None:
            raise PricingError(
                "no_rate", "The rate needs a date: give the line a date or the document a price date.", field="date"
            )
        entry = self.find(role, unit, on)
        if entry is None:
            raise PricingError(
                "no_rate",
                f"The rate card has no rate for {shown(role)} on {on.isoformat()}."
                " Add one that is in force on that day, or change the date or the role.",
                field="role",
            )
        return entry
