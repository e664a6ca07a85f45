"""The steps of section and document discounts: each computed once, then shared out over the lines it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..allocation import largest_remainders
from ..discounts import Discount
from .lines import discounted
from .record import Amount, PriceRecord
from .steps import Ratios, step_json


@dataclass(frozen=True, slots=True)
class Level:
    """Where a discount stands and how its shares are called: ``line:<id>.<share>``, ``line:<id>.<after>``."""

    key: str
    share: str
    after: str


Shares = dict[int, list[Amount]]
"""The shares of every line, by its number, in the order of the discounts."""


def share_out(
    record: PriceRecord, level: Level, discounts: Sequence[Discount], numbers: Sequence[int], amounts: list[Amount]
) -> Shares:
    """Take discounts off the lines ``numbers``, one after the other. Changes ``amounts`` to what is left."""
    taken: Shares = {}
    line_keys = record.line_keys
    for index, discount in enumerate(discounts):
        several = f".{index}" if len(discounts) > 1 else ""
        here = Level(f"{level.key}.{index}", level.share + several, level.after + several)
        reached = [amounts[number] for number in numbers]
        base = record.summed(f"{here.key}.base", reached)
        total = discounted(record, here.key, discount, base, discount.amount_minor(base.minor))
        for number, share in zip(numbers, _shares(record, here, total, base, numbers, reached), strict=True):
            if share is not None:
                amounts[number] = record.less(line_keys[number] + here.after, amounts[number], share)
                taken.setdefault(number, []).append(share)
    return taken


def _shares(
    record: PriceRecord, level: Level, total: Amount, base: Amount, numbers: Sequence[int], reached: Sequence[Amount]
) -> list[Amount | None]:
    """Who gets what, by largest remainder; ``None`` for a line that has nothing left to take from."""
    if not base.minor:
        return [None] * len(numbers)
    allocation = largest_remainders(total.minor, [amount.minor for amount in reached])
    of_total, of_base = total.called("total").given, base.called("base").given
    over = record.text(allocation.left_over)
    key = f"{level.key}.left_over"
    record.add(key, "left_over", [of_total, *[each.given for each in reached]], over, allocation.left_over)
    of_left_over = {"name": "left_over", "value": over, "of": key}
    ratios = Ratios(base.minor * record.currency.minor_per_major, record.places)
    steps, texts, line_keys, left_over = record.steps, record.texts, record.line_keys, allocation.left_over
    shares: list[Amount | None] = []
    for number, amount, floor, place in zip(numbers, reached, allocation.floors, allocation.places, strict=True):
        amount_minor, given = amount
        if not amount_minor:
            shares.append(None)
            continue
        minor = floor + (0 < place <= left_over)
        result = texts[minor]
        exact = ratios.text(total.minor * amount_minor) if place else result
        key = line_keys[number] + level.share
        inputs = [of_total, given, of_base, of_left_over]
        steps[key] = step_json(key, "share", inputs, exact, result, {"place": str(place)})
        shares.append(Amount(minor, {"name": "discount", "value": result, "of": key}))
    return shares
