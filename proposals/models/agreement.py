"""Agreements: a party's readiness to sign one part as it stood."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import User
from proposals.models.party import Side
from proposals.models.proposal import Proposal


class Agreement(models.Model):
    """A party agreed to a part with this fingerprint.

    It is current while the part's fingerprint equals this one and it was not withdrawn: nothing is
    invalidated by code, and content that returns to what was agreed counts as agreed again.
    `content` is what the part said, so that what changed since can be shown. `announced_current` only
    remembers what the audit trail said last, so that re-opening and restoring are told once each.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="agreements")
    part = models.CharField(max_length=60)
    side = models.CharField(max_length=6, choices=Side.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=70)
    text_seq = models.PositiveBigIntegerField()
    content = models.JSONField(null=True, blank=True)
    agreed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    announced_current = models.BooleanField(default=True)

    class Meta:
        ordering = ("agreed_at", "id")
        indexes = (models.Index(fields=["proposal", "part", "side"], name="agreement_by_part"),)

    def __str__(self) -> str:
        return f"{self.name} agreed to {self.part}"
