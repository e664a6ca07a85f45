"""Passkeys on the account's page and at sign-in. Each ceremony is two posts: what to ask, and the answer to it."""

import uuid
from http import HTTPStatus
from typing import Any

from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import passkeys
from accounts.confirming import CODE_MINUTES, confirm_account, is_confirmed, make_account_code, require_confirmed
from accounts.exceptions import AccountRefusal
from accounts.mails import mail_account_code, tell_passkey_added
from accounts.views.person import signed_in
from accounts.views.refusals import answers_refusals

STATE_KEY = "passkey_asked"
SIGN_IN_STATE_KEY = "passkey_sign_in"


@login_required
@require_POST
@answers_refusals
def passkey_code(request: HttpRequest) -> HttpResponse:
    """Mail the code that adding a passkey asks for."""
    user = signed_in(request)
    if mail_account_code(user, make_account_code(by=user), CODE_MINUTES):
        messages.success(request, f"A code was sent to {user.email}.")
    else:
        messages.error(request, "The mail with the code could not be sent just now. Try again in a minute.")
    return redirect(f"{reverse('account')}#passkeys")


@login_required
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser asks to make a passkey, once the mailed code was right."""
    user = signed_in(request)
    try:
        if not is_confirmed(request, user):
            confirm_account(request, by=user, written=request.POST.get("code", ""))
        asked = passkeys.ask_for_new(user, passkeys.host_of(request))
    except AccountRefusal as refusal:
        return _problem(refusal)
    request.session[STATE_KEY] = asked.state
    return JsonResponse(asked.options)


@login_required
@require_POST
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that was made, and mail its owner: an unattended browser is not its owner."""
    try:
        require_confirmed(request, signed_in(request))
        made = passkeys.register(
            by=signed_in(request),
            host=passkeys.host_of(request),
            state=request.session.pop(STATE_KEY, None),
            answer=request.POST.get("passkey", ""),
            name=request.POST.get("name", ""),
        )
    except AccountRefusal as refusal:
        return _problem(refusal)
    tell_passkey_added(made)
    messages.success(request, f"{made.name} is ready. You can sign in and sign proposals with it.")
    return JsonResponse({"redirect": reverse("account")})


@login_required
@require_POST
@answers_refusals
def passkey_remove(request: HttpRequest, passkey_id: uuid.UUID) -> HttpResponse:
    """Forget a passkey."""
    passkeys.remove(by=signed_in(request), passkey_id=passkey_id)
    messages.success(request, "The passkey was removed here. Your device may still list it; it opens nothing now.")
    return redirect("account")


@require_POST
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """What the browser asks of whoever sits there."""
    asked = passkeys.ask_to_confirm(passkeys.host_of(request))
    request.session[SIGN_IN_STATE_KEY] = asked.state
    return JsonResponse(asked.options)


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey, as after a mailed code."""
    if not ratelimit.consume(request, action="login"):
        return _problem(AccountRefusal("Too many tries. Wait a minute, then try again.", code="too_many_requests"))
    try:
        confirmed = passkeys.confirm(
            host=passkeys.host_of(request),
            state=request.session.pop(SIGN_IN_STATE_KEY, None),
            answer=request.POST.get("passkey", ""),
        )
    except AccountRefusal as refusal:
        return _problem(refusal)
    passkeys.record_use(confirmed)
    answer = perform_login(request, confirmed.passkey.user, redirect_url=get_next_redirect_url(request))
    return JsonResponse({"redirect": answer["Location"]})


def _problem(refusal: AccountRefusal) -> HttpResponse:
    """For the script: RFC 9457."""
    problem: dict[str, Any] = {"title": refusal.title, "detail": refusal.detail, "code": refusal.code}
    status = HTTPStatus.TOO_MANY_REQUESTS if refusal.code == "too_many_requests" else refusal.status
    return JsonResponse({**problem, "status": status}, status=status, content_type="application/problem+json")
