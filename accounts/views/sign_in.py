"""Sign-in by mailed code: allauth's views with our forms, and a wait after the last wrong code."""

from typing import Any

from allauth.account.views import ConfirmEmailVerificationCodeView, ConfirmLoginCodeView, LoginView, SignupView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.codes import BACK_KEY, begin_wait
from accounts.forms import AddressCodeForm, SignInCodeForm, SignInForm, SignupForm
from accounts.passkeys import host_of, works_at


class _OffersWayBack:
    """Gives templates `back_to`: where a guest came from and can go on reading without a code."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back, if there is one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "back_to": self.request.session.get(BACK_KEY, "")}


class _WaitsAfterWrongCodes(_OffersWayBack):
    """Says how many tries are left; after the last one the wait begins, and `next` is kept."""

    _process: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the number of tries left once a code was wrong."""
        context = super().get_context_data(**kwargs)
        failed_count: int = self._process.state["failed_attempts"]
        return {**context, "tries_left_count": self._process.max_attempts - failed_count if failed_count else None}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Count the wrong code. allauth redirects when it was the last one, else shows the form again."""
        address: str = self._process.state["email"]
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if not isinstance(response, HttpResponseRedirect):
            return response
        begin_wait(self.request, address)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_login")))  # type: ignore[attr-defined]


class SignIn(_OffersWayBack, LoginView):  # type: ignore[misc]
    """The one start page: an address, to which a code goes."""

    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether passkeys can be used at this address."""
        return {**super().get_context_data(**kwargs), "passkeys_work": works_at(host_of(self.request))}


class Signup(SignupView):  # type: ignore[misc]
    """A newcomer's name and address."""

    form_class = SignupForm


class ConfirmSignIn(_WaitsAfterWrongCodes, ConfirmLoginCodeView):  # type: ignore[misc]
    """The code that signs in."""

    form_class = SignInCodeForm


class ConfirmAddress(_WaitsAfterWrongCodes, ConfirmEmailVerificationCodeView):  # type: ignore[misc]
    """The code that confirms a newcomer's address."""

    form_class = AddressCodeForm


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What allauth's limits answer."""
    return render(
        request,
        "error.html",
        {
            "title": "Wait a little",
            "detail": "These were too many requests in a short time. Wait a minute, then try again. Nothing was lost.",
            "code": "too_many_requests",
        },
        status=429,
    )
