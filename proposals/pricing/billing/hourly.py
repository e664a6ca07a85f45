"""Hours and fees by role: the part of the arithmetic that billing by the hour has in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from ..errors import PricingError, listed, shown
from ..money import Currency, Money
from ..working.sheet import Figure, Sheet
from .figures import Figures
from .values import Entry


def rates_sentence(whose: str, rates: Mapping[str, Decimal], currency: Currency, figures: Figures) -> str:
    """``Our rates: senior EUR 200.00 and junior EUR 90.00 an hour.``"""
    return f"{whose} rate{'s' if len(rates) > 1 else ''}: {figures.rates(rates, currency)}."


def billed_hours(entry: Entry, increment_hours: Decimal | None) -> Fraction:
    """The hours of an entry, rounded up to a whole number of increments."""
    if increment_hours is None:
        return Fraction(entry.hours)
    increment = Fraction(increment_hours)
    return -(-Fraction(entry.hours) // increment) * increment


def fees_by_role(
    entries: Sequence[Entry], rates: Mapping[str, Decimal], currency: Currency, increment_hours: Decimal | None = None
) -> tuple[Fraction, Money]:
    """The hours billed and the fees for them: each entry rounded up, added by role, rounded to money once per role.

    A role without a rate is ``no_rate``, with ``field`` such as ``hours.2.role`` left to the caller to prefix.
    """
    by_role: dict[str, Fraction] = {}
    for index, entry in enumerate(entries):
        if entry.role not in rates:
            raise PricingError(
                "no_rate",
                f"There is no rate for {shown(entry.role)}. Add one, or use one of: {listed(rates)}.",
                field=f"{index}.role",
            )
        by_role[entry.role] = by_role.get(entry.role, Fraction(0)) + billed_hours(entry, increment_hours)
    fees = Money(0, currency)
    for role, hours in by_role.items():
        fees += Money.rounded(hours * Fraction(rates[role]), currency)
    return sum(by_role.values(), Fraction(0)), fees


def fees_steps(
    sheet: Sheet,
    names: tuple[str, str],
    entries: Sequence[Entry],
    rates: Mapping[str, Decimal],
    increment_hours: Decimal | None = None,
) -> tuple[Figure, Figure]:
    """The steps of ``fees_by_role``: hours and fees, as steps of these two ``names``."""
    of_hours, of_fees = names
    by_role: dict[str, list[Figure]] = {}
    for index, entry in enumerate(entries):
        hours = sheet.number("hours", entry.hours)
        if increment_hours is not None:
            step = sheet.number("step", increment_hours)
            hours = sheet.whole_steps(f"{of_hours}.entry.{index}", hours, step)
        by_role.setdefault(entry.role, []).append(hours)
    sums = {role: sheet.sum(f"{of_hours}.{role}", hours, 0) for role, hours in by_role.items()}
    fees = [
        sheet.product(f"{of_fees}.{role}", hours, sheet.number("rate", rates[role]), role=role)
        for role, hours in sums.items()
    ]
    return sheet.sum(of_hours, list(sums.values()), 0), sheet.sum(of_fees, fees)
