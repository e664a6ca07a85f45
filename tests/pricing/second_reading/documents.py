"""Documents read a second time (pricing-spec 3 to 8)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from .numbers import NOTHING, Json, number, places_of, rounded, shares, text


class Part:
    """A line with what is left of it."""

    def __init__(self, line: Json, section: int, choices: Json) -> None:
        self.line, self.section = line, section
        self.included = not line.get("optional") or bool(line.get("selected"))
        if line.get("alt"):
            self.included &= choices.get(line["alt"]["group"]) == line["alt"]["option"]
        usually = line["kind"] not in ("expense", "credit")
        stated = line.get("discountable")
        self.discountable = line["kind"] != "credit" and (usually if stated is None else stated)
        self.gross = self.left = self.tax = NOTHING
        self.off = {"line": NOTHING, "section": NOTHING, "document": NOTHING}

    def begin(self, gross: Fraction, places: int) -> None:
        self.gross = self.left = rounded(gross, places)
        for discount in self.line.get("discounts") or []:
            self.take("line", off(discount, self.left, places))

    def take(self, level: str, amount: Fraction) -> None:
        self.off[level] += amount
        self.left -= amount


def off(discount: Json, base: Fraction, places: int) -> Fraction:
    value = Fraction(discount["value"])
    return rounded(base * value / 100, places) if discount["type"] == "percent" else value


def rate(document: Json, line: Json) -> Fraction:
    if line.get("rate_override") is not None:
        return Fraction(line["rate_override"])
    day: str = line.get("date") or document["price_date"]
    hours = number(document, "hours_per_day", "8")
    valid = [
        entry
        for entry in document["rate_card"]
        if entry["role"] == line["role"] and entry["from"] <= day <= (entry.get("to") or "9999")
    ]
    newest = [entry for entry in valid if entry["from"] == max(each["from"] for each in valid)]
    entry = next((each for each in newest if each["unit"] == line["unit"]), newest[0])
    if entry["unit"] == line["unit"]:
        return Fraction(entry["rate"])
    return Fraction(entry["rate"]) * (hours if line["unit"] == "day" else 1 / hours)


def own_gross(document: Json, line: Json) -> Fraction:
    kind = line["kind"]
    if kind == "time":
        return number(line, "quantity") * rate(document, line)
    if kind == "expense":
        return number(line, "quantity", "1") * number(line, "unit_cost") * (1 + number(line, "markup_percent") / 100)
    if kind == "subscription":
        return number(line, "quantity", "1") * number(line, "price") * number(line, "periods")
    if kind == "unit":
        return number(line, "quantity") * number(line, "unit_price")
    return number(line, "amount") * (-1 if kind == "credit" else 1)


def settled(document: Json, choices: Json, taken: Json | None = None) -> tuple[list[Part], list[Json], Fraction]:
    """The lines, the taxes and the tax, with ``taken`` as the last document discount."""
    places = places_of(document)
    parts = [
        Part(line, index, choices) for index, section in enumerate(document["sections"]) for line in section["lines"]
    ]
    by_id = {part.line["id"]: part for part in parts}
    later = [part for part in parts if part.line["kind"] == "allowance" and part.line.get("percent") is not None]
    for part in parts:
        if part not in later:
            part.begin(own_gross(document, part.line), places)
    for part in later:
        base = sum((by_id[name].left for name in part.line["of"] if by_id[name].included), NOTHING)
        part.begin(base * number(part.line, "percent") / 100, places)
    reached = [part for part in parts if part.included and part.discountable]
    for index, section in enumerate(document["sections"]):
        share_out(section.get("discounts"), "section", [part for part in reached if part.section == index], places)
    certain = [discount for discount in document.get("discounts") or [] if not discount.get("conditional")]
    share_out([*certain, *([taken] if taken else [])], "document", reached, places)
    taxes = [
        sums
        for tax in document.get("taxes") or []
        if (sums := taxed(document, tax, [part for part in parts if part.included and names(part, tax)], places))
    ]
    return parts, taxes, sum((Fraction(tax["amount"]) for tax in taxes), NOTHING)


def names(part: Part, tax: Json) -> bool:
    return tax["id"] in (part.line.get("taxes") or [])


def share_out(discounts: Sequence[Json] | None, level: str, parts: list[Part], places: int) -> None:
    for discount in discounts or []:
        weights = [part.left for part in parts]
        for part, share in zip(
            parts, shares(off(discount, sum(weights, NOTHING), places), weights, places), strict=True
        ):
            part.take(level, share)


def taxed(document: Json, tax: Json, parts: list[Part], places: int) -> Json | None:
    if not parts:
        return None
    rate, inclusive = Fraction(tax["rate"]), document.get("price_basis") == "inclusive"

    def of(amount: Fraction) -> Fraction:
        return rounded(amount * rate / (100 + rate if inclusive else 100), places)

    subject = sum((part.left for part in parts), NOTHING)
    amount = of(subject)
    if document.get("tax_rounding") == "line":
        amount = sum((of(part.left) for part in parts), NOTHING)
        for part in parts:
            part.tax += of(part.left)
    base = subject - amount if inclusive else subject
    return {"id": tax["id"], "rate": tax["rate"], "base": text(base, places), "amount": text(amount, places)}


def total_of(document: Json, parts: list[Part], tax: Fraction) -> Fraction:
    amounts = sum((part.left for part in parts if part.included), NOTHING)
    return amounts if document.get("price_basis") == "inclusive" else amounts + tax


def price(given: Json) -> Json:
    document = given["document"]
    places, choices = places_of(document), document.get("choices") or {}
    groups: dict[str, dict[str, None]] = {}
    for section in document["sections"]:
        for line in section["lines"]:
            if line.get("alt"):
                groups.setdefault(line["alt"]["group"], {})[line["alt"]["option"]] = None
    open_groups = sorted(group for group in groups if choices.get(group) is None)
    parts, taxes, tax = settled(document, choices)
    total = total_of(document, parts, tax)
    included = [part for part in parts if part.included]
    answer = {
        "lines": [line_answer(document, part, places) for part in parts],
        "sections": [
            {"id": section["id"], **sums([part for part in included if part.section == index], places)}
            for index, section in enumerate(document["sections"])
        ],
        "taxes": taxes,
        "totals": {
            **{key: value for key, value in sums(included, places).items() if key != "amount"},
            "net": text(total - tax, places),
            "tax": text(tax, places),
            "total": text(total, places),
        },
        "complete": not open_groups,
        "unresolved": open_groups,
    }
    if open_groups:
        totals = []
        for options in product(*(groups[group] for group in open_groups)):
            way = settled(document, {**choices, **dict(zip(open_groups, options, strict=True))})
            totals.append(total_of(document, way[0], way[2]))
        answer["range"] = {"min": text(min(totals), places), "max": text(max(totals), places)}
    conditional = [discount for discount in document.get("discounts") or [] if discount.get("conditional")]
    if conditional:
        ways = [settled(document, choices, discount) for discount in conditional]
        if_taken = [total_of(document, way[0], way[2]) for way in ways]
        answer["conditional"] = [
            {"total_if_taken": text(each, places), "saving": text(total - each, places)} for each in if_taken
        ]
    return answer


def sums(parts: list[Part], places: int) -> Json:
    gross = sum((part.gross for part in parts), NOTHING)
    amount = sum((part.left for part in parts), NOTHING)
    return {"gross": text(gross, places), "discount": text(gross - amount, places), "amount": text(amount, places)}


def line_answer(document: Json, part: Part, places: int) -> Json:
    answer = {"id": part.line["id"], "included": part.included, "gross": text(part.gross, places)}
    answer |= {f"{level}_discount": text(amount, places) for level, amount in part.off.items()}
    answer["amount"] = text(part.left, places)
    if document.get("tax_rounding") == "line" and part.included:
        answer["tax"] = text(part.tax, places)
    return answer
