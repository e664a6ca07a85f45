"""From the JSON of a document to a ``PriceDocument``. Fields that pricing does not know are ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .discounts import AmountDiscount, Discount, Grounds, PercentDiscount
from .document import PriceDocument, Section
from .errors import Place, PricingError, shown
from .lines import (
    LINE_KINDS,
    AllowanceLine,
    CreditLine,
    ExpenseLine,
    FixedLine,
    Line,
    PercentAllowanceLine,
    SubscriptionLine,
    TimeLine,
    UnitLine,
)
from .money import Currency
from .options import Alternative
from .rate_card import RateEntry
from .reading import (
    JsonObject,
    as_object,
    date_at,
    each_object,
    flag_at,
    list_at,
    money_at,
    number_at,
    number_or,
    optional_date_at,
    optional_flag_at,
    optional_number_at,
    required,
    text_at,
    text_or,
    texts_at,
)
from .taxes import Tax


def parse_currency(given: JsonObject) -> Currency:
    """The currency of ``given["currency"]``; anything but a code of the table is ``unknown_currency``."""
    code = required(given, "currency")
    return Currency(code if isinstance(code, str) else shown(code))


def parse_document(given: object) -> PriceDocument:
    """Read a document as described in pricing-spec 3.

    Raises ``PricingError`` for the first thing that is wrong, with the line, section and field it was found in.
    """
    document = as_object(given, "document")
    currency = parse_currency(document)
    required(document, "sections")
    return PriceDocument(
        currency=currency,
        taxes=each_object(document, "taxes", _parse_tax),
        rate_card=each_object(document, "rate_card", _parse_rate_entry),
        sections=each_object(document, "sections", lambda section: _parse_section(section, currency)),
        discounts=_parse_discounts(document, currency),
        choices=_parse_choices(document),
        price_basis=text_or(document, "price_basis", "exclusive"),
        tax_rounding=text_or(document, "tax_rounding", "group"),
        price_date=optional_date_at(document, "price_date"),
        hours_per_day=number_or(document, "hours_per_day", 8),
    )


def _parse_tax(given: JsonObject) -> Tax:
    return Tax(
        id=text_at(given, "id"),
        label=text_or(given, "label", ""),
        jurisdiction=text_or(given, "jurisdiction", ""),
        category=text_at(given, "category"),
        rate=number_at(given, "rate"),
        note=text_or(given, "note", ""),
    )


def _parse_rate_entry(given: JsonObject) -> RateEntry:
    return RateEntry(
        role=text_at(given, "role"),
        rate=number_at(given, "rate"),
        unit=text_at(given, "unit"),
        valid_from=date_at(given, "from"),
        valid_to=optional_date_at(given, "to"),
    )


def _parse_choices(document: JsonObject) -> dict[str, str]:
    """The options taken; a group whose option is ``null`` is undecided."""
    if document.get("choices") is None:
        return {}
    choices = as_object(document["choices"], "choices")
    with Place(within="choices"):
        return {group: text_or(choices, group, "") for group, option in choices.items() if option is not None}


def _parse_section(given: JsonObject, currency: Currency) -> Section:
    section_id = text_at(given, "id")
    with Place(section=section_id):
        return Section(
            id=section_id,
            lines=tuple(_parse_line(line, index, currency) for index, line in enumerate(list_at(given, "lines"))),
            discounts=_parse_discounts(given, currency),
        )


def _parse_line(value: object, index: int, currency: Currency) -> Line:
    line_id = None
    try:
        given = as_object(value)
        line_id = text_at(given, "id")
        kind = given.get("kind")
        read = _LINE_READERS.get(kind) if isinstance(kind, str) else None
        if read is None:
            raise PricingError(
                "unknown_kind",
                f"{shown(kind)} is not a kind of line. Use one of: {', '.join(LINE_KINDS)}.",
                field="kind",
            )
        return read(given, currency, _parse_common(line_id, given, currency))
    except PricingError as error:
        error.locate(line=line_id, within=f"lines.{index}" if line_id is None else None)
        raise


def _parse_common(line_id: str, given: JsonObject, currency: Currency) -> dict[str, Any]:
    """The fields that every kind of line has, by the names of ``Line``."""
    certainty = given.get("certainty")
    discountable = given.get("discountable")
    return {
        "id": line_id,
        "taxes": texts_at(given, "taxes"),
        "discounts": _parse_discounts(given, currency) if "discounts" in given else (),
        "optional": "optional" in given and flag_at(given, "optional"),
        "selected": "selected" in given and flag_at(given, "selected"),
        "alternative": _parse_alternative(given) if "alt" in given else None,
        "stated_certainty": None if certainty is None else text_at(given, "certainty"),
        "stated_discountable": None if discountable is None else optional_flag_at(given, "discountable"),
    }


def _parse_alternative(given: JsonObject) -> Alternative | None:
    if given.get("alt") is None:
        return None
    alternative = as_object(given["alt"], "alt")
    with Place(within="alt"):
        return Alternative(text_at(alternative, "group"), text_at(alternative, "option"))


def _parse_discounts(given: JsonObject, currency: Currency) -> tuple[Discount, ...]:
    return each_object(given, "discounts", lambda discount: _parse_discount(discount, currency))


def _parse_discount(given: JsonObject, currency: Currency) -> Discount:
    """Checked in the order reason, text, value (pricing-spec 16); the base is checked when it is known."""
    reason, text = given.get("reason"), given.get("text")
    grounds = Grounds(reason if isinstance(reason, str) else "", text if isinstance(text, str) else "")
    conditional = flag_at(given, "conditional")
    kind = text_at(given, "type")
    if kind == PercentDiscount.type:
        return PercentDiscount(grounds=grounds, percent=number_at(given, "value"), conditional=conditional)
    if kind == AmountDiscount.type:
        return AmountDiscount(grounds=grounds, amount=money_at(given, "value", currency), conditional=conditional)
    raise PricingError(
        "unknown_value", f'{shown(kind)} is not a type of discount. Use "percent" or "amount".', field="type"
    )


def _read_time(given: JsonObject, currency: Currency, common: dict[str, Any]) -> Line:
    return TimeLine(
        **common,
        role=text_at(given, "role"),
        quantity=number_at(given, "quantity"),
        unit=text_at(given, "unit"),
        on=optional_date_at(given, "date"),
        rate_override=optional_number_at(given, "rate_override"),
    )


def _read_fixed(given: JsonObject, currency: Currency, common: dict[str, Any]) -> Line:
    return FixedLine(**common, amount=money_at(given, "amount", currency))


def _read_expense(given: JsonObject, currency: Currency, common: dict[str, Any]) -> Line:
    return ExpenseLine(
        **common,
        quantity=number_or(given, "quantity", 1),
        unit_cost=number_at(given, "unit_cost"),
        markup_percent=number_or(given, "markup_percent", 0),
    )


def _read_subscription(given: JsonObject, currency: Currency, common: dict[str, Any]) -> Line:
    return SubscriptionLine(
        **common,
        quantity=number_or(given, "quantity", 1),
        price=number_at(given, "price"),
        periods=number_at(given, "periods"),
    )


def _read_unit(given: JsonObject, currency: Currency, common: dict[str, Any]) -> Line:
    return UnitLine(**common, quantity=number_at(given, "quantity"), unit_price=number_at(given, "unit_price"))


def _read_allowance(given: JsonObject, currency: Currency, common: dict[str, Any]) -> Line:
    percent = optional_number_at(given, "percent")
    if percent is None:
        return AllowanceLine(**common, amount=money_at(given, "amount", currency))
    if given.get("amount") is not None:
        raise PricingError(
            "bad_document",
            "An allowance has either an amount or a percent of other lines. Take one of the two out.",
            field="amount",
        )
    return PercentAllowanceLine(**common, percent=percent, of=texts_at(given, "of"))


def _read_credit(given: JsonObject, currency: Currency, common: dict[str, Any]) -> Line:
    return CreditLine(**common, amount=money_at(given, "amount", currency))


_LINE_READERS: Mapping[str, Callable[[JsonObject, Currency, dict[str, Any]], Line]] = {
    "time": _read_time,
    "fixed": _read_fixed,
    "expense": _read_expense,
    "subscription": _read_subscription,
    "unit": _read_unit,
    "allowance": _read_allowance,
    "credit": _read_credit,
}
