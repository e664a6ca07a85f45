"""Documents of all sorts for property tests: every kind of line, discounts at every level, options, both bases."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from proposals.pricing import PricingError, calculate
from proposals.pricing.currencies import CURRENCIES

Json = dict[str, Any]
TEXT = "agreed for this piece of work"
TAXES = [
    {"id": "high", "category": "S", "rate": "21"},
    {"id": "odd", "category": "S", "rate": "9.975"},
    {"id": "low", "category": "S", "rate": "0.5"},
    {"id": "rc", "category": "AE", "rate": "0", "note": "reverse charge"},
]
RATES = [
    {"role": "dev", "rate": "96.45", "unit": "hour", "from": "2025-01-01", "to": None},
    {"role": "lead", "rate": "1000", "unit": "day", "from": "2025-01-01", "to": "2026-12-31"},
]
OPTIONS = {"host": ("cloud", "own"), "support": ("none", "basic", "plus")}


def decimals(most: int, places: int, least: int = 0) -> st.SearchStrategy[str]:
    """Numbers from ``least`` to ``most``, with up to that many decimals, as text."""
    scale = 10**places
    return st.integers(least * scale, most * scale).map(lambda units: f"{decimal.Decimal(units).scaleb(-places):f}")


def is_above_zero(number: str) -> bool:
    return number.strip("0.") != ""


@st.composite
def discounts(draw: st.DrawFn, currency: str, *, conditional: bool = False) -> list[Json]:
    answer = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        if draw(st.integers(0, 4)):
            discount = {"type": "percent", "value": draw(decimals(100, 4).filter(is_above_zero))}
        else:
            discount = {
                "type": "amount",
                "value": draw(decimals(3, CURRENCIES[currency]).filter(is_above_zero)),
            }
        discount |= {"reason": "volume", "text": TEXT}
        if conditional and draw(st.booleans()):
            discount |= {"reason": "early_payment", "conditional": True}
        answer.append(discount)
    return answer


@st.composite
def lines(draw: st.DrawFn, line_id: str, currency: str, *, inclusive: bool) -> Json:
    kind = draw(st.sampled_from(["time", "fixed", "fixed", "expense", "subscription", "unit", "allowance", "credit"]))
    amount = decimals(5000, CURRENCIES[currency])
    fields: dict[str, Callable[[], Json]] = {
        "time": lambda: {
            "role": draw(st.sampled_from(["dev", "lead"])),
            "quantity": draw(decimals(40, 4)),
            "unit": draw(st.sampled_from(["hour", "day"])),
        },
        "fixed": lambda: {"amount": draw(amount)},
        "expense": lambda: {"unit_cost": draw(decimals(500, 6)), "markup_percent": draw(decimals(30, 2))},
        "subscription": lambda: {"price": draw(decimals(90, 3)), "periods": draw(decimals(36, 0))},
        "unit": lambda: {"quantity": draw(decimals(90, 3)), "unit_price": draw(decimals(90, 6))},
        "allowance": lambda: {"amount": draw(amount)},
        "credit": lambda: {"amount": draw(amount)},
    }
    line = {"id": line_id, "kind": kind, **fields[kind]()}
    ids = st.sampled_from([tax["id"] for tax in TAXES])
    line["taxes"] = draw(st.lists(ids, max_size=1 if inclusive else 2, unique=True))
    if kind != "credit":
        line["discounts"] = draw(discounts(currency))
        line["discountable"] = draw(st.sampled_from([None, None, True, False]))
    line["optional"] = draw(st.sampled_from([False, False, True]))
    line["selected"] = draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        group = draw(st.sampled_from(sorted(OPTIONS)))
        line["alt"] = {"group": group, "option": draw(st.sampled_from(OPTIONS[group]))}
    return line


@st.composite
def documents(draw: st.DrawFn, *, bases: tuple[str, ...] = ("exclusive", "inclusive")) -> Json:
    """Documents of all sorts that can be priced: discounts never exceed what they apply to."""
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
    basis = draw(st.sampled_from(bases))
    sections = []
    for section in range(draw(st.integers(1, 3))):
        of_section = [
            draw(lines(f"{section}-{number}", currency, inclusive=basis == "inclusive"))
            for number in range(draw(st.integers(0, 4)))
        ]
        sections.append({"id": f"s{section}", "lines": of_section, "discounts": draw(discounts(currency))})
    base = [line["id"] for line in every_line(sections) if line["kind"] not in ("allowance", "credit")]
    if base and draw(st.booleans()):
        named = draw(st.lists(st.sampled_from(base), min_size=1, unique=True))
        sections[0]["lines"].insert(0, {"id": "p", "kind": "allowance", "percent": draw(decimals(30, 2)), "of": named})
    choices = {}
    for group, options in open_groups(sections).items():
        if draw(st.booleans()):
            choices[group] = draw(st.sampled_from(options))
    document = {
        "currency": currency,
        "price_basis": basis,
        "tax_rounding": draw(st.sampled_from(["group", "line"])),
        "price_date": "2026-03-01",
        "hours_per_day": draw(st.sampled_from(["8", "7.5", "7"])),
        "rate_card": RATES,
        "taxes": TAXES,
        "sections": sections,
        "discounts": draw(discounts(currency, conditional=True)),
        "choices": choices,
    }
    assume(can_be_priced(document))
    return document


def every_line(sections: list[Json]) -> Iterator[Json]:
    return (line for section in sections for line in section["lines"])


def open_groups(sections: list[Json]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for line in every_line(sections):
        if "alt" in line and line["alt"]["option"] not in groups.setdefault(line["alt"]["group"], []):
            groups[line["alt"]["group"]].append(line["alt"]["option"])
    return groups


def price(document: Json) -> Json:
    return calculate("price", {"document": document})


def can_be_priced(document: Json) -> bool:
    """Whether every amount discount fits what it applies to; nothing else may go wrong with these documents."""
    try:
        price(document)
    except PricingError as error:
        if error.code != "discount_exceeds_base":
            raise
        return False
    return True
