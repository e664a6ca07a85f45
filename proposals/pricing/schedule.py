"""The payment schedule: a total, and the tax in it, as instalments that add up (pricing-spec 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .allocation import allocate, allocate_minor
from .errors import PricingError, shown
from .instalment_plan import AmountPart, Part, PercentPart, RemainderPart, WeightPart, read_plan
from .money import PERCENT_PLACES, Money, finite_text
from .parse import parse_currency
from .reading import JsonObject, flag_at, money_at
from .working.explain import working_of
from .working.record import Record
from .working.sheet import Figure, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """A part with its ``amount``; ``tax`` of it where the tax of the total is known."""

    part: Part
    amount: Money
    tax: Money | None = None

    @property
    def net(self) -> Money | None:
        """The amount without its tax."""
        return None if self.tax is None else self.amount - self.tax

    def as_dict(self) -> dict[str, str]:
        """``id, amount``; with a date ``date``; with tax ``tax, net``."""
        answer = {"id": self.part.id, "amount": str(self.amount)}
        if self.part.on is not None:
            answer["date"] = self.part.on.isoformat()
        if self.tax is not None:
            answer |= {"tax": str(self.tax), "net": str(self.amount - self.tax)}
        return answer


def payment_schedule(total: Money, plan: Sequence[Part], tax: Money | None = None) -> tuple[Instalment, ...]:
    """``total`` (with tax) paid by ``plan``: an instalment for every part, in order, which add up to it.

    ``tax`` is the tax in ``total``; it is shared out over the rounded instalments by largest remainder, so that it
    adds up too.

    Raises ``PricingError``: ``negative_total``, ``empty_plan``, ``mixed_plan``, ``two_remainders``, ``percent_sum``,
    ``zero_weights``, ``schedule_sum_mismatch``, ``schedule_exceeds_total``, ``tax_exceeds_total``, ``duplicate_id``.
    """
    if total.minor < 0:
        raise PricingError(
            "negative_total", f"A total of {total} is not paid in instalments. Give 0 or more.", field="total"
        )
    if tax is not None and (tax.minor > total.minor or (tax.minor and not total.minor)):
        raise PricingError(
            "tax_exceeds_total",
            f"The tax of {tax} is not part of a total of {total}. Correct one of them.",
            field="tax",
        )
    _require_own_ids(plan)
    amounts = _amounts(total, plan)
    taxes = [None] * len(amounts) if tax is None else _shared_tax(tax, amounts)
    return tuple(
        Instalment(part=part, amount=amount, tax=part_tax)
        for part, amount, part_tax in zip(plan, amounts, taxes, strict=True)
    )


def _require_own_ids(plan: Sequence[Part]) -> None:
    ids: set[str] = set()
    for index, part in enumerate(plan):
        if part.id in ids:
            raise PricingError(
                "duplicate_id",
                f"Two instalments have the id {shown(part.id)}. Give each an id of its own.",
                field=f"plan.{index}.id",
            )
        ids.add(part.id)


def _amounts(total: Money, plan: Sequence[Part]) -> Sequence[Money]:
    remainders = sum(isinstance(part, RemainderPart) for part in plan)
    if not plan:
        raise PricingError("empty_plan", "The plan is empty. Add at least one instalment.", field="plan")
    if remainders > 1:
        raise PricingError(
            "two_remainders",
            f"{remainders} instalments take the remainder; only one can. Give the others a percentage or an amount.",
            field="plan",
        )
    if remainders and all(isinstance(part, PercentPart | AmountPart | RemainderPart) for part in plan):
        return _with_remainder(total, plan)
    percents = [part.percent for part in plan if isinstance(part, PercentPart)]
    weights = [part.weight for part in plan if isinstance(part, WeightPart)]
    amounts = [part.amount for part in plan if isinstance(part, AmountPart)]
    if len(percents) == len(plan):
        return allocate(total, _whole_percents(percents))
    if len(weights) == len(plan):
        if total.minor and not any(weights):
            raise PricingError(
                "zero_weights", "All weights are 0. Give at least one instalment a weight above 0.", field="plan"
            )
        return allocate(total, weights)
    if len(amounts) == len(plan):
        return _adding_up(total, amounts)
    raise PricingError(
        "mixed_plan",
        "The instalments are said in different ways. Give all of them as percentages, all as weights or all as"
        " amounts; or let one take the remainder beside percentages and amounts.",
        field="plan",
    )


def _whole_percents(percents: Sequence[Decimal]) -> Sequence[Decimal]:
    added = sum((Fraction(percent) for percent in percents), Fraction(0))
    if added != 100:
        said = finite_text(added, least_places=0, most_places=PERCENT_PLACES)
        raise PricingError(
            "percent_sum", f"The percentages add up to {said}, not to 100. Change one of them.", field="plan"
        )
    return percents


def _adding_up(total: Money, amounts: Sequence[Money]) -> Sequence[Money]:
    added = Money(sum(amount.minor for amount in amounts), total.currency)
    if added != total:
        raise PricingError(
            "schedule_sum_mismatch",
            f"The instalments add up to {added}, and the total is {total}. Change them by {total - added} in all.",
            field="plan",
        )
    return amounts


def _with_remainder(total: Money, plan: Sequence[Part]) -> Sequence[Money]:
    """Percentages of the total, each rounded, and amounts as given; the remainder part gets the rest."""
    stated = {
        index: part.amount
        if isinstance(part, AmountPart)
        else Money.rounded(total.exact * Fraction(part.percent) / 100, total.currency)
        for index, part in enumerate(plan)
        if isinstance(part, AmountPart | PercentPart)
    }
    rest = total - Money(sum(amount.minor for amount in stated.values()), total.currency)
    if rest.minor < 0:
        raise PricingError(
            "schedule_exceeds_total",
            f"The instalments before the remainder are {-rest} more than the total of {total}. Make them smaller.",
            field="plan",
        )
    return [stated.get(index, rest) for index in range(len(plan))]


def _shared_tax(tax: Money, amounts: Sequence[Money]) -> list[Money]:
    """The tax over the amounts. A tax below 0 (credits taxed higher than charges) mirrors the one above."""
    parts = allocate_minor(abs(tax.minor), [amount.minor for amount in amounts])
    return [Money(part if tax.minor > 0 else -part, tax.currency) for part in parts]


def answer(given: JsonObject) -> dict[str, Any]:
    """``schedule``: ``currency, total, tax?`` and ``plan`` or ``periods`` -> ``items, sum``.

    With ``"working": true`` also ``working``, how each amount came about, by its place: ``0.amount``.
    """
    currency = parse_currency(given)
    total = money_at(given, "total", currency)
    tax = None if given.get("tax") is None else money_at(given, "tax", currency)
    plan = read_plan(given, currency)
    items = payment_schedule(total, plan, tax)
    answer: dict[str, Any] = {"items": [item.as_dict() for item in items], "sum": str(total)}
    if flag_at(given, "working"):
        record = Record(currency)
        sheet = Sheet(record)
        of_tax = None if tax is None else sheet.money("tax", tax)
        schedule_steps(sheet, sheet.money("total", total), plan, of_tax)
        answer["working"] = working_of(record).as_dict()
    return answer


def schedule_steps(sheet: Sheet, total: Figure, plan: Sequence[Part], tax: Figure | None = None) -> None:
    """How each instalment of ``payment_schedule`` came about: ``<number>.amount``, ``.tax`` and ``.net``, from 0.

    ``total`` and ``tax`` are as there, and known to be paid by the plan.
    """
    amounts = _amount_steps(sheet, total, plan)
    sheet.sum("sum", amounts)
    if tax is None:
        return
    names = [f"{number}.tax" for number in range(len(plan))]
    if tax.exact < 0:
        owed = sheet.less("tax.given_back", sheet.money("nothing", None), tax)
        shares = sheet.shared("tax", [f"{name}.given_back" for name in names], owed, amounts)
        taxes = [sheet.less(name, sheet.money("nothing", None), of) for name, of in zip(names, shares, strict=True)]
    else:
        taxes = sheet.shared("tax", names, tax, amounts)
    for number, (amount, part) in enumerate(zip(amounts, taxes, strict=True)):
        sheet.less(f"{number}.net", amount, part.called("tax"))


def _amount_steps(sheet: Sheet, total: Figure, plan: Sequence[Part]) -> list[Figure]:
    names = [f"{number}.amount" for number in range(len(plan))]
    weights = [
        sheet.number("percent", part.percent) if isinstance(part, PercentPart) else sheet.number("weight", part.weight)
        for part in plan
        if isinstance(part, PercentPart | WeightPart)
    ]
    if len(weights) == len(plan):
        return sheet.shared("shares", names, total, weights)
    amounts: dict[str, Figure] = {}
    for name, part in zip(names, plan, strict=True):
        if isinstance(part, AmountPart):
            amounts[name] = sheet.name(name, sheet.money("amount", part.amount))
        elif isinstance(part, PercentPart):
            amounts[name] = sheet.percentage(name, total, sheet.number("percent", part.percent))
    for name in names:
        if name not in amounts:
            amounts[name] = sheet.less(name, total, sheet.sum("before_remainder", list(amounts.values())))
    return [amounts[name] for name in names]
