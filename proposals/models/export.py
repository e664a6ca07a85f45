"""A PDF that somebody asked for and that takes a while: what is to be in it, how far it is, and where it is kept."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from proposals.models.proposal import Proposal


class Export(models.Model):
    """One PDF of one content, for whoever of the proposal asks for it; made once.

    `key` is the hash of everything that counts for its pages: the same content is found again, another one is not.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MAKING = "making", "Being made"
        MADE = "made", "Made"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="exports")
    epoch = models.PositiveIntegerField()
    """The proposal's epoch: what was made before sharing stays where it was made."""
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    content = models.TextField(blank=True)
    """The canonical JSON that is printed; empty for a revision, which has its own, and once the file is made."""
    live_url = models.CharField(max_length=500, blank=True)
    page = models.PositiveIntegerField(default=0)
    """The page that was laid out last."""
    expected_page_count = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=200, blank=True)
    """The file in the storage, "" for a revision, whose stages are kept by themselves."""
    problem = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(default=timezone.now)
    """When something was last heard of it."""

    class Meta:
        ordering = ("asked_at",)
        constraints = (models.UniqueConstraint(fields=["proposal", "epoch", "key"], name="one_export_per_content"),)

    def __str__(self) -> str:
        return f"PDF of {self.proposal} ({self.state})"

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to come."""
        return self.state in (self.State.WAITING, self.State.MAKING)
