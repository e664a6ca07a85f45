"""The audit trail: append-only, hash-chained, the same for both sides."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from proposals.models.party import Side
from proposals.models.proposal import Proposal
from proposals.models.revision import FinalRecord


class AuditEvent(FinalRecord):
    """One link of the chain of a proposal's epoch, numbered without gaps from 1.

    `hash` is SHA-256 over the RFC 8785 JSON of {proposal, epoch, number, type, created_at, content_digest,
    previous_hash}. What was said and who did it stands in `AuditContent` beside it, bound by a salted
    digest, so that personal content can be erased one day without breaking the chain.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="audit_events")
    epoch = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now)
    content_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("proposal", "epoch", "number")
        constraints = (models.UniqueConstraint(fields=["proposal", "epoch", "number"], name="dense_audit_number"),)

    def __str__(self) -> str:
        return f"{self.number} {self.type}"


class AuditContent(FinalRecord):
    """Who did it and what was said: digest = SHA-256(salt || RFC 8785 JSON of {actor, name, side, facts})."""

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="content")
    salt = models.CharField(max_length=32)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    side = models.CharField(max_length=6, choices=Side.choices, blank=True)
    facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Content of {self.event}"
