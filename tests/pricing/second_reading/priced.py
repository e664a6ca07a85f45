"""Documents and schedules for the comparison of both readings."""

from __future__ import annotations

from fractions import Fraction

from .cases import DATES, WHY, Cases
from .numbers import Json, text


def price(case: Cases) -> Json:
    inclusive = case.chance(0.4)
    document: Json = {
        "currency": case.currency,
        "price_basis": "inclusive" if inclusive else "exclusive",
        "tax_rounding": case.one_of(("group", "line")),
        "taxes": [tax(case, index) for index in range(case.one_of((0, 1, 2, 3)))],
        "rate_card": rate_card(case),
        "price_date": case.one_of(DATES),
        "sections": [],
        "discounts": discounts(case, document=True),
        "choices": {},
        **case.some(hours_per_day=case.one_of(("7.5", "7", "24", "0.5", "7.6"))),
    }
    for index in range(case.one_of((0, 1, 2, 3))):
        lines = [line(case, f"{index}-{number}", document, inclusive) for number in range(case.one_of((0, 1, 3, 5)))]
        document["sections"].append({"id": str(index), "lines": lines, "discounts": discounts(case)})
    for section in document["sections"]:
        for alternative in (each["alt"] for each in section["lines"] if "alt" in each):
            if case.chance(0.3):
                document["choices"][alternative["group"]] = alternative["option"]
    return {"document": document}


def tax(case: Cases, index: int) -> Json:
    if case.chance(0.2):
        return {"id": str(index), "category": case.one_of("ZO"), "rate": case.one_of(("0", "0.00"))}
    return {"id": str(index), "category": "S", "rate": case.one_of(("21", "9.975", "5", "100", "0.0001", "7"))}


def rate_card(case: Cases) -> list[Json]:
    """Two roles that always have a rate, and newer entries in either unit."""
    card: list[Json] = [
        {"role": role, "rate": case.rate(), "unit": case.one_of(("hour", "day")), "from": "2020-01-01", "to": None}
        for role in ("dev", "lead")
    ]
    for _ in range(case.one_of((0, 2, 4))):
        newer: Json = {"role": case.one_of(("dev", "lead")), "rate": case.rate(), "unit": case.one_of(("hour", "day"))}
        card.append({**newer, "from": case.one_of(DATES), "to": case.one_of((None, "2025-06-30", "2025-07-01"))})
    card = [entry for entry in card if entry["to"] is None or entry["from"] <= entry["to"]]
    case.random.shuffle(card)
    return card


def discounts(case: Cases, *, document: bool = False) -> list[Json]:
    listed: list[Json] = []
    for _ in range(case.one_of((0, 0, 1, 2))):
        if case.chance(0.85):
            listed.append({"type": "percent", "value": case.nonzero(case.percent()), **WHY})
        else:
            listed.append({"type": "amount", "value": case.nonzero(case.money(3)), **WHY})
        if document and case.chance(0.2):
            listed[-1] |= {"reason": "early_payment", "conditional": True}
    return listed


def line(case: Cases, line_id: str, document: Json, inclusive: bool) -> Json:
    kind = case.one_of(("time", "time", "fixed", "fixed", "expense", "subscription", "unit", "allowance", "credit"))
    before = [each["id"] for each in every_line(document) if each["kind"] not in ("allowance", "credit")]
    fields: Json = {"amount": case.money()}
    if kind == "time":
        fields = {
            "role": case.one_of(("dev", "lead")),
            "quantity": case.number(2000),
            "unit": case.one_of(("hour", "day")),
        }
        fields |= case.some(date=case.one_of(DATES)) | ({"rate_override": case.rate()} if case.chance(0.2) else {})
    elif kind == "expense":
        fields = {"unit_cost": case.rate(), **case.some(quantity=case.number(40), markup_percent=case.percent())}
    elif kind == "subscription":
        fields = {"price": case.rate(), "periods": case.number(40, 0), **case.some(quantity=case.number(40))}
    elif kind == "unit":
        fields = {"quantity": case.number(900), "unit_price": case.rate()}
    elif kind == "allowance" and before and case.chance(0.8):
        fields = {"percent": case.percent(), "of": case.random.sample(before, case.random.randint(1, len(before)))}
    taxes = [each["id"] for each in document["taxes"]]
    most = min(len(taxes), 1 if inclusive else 3)
    answer: Json = {
        "id": line_id,
        "kind": kind,
        **fields,
        "taxes": case.random.sample(taxes, case.random.randint(0, most)),
    }
    if kind != "credit":
        answer |= {"discounts": discounts(case), "discountable": case.one_of((None, None, True, False))}
    if case.chance(0.2):
        answer |= {"optional": True, **case.some(selected=True)}
    if case.chance(0.2):
        answer["alt"] = {"group": case.one_of(("host", "care")), "option": case.one_of(("x", "y", "z"))}
    return answer


def every_line(document: Json) -> list[Json]:
    return [each for section in document["sections"] for each in section["lines"]]


def allocate(case: Cases) -> Json:
    weights = [
        case.one_of(("0", "1", "3", case.number(10), case.number(10, 10))) for _ in range(case.random.randint(0, 8))
    ]
    return {"currency": case.currency, "total": case.money(), "weights": [*weights, "1"]}


def schedule(case: Cases) -> Json:
    total = case.money()
    units, count = int(Fraction(total) * 10**case.places), case.random.randint(1, 6)
    given: Json = {"currency": case.currency, "total": total}
    given |= case.some(tax=text(Fraction(case.random.randint(0, units), 10**case.places), case.places))
    way = case.one_of(("percent", "weight", "amount", "remainder", "periods"))
    if way == "periods":
        start = case.one_of((*DATES, "2025-01-31", "2023-08-31"))
        every = case.one_of(("month", "quarter", "year"))
        return {**given, "periods": {"count": str(case.random.randint(1, 40)), "every": every, "start": start}}
    amounts = [text(Fraction(part, 10**case.places), case.places) for part in case.cut(units, count)]
    percents = [text(Fraction(part, 10**4), 4) for part in case.cut(10**6, count)]
    stated: list[Json] = [{"percent": percent} for percent in percents]
    if way == "weight":
        stated = [{"weight": case.one_of(("0", "2", case.number(9)))} for _ in percents[1:]] + [{"weight": "1"}]
    elif way == "amount":
        stated = [{"amount": amount} for amount in amounts]
    elif way == "remainder":
        half = [text(Fraction(percent) / 4, 4) for percent in percents]
        stated = [{"percent": percent} for percent in half[:2]] + [{"amount": amount} for amount in amounts[2:3]]
        stated.insert(case.random.randint(0, len(stated)), {"remainder": True})
    return {**given, "plan": [{"id": str(index), **each} for index, each in enumerate(stated)]}
