"""The few kinds of fields that forms are made of."""

from django import forms

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


def day_field(label: str, hint: str = "") -> forms.DateField:
    """A date."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=False, widget=widget)
