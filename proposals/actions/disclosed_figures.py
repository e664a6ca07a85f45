"""Reading what the seller discloses: known fields only, checked by the calculation, and pay only as allowed."""

from collections.abc import Mapping
from typing import Any, Final

from proposals.actions import values
from proposals.documents.disclosed import FUNCTIONS
from proposals.exceptions import FieldProblem, Invalid
from proposals.models import Discount
from proposals.models.disclosure import DisclosureKind
from proposals.pricing import Currency, Money, PricingError, calculate, parse_decimal

LEAST_PEOPLE_COUNT: Final = 3
"""Pay by role is shown of this many people at least, so that it is nobody's own (pricing-spec 10)."""

RULES_COUNT: Final = 30
ROLES_COUNT: Final = 40

PAY_BASES: Final = ("role", "band", "consent")
"""How pay may be shown: the average of a role, a band, or with the written consent of the person."""

FROM_PAY: Final = (
    "salary",
    "benefits_percent",
    "benefits_amount",
    "capacity_hours",
    "utilization_percent",
    "paid_hours",
)
TARGETS: Final = ("target_margin_percent", "markup_percent", "bill_rate", "round_rate")

Content = dict[str, Any]


def read_content(currency: str, kind: str, fields: Mapping[str, Any]) -> Content:
    """The content of a version (see `documents.disclosed`) from `title, context, given`, and `pay` and `basis`.

    Raises Invalid, naming the field: an empty context, figures that can't be calculated, pay that may not be shown.
    """
    content: Content = {
        "kind": kind,
        "title": values.text(200, required=True)("title", fields.get("title", "")),
        "context": values.text(4000, required=True, lines=True)("context", fields.get("context", "")),
    }
    given = {} if fields.get("given") is None else fields["given"]
    if not isinstance(given, Mapping):
        raise values.refuse("given", "bad_document", "The figures are an object.")
    if kind in (DisclosureKind.POLICY, DisclosureKind.DISCOUNTS):
        read_rules = _discount_rules if kind == DisclosureKind.DISCOUNTS else _policy_rules
        return content | {"given": {"lines": read_rules(given.get("lines"))}}
    pay = _read_pay(currency, given, fields.get("pay") or {})
    figures = _figures(currency, kind, given, pay)
    basis = values.text(1000, lines=True)("basis", fields.get("basis") or "")
    return content | {
        "given": figures,
        "result": _calculated(FUNCTIONS[kind], figures),
        **({"pay": pay} if pay else {}),
        **({"basis": basis} if basis else {}),
    }


def _figures(currency: str, kind: str, given: Mapping[str, Any], pay: Content) -> Content:
    """What the pure function takes: known fields that say something, in the proposal's currency."""
    if kind == DisclosureKind.LEVERAGE:
        return {"currency": currency, "staffing": _staffing(given.get("staffing"))}
    if kind == DisclosureKind.OVERHEAD:
        overhead = given.get("overhead_percent")
        per_hundred = {"direct_cost_per_hour": "100", "target_margin_percent": "0"}
        return {"currency": currency, **per_hundred, "overhead_percent": overhead}
    known = ("direct_cost_per_hour", *FROM_PAY, "overhead_percent", *TARGETS)
    figures = {"currency": currency} | {name: given[name] for name in known if given.get(name) not in (None, "")}
    if pay.get("basis") == "band":
        figures["salary"] = pay["middle"]
    return figures


def _staffing(rows: object) -> list[Content]:
    if not isinstance(rows, list):
        raise values.refuse("given/staffing", "not_a_list", "The staffing is a list of roles.")
    values.require_few("given/staffing", rows, ROLES_COUNT)
    known = ("role", "tier", "hours", "rate")
    return [
        {name: row[name] for name in known if row.get(name) not in (None, "")} if isinstance(row, Mapping) else row
        for row in rows
    ]


