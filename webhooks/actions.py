"""What owners and programs do with webhooks: one verb, one function, one transaction.

Whoever calls was admitted by `access`. A refusal leaves everything as it was.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Firm, User
from proposals.actions import values
from proposals.actions.changing import check_version
from proposals.exceptions import Invalid, NotFound, WrongState
from proposals.locking import writing
from webhooks.addresses import URL_LENGTH, AddressRefused, leads_to_this_machine, parsed_url
from webhooks.event_types import EVENTS, TEST
from webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookSecret
from webhooks.payload import test_payload
from webhooks.secrets import hint_of, new_secret, seal
from webhooks.tasks import mail_switched_off

ENDPOINTS_COUNT: Final = 20
SECRETS_COUNT: Final = 5
"""How many secrets hold at once at most, the standing one among them."""
OVERLAP_HOURS: Final = 24
MOST_OVERLAP_HOURS: Final = 168

State = WebhookDelivery.State


def _url(pointer: str, value: Any) -> str:
    text: str = values.text(URL_LENGTH, required=True)(pointer, value)
    try:
        parsed_url(value.strip(" "), loopback=settings.WEBHOOK_LOOPBACK)
    except AddressRefused as refused:
        raise values.refuse(pointer, "bad_url", f"{refused}{_how_to_try_it(value.strip(' '))}") from refused
    return text


def _how_to_try_it(url: str) -> str:
    """What to do if an address is of this machine, and this is an instance for trying it; otherwise nothing."""
    if not settings.DEVELOPMENT or settings.WEBHOOK_LOOPBACK or not leads_to_this_machine(url):
        return ""
    return " To try webhooks on this machine, start it with WEBHOOK_LOOPBACK=yes make run."


def _events(pointer: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise values.refuse(pointer, "bad_events", "Events are a list of their names; an empty one is all of them.")
    unknown = [each for each in value if each not in EVENTS]
    if unknown:
        detail = f"“{values.shown(unknown[0])}” is not an event. They are listed in the description of the API."
        raise values.refuse(pointer, "unknown_event", detail)
    return sorted(set(value))


FIELDS: Final[dict[str, values.Parse]] = {
    "url": _url,
    "description": values.text(200),
    "events": _events,
    "is_enabled": values.yes_or_no,
}


def add_endpoint(*, firm: Firm, by: User | None, fields: Mapping[str, Any]) -> tuple[WebhookEndpoint, str]:
    """Add an endpoint. Gives it with its secret, which people are shown this once."""
    parsed = values.parse_all(FIELDS, {"url": "", **fields})
    with writing():
        Firm.objects.select_for_update(no_key=True).get(id=firm.id)
        if WebhookEndpoint.objects.standing().filter(firm=firm).count() >= ENDPOINTS_COUNT:
            raise Invalid(f"A firm has {ENDPOINTS_COUNT} endpoints at most. Nothing was changed.", code="too_many")
        endpoint = WebhookEndpoint(firm=firm, created_by=by, **parsed)
        if not endpoint.is_enabled:
            endpoint.disabled_why, endpoint.disabled_at = WebhookEndpoint.Disabled.BY_HAND, timezone.now()
        endpoint.save(force_insert=True)
        return endpoint, _add_secret(endpoint)


def change_endpoint(
    *, endpoint: WebhookEndpoint, changes: Mapping[str, Any], expected_version: int | None = None
) -> WebhookEndpoint:
    """Change an endpoint. Switched off, what still waits for it is discarded; switched on again, it hears of what
    happens from then on."""
    with writing():
        locked = _locked(endpoint, expected_version)
        parsed = values.parse_all(FIELDS, changes)
        differing = {name: value for name, value in parsed.items() if getattr(locked, name) != value}
        if differing.pop("is_enabled", locked.is_enabled) != locked.is_enabled:
            if locked.is_enabled:
                switch_off(locked, WebhookEndpoint.Disabled.BY_HAND, timezone.now())
            else:
                locked.is_enabled, locked.disabled_why, locked.disabled_at = True, "", None
                locked.failing_since = None
                _save(locked)
                _discard(locked, timezone.now())  # written by who still saw it on when it was switched off
        if differing:
            for name, value in differing.items():
                setattr(locked, name, value)
            if "url" in differing:
                locked.failing_since = None
            _save(locked)
        return locked


def switch_off(locked: WebhookEndpoint, why: WebhookEndpoint.Disabled, now: datetime) -> None:
    """Disable a locked endpoint and discard what waits for it. Its firm's owners are mailed unless somebody did it."""
    if not locked.is_enabled or locked.removed_at is not None:
        return
    locked.is_enabled, locked.disabled_why, locked.disabled_at = False, why, now
    _save(locked)
    _discard(locked, now)
    if why != WebhookEndpoint.Disabled.BY_HAND:
        mail_switched_off.enqueue(str(locked.id))


