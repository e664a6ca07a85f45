"""The page of one's own account, and making a firm."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import actions, passkeys
from accounts.access import memberships_of
from accounts.confirming import CODE_MINUTES, is_confirmed, waits_for_code
from accounts.forms import AccountForm, FirmForm
from accounts.views.person import signed_in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own name, address and places in firms."""
    user = signed_in(request)
    form = AccountForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_person(by=user, name=form.cleaned_data["name"])
        messages.success(request, "Your name has been saved.")
        return redirect("account")
    host = passkeys.host_of(request)
    return _page(
        request,
        "accounts/account.html",
        form,
        memberships=memberships_of(user),
        passkeys=user.passkeys.all(),
        host=host,
        passkeys_work=passkeys.works_at(host),
        is_confirmed=is_confirmed(request, user),
        waits_for_code=waits_for_code(user),
        code_minutes=CODE_MINUTES,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def firm_new(request: HttpRequest) -> HttpResponse:
    """Make a firm, owned by the person who makes it."""
    user = signed_in(request)
    form = FirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = actions.found_firm(by=user, details=form.details())
        messages.success(request, f"{place.firm.name} is ready.")
        return redirect("home")
    return _page(request, "accounts/firm_new.html", form)


def _page(request: HttpRequest, template: str, form: object, **context: object) -> HttpResponse:
    status = 422 if getattr(form, "errors", None) else 200
    return render(request, template, {"form": form, **context}, status=status)
