"""Forms for discounts, taxes, rates and price settings."""

from decimal import Decimal
from typing import Final

from django import forms

from proposals.documents.contents import discount_content, number
from proposals.documents.discount_policy import Rules
from proposals.documents.wording import cell_number, currency_name
from proposals.forms.fields import amount_field, choice_field, day_field, text_field, yes_field
from proposals.models import Discount, Proposal, Rate, Tax
from proposals.pricing.currencies import CURRENCIES

AN_EXCEPTION: Final = "exception"


class DiscountForm(forms.Form):
    """One discount; an empty value removes it. `rules` are the lines of the published list, None if there is none."""

    type = choice_field("Kind of discount", list(Discount.Type.choices))
    value = amount_field("How much", "Percent or amount. Leave empty for no discount")
    reason = choice_field("Reason", [("", "Choose the reason"), *Discount.Reason.choices])
    text = text_field(
        "Why this client gets it, and what would end it", "The client reads this sentence beside the amount"
    )

    def __init__(
        self,
        discount: Discount | None = None,
        prefix: str | None = None,
        *,
        may_be_conditional: bool = False,
        rules: Rules | None = None,
        language: str = "en",
    ) -> None:
        initial = discount_content(discount) if discount else {"type": "percent", "value": ""}
        if initial.get("exception"):
            initial["policy_line"] = AN_EXCEPTION
        super().__init__(initial={**initial, "value": cell_number(initial["value"], language)}, prefix=prefix)
        if rules is not None:
            self.fields |= grounds_fields(rules, language)
        if may_be_conditional:
            self.fields |= early_fields()


def grounds_fields(rules: Rules, language: str) -> dict[str, forms.Field]:
    """Which line of the discount list a discount follows, or why it is an exception."""
    lines = [(rule.number, f"Line {rule.number}. {rule.words(language)}") for rule in rules]
    choices = [("", "The line that allows it"), *lines, (AN_EXCEPTION, "None: it is an exception")]
    return {
        "policy_line": choice_field("Line of your discount list", choices, "Both sides read which it follows"),
        "exception": text_field("Why it is an exception", "Both sides read it; leave empty if it follows a line"),
    }


def early_fields() -> dict[str, forms.Field]:
    """By when an early payment is due."""
    label, hint = "Only if paid early", "Not deducted: shown beside the total as what the client may save"
    return {
        "conditional": yes_field(label, hint),
        "within_days": amount_field("Within how many days of the invoice", "Such as 10; or give a date"),
        "pay_by": day_field("Or by this date"),
    }


class PriceSettingsForm(forms.Form):
    """Settings of the whole document."""

    currency = choice_field("Currency", [])
    price_basis = choice_field("Prices are", list(Proposal.PriceBasis.choices))
    tax_rounding = choice_field("Tax", list(Proposal.TaxRounding.choices))
    price_date = day_field("Date for the rate card")
    hours_per_day = amount_field(
        "Hours in a day", "For rates by the hour and quantities in days, or the other way round"
    )

    working_in_document = choice_field(
        "Appendix of the PDF", [("true", "How the numbers were made"), ("false", "Left out")]
    )

    def __init__(self, proposal: Proposal) -> None:
        hours = cell_number(number(proposal.hours_per_day) or "", proposal.language)
        super().__init__(
            initial={
                "currency": proposal.currency,
                "price_basis": proposal.price_basis,
                "tax_rounding": proposal.tax_rounding,
                "price_date": proposal.price_date,
                "hours_per_day": hours,
                "working_in_document": "true" if proposal.working_in_document else "false",
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

    def __init__(self, tax: Tax | None = None, prefix: str | None = None, language: str = "en") -> None:
        initial = {name: getattr(tax, name) for name in ("label", "category", "jurisdiction", "note")} if tax else {}
        super().__init__(initial={**initial, "rate": shown_number(tax.rate, language) if tax else ""}, prefix=prefix)


class RateForm(forms.Form):
    """One entry of the rate card."""

    role = text_field("Role", length=100)
    rate = amount_field("Rate")
    unit = choice_field("per", list(Rate.Unit.choices))
    valid_from = day_field("From")
    valid_to = day_field("To")

    def __init__(self, rate: Rate | None = None, prefix: str | None = None, language: str = "en") -> None:
        initial: dict[str, object] = {"unit": "day"}
        if rate:
            initial = {name: getattr(rate, name) for name in ("role", "unit", "valid_from", "valid_to")}
            initial["rate"] = shown_number(rate.rate, language)
        super().__init__(initial=initial, prefix=prefix)


def shown_number(value: Decimal, language: str) -> str:
    """A stored number as a control shows it."""
    return cell_number(number(value) or "", language)


def currency_choices() -> list[tuple[str, str]]:
    """Every ISO 4217 currency with its name."""
    return [(code, f"{code}, {currency_name(code)}") for code in sorted(CURRENCIES)]
