"""A firm's rates and catalogue beside a proposal: what differs, and a catalogue item as a line."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from proposals.documents import contents, wording
from proposals.models import CatalogueItem, Proposal, RateCard, Side

PRICE_FIELDS: Final[Mapping[str, str]] = {
    "fixed": "amount",
    "expense": "unit_cost",
    "unit": "unit_price",
    "subscription": "price",
}
"""The field of a line that an item's price is, by kind. Time has none."""

QUANTITIES: Final[Mapping[str, str]] = {
    "time": "quantity",
    "expense": "quantity",
    "unit": "quantity",
    "subscription": "periods",
}


def newest_card(proposal: Proposal) -> RateCard | None:
    """The newest version of the seller's rates in the proposal's currency."""
    firm_id = proposal.party(Side.SELLER).firm_id
    return RateCard.objects.filter(firm_id=firm_id, currency=proposal.currency).first()


def newer_rates(proposal: Proposal) -> int:
    """The number of the seller's newest rates, if the proposal took an older version; 0 otherwise."""
    newest = newest_card(proposal) if proposal.rate_card_number else None
    return newest.number if newest is not None and newest.number > (proposal.rate_card_number or 0) else 0


def rate_differences(
    standing: Iterable[Mapping[str, Any]], offered: Iterable[Mapping[str, Any]], currency: str
) -> list[str]:
    """What taking other rates would change, a sentence each. Entries as `contents.rate_content` gives them."""
    was, now = list(standing), list(offered)
    said = []
    for rate in now:
        old = _counterpart(rate, was, now)
        amount = f"{rate['role']}: {wording.money(rate['rate'], currency)} a {rate['unit']}"
        if old is None:
            said.append(f"{amount} from {wording.short_date(rate['from'])}, new")
        elif old["rate"] != rate["rate"]:
            said.append(f"{amount} instead of {wording.money(old['rate'], currency)}")
        elif (old["from"], old["to"]) != (rate["from"], rate["to"]):
            until = f" until {wording.short_date(rate['to'])}" if rate["to"] else ""
            said.append(f"{amount} from {wording.short_date(rate['from'])}{until}")
    for rate in was:
        if _counterpart(rate, now, was) is None:
            said.append(f"{rate['role']}: {wording.money(rate['rate'], currency)} a {rate['unit']}, not on it")
    return said


def _counterpart(
    rate: Mapping[str, Any], among: list[Mapping[str, Any]], beside: list[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The entry of the same role and unit; of those with the same first day, where either side has several."""
    key = (rate["role"], rate["unit"])
    found = [each for each in among if (each["role"], each["unit"]) == key]
    if len(found) == 1 and sum((each["role"], each["unit"]) == key for each in beside) == 1:
        return found[0]
    return next((each for each in found if each["from"] == rate["from"]), None)


def line_fields(item: CatalogueItem, currency: str, quantity: str = "") -> dict[str, Any]:
    """The fields of a line that an item becomes; without a price in the currency the price is left out."""
    fields: dict[str, Any] = {"kind": item.kind, "title": item.title, "detail": item.detail}
    if item.certainty:
        fields["certainty"] = item.certainty
    if item.kind == CatalogueItem.Kind.TIME:
        fields |= {"role": item.role, "unit": item.unit}
    elif item.kind != CatalogueItem.Kind.FIXED:
        fields["unit_label"] = item.unit_label
    if item.kind in QUANTITIES:
        fields[QUANTITIES[item.kind]] = quantity or contents.number(item.quantity) or "1"
    if item.kind in PRICE_FIELDS and currency in item.prices:
        fields[PRICE_FIELDS[item.kind]] = item.prices[currency]
    return fields


def prices_words(item: CatalogueItem) -> list[str]:
    """An item's price in each of its currencies: “EUR 1,250.00”, “USD 1,400.00”."""
    return [_price(item, currency) for currency in sorted(item.prices)]


def _price(item: CatalogueItem, currency: str, language: str = "en") -> str:
    amount = wording.plain_money(Decimal(item.prices[currency]), currency, language)
    return f"{currency}\u00a0{amount}"


def price_words(item: CatalogueItem, currency: str, language: str = "en") -> str:
    """“EUR 450.00 per session”, “by the rate of Designer”; "" if there is no price in the currency."""
    if item.kind == CatalogueItem.Kind.TIME:
        return f"by the rate of {item.role}, per {item.unit}"
    if currency not in item.prices:
        return ""
    per = f" per {item.unit_label}" if item.unit_label and item.kind != CatalogueItem.Kind.FIXED else ""
    return f"{_price(item, currency, language)}{per}"