def remove_endpoint(*, endpoint: WebhookEndpoint, expected_version: int | None = None) -> None:
    """Remove an endpoint. What waits for it is discarded, and its secrets are forgotten."""
    with writing():
        locked = _locked(endpoint, expected_version)
        locked.removed_at, locked.is_enabled = timezone.now(), False
        _save(locked)
        _discard(locked, locked.removed_at)
        locked.secrets.all().delete()


def rotate_secret(*, endpoint: WebhookEndpoint, overlap_hours: int = OVERLAP_HOURS) -> tuple[WebhookEndpoint, str]:
    """Make a new secret. For `overlap_hours` deliveries carry signatures of the old one too; with 0 it ends at once."""
    if not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
        detail = f"The old secret holds for 0 to {MOST_OVERLAP_HOURS} hours."
        raise values.refuse("overlap_hours", "out_of_limits", detail)
    with writing():
        locked = _locked(endpoint, None)
        now = timezone.now()
        end = now + timedelta(hours=overlap_hours)
        for secret in locked.secrets.all():
            if secret.ends_at is None or secret.ends_at > end:
                secret.ends_at = end
                secret.save(update_fields=["ends_at"])
        locked.secrets.filter(ends_at__lte=now).delete()
        for oldest in list(locked.secrets.all())[SECRETS_COUNT - 1 :]:
            oldest.delete()
        _save(locked)
        return locked, _add_secret(locked)


def send_test(*, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Write a delivery that tells of nothing. It is tried once. Raises WrongState if the endpoint is disabled."""
    with writing():
        locked = _locked(endpoint, None)
        _require_enabled(locked)
        delivery_id, now = new_id(), timezone.now()
        payload = test_payload(delivery_id, now)
        return WebhookDelivery.objects.create(
            id=delivery_id, endpoint=locked, type=TEST, payload=payload, created_at=now, due_at=now
        )


def redeliver(*, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a delivery again under its `webhook-id`, at once and beside all others; one that waits is sent now.

    It begins a new round of attempts. One that is being sent at the moment is left alone.
    """
    with writing():
        endpoint = _locked(delivery.endpoint, None)
        _require_enabled(endpoint)
        locked = WebhookDelivery.objects.select_for_update().select_related("endpoint").get(id=delivery.id)
        now = timezone.now()
        if locked.leased_until is not None and locked.leased_until > now:
            return locked
        if locked.state != State.PENDING:
            locked.state, locked.in_order, locked.tries_count, locked.finished_at = State.PENDING, False, 0, None
        locked.due_at, locked.lease, locked.leased_until = now, None, None
        locked.save()
        return locked


def _locked(endpoint: WebhookEndpoint, expected_version: int | None) -> WebhookEndpoint:
    locked = WebhookEndpoint.objects.standing().select_for_update(no_key=True).filter(id=endpoint.id).first()
    if locked is None:
        raise NotFound()
    check_version(locked.version, expected_version, "endpoint")
    return locked


def _save(locked: WebhookEndpoint) -> None:
    locked.version += 1
    locked.save()


def _discard(locked: WebhookEndpoint, now: datetime) -> None:
    waiting = locked.deliveries.filter(state=State.PENDING)
    waiting.update(state=State.DISCARDED, finished_at=now, lease=None, leased_until=None)


def _add_secret(endpoint: WebhookEndpoint) -> str:
    secret = new_secret()
    WebhookSecret.objects.create(endpoint=endpoint, sealed=seal(secret), hint=hint_of(secret))
    return secret


def _require_enabled(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_enabled:
        raise WrongState(
            "This endpoint is switched off. Switch it on first. Nothing was sent.", code="endpoint_disabled"
        )
