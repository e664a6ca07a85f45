"""A price section as rows of display texts: one table for the page, the live fragment and the PDF.

Made from plain contents (the shapes of `contents` and of a revision), so that the PDF of a revision is made from
the revision alone. Nothing is calculated here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from proposals.documents import wording
from proposals.documents.contents import quantity_field as field_of_quantity
from proposals.documents.payment import ScheduleView, schedule_view

REASONS = {
    "volume": "Volume",
    "long_term": "Long-term commitment",
    "early_payment": "Early payment",
    "non_profit": "Non-profit",
    "launch_reference": "Launch partner or reference",
    "goodwill": "Goodwill",
    "scope_risk_shared": "Shared risk of scope",
    "bundled": "Bundled",
    "negotiated": "Negotiated",
    "other": "Other",
}
CERTAINTIES = {"firm": "Firm", "estimate": "Estimate", "ceiling": "At most"}


@dataclass(frozen=True)
class DiscountView:
    """A discount as it is shown: how much, the kind of reason, and the sentence."""

    value: str
    reason: str
    text: str


@dataclass(frozen=True)
class PriceRow:
    """One line. `quantity_value` and `price_value` are what a cell holds for editing; "" where there is none.

    `price_field` and `quantity_field` name the field that a cell edits. `offers` are counter-offers and `proposable`
    whether one can be made: of the room only.
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


@dataclass(frozen=True)
class TotalRow:
    """A row under the table: a label, an amount, and sometimes a note. `of` is the amount's name in the working."""

    label: str
    amount: str
    note: str = ""
    of: str = ""


@dataclass(frozen=True)
class PriceTable:
    """A price section with everything that stands in its table."""

    section_id: str
    caption: str
    currency: str
    symbol: str
    rows: tuple[PriceRow, ...]
    totals: tuple[TotalRow, ...] = ()
    total: TotalRow | None = None
    alternatives: tuple["AlternativeGroup", ...] = ()
    notes: tuple[str, ...] = ()
    schedule: ScheduleView | None = None


@dataclass(frozen=True)
class AlternativeGroup:
    """A pick-one: its name, the options, which one the client chose ("" while undecided), and counter-offers."""

    name: str
    options: tuple[str, ...]
    chosen: str
    shown: tuple["AlternativeOption", ...] = ()
    """The options with the lines that each would bring."""
    offers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class AlternativeOption:
    """One option of a pick-one: its name, and its lines with what each comes to."""

    name: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Totals:
    """The document's totals: rows, the one total string used everywhere, and what it means.

    `sum` says the same with how certain it is: “€23,038.40” if all is firm, “estimate €23,038.40, at most €28,314.00”.
    """

    rows: tuple[TotalRow, ...]
    total: TotalRow
    amount: str
    notes: tuple[str, ...] = field(default=())
    sum: str = ""

    @property
    def is_firm(self) -> bool:
        """Whether the total will not change by itself."""
        return self.sum == self.amount

    @property
    def certainty(self) -> str:
        """The sum as a sentence; "" if all is firm."""
        return "" if self.is_firm else f"{self.sum[:1].upper()}{self.sum[1:]}"


def totals_of(terms: Mapping[str, Any], result: Mapping[str, Any], language: str = "en") -> Totals:
    """The totals. `terms` has currency, price_basis, tax_rounding, taxes, discounts; `result` is the price's."""
    currency = terms["currency"]
    inclusive = terms["price_basis"] == "inclusive"
    sums = result["totals"]
    rows = []
    if sums["discount"] != wording_zero(sums["discount"]):
        rows.append(TotalRow("Before discounts", wording.money(sums["gross"], currency, language), of="totals.gross"))
        off = wording.money(_negated(sums["discount"]), currency, language)
        rows.append(TotalRow("Discounts", off, of="totals.discount"))
    taxes = {tax["id"]: tax for tax in terms["taxes"]}
    for group in result["taxes"]:
        tax = taxes[group["id"]]
        label = f"{tax['label']}, included" if inclusive else tax["label"]
        tax_amount = wording.money(group["amount"], currency, language)
        rows.append(TotalRow(label, tax_amount, tax["note"], of=f"tax:{group['id']}.amount"))
    complete = result["complete"]
    amount = wording.money(sums["total"], currency, language)
    label = "Total" if complete else "Total so far"
    said = sum_in_words(result, amount, currency, language)
    note = "" if said == amount else f"{said[:1].upper()}{said[1:]}"
    return Totals(
        tuple(rows),
        TotalRow(label, amount, note, of="totals.total"),
        amount,
        tuple(_notes(terms, result, language)),
        said,
    )


def sum_in_words(result: Mapping[str, Any], amount: str, currency: str, language: str) -> str:
    """How certain the total is, and what it can become (`pricing.most`), in one string."""
    sums = result["totals"]
    most = result.get("most") or {"kind": "no_upper_limit" if _present(sums.get("estimate")) else "at_most", **sums}
    if most["kind"] == "no_upper_limit":
        return f"estimate {amount}, no upper limit"
    at_most = f"at most {wording.money(most['total'], currency, language)}"
    if most["kind"] == "firm" or not (_present(sums.get("estimate")) or _present(sums.get("ceiling"))):
        return amount if most["total"] == sums["total"] else at_most
    if not _present(sums.get("estimate")) or Decimal(most["total"]) < Decimal(sums["total"]):
        return at_most
    return f"estimate {amount}, {at_most}"


