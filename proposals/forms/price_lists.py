"""Forms of a firm's rates and catalogue."""

from collections.abc import Mapping
from typing import Any

from django import forms

from proposals.documents.contents import number
from proposals.forms.fields import amount_field, choice_field, text_field
from proposals.forms.pricing import currency_choices
from proposals.models import CatalogueItem, LineItem, Rate, Tax


class CurrencyForm(forms.Form):
    """In which currency a version of the rates is."""

    currency = choice_field("Currency", [])

    def __init__(self, currency: str) -> None:
        super().__init__(initial={"currency": currency})
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]


class FirmRateForm(forms.Form):
    """One rate of a version."""

    role = text_field("Role", length=100)
    rate = amount_field("Rate")
    unit = choice_field("per", list(Rate.Unit.choices))
    valid_from = forms.CharField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.CharField(label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, rate: Mapping[str, Any] | None, place: int) -> None:
        super().__init__(initial={"unit": "day", **(rate or {})}, prefix=f"rate{place}")


class ItemForm(forms.Form):
    """An item of the catalogue, without its prices."""

    title = text_field("What it is", length=200)
    detail = text_field("What is included, in a few words", length=500)
    kind = choice_field("Kind", list(CatalogueItem.Kind.choices))
    quantity = amount_field("Usual quantity", "Pieces, days or months; can be changed when it is added")
    unit_label = text_field("Unit, in words", "session, month, licence", length=40)
    role = text_field("Role, for time", "As it stands in the rate card", length=100)
    unit = choice_field("Time in", [("", "Not time"), *Rate.Unit.choices])
    certainty = choice_field("How certain", [("", "As usual for this kind"), *LineItem.Certainty.choices])
    tax_category = choice_field(
        "Tax", [("", "The proposal’s usual tax"), *Tax.Category.choices], "Which of the proposal’s taxes it carries"
    )

    def __init__(self, item: CatalogueItem | Mapping[str, Any] | None) -> None:
        if isinstance(item, CatalogueItem):
            initial = {name: getattr(item, name) for name in self.base_fields} | {"quantity": number(item.quantity)}
        else:
            initial = dict(item or {})
        super().__init__(initial=initial)


class ItemPriceForm(forms.Form):
    """A price in one currency."""

    currency = choice_field("Currency", [])
    amount = amount_field("Price")

    def __init__(self, currency: str, amount: str, place: int) -> None:
        super().__init__(initial={"currency": currency, "amount": amount}, prefix=f"price{place}")
        self.fields["currency"].choices = [("", "None"), *currency_choices()]  # type: ignore[attr-defined]
