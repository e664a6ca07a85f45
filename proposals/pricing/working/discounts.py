"""The steps of section and document discounts: each computed once, then shared out over the lines it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..allocation import largest_remainders
from ..discounts import Discount
from .lines import discount_step
from .record import Record, called
from .steps import Input, Step, ratio_text


@dataclass(frozen=True, slots=True)
class Level:
    """Where a discount stands and how its shares are called: ``line:<id>.<share>``, ``line:<id>.<after>``."""

    key: str
    share: str
    after: str


Shares = dict[int, list[Input]]
"""The shares of every line, by its number, in the order of the discounts."""


def share_out(
    record: Record, level: Level, discounts: Sequence[Discount], numbers: Sequence[int], amounts: list[Input]
) -> Shares:
    """Take discounts off the lines ``numbers``, one after the other. Changes ``amounts`` to what is left."""
    taken: Shares = {}
    lines = record.document.lines
    for index, discount in enumerate(discounts):
        several = f".{index}" if len(discounts) > 1 else ""
        here = Level(f"{level.key}.{index}", level.share + several, level.after + several)
        reached = [amounts[number] for number in numbers]
        base = record.summed(f"{here.key}.base", reached)
        minor = discount.amount_minor(base.minor)
        total = record.add(discount_step(here.key, discount, base, record.text(minor), record.places), minor)
        for number, share in zip(numbers, _shares(record, here, total, base, numbers, reached), strict=True):
            if share is not None:
                amounts[number] = record.less(f"line:{lines[number].id}.{here.after}", amounts[number], share)
                taken.setdefault(number, []).append(share)
    return taken


def _shares(
    record: Record, level: Level, total: Input, base: Input, numbers: Sequence[int], reached: Sequence[Input]
) -> list[Input | None]:
    """Who gets what, by largest remainder; ``None`` for a line that has nothing left to take from."""
    if not base.minor:
        return [None] * len(numbers)
    allocation = largest_remainders(total.minor, [amount.minor for amount in reached])
    of_total, of_base = called("total", total), called("base", base)
    over = record.text(allocation.left_over)
    key = f"{level.key}.left_over"
    record.steps[key] = Step(key, "left_over", (of_total, *reached), over, over)
    of_left_over = Input("left_over", over, key, allocation.left_over)
    denominator = base.minor * record.document.currency.minor_per_major
    shares: list[Input | None] = []
    for number, amount, floor, place in zip(numbers, reached, allocation.floors, allocation.places, strict=True):
        if not amount.minor:
            shares.append(None)
            continue
        minor = floor + (0 < place <= allocation.left_over)
        result = record.text(minor)
        exact = ratio_text(total.minor * amount.minor, denominator, record.places) if place else result
        key = f"line:{record.document.lines[number].id}.{level.share}"
        inputs = (of_total, amount, of_base, of_left_over)
        record.steps[key] = Step(key, "share", inputs, exact, result, {"place": str(place)})
        shares.append(Input("discount", result, key, minor))
    return shares
