"""Forms of the pages of webhooks."""

from itertools import groupby
from typing import Any, Final

from django import forms

from proposals.exceptions import Invalid
from webhooks.actions import OVERLAP_HOURS
from webhooks.event_types import EVENTS

OVERLAPS: Final = (("0", "Not at all: it ends at once"), ("24", "For a day"), ("168", "For a week"))


def _by_family() -> list[tuple[str, list[tuple[str, str]]]]:
    """The events by the word before the dot, in the order they are listed."""
    families = groupby(EVENTS, key=lambda name: name.partition(".")[0])
    return [(family.replace("_", " "), [(name, name) for name in names]) for family, names in families]


class EndpointForm(forms.Form):
    """Where webhooks go, and which of them."""

    url = forms.CharField(
        label="Address",
        max_length=1000,
        help_text="Where your program listens, such as https://crm.example.com/sameside.",
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label="What it is for", max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    events = forms.MultipleChoiceField(
        label="Events",
        choices=_by_family,
        required=False,
        help_text="Tick those it wants. With none ticked it gets all of them.",
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def families(self) -> list[tuple[str, list[Any]]]:
        """The events' boxes by family."""
        boxes = list(self["events"])
        grouped = groupby(boxes, key=lambda box: str(box.data["value"]).partition(".")[0])
        return [(family.replace("_", " "), list(boxes_of)) for family, boxes_of in grouped]

    def take(self, refusal: Invalid) -> None:
        """Show at its field what was refused."""
        for problem in refusal.errors:
            self.add_error(problem.pointer if problem.pointer in self.fields else None, problem.detail)
        if not refusal.errors:
            self.add_error(None, refusal.detail)


class RotateForm(forms.Form):
    """How long the old secret still holds."""

    overlap_hours = forms.TypedChoiceField(
        label="The old secret still signs too",
        choices=OVERLAPS,
        coerce=int,
        initial=str(OVERLAP_HOURS),
        widget=forms.RadioSelect,
    )