def price_table(
    section: Mapping[str, Any],
    terms: Mapping[str, Any],
    language: str = "en",
    *,
    totals: Totals | None = None,
) -> PriceTable:
    """A section (`id, title, lines` with `result`, `discounts`) as a table; `totals` if they stand under it."""
    currency = terms["currency"]
    basis = "including tax" if terms["price_basis"] == "inclusive" else "before tax"
    rows = tuple(_row(line, terms, language) for line in section["lines"])
    own = tuple(
        TotalRow(f"Discount on this section: {wording_of_discount(discount, currency, language)}", "", discount["text"])
        for discount in section["discounts"]
    )
    return PriceTable(
        section_id=section["id"],
        caption=f"{section['title']}, prices in {currency} {basis}",
        currency=currency,
        symbol=wording.symbol(currency, language),
        rows=rows,
        totals=own + (totals.rows if totals else ()),
        total=totals.total if totals else None,
        alternatives=tuple(_alternatives(section["lines"], terms["choices"], {row.id: row.amount for row in rows})),
        notes=totals.notes if totals else (),
        schedule=schedule_view(terms, language) if totals else None,
    )


def wording_of_discount(discount: Mapping[str, Any], currency: str, language: str = "en") -> str:
    """“−10%” or “−€400.00”."""
    if discount["type"] == "percent":
        return f"{wording.MINUS}{wording.percent(discount['value'], language)}"
    return wording.money(_negated(discount["value"]), currency, language)


def wording_zero(like: str) -> str:
    """Zero with as many decimals as another amount."""
    return "0." + "0" * len(like.split(".")[1]) if "." in like else "0"


def _row(line: Mapping[str, Any], terms: Mapping[str, Any], language: str) -> PriceRow:
    currency, result = terms["currency"], line["result"]
    quantity_field = field_of_quantity(line["kind"], line.get("quantity"))
    price_field = "" if "percent" in line else _PRICE_FIELDS.get(line["kind"], "")
    quantity = line.get(quantity_field, "1") if quantity_field else ""
    unit_price = _unit_price(line, result)
    own_discount = result["line_discount"] != wording_zero(result["line_discount"])
    net = _subtracted(result["gross"], result["line_discount"])
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
            DiscountView(wording_of_discount(row, currency, language), REASONS.get(row["reason"], ""), row["text"])
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
    if line["kind"] == "expense":
        markup = result.get("markup", "0")
        if markup == wording_zero(markup):
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


def _alternatives(
    lines: Sequence[Mapping[str, Any]], choices: Mapping[str, str], amounts: Mapping[str, str]
) -> list[AlternativeGroup]:
    groups: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for line in lines:
        if line.get("alt"):
            of_option = groups.setdefault(line["alt"]["group"], {}).setdefault(line["alt"]["option"], [])
            of_option.append((line["title"], amounts[line["id"]]))
    return [
        AlternativeGroup(
            name,
            tuple(options),
            choices.get(name, ""),
            tuple(AlternativeOption(option, tuple(shown)) for option, shown in options.items()),
        )
        for name, options in groups.items()
    ]


def _notes(terms: Mapping[str, Any], result: Mapping[str, Any], language: str) -> list[str]:
    currency = terms["currency"]
    notes = []
    if not result["complete"]:
        undecided = wording.listing([f"“{group}”" for group in result["unresolved"]])
        if "range" in result:
            low, high = (wording.money(result["range"][end], currency, language) for end in ("min", "max"))
            notes.append(f"{undecided} is still to be chosen: the total will be between {low} and {high}.")
        else:
            notes.append(f"{undecided} is still to be chosen and not in the total.")
    for discount in terms["discounts"]:
        if not discount.get("conditional"):
            how_much = wording_of_discount(discount, currency, language)
            notes.append(f"Discount on the whole, {how_much}: {discount['text']}")
    early = [discount for discount in terms["discounts"] if discount.get("conditional")]
    for discount, taken in zip(early, result.get("conditional", []), strict=False):
        total = wording.money(taken["total_if_taken"], currency, language)
        saving = wording.money(taken["saving"], currency, language)
        notes.append(f"If you pay early you pay {total}, saving {saving}: {discount['text']}")
    sums = result["totals"]
    uncertain = [name for name in ("estimate", "ceiling") if _present(sums.get(name))]
    if uncertain:
        said = [f"{wording.money(sums['firm'], currency, language)} firm"] if _present(sums.get("firm")) else []
        said += [
            f"{wording.money(sums[name], currency, language)} {'an estimate' if name == 'estimate' else 'at most'}"
            for name in uncertain
        ]
        basis = "" if terms["price_basis"] == "inclusive" else ", before tax"
        notes.append(f"Of this {wording.listing(said)}{basis}.")
    if result["taxes"]:
        rounding = "once per rate" if terms["tax_rounding"] == "group" else "on every line"
        notes.append(f"Tax is rounded {rounding}.")
    return notes


def _present(amount: str | None) -> bool:
    return amount is not None and amount != wording_zero(amount)


def _negated(amount: str) -> str:
    return amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"


def _subtracted(gross: str, discount: str) -> str:
    return format(wording.EXACT.subtract(Decimal(gross), Decimal(discount)), "f")
