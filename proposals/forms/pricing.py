"""Forms for lines, discounts, taxes, rates and price settings."""

import copy

from django import forms

from proposals.documents.contents import LINE_FIELDS, discount_content, number
from proposals.documents.wording import currency_name
from proposals.models import Discount, LineItem, Proposal, Rate, Tax
from proposals.pricing.currencies import CURRENCIES

AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


def amount_field(label: str, hint: str = "") -> forms.CharField:
    """A number, as text."""
    return forms.CharField(label=label, help_text=hint, required=False, widget=forms.TextInput(attrs=AMOUNT))


def text_field(label: str, hint: str = "", *, length: int = 300) -> forms.CharField:
    """A short text."""
    return forms.CharField(label=label, help_text=hint, required=False, max_length=length)


def choice_field(label: str, choices: list[tuple[str, str]], hint: str = "") -> forms.ChoiceField:
    """One of a few."""
    return forms.ChoiceField(label=label, choices=choices, help_text=hint, required=False)


def yes_field(label: str, hint: str = "") -> forms.BooleanField:
    """A box to tick."""
    return forms.BooleanField(label=label, help_text=hint, required=False)


LINE_WIDGETS: dict[str, forms.Field] = {
    "role": text_field("Role", "As it stands in the rate card", length=100),
    "quantity": amount_field("Quantity"),
    "unit": choice_field("Unit of time", list(Rate.Unit.choices)),
    "rate_override": amount_field("Own rate", "Only if it differs from the card; the card’s rate is shown beside it"),
    "rate_note": text_field("Why an own rate"),
    "amount": amount_field("Amount"),
    "unit_cost": amount_field("Cost per unit"),
    "markup_percent": amount_field("Markup in percent", "0 is shown as “at cost”"),
    "price": amount_field("Price per period"),
    "periods": amount_field("Number of periods"),
    "unit_price": amount_field("Price per unit"),
    "percent": amount_field("Or a percentage", "Of the lines it is for, instead of an amount"),
}


class NewLineForm(forms.Form):
    """The kind of a new line decides which fields it has."""

    kind = choice_field("Kind", list(LineItem.Kind.choices))
    title = text_field("What it is", length=200)


class LineForm(forms.Form):
    """A line with the fields of its kind, and its first discount."""

    def __init__(self, line: LineItem, roles: list[str]) -> None:
        super().__init__()
        self.fields["title"] = text_field("What it is", length=200)
        self.fields["detail"] = text_field("What is included, in a few words", length=500)
        for name in LINE_FIELDS[line.kind]:
            if name in LINE_WIDGETS:
                self.fields[name] = copy.deepcopy(LINE_WIDGETS[name])
        if line.kind in ("unit", "subscription", "expense"):
            self.fields["unit_label"] = text_field("Unit, in words", "sessions, months, licences", length=40)
        if line.kind == "time" and roles:
            self.fields["role"].help_text = f"In the rate card: {', '.join(roles)}"
        self.fields["certainty"] = choice_field(
            "How certain", [("", "As usual for this kind"), *LineItem.Certainty.choices]
        )
        self.fields["optional"] = yes_field("An option: counts only if the client takes it")
        self.fields["alternative_group"] = text_field("Alternative to other lines: name of the choice", length=60)
        self.fields["alternative_option"] = text_field("Which option of that choice this line is", length=60)
        if "quantity" in self.fields or "periods" in self.fields:
            self.fields["client_may_change_quantity"] = yes_field("The client may change the quantity")
            self.fields["quantity_min"] = amount_field("At least")
            self.fields["quantity_max"] = amount_field("At most")
        for name, field in self.fields.items():
            value = getattr(line, name)
            field.initial = (
                value if isinstance(field, forms.BooleanField) else (number(value) if _is_number(value) else value)
            )


def _is_number(value: object) -> bool:
    return hasattr(value, "normalize")


class DiscountForm(forms.Form):
    """One discount; an empty value removes it."""

    type = choice_field("Kind of discount", list(Discount.Type.choices))
    value = amount_field("How much", "Percent or amount. Leave empty for no discount")
    reason = choice_field("Reason", [("", "Choose the reason"), *Discount.Reason.choices])
    text = text_field(
        "Why this client gets it, and what would end it", "The client reads this sentence beside the amount"
    )

    def __init__(self, discount: Discount | None = None, *, may_be_conditional: bool = False) -> None:
        initial = discount_content(discount) if discount else {"type": "percent"}
        super().__init__(initial=initial)
        if may_be_conditional:
            self.fields["conditional"] = yes_field(
                "Only if paid early", "Not deducted: shown beside the total as what the client may save"
            )


class PriceSettingsForm(forms.Form):
    """Settings of the whole document."""

    currency = choice_field("Currency", [])
    price_basis = choice_field("Prices are", list(Proposal.PriceBasis.choices))
    tax_rounding = choice_field("Tax", list(Proposal.TaxRounding.choices))
    price_date = forms.DateField(
        label="Date for the rate card",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    hours_per_day = amount_field(
        "Hours in a day", "For rates by the hour and quantities in days, or the other way round"
    )

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(
            initial={
                "currency": proposal.currency,
                "price_basis": proposal.price_basis,
                "tax_rounding": proposal.tax_rounding,
                "price_date": proposal.price_date,
                "hours_per_day": number(proposal.hours_per_day),
            }
        )
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]


class TaxForm(forms.Form):
    """One tax."""

    label = text_field("Name", "As it stands under the prices, such as “VAT 21%”", length=100)
    rate = amount_field("Rate in percent")
    category = choice_field("Category", list(Tax.Category.choices))
    jurisdiction = text_field("Country or region", length=100)
    note = text_field("Note", "The legal ground; compulsory for exempt and reverse charge")

    def __init__(self, tax: Tax | None = None, prefix: str | None = None) -> None:
        initial = {name: getattr(tax, name) for name in ("label", "category", "jurisdiction", "note")} if tax else {}
        super().__init__(initial={**initial, "rate": number(tax.rate) if tax else ""}, prefix=prefix)


class RateForm(forms.Form):
    """One entry of the rate card."""

    role = text_field("Role", length=100)
    rate = amount_field("Rate")
    unit = choice_field("per", list(Rate.Unit.choices))

    def __init__(self, rate: Rate | None = None, prefix: str | None = None) -> None:
        initial = {"role": rate.role, "rate": number(rate.rate), "unit": rate.unit} if rate else {"unit": "day"}
        super().__init__(initial=initial, prefix=prefix)


def currency_choices() -> list[tuple[str, str]]:
    """Every ISO 4217 currency with its name."""
    return [(code, f"{code}, {currency_name(code)}") for code in sorted(CURRENCIES)]
