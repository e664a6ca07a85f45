"""Endpoints of firms, their secrets, and what was or is to be delivered to them."""

from datetime import timedelta
from typing import ClassVar, Final

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Firm, User
from proposals.models import AuditEvent, Proposal

KEPT: Final = timedelta(days=30)
"""How long a delivery is kept after it ended."""


class EndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Finding endpoints."""

    def standing(self) -> "EndpointQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)


class WebhookEndpoint(models.Model):
    """An address of a firm's program, and which events it wants (`events`, empty for all of them).

    Nothing is written for one that is disabled. A removed one stays as a row, so that nobody who appends an event at
    that moment fails. `failing_since` is when the first of the attempts failed since one succeeded.
    """

    class Disabled(models.TextChoices):
        BY_HAND = "by_hand", "Switched off by hand"
        GONE = "gone", "It answered 410 Gone"
        FAILING = "failing", "Every delivery failed for five days"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=1000)
    description = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list)
    is_enabled = models.BooleanField(default=True)
    disabled_why = models.CharField(max_length=7, choices=Disabled.choices, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EndpointQuerySet] = EndpointQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.url

    def wants(self, event_type: str) -> bool:
        """Whether events of this type are delivered to it."""
        return not self.events or event_type in self.events


class WebhookSecret(models.Model):
    """A key that deliveries are signed with, encrypted (see `secrets.py`). Rotated, it lasts until `ends_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.TextField()
    hint = models.CharField(max_length=12)
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.hint}…"


class WebhookDelivery(models.Model):
    """One event for one endpoint. `id` is the `webhook-id`, the same at every attempt; `payload` is sent byte for byte.

    `sequence` orders the deliveries of a proposal (it is the event's id; 0 for a test). `tries_count` counts the
    attempts of this round: a delivery that is asked for again begins a new one, outside of the order. While somebody
    sends it, it is leased: should they die, it can be claimed again afterwards.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"
        DISCARDED = "discarded", "Discarded"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, null=True, related_name="+")
    event = models.ForeignKey(AuditEvent, on_delete=models.CASCADE, null=True, related_name="+")
    type = models.CharField(max_length=40)
    payload = models.TextField()
    sequence = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    in_order = models.BooleanField(default=True)
    attempts_count = models.PositiveIntegerField(default=0)
    tries_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_per_event"),)
        indexes = (
            models.Index(fields=["state", "due_at"], name="delivery_due"),
            models.Index(fields=["endpoint", "proposal", "state", "sequence"], name="delivery_in_order"),
            models.Index(fields=["finished_at"], name="delivery_finished"),
        )

    def __str__(self) -> str:
        return f"{self.type} to {self.endpoint_id}"

    @property
    def is_test(self) -> bool:
        """Whether it tells of nothing: somebody pressed the button."""
        return self.event_id is None


class DeliveryAttempt(models.Model):
    """One attempt: what was sent where, and what came back. Of the answer its beginning is kept, as text."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    urls = models.JSONField(default=list)
    """The addresses in turn: the endpoint's, and those it redirected to."""
    request_headers = models.JSONField(default=dict)
    status = models.PositiveIntegerField(null=True, blank=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number}: {self.status or self.error}"
