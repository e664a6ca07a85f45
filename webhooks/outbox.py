"""The outbox: deliveries are written in the transaction of the audit event that they tell of, so that none is missed
and none is invented.

What is from before sharing is the seller's alone (`Proposal.is_common`): no endpoint of the client's firm gets it.
"""

import uuid
from typing import Final

from django.db import connection
from django.utils import timezone

from accounts.ids import new_id
from proposals.models import AuditEvent, Party, Side
from webhooks.event_types import event_of
from webhooks.models import WebhookDelivery, WebhookEndpoint
from webhooks.payload import About, payload_of

_FIELDS: Final = WebhookDelivery._meta.concrete_fields


def write(event: AuditEvent) -> None:
    """The seam's hook inside the transaction: one delivery for each endpoint that wants the event.

    One query, and one more if somebody wants it.
    """
    event_type = event_of(event.type)
    sides = list(Side.values) if event.epoch > 0 else [Side.SELLER.value]
    found = Party.objects.filter(
        proposal=event.proposal_id,
        side__in=sides,
        firm__webhook_endpoints__is_enabled=True,
        firm__webhook_endpoints__removed_at__isnull=True,
    ).values_list(
        "firm__webhook_endpoints__id",
        "firm__webhook_endpoints__events",
        "proposal__title",
        "proposal__state",
        "proposal__external_id",
    )
    deliveries = {}
    for endpoint_id, events, title, state, external_id in found:
        if WebhookEndpoint(events=events).wants(event_type):
            about = About(event.proposal_id, title, state, external_id)
            deliveries[endpoint_id] = _delivery(event, endpoint_id, event_type, about)
    if deliveries:
        _insert(list(deliveries.values()))


def _delivery(event: AuditEvent, endpoint_id: uuid.UUID, event_type: str, about: About) -> WebhookDelivery:
    delivery_id, now = new_id(), timezone.now()
    return WebhookDelivery(
        id=delivery_id,
        endpoint_id=endpoint_id,
        proposal_id=event.proposal_id,
        event_id=event.pk,
        type=event_type,
        payload=payload_of(delivery_id, event, about),
        sequence=event.pk,
        created_at=now,
        due_at=now,
    )


def _insert(deliveries: list[WebhookDelivery]) -> None:
    """Insert rows with one plain statement.

    `bulk_create` would begin a transaction within one that it does not know of: `locking.writing_plainly`, in which
    rooms note that somebody typed.
    """
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in _FIELDS)
    places = f"({', '.join(['%s'] * len(_FIELDS))})"
    table = connection.ops.quote_name(WebhookDelivery._meta.db_table)
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection) for row in deliveries for field in _FIELDS
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {', '.join([places] * len(deliveries))}", values)
