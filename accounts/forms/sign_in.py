"""Forms of the sign-in pages."""

from typing import Any

from allauth.account.forms import ConfirmEmailVerificationCodeForm, ConfirmLoginCodeForm, LoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.http import HttpRequest

from accounts.codes import wait_in_words, wait_seconds
from accounts.models import User


def _address_input(label: str, field: forms.Field, **attrs: object) -> None:
    field.label = label
    field.widget = forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", **attrs})


class SignInForm(LoginForm):  # type: ignore[misc]
    """The start page: an address that a code goes to. Whether it is known is not said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _address_input("Your e-mail", self.fields["login"], autofocus=True)

    def clean_login(self) -> str:
        """Refuse an address that has to wait after too many wrong codes."""
        address: str = super().clean_login()
        seconds = wait_seconds(self.request, address)
        if seconds:
            raise forms.ValidationError(
                f"There were too many wrong codes for this address. Wait {wait_in_words(seconds)}, "
                "then ask for a new one. Nothing was lost.",
                code="must_wait",
            )
        return address


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """A first visit: e-mail and name. The mailed code confirms the address."""

    name = forms.CharField(label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _address_input("Your e-mail", self.fields["email"])

    def save(self, request: HttpRequest) -> User:
        """Store the name with the new person."""
        user: User = super().save(request)
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        return user


class _CodeInput(forms.Form):
    """The field for a mailed code: figures on a phone's keyboard, filled in by browsers that read the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code"
        self.fields["code"].widget = forms.TextInput(
            attrs={
                "class": "code",
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "maxlength": "20",
                "spellcheck": "false",
                "autofocus": True,
            }
        )


class SignInCodeForm(_CodeInput, ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that signs in."""


class AddressCodeForm(_CodeInput, ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """The code that confirms a newcomer's address."""
