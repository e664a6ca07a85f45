"""The seller's verbs that take something from the firm into a proposal: its rates, items of its catalogue."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import changing, money_told
from proposals.actions.lines import add_line
from proposals.actions.price_lists import standing_item
from proposals.documents import contents
from proposals.documents.price_lists import PRICE_FIELDS, line_fields
from proposals.exceptions import Invalid
from proposals.locking import writing
from proposals.models import CatalogueItem, LineItem, Proposal, Rate, RateCard, Side, Tax

PICKS_COUNT: Final = 100
"""How many items are added at once."""


def take_rate_card(*, by: Actor, number: int | str, why: str = "") -> Proposal:
    """Put a version of the seller's rates in place of the proposal's, and remember which version it was.

    Refused if it is in another currency, or if a line's role would have no rate left.
    """
    with changing(by, "price") as change:
        wanted = values.whole(least=1, most=10**6)("number", number)
        cards = RateCard.objects.filter(firm_id=change.proposal.party(Side.SELLER).firm_id)
        card = cards.filter(number=wanted).first()
        if card is None:
            raise values.refuse("number", "unknown_rate_card", f"The firm has no rate card “{values.shown(number)}”.")
        if card.currency != change.proposal.currency:
            detail = f"Version {card.number} is in {card.currency}, the proposal in {change.proposal.currency}."
            raise values.refuse("number", "other_currency", detail)
        before = change.proposal.rate_card_number
        was = [contents.rate_content(rate) for rate in change.proposal.rates.all()]
        if was == card.rates and change.proposal.rate_card_number == card.number:
            return change.proposal
        change.proposal.rates.all().delete()
        for position, entry in enumerate(card.rates):
            rate = {"role": entry["role"], "rate": entry["rate"], "unit": entry["unit"]}
            Rate.objects.create(
                proposal=change.proposal, position=position, valid_from=entry["from"], valid_to=entry["to"], **rate
            )
        change.proposal.rate_card_number = card.number
        change.proposal.save(update_fields=["rate_card_number"])
        price = change.price()
        change.record(
            "rate_card.taken", number=card.number, before=before, was=was, now=card.rates, **money_told(price, why)
        )
        return change.proposal


def add_from_catalogue(*, by: Actor, section_id: uuid.UUID | str, picks: Sequence[Mapping[str, Any]]) -> list[LineItem]:
    """Add lines made from items of the seller's catalogue, `picks` of `item` and `quantity`; all of them or none.

    An item without a price in the proposal's currency is named. Its taxes are those of its category, if it names one.
    """
    values.require_few("items", picks, PICKS_COUNT)
    if not picks:
        raise values.refuse("items", "required", "Tick what is to be added.")
    with writing():
        with changing(by, "price") as change:
            proposal = change.proposal
            firm = proposal.party(Side.SELLER).firm
        lines = []
        for pick in picks:
            item = standing_item(firm, pick.get("item", ""))
            fields = line_fields(item, proposal.currency, str(pick.get("quantity") or "").strip())
            if item.kind in PRICE_FIELDS and PRICE_FIELDS[item.kind] not in fields:
                priced = ", ".join(sorted(item.prices))
                detail = f"“{item.title}” has no price in {proposal.currency}, only in {priced}."
                raise values.refuse("items", "no_price", detail)
            if item.tax_category:
                fields["taxes"] = _taxes_of(proposal, item)
            lines.append(_added(by, section_id, item, fields))
        return lines


def _added(by: Actor, section_id: uuid.UUID | str, item: CatalogueItem, fields: Mapping[str, Any]) -> LineItem:
    try:
        return add_line(by=by, section_id=section_id, fields=fields)
    except Invalid as refusal:
        if item.title in refusal.detail:
            raise
        raise Invalid(f"“{item.title}”: {refusal.detail}", code=refusal.code, errors=refusal.errors) from refusal


def _taxes_of(proposal: Proposal, item: CatalogueItem) -> list[str]:
    found = [str(tax.id) for tax in proposal.taxes.all() if tax.category == item.tax_category]
    several = item.tax_category == Tax.Category.STANDARD and proposal.price_basis == Proposal.PriceBasis.EXCLUSIVE
    return found if several else found[:1]
