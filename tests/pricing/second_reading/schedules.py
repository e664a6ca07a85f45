"""Sharing out and payment schedules read a second time (pricing-spec 9)."""

from __future__ import annotations

import calendar
from fractions import Fraction

from .numbers import NOTHING, Json, number, places_of, rounded, shares, text


def allocate(given: Json) -> Json:
    places = places_of(given)
    weights = [Fraction(weight) for weight in given["weights"]]
    return {"parts": [text(part, places) for part in shares(number(given, "total"), weights, places)]}


def schedule(given: Json) -> Json:
    places, total = places_of(given), number(given, "total")
    items, amounts = (periods if given.get("periods") else plan)(given, total, places)
    for item, amount in zip(items, amounts, strict=True):
        item["amount"] = text(amount, places)
    if given.get("tax") is not None:
        for item, amount, tax in zip(items, amounts, shares(number(given, "tax"), amounts, places), strict=True):
            item |= {"tax": text(tax, places), "net": text(amount - tax, places)}
    return {"items": items, "sum": text(sum(amounts, NOTHING), places)}


def plan(given: Json, total: Fraction, places: int) -> tuple[list[Json], list[Fraction]]:
    items = given["plan"]
    shown = [{"id": item["id"]} for item in items]
    if not any(item.get("remainder") for item in items):
        way = next(way for way in ("percent", "weight", "amount") if way in items[0])
        stated = [Fraction(item[way]) for item in items]
        return shown, stated if way == "amount" else shares(total, stated, places)
    stated = [
        number(item, "amount") if "amount" in item else rounded(total * number(item, "percent") / 100, places)
        for item in items
    ]
    rest = total - sum(stated, NOTHING)
    return shown, [rest if item.get("remainder") else amount for item, amount in zip(items, stated, strict=True)]


def periods(given: Json, total: Fraction, places: int) -> tuple[list[Json], list[Fraction]]:
    count, step = int(given["periods"]["count"]), {"month": 1, "quarter": 3, "year": 12}[given["periods"]["every"]]
    year, month, day = (int(part) for part in given["periods"]["start"].split("-"))
    items = []
    for index in range(count):
        its_year, its_month = divmod(year * 12 + month - 1 + index * step, 12)
        last = calendar.monthrange(its_year, its_month + 1)[1]
        items.append({"id": str(index + 1), "date": f"{its_year:04}-{its_month + 1:02}-{min(day, last):02}"})
    return items, shares(total, [Fraction(1)] * count, places)
