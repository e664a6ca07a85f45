"""The page of a firm: its details, its logo, its people."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, logos, mails
from accounts.access import memberships_of, place_in
from accounts.exceptions import AccountRefusal, NotYourFirm
from accounts.forms import ColleagueForm, FirmForm, LogoForm
from accounts.models import Membership
from accounts.views.person import signed_in
from accounts.views.refusals import answers_refusals


@login_required
@require_safe
@answers_refusals
def firm(request: HttpRequest, firm_id: uuid.UUID | None = None) -> HttpResponse:
    """A firm's page: the named one, else the person's first; without any, the way to make one."""
    user = signed_in(request)
    place = place_in(firm_id, user) if firm_id else memberships_of(user).first()
    if place is None:
        return redirect("firm_new")
    return _page(request, place)


@login_required
@require_POST
@answers_refusals
def firm_details(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """Change the firm's details."""
    user = signed_in(request)
    place = place_in(firm_id, user)
    form = FirmForm(request.POST, auto_id="firm_%s")
    if not form.is_valid():
        return _page(request, place, firm_form=form)
    actions.change_firm(by=user, firm=place.firm, details=form.details())
    messages.success(request, "The firm’s details have been saved.")
    return redirect("firm_of", firm_id)


@login_required
@require_POST
@answers_refusals
def firm_logo(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """Set the firm's logo, or take it away."""
    user = signed_in(request)
    place = place_in(firm_id, user)
    if "remove" in request.POST:
        actions.change_logo(by=user, firm=place.firm, sent=None)
        messages.success(request, "The logo has been taken away.")
        return redirect("firm_of", firm_id)
    form = LogoForm(request.POST, request.FILES, auto_id="logo_%s")
    if not form.is_valid():
        return _page(request, place, logo_form=form)
    try:
        actions.change_logo(by=user, firm=place.firm, sent=form.cleaned_data["logo"].read(logos.LARGEST_BYTES + 1))
    except AccountRefusal as refusal:
        if refusal.status != 422:
            raise
        form.add_error("logo", refusal.detail)
        return _page(request, place, logo_form=form)
    messages.success(request, "The logo has been saved. Drafts and new revisions carry it.")
    return redirect("firm_of", firm_id)


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """A logo by the SHA-256 of its PNG. It never changes."""
    png = logos.read(digest)
    if png is None:
        raise Http404
    response = HttpResponse(png, content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@login_required
@require_POST
@answers_refusals
def colleague_admit(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """Admit a colleague by e-mail and tell them."""
    user = signed_in(request)
    place = place_in(firm_id, user)
    form = ColleagueForm(request.POST, auto_id="colleague_%s")
    if not form.is_valid():
        return _page(request, place, colleague_form=form)
    try:
        admitted = actions.admit_colleague(by=user, firm=place.firm, **form.cleaned_data)
    except AccountRefusal as refusal:
        if refusal.code != "already_member":
            raise
        form.add_error("email", refusal.detail)
        return _page(request, place, colleague_form=form)
    if mails.tell_admitted(admitted, by=user):
        messages.success(request, f"{admitted.user} now belongs to {place.firm.name} and has got a mail.")
    else:
        messages.warning(
            request,
            f"{admitted.user} now belongs to {place.firm.name}, but the mail could not be sent. "
            f"Tell them to sign in here as {admitted.user.email}.",
        )
    return redirect("firm_of", firm_id)


@login_required
@require_POST
@answers_refusals
def colleague_remove(request: HttpRequest, firm_id: uuid.UUID, membership_id: uuid.UUID) -> HttpResponse:
    """End somebody's place in the firm, or one's own."""
    user = signed_in(request)
    place = place_in(firm_id, user)
    leaving = place.firm.memberships.select_related("firm", "user").filter(id=membership_id).first()
    if leaving is None:
        raise NotYourFirm()
    actions.remove_colleague(by=user, membership=leaving)
    messages.success(request, f"{leaving.user} no longer belongs to {place.firm.name}. Their tokens are revoked.")
    return redirect("account") if leaving.user_id == user.id else redirect("firm_of", firm_id)


def _is_owner(place: Membership) -> bool:
    return place.role == Membership.Role.OWNER


def _page(
    request: HttpRequest,
    place: Membership,
    *,
    firm_form: BaseForm | None = None,
    colleague_form: BaseForm | None = None,
    logo_form: BaseForm | None = None,
) -> HttpResponse:
    """The firm's page; a form that is given has errors and is shown with them."""
    faulty = firm_form or colleague_form or logo_form
    context = {
        "place": place,
        "firm": place.firm,
        "is_owner": _is_owner(place),
        "memberships": memberships_of(place.user),
        "people": place.firm.memberships.select_related("user").order_by("-role", "created_at", "id"),
        "firm_form": firm_form or FirmForm(instance=place.firm, auto_id="firm_%s"),
        "logo_form": logo_form or LogoForm(auto_id="logo_%s"),
        "colleague_form": colleague_form or ColleagueForm(auto_id="colleague_%s"),
    }
    return render(request, "accounts/firm.html", context, status=422 if faulty else 200)