def _calculated(fn: str, figures: Content) -> Content:
    try:
        return calculate(fn, figures)
    except PricingError as error:
        pointer = "given/" + (error.field or "").replace(".", "/")
        problem = FieldProblem(pointer.rstrip("/"), error.code, error.detail)
        raise Invalid(f"{error.detail} Nothing was changed.", code=error.code, errors=[problem]) from error


def _read_pay(currency: str, given: Mapping[str, Any], pay: object) -> Content:
    """How pay may be shown; nothing where the card has no pay in it.

    A band is refused unless its ends are apart, and its middle stands for the pay.
    """
    if not isinstance(pay, Mapping):
        raise values.refuse("pay", "not_an_object", "How pay may be shown is an object.")
    basis = pay.get("basis") or ""
    if given.get("salary") in (None, "") and basis != "band":
        return {}
    if basis not in PAY_BASES:
        detail = (
            f"Pay is shown only of a role with at least {LEAST_PEOPLE_COUNT} people, as a band, or with the person’s "
            "written consent. Say which, or give the direct cost of an hour instead."
        )
        raise values.refuse("pay/basis", "pay_basis_required", detail)
    if basis == "role":
        return {"basis": basis, "people_count": _people_count(pay.get("people_count"))}
    if basis == "consent":
        return {"basis": basis, "consent": values.text(300, required=True)("pay/consent", pay.get("consent") or "")}
    return {"basis": basis, **_band(currency, pay)}


def _people_count(value: object) -> int:
    count = int(value) if isinstance(value, int | str) and str(value).isdecimal() and len(str(value)) < 7 else 0
    if count < LEAST_PEOPLE_COUNT:
        detail = (
            f"The role has {values.shown(value) or 'no'} people; pay is shown of {LEAST_PEOPLE_COUNT} or more. Give a "
            "band, the written consent, or the direct cost of an hour instead."
        )
        raise values.refuse("pay/people_count", "too_few_people", detail)
    return count


def _band(currency: str, pay: Mapping[str, Any]) -> Content:
    unit = Currency(currency)
    try:
        low, high = (Money.stated(parse_decimal(pay.get(end)), unit, end) for end in ("low", "high"))
    except PricingError as error:
        raise values.refuse("pay/band", error.code, error.detail) from error
    if low.minor < 0 or high.minor * 10 < low.minor * 11:
        detail = f"{low} to {high} is no band. Its ends are 0 or more, and at least a tenth apart."
        raise values.refuse("pay/band", "bad_band", detail)
    return {"low": str(low), "high": str(high), "middle": str(Money.rounded((low.exact + high.exact) / 2, unit))}


def _lines(rows: object) -> list[Mapping[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise values.refuse("given/lines", "not_a_list", "The rules are a list of objects.")
    if not rows:
        raise values.refuse("given/lines", "required", "Write at least one line.")
    values.require_few("given/lines", rows, RULES_COUNT)
    return rows


def _policy_rules(rows: object) -> list[Content]:
    title, text = values.text(120, required=True), values.text(1000, required=True, lines=True)
    return [
        {
            "title": title(f"given/lines/{place}/title", row.get("title", "")),
            "text": text(f"given/lines/{place}/text", row.get("text", "")),
        }
        for place, row in enumerate(_lines(rows))
    ]


def _discount_rules(rows: object) -> list[Content]:
    """The lines of a discount list; each has a key of its own, by which discounts cite it."""
    rules = []
    for place, row in enumerate(_lines(rows)):
        pointer = f"given/lines/{place}"
        percent = values.number()(f"{pointer}/up_to_percent", row.get("up_to_percent"))
        if percent is None or not 0 < percent <= 100:
            detail = f"{values.written(percent)}% is no limit of a discount. Give more than 0 and at most 100."
            raise values.refuse(f"{pointer}/up_to_percent", "bad_percent", detail)
        rules.append(
            {
                "key": str(place + 1),
                "reason": values.one_of(list(Discount.Reason.values))(f"{pointer}/reason", row.get("reason")),
                "up_to_percent": values.written(percent),
                "text": values.text(500, required=True)(f"{pointer}/text", row.get("text", "")),
            }
        )
    return rules
