"""The page of a firm's API tokens: making, rotating and revoking them. A secret is shown once."""

import uuid
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.access import memberships_of, place_in, tokens_seen_by
from accounts.exceptions import NotYourFirm
from accounts.forms import TokenForm
from accounts.models import ApiToken, Membership
from accounts.views.person import signed_in
from accounts.views.refusals import answers_refusals

OVERLAPS: Final = {"24": "for a day more", "168": "for a week more", "1": "for an hour more", "0": "no longer"}
"""How long a rotated token goes on working, by hours."""

ENDED_COUNT: Final = 20
"""How many tokens that no longer work are listed, the newest first."""


@login_required
@require_safe
def own_tokens(request: HttpRequest) -> HttpResponse:
    """The way to the tokens of one's first firm, from pages that know no firm."""
    place = memberships_of(signed_in(request)).first()
    return redirect("firm_tokens", place.firm_id) if place else redirect("firm_new")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@answers_refusals
def firm_tokens(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """The tokens, and a form for one more. Its answer shows the secret, this once: it is not kept."""
    user = signed_in(request)
    place = place_in(firm_id, user)
    is_owner = place.role == Membership.Role.OWNER
    form = TokenForm(request.POST or None, auto_id="token_%s", may_make_service_tokens=is_owner)
    if request.method != "POST" or not form.is_valid():
        return _page(request, place, form)
    token, secret = actions.issue_token(
        by=user,
        firm=place.firm,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        expires_at=form.expires_at,
        for_firm=form.for_firm,
    )
    return _made(request, place, token, secret)


@login_required
@require_POST
@never_cache
@answers_refusals
def token_rotate(request: HttpRequest, firm_id: uuid.UUID, token_id: uuid.UUID) -> HttpResponse:
    """A new secret for a token, shown this once; the old one works for the hours that were chosen."""
    user = signed_in(request)
    place = place_in(firm_id, user)
    token = _token(place, token_id)
    hours = request.POST.get("overlap", "")
    overlap = timedelta(hours=int(hours)) if hours in OVERLAPS else timedelta(-1)
    fresh, secret = actions.rotate_token(by=user, token=token, overlap=overlap)
    token.refresh_from_db()
    return _made(request, place, fresh, secret, old=token)


@login_required
@require_POST
@answers_refusals
def token_revoke(request: HttpRequest, firm_id: uuid.UUID, token_id: uuid.UUID) -> HttpResponse:
    """End a token at once."""
    user = signed_in(request)
    token = _token(place_in(firm_id, user), token_id)
    actions.revoke_token(by=user, token=token)
    messages.success(request, f"“{token.name}” is revoked. Programs that use it are refused from now on.")
    return redirect("firm_tokens", firm_id)


def _token(place: Membership, token_id: uuid.UUID) -> ApiToken:
    token = tokens_seen_by(place).select_related("firm").filter(id=token_id).first()
    if token is None:
        raise NotYourFirm()
    return token


def _page(request: HttpRequest, place: Membership, form: TokenForm) -> HttpResponse:
    """The tokens that work, the last that don't any more, and the form, with what is wrong in it."""
    tokens, works = tokens_seen_by(place), Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    works &= Q(revoked_at__isnull=True)
    context = {
        "place": place,
        "firm": place.firm,
        "tokens": tokens.filter(works),
        "ended": tokens.filter(~works)[:ENDED_COUNT],
        "overlaps": OVERLAPS.items(),
        "form": form,
    }
    return render(request, "accounts/firm_tokens.html", context, status=422 if form.is_bound else 200)


def _made(
    request: HttpRequest, place: Membership, token: ApiToken, secret: str, *, old: ApiToken | None = None
) -> HttpResponse:
    me = request.build_absolute_uri(reverse("api_me"))
    context = {"place": place, "token": token, "secret": secret, "old": old, "me": me}
    return render(request, "accounts/token_made.html", context)
