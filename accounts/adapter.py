"""How allauth behaves here: sign-in by mailed code, in our words."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.codes import new_code


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Codes of eight digits, plain words, and no page that asks for a password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": "This is not the code we sent. Take the one from the newest mail and try again.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then ask for a new code. Nothing was lost.",
        "rate_limited": "Too many requests. Wait a minute, then try again. Nothing was lost.",
        "account_inactive": "This account has been closed.",
    }

    def generate_login_code(self) -> str:
        """The code for signing in."""
        return new_code()

    def generate_email_verification_code(self) -> str:
        """The code that confirms a newcomer's address."""
        return new_code()

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Newcomers who were not led elsewhere make their firm first."""
        return reverse("firm_new")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Our mails name the instance."""
        super().send_mail(template_prefix, email, {"instance_name": settings.INSTANCE_NAME, **context})

    def send_account_already_exists_mail(self, email: str) -> None:
        """Somebody tried to sign up with a known address: tell its owner how to come in."""
        login_url = build_absolute_uri(context.request, reverse("account_login"))
        self.send_mail("account/email/account_already_exists", email, {"login_url": login_url})
