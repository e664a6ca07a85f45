"""The outbox: deliveries are written in the transaction of the audit event that they tell of, so that none is missed
and none is invented.

What is from before sharing is the seller's alone (`Proposal.is_common`): no endpoint of the client's firm gets it.
"""

import uuid
from typing import Final

from django.db import connection
from django.utils import timezone

from accounts.ids import new_id
from proposals.models import AuditEvent, Proposal, Side
from proposals.models.plainly import read
from webhooks.event_types import event_of
from webhooks.models import WebhookDelivery, WebhookEndpoint
from webhooks.payload import About, payload_of

_ENDPOINTS: Final = (
    'JOIN "proposals_party" AS "party" ON "party"."firm_id" = own."firm_id"'
    ' WHERE "party"."proposal_id" = %s AND "party"."side" IN ({sides})'
    ' AND own."is_enabled" AND own."removed_at" IS NULL'
)

_FIELDS: Final = WebhookDelivery._meta.concrete_fields


def write(event: AuditEvent) -> None:
    """The seam's hook inside the transaction: one delivery for each endpoint that wants the event.

    One query, and two more if somebody wants it.
    """
    event_type = event_of(event.type)
    sides = list(Side.values) if event.epoch > 0 else [Side.SELLER.value]
    places = ", ".join(["%s"] * len(sides))
    found = read(WebhookEndpoint, _ENDPOINTS.format(sides=places), event.proposal_id, *sides)
    wanted_by = {endpoint.id for endpoint in found if endpoint.wants(event_type)}
    if wanted_by:
        told = Proposal.objects.values_list("title", "state", "external_id").get(id=event.proposal_id)
        about = About(event.proposal_id, *told)
        _insert([_delivery(event, endpoint_id, event_type, about) for endpoint_id in wanted_by])


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
