"""“Show me the price”: asked by the client, or offered by the seller, and how it was answered (T04)."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import User
from proposals.models.fields import ExactDecimalField
from proposals.models.party import Side
from proposals.models.proposal import Proposal


class PriceRequest(models.Model):
    """A request for the price, or an offer to say it. It stands in the room's head for both until it is answered.

    The answer is a figure (`figure`), a range (`low <= likely <= high`, with how sure that is and what would change
    it), or a reason and a date (`reason`, `due_on`), which a later answer replaces. Amounts are before or after tax as
    the document's prices are, in `currency`. No part of what is agreed on.
    """

    class Answer(models.TextChoices):
        FIGURE = "figure", "A figure"
        RANGE = "range", "A range"
        LATER = "later", "Not yet: a reason and a date"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="price_requests")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    side = models.CharField(max_length=6, choices=Side.choices)
    text = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=6, choices=Answer.choices, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    figure = ExactDecimalField(null=True, blank=True)
    low = ExactDecimalField(null=True, blank=True)
    likely = ExactDecimalField(null=True, blank=True)
    high = ExactDecimalField(null=True, blank=True)
    sure = models.CharField(max_length=500, blank=True)
    would_change = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    due_on = models.DateField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.asked_by_name}: {self.answer or 'open'}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered."""
        return not self.answer

    @property
    def waits(self) -> bool:
        """Whether there is no figure and no range yet."""
        return self.answer in ("", self.Answer.LATER)
