"""Forms of the value worksheet."""

import json

from django import forms

from proposals.actions import values
from proposals.documents.value_worksheet import NUMBERS
from proposals.documents.wording import cell_number
from proposals.forms.fields import amount_field, text_field
from proposals.models import ValueWorksheet


class WorksheetForm(forms.Form):
    """What either side fills in. `seen` is what stood there, so that only what somebody changed is sent on."""

    measure = text_field("What is measured", "Something that both sides can count")
    unit = text_field("Its unit", "Bookings a month, hours of downtime a year", length=60)
    data_source = text_field("Where the number comes from", "A system, a report, a count")
    measured_by = text_field("Who measures it")
    measured_when = text_field("When, and for which period")
    without_us = amount_field("Without us", "What the measure would be if this work were not done. Compulsory")
    without_us_note = text_field("How we know that", length=500)
    low = amount_field("Expected change for the better: low", "If little comes of it. Low and high may both be empty")
    likely = amount_field("Expected change for the better: likely", "In the unit of the measure")
    high = amount_field("Expected change for the better: high", "If much comes of it")
    worth_of_one = amount_field(
        "What one unit of it is worth to the client", "Empty if the measure is an amount of money already"
    )
    worth_note = text_field("Why it is worth that", length=500)
    assumptions = forms.CharField(
        label="Assumptions, and what else could bring the change about",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, sheet: ValueWorksheet, language: str) -> None:
        stands = {name: values.written(getattr(sheet, name)) for name in self.base_fields if name != "seen"}
        shown = {name: cell_number(value, language) if name in NUMBERS else value for name, value in stands.items()}
        super().__init__(initial={**shown, "seen": json.dumps(stands)})


class OwnValueForm(forms.Form):
    """The client's own estimate of the value."""

    value = amount_field("What you expect it to be worth", "An amount. Empty to take it away")
    note = text_field("How you come to that", length=500)

    def __init__(self, sheet: ValueWorksheet, language: str) -> None:
        value = cell_number(values.written(sheet.own_value), language)
        super().__init__(initial={"value": value, "note": sheet.own_note}, prefix="own")


def seen_in(sent: str) -> dict[str, str] | None:
    """What a form said that its sender had seen; None if it says nothing that can be read."""
    try:
        found = json.loads(sent)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {name: value for name, value in found.items() if isinstance(value, str)}
