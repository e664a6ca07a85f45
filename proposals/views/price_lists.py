"""A firm's rates and catalogue: their pages, and taking from them in a proposal."""

import uuid
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Firm
from proposals.access import firm_for
from proposals.actions import price_lists, taking
from proposals.actions.values import whole
from proposals.documents.contents import number
from proposals.documents.gates import price_keys
from proposals.documents.price_lists import QUANTITIES, price_words, prices_words
from proposals.exceptions import Invalid, Refusal
from proposals.forms.price_lists import CurrencyForm, FirmRateForm, ItemForm, ItemPriceForm
from proposals.models import CatalogueItem, RateCard, Side
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.page_of import page_of
from proposals.views.price_rows import rows_of
from proposals.views.visitor import visitor_of

BLANK_ROWS_COUNT: Final = 3
SHOWN_ITEMS_COUNT: Final = 300
"""How many items the panel in the room offers; the page of the catalogue has them all."""

RATE_FIELDS: Final = ("role", "rate", "unit", "valid_from", "valid_to")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def firm_rates(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """The firm's rates: a version to start from, and all there are. Saving makes the next version."""
    visitor = visitor_of(request)
    firm = firm_for(visitor, firm_id)
    if request.method != "POST":
        return _rates_page(request, firm)
    currency = request.POST.get("currency", "")
    sent = [row for _, row in rows_of(request.POST, "rate", RATE_FIELDS)]
    rates = [row for row in sent if row.get("role", "").strip() or row.get("rate", "").strip()]
    try:
        card = price_lists.publish_rate_card(firm=firm, by=visitor.user, currency=currency, rates=rates)
    except Invalid as refusal:
        return _rates_page(request, firm, sent=(currency, rates), problem=refusal.detail)
    messages.success(request, f"The rates are saved as version {card.number}.")
    return redirect("firm_rates", firm.id)


def _rates_page(
    request: HttpRequest, firm: Firm, *, sent: tuple[str, list[dict[str, str]]] | None = None, problem: str = ""
) -> HttpResponse:
    cards = RateCard.objects.filter(firm=firm).select_related("made_by")
    newest, version = cards.first(), request.GET.get("version", "")
    is_number = version.isascii() and version.isdigit() and len(version) < 10
    asked = cards.filter(number=int(version)).first() if is_number else None
    card = asked or newest
    page = page_of(request, cards, ("-number",))
    standing = [{**rate, "valid_from": rate["from"], "valid_to": rate["to"]} for rate in card.rates] if card else []
    currency, rows = sent or (card.currency if card else "EUR", standing)
    context = {
        "firm": firm,
        "card": card,
        "page": page,
        "next_number": newest.number + 1 if newest else 1,
        "currency_form": CurrencyForm(currency),
        "rows": [FirmRateForm(row, place) for place, row in enumerate([*rows, *[None] * BLANK_ROWS_COUNT])],
        "problem": problem,
    }
    return render(request, "proposals/firm/rates.html", context, status=422 if problem else 200)


@login_required
@require_safe
def firm_catalogue(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """What stands in the catalogue, all of it or what fits a search."""
    firm = firm_for(visitor_of(request), firm_id)
    query = request.GET.get("q", "").strip()[:100]
    found = _items(firm, query)
    page = page_of(request, found, ("title", "id"))
    items = [(item, prices_words(item)) for item in page.rows]
    context = {"firm": firm, "items": items, "page": page, "items_count": found.count(), "query": query}
    return render(request, "proposals/firm/catalogue.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_item(request: HttpRequest, firm_id: uuid.UUID, item_id: uuid.UUID | None = None) -> HttpResponse:
    """An item's form, or an empty one for a new item."""
    firm = firm_for(visitor_of(request), firm_id)
    item = price_lists.standing_item(firm, item_id) if item_id else None
    if request.method != "POST":
        return _item_page(request, firm, item)
    fields: dict[str, Any] = {name: request.POST.get(name, "") for name in ItemForm.base_fields}
    rows = rows_of(request.POST, "price", ("currency", "amount"))
    prices = [row for _, row in rows if row.get("amount", "").strip()]
    given = {**fields, "prices": {row.get("currency", ""): row["amount"] for row in prices}}
    try:
        if item is None:
            saved = price_lists.add_item(firm=firm, fields=given)
        else:
            seen = whole(least=1, most=10**9)("version", request.POST.get("version", ""))
            saved = price_lists.edit_item(firm=firm, item_id=item.id, changes=given, expected_version=seen)
    except Refusal as refusal:
        return _item_page(request, firm, item, sent=(fields, prices), refusal=refusal)
    messages.success(request, f"“{saved.title}” is saved.")
    return redirect("firm_catalogue", firm.id)


def _item_page(
    request: HttpRequest,
    firm: Firm,
    item: CatalogueItem | None,
    *,
    sent: tuple[dict[str, Any], list[dict[str, str]]] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    standing = list(item.prices.items()) if item else []
    prices = [(row.get("currency", ""), row["amount"]) for row in sent[1]] if sent else standing
    blank = [("EUR" if not prices else "", ""), ("", "")]
    context = {
        "firm": firm,
        "item": item,
        "form": ItemForm(sent[0] if sent else item),
        "price_rows": [ItemPriceForm(code, amount, place) for place, (code, amount) in enumerate([*prices, *blank])],
        "problem": refusal.detail if refusal else "",
    }
    return render(request, "proposals/firm/item.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def item_retire(request: HttpRequest, firm_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Take an item out."""
    firm = firm_for(visitor_of(request), firm_id)
    price_lists.retire_item(firm=firm, item_id=item_id)
    messages.success(request, "It is out of the catalogue. Lines that were made from it stay.")
    return redirect("firm_catalogue", firm.id)


def _items(firm: Firm, query: str = "") -> "QuerySet[CatalogueItem]":
    rows = CatalogueItem.objects.filter(firm=firm, retired_at__isnull=True)
    for word in query.split():
        rows = rows.filter(Q(title__icontains=word) | Q(detail__icontains=word))
    return rows


class TakeRates(CommandView):
    """Put a version of the firm's rates in place of the proposal's."""

    def act(self) -> Outcome:
        """Take it."""
        taking.take_rate_card(by=self.actor, number=self.request.POST.get("number", ""))
        return Outcome(close="panel")


class CataloguePanel(Panel):
    """Items of the firm's catalogue to add as lines, several at once."""

    ability = "price"
    template = "proposals/panels/catalogue.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText("Add from the catalogue", "Tick what you need; each becomes a line.", "Add the lines")

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """The items are their own fields."""
        return forms.Form()

    def touched(self, *, section_id: uuid.UUID) -> list[str]:
        """The section, and the terms with its total."""
        return price_keys(self.proposal, section_id)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the items with their prices in the proposal's currency."""
        firm = self.proposal.party(Side.SELLER).firm
        currency, language = self.proposal.currency, self.proposal.language
        words = {"time": "How many", "subscription": "Periods"}
        items = list(_items(firm)[: SHOWN_ITEMS_COUNT + 1])
        offered = [
            {
                "item": item,
                "price": price_words(item, currency, language),
                "counted": words.get(item.kind, "Quantity") if item.kind in QUANTITIES else "",
                "quantity": number(item.quantity) or "1",
            }
            for item in items[:SHOWN_ITEMS_COUNT]
        ]
        return {
            **super().panel_context(**kwargs),
            "firm": firm,
            "offered": offered,
            "are_all": len(items) <= SHOWN_ITEMS_COUNT,
        }

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Add what was ticked."""
        sent = self.request.POST
        picks = []
        for key in sent.getlist("item"):
            field = f"quantity-{key}"
            picks.append({"item": key, "quantity": self.entered.number(field, sent.get(field, ""), field="quantity")})
        lines = taking.add_from_catalogue(by=self.actor, section_id=section_id, picks=picks)
        return Outcome(close="panel", focus=f"line-{lines[0].id}", said=self.entered.sentences)
