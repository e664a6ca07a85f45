"""A colleague's look before agreeing: private to one side."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import User
from proposals.models.participant import Participant
from proposals.models.party import Side
from proposals.models.proposal import Proposal


class ColleagueReview(models.Model):
    """Somebody asked a colleague of their own side to look before they agree.

    The other side learns nothing of it: no event tells of it and no version counts it. `is_fine` is None until the
    colleague has answered.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="colleague_reviews")
    side = models.CharField(max_length=6, choices=Side.choices)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="colleague_reviews")
    text = models.TextField(max_length=2000, blank=True)
    is_fine = models.BooleanField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.asked_by} asked {self.colleague}"
