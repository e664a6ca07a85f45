"""One line of a price section as the display texts of a row. Nothing is calculated here."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from proposals.documents import wording
from proposals.documents.contents import quantity_field as field_of_quantity
from proposals.documents.discount_words import grounds_words

CERTAINTIES = {"firm": "Firm", "estimate": "Estimate", "ceiling": "At most"}


@dataclass(frozen=True)
class DiscountView:
    """A discount as it is shown: how much, the sentence, and what it rests on."""

    value: str
    text: str
    grounds: str


@dataclass(frozen=True)
class PriceRow:
    """One line. `quantity_value` and `price_value` are what a cell holds for editing; "" where there is none.

    `price_field` and `quantity_field` name the field that a cell edits. `offers` are counter-offers, `proposable`
    whether one can be made, `is_the_clients` whether only the client sets the quantity by now: of the room only.
    """

    id: str
    kind: str
    title: str
    detail: str
    quantity: str
    unit_label: str
    unit_price: str
    discounts: tuple[DiscountView, ...]
    gross: str
    amount: str
    included: bool
    optional: bool
    selected: bool
    certainty: str
    notes: tuple[str, ...]
    alternative: str = ""
    quantity_field: str = ""
    quantity_value: str = ""
    price_field: str = ""
    price_value: str = ""
    client_may_change_quantity: bool = False
    offers: tuple[Any, ...] = ()
    proposable: bool = False
    is_the_clients: bool = False
    subtotal: str = ""
    """What the table comes to up to here, for a page that ends within it; on paper only."""


def price_row(line: Mapping[str, Any], terms: Mapping[str, Any], language: str) -> PriceRow:
    """A line (the shape of a revision, with its `result`) as a row."""
    currency, result = terms["currency"], line["result"]
    quantity_field = field_of_quantity(line["kind"], line.get("quantity"))
    price_field = "" if "percent" in line else _PRICE_FIELDS.get(line["kind"], "")
    quantity = line.get(quantity_field, "1") if quantity_field else ""
    unit_price = _unit_price(line, result)
    own_discount = result["line_discount"] != wording.zero_like(result["line_discount"])
    net = after_own_discounts(result)
    alternative = line.get("alt") or {}
    return PriceRow(
        id=line["id"],
        kind=line["kind"],
        title=line["title"],
        detail=line["detail"],
        quantity=wording.quantity(quantity, language) if quantity else "",
        unit_label=_unit_label(line, language),
        unit_price=wording.plain_money(unit_price, currency, language) if unit_price else "",
        discounts=tuple(
            DiscountView(wording.discount(row, currency, language), row["text"], grounds_words(row))
            for row in line["discounts"]
        ),
        gross=wording.money(result["gross"], currency, language) if own_discount else "",
        amount=wording.money(net, currency, language),
        included=result["included"],
        optional=line["optional"],
        selected=line["selected"],
        certainty=CERTAINTIES.get(result.get("certainty", ""), ""),
        notes=tuple(_line_notes(line, result, currency, language)),
        alternative=f"{alternative['group']}: {alternative['option']}" if alternative else "",
        quantity_field=quantity_field,
        quantity_value=wording.cell_number(quantity, language),
        price_field=price_field,
        price_value=wording.cell_number(wording.cell_amount(line[price_field], currency), language)
        if line.get(price_field)
        else "",
        client_may_change_quantity="quantity_limits" in line,
    )


_PRICE_FIELDS = {
    "fixed": "amount",
    "expense": "unit_cost",
    "subscription": "price",
    "unit": "unit_price",
    "allowance": "amount",
    "credit": "amount",
}
"""For each kind the field behind the price cell. A share of other lines has none."""


def _unit_price(line: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    kind = line["kind"]
    if kind == "time":
        return str(result.get("rate", ""))
    return str(line.get({"expense": "unit_cost", "subscription": "price", "unit": "unit_price"}.get(kind, ""), ""))


def _unit_label(line: Mapping[str, Any], language: str) -> str:
    if line["kind"] == "time":
        plural = "" if line["quantity"] == "1" else "s"
        return f"{line['unit']}{plural}"
    if line["kind"] == "subscription":
        label = line["unit_label"] or "periods"
        return f"× {wording.quantity(line['periods'], language)} {label}" if _counts_several(line) else label
    if line["kind"] in ("fixed", "credit", "allowance"):
        return {"fixed": "fixed price", "credit": "credit", "allowance": "allowance"}[line["kind"]]
    return str(line["unit_label"])


def _counts_several(line: Mapping[str, Any]) -> bool:
    """Whether a subscription is for a number of things, which are then its quantity, instead of for periods."""
    return line["kind"] == "subscription" and "quantity" in line


def _line_notes(line: Mapping[str, Any], result: Mapping[str, Any], currency: str, language: str) -> list[str]:
    notes = []
    if line["kind"] == "time" and "rate_override" in line:
        notes.append(f"Own rate instead of the card’s: {line.get('rate_note', '')}".rstrip(": "))
    if line["kind"] == "time" and "date" in line and "rate_override" not in line:
        notes.append(f"The rate of {wording.short_date(line['date'], language)}")
    if line["kind"] == "expense":
        markup = result.get("markup", "0")
        if markup == wording.zero_like(markup):
            notes.append("At cost")
        else:
            cost = wording.money(result["at_cost"], currency, language)
            notes.append(f"{cost} at cost, {wording.money(markup, currency, language)} markup")
    if line["kind"] == "allowance" and "percent" in line:
        notes.append(f"{wording.percent(line['percent'], language)} of the lines it is for")
    if "quantity_limits" in line:
        limits = line["quantity_limits"]
        low, high = limits.get("min"), limits.get("max")
        bounds = f"{low or '0'} to {high}" if high else f"at least {low}" if low else "any number"
        notes.append(f"The client sets the quantity: {bounds}")
    return notes


def after_own_discounts(result: Mapping[str, Any]) -> str:
    """What a line comes to less its own discounts, from its `result`."""
    return format(wording.EXACT.subtract(Decimal(result["gross"]), Decimal(result["line_discount"])), "f")
