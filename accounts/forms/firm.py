"""Forms of the account and firm pages."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.actions import FirmDetails
from accounts.models import ApiToken, Firm, Membership, User


class AccountForm(forms.ModelForm[User]):
    """One's own name."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        help_text="As others see it beside what you write.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    class Meta:
        model = User
        fields = ["name"]


class FirmForm(forms.ModelForm[Firm]):
    """What a firm is called, and what stands about it in contracts."""

    class Meta:
        model = Firm
        fields = ["name", "legal_name", "address", "registration"]
        labels = {"name": "Name", "legal_name": "Legal name", "address": "Address", "registration": "Registration"}
        help_texts = {
            "legal_name": "As it stands in contracts, if it differs from the name.",
            "registration": "For example a company register and tax number.",
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "address": forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        }

    def details(self) -> FirmDetails:
        """The checked values."""
        return FirmDetails(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class LogoForm(forms.Form):
    """A picture to be the firm's logo."""

    logo = forms.FileField(
        label="Picture",
        help_text="PNG or JPEG, up to 2 MB. Printed up to 42 mm wide on a white page.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        error_messages={"required": "Choose a picture first.", "empty": "This file is empty. Choose another."},
    )


class ColleagueForm(forms.Form):
    """Whom to admit, and as what."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label="Name", max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label="Role", choices=Membership.Role.choices, initial=Membership.Role.MEMBER)


class TokenForm(forms.Form):
    """A token's name, what it may do, until when, and whose it is. Nothing is ticked in advance."""

    PERSONAL = "personal"
    SERVICE = "service"

    name = forms.CharField(
        label="What it is for", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(scope.value, f"{scope.label} ({scope.value})") for scope in ApiToken.Scope],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        help_text="The token works through this day (UTC). Left empty, it works until it is revoked.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    owner = forms.ChoiceField(
        label="Whose it is",
        choices=[
            (PERSONAL, "Mine: it acts as me, and ends when I leave the firm"),
            (SERVICE, "The firm’s: it outlives people, and can’t agree or sign"),
        ],
        initial=PERSONAL,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, may_make_service_tokens: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_make_service_tokens:
            del self.fields["owner"]

    def clean_expires_on(self) -> dt.date | None:
        """Refuse a day that is over."""
        day: dt.date | None = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.now().date():
            raise forms.ValidationError("This day is over. Choose a later one, or leave it empty.", code="past")
        return day

    @property
    def expires_at(self) -> dt.datetime | None:
        """The moment the token ends: the end of the chosen day in UTC."""
        day: dt.date | None = self.cleaned_data["expires_on"]
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC) if day else None

    @property
    def for_firm(self) -> bool:
        """Whether a service token was asked for."""
        return self.cleaned_data.get("owner") == self.SERVICE
