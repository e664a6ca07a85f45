"""The form of the payment schedule: a row for each instalment, or one row of equal payments."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from proposals.forms.fields import amount_field, choice_field, text_field
from proposals.models import Instalment

Share = Instalment.Share
Due = Instalment.Due

SHARES: Final = [
    (Share.PERCENT.value, "percent of the total"),
    (Share.AMOUNT.value, "as an amount, with tax"),
    (Share.WEIGHT.value, "as a share by weight"),
    (Share.REMAINDER.value, "what is left"),
]
DUES: Final = [(due.value, str(due.label)) for due in (Due.ON_SIGNATURE, Due.ON_DATE, Due.MILESTONE)]
PERIODIC_DUES: Final = [(due.value, str(due.label)) for due in (Due.PERIOD_START, Due.PERIOD_END)]
EVERY: Final = [(every.value, f"every {every.label}") for every in Instalment.Every]


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class InstalmentForm(forms.Form):
    """One instalment."""

    title = text_field("What it is for", length=120)
    value = amount_field("How much")
    share = choice_field("Said as", SHARES)
    due = choice_field("Due", DUES)
    due_on = _day("On")
    net_days = amount_field("Days to pay")
    acceptance = text_field("Accepted when", "A test that both sides can make: what works, who checks it")

    def __init__(self, planned: Mapping[str, Any] | None, number: int) -> None:
        super().__init__(initial={"share": "percent", "due": "on_signature", **(planned or {})}, prefix=f"i{number}")
        self.number = number + 1


class PeriodsForm(forms.Form):
    """Equal payments for the whole."""

    title = text_field("What they are called", length=120)
    count = amount_field("How many payments")
    every = choice_field("How often", EVERY)
    due_on = _day("First period begins on")
    due = choice_field("Due", PERIODIC_DUES)
    net_days = amount_field("Days to pay")

    def __init__(self, planned: Mapping[str, Any] | None = None) -> None:
        super().__init__(initial=dict(planned or {}), prefix="p")
