"""The pages of a firm's webhooks: endpoints, what was delivered to them, and sending it again."""

import json
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Firm
from proposals.exceptions import Invalid, NotFound, WrongState
from proposals.views.page_of import page_of
from proposals.views.visitor import visitor_of
from webhooks import access, actions
from webhooks.delivering import overdue
from webhooks.forms import EndpointForm, RotateForm
from webhooks.models import WebhookDelivery, WebhookEndpoint

State = WebhookDelivery.State


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def firm_webhooks(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """The firm's endpoints, and a form for one more. Its secret is shown in answer to the form, this once."""
    visitor = visitor_of(request)
    firm = access.firm_of(visitor, firm_id)
    if request.method != "POST":
        return _list_page(request, firm, EndpointForm())
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            endpoint, secret = actions.add_endpoint(firm=firm, by=visitor.user, fields=form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _secret_page(request, firm, endpoint, secret)
    return _list_page(request, firm, form, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def firm_webhook(request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """One endpoint: what it is, and its last deliveries. The form changes it."""
    firm, endpoint = _endpoint(request, firm_id, endpoint_id)
    if request.method != "POST":
        known = {"url": endpoint.url, "description": endpoint.description, "events": endpoint.events}
        return _endpoint_page(request, firm, endpoint, EndpointForm(initial=known))
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            actions.change_endpoint(endpoint=endpoint, changes=form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, "The endpoint is saved.")
            return redirect("firm_webhook", firm.id, endpoint.id)
    return _endpoint_page(request, firm, endpoint, form, status=422)


@login_required
@require_POST
def webhook_switch(request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Switch an endpoint off, or on again."""
    firm, endpoint = _endpoint(request, firm_id, endpoint_id)
    on = request.POST.get("on") == "yes"
    actions.change_endpoint(endpoint=endpoint, changes={"is_enabled": on})
    if on:
        messages.success(request, "It is on: events are sent there from now on.")
    else:
        messages.success(request, "It is off: nothing is sent there, and what waited is set aside.")
    return redirect("firm_webhook", firm.id, endpoint.id)


@login_required
@require_POST
def webhook_test(request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Send a test there; its page says what comes of it."""
    firm, endpoint = _endpoint(request, firm_id, endpoint_id)
    try:
        delivery = actions.send_test(endpoint=endpoint)
    except WrongState as refusal:
        messages.warning(request, refusal.detail)
        return redirect("firm_webhook", firm.id, endpoint.id)
    messages.success(request, "A test is on its way. Reload this page in a moment to see what came back.")
    return redirect("webhook_delivery", firm.id, endpoint.id, delivery.id)


@login_required
@require_POST
@never_cache
def webhook_rotate(request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Make a new secret. The answer shows it, this once."""
    firm, endpoint = _endpoint(request, firm_id, endpoint_id)
    form = RotateForm(request.POST)
    if not form.is_valid():
        raise Invalid("Choose how long the old secret still holds. Nothing was changed.")
    rotated, secret = actions.rotate_secret(endpoint=endpoint, overlap_hours=form.cleaned_data["overlap_hours"])
    return _secret_page(request, firm, rotated, secret)


@login_required
@require_POST
def webhook_remove(request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID) -> HttpResponse:
    """Remove an endpoint."""
    firm, endpoint = _endpoint(request, firm_id, endpoint_id)
    actions.remove_endpoint(endpoint=endpoint)
    messages.success(request, f"{endpoint.url} is removed. Nothing is sent there any more.")
    return redirect("firm_webhooks", firm.id)


@login_required
@require_safe
@never_cache
def webhook_delivery(
    request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID, delivery_id: uuid.UUID
) -> HttpResponse:
    """One delivery: what is sent, and every attempt with what came back."""
    firm, endpoint, delivery = _delivery(request, firm_id, endpoint_id, delivery_id)
    context = {
        "firm": firm,
        "endpoint": endpoint,
        "delivery": delivery,
        "payload": json.dumps(json.loads(delivery.payload), ensure_ascii=False, indent=2),
        "attempts": delivery.attempts.order_by("-number"),
        "is_pending": delivery.state == State.PENDING,
        "is_under_way": delivery.leased_until is not None and delivery.leased_until > timezone.now(),
    }
    return render(request, "webhooks/delivery.html", context)


@login_required
@require_POST
def webhook_redeliver(
    request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID, delivery_id: uuid.UUID
) -> HttpResponse:
    """Send a delivery again."""
    firm, endpoint, delivery = _delivery(request, firm_id, endpoint_id, delivery_id)
    try:
        actions.redeliver(delivery=delivery)
    except WrongState as refusal:
        messages.warning(request, refusal.detail)
    else:
        messages.success(request, "It is on its way, under the same id. Reload this page in a moment.")
    return redirect("webhook_delivery", firm.id, endpoint.id, delivery.id)


def _endpoint(request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID) -> tuple[Firm, WebhookEndpoint]:
    firm = access.firm_of(visitor_of(request), firm_id)
    found = WebhookEndpoint.objects.standing().filter(firm=firm, id=endpoint_id).first()
    if found is None:
        raise NotFound()
    return firm, found


def _delivery(
    request: HttpRequest, firm_id: uuid.UUID, endpoint_id: uuid.UUID, delivery_id: uuid.UUID
) -> tuple[Firm, WebhookEndpoint, WebhookDelivery]:
    firm, endpoint = _endpoint(request, firm_id, endpoint_id)
    found = endpoint.deliveries.select_related("endpoint", "proposal").filter(id=delivery_id).first()
    if found is None:
        raise NotFound()
    return firm, endpoint, found


def _list_page(request: HttpRequest, firm: Firm, form: EndpointForm, *, status: int = 200) -> HttpResponse:
    endpoints = WebhookEndpoint.objects.standing().filter(firm=firm).order_by("id")
    context = {"firm": firm, "endpoints": endpoints, "form": form, "overdue": overdue(endpoints, timezone.now())}
    return render(request, "webhooks/firm.html", context, status=status)


def _endpoint_page(
    request: HttpRequest, firm: Firm, endpoint: WebhookEndpoint, form: EndpointForm, *, status: int = 200
) -> HttpResponse:
    """The page of an endpoint with its last deliveries, all of them or those in one state."""
    wanted = request.GET.get("state", "")
    rows = endpoint.deliveries.select_related("proposal")
    shown = rows.filter(state=wanted) if wanted in State.values else rows
    page = page_of(request, shown, ("-created_at", "-id"))
    context = {
        "firm": firm,
        "endpoint": endpoint,
        "form": form,
        "overdue": overdue(WebhookEndpoint.objects.filter(id=endpoint.id), timezone.now()),
        "rotate_form": RotateForm(),
        "secrets": endpoint.secrets.all(),
        "deliveries": page.rows,
        "page": page,
        "states": State.choices,
        "wanted": wanted,
    }
    return render(request, "webhooks/endpoint.html", context, status=status)


def _secret_page(request: HttpRequest, firm: Firm, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    return render(request, "webhooks/secret.html", {"firm": firm, "endpoint": endpoint, "secret": secret})
