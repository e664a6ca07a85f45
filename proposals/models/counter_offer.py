"""A value that somebody who may not change it proposes, and what became of it."""

from typing import Final

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import User
from proposals.models.line_item import LineItem
from proposals.models.party import Side
from proposals.models.proposal import Proposal
from proposals.models.section import Section

VALUE_LENGTH: Final = 60_000
"""How long a proposed value may be: a payment schedule of as many instalments as there can be."""


class CounterOffer(models.Model):
    """One proposed value, for a field of a line, of a section or of the whole (`documents.targets`).

    `was` and `value` are canonical texts: plain decimals, ISO dates, `10%` or an amount for a discount, `2%/10` for
    one that is given if paid within 10 days, the JSON of its instalments for a payment schedule. `words` says both
    for people, as they stood. An answer by another value is a counter-offer of its own that points to the first
    by `answers`. Only the other side accepts. It is never part of what is agreed on: what it leads to is.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        ANSWERED = "answered", "Answered by another value"
        WITHDRAWN = "withdrawn", "Withdrawn"
        OVERTAKEN = "overtaken", "Overtaken: the value changed meanwhile"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="counter_offers")
    line = models.ForeignKey(LineItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="counter_offers")
    section = models.ForeignKey(
        Section, on_delete=models.SET_NULL, null=True, blank=True, related_name="counter_offers"
    )
    title = models.CharField(max_length=200, blank=True)
    field = models.CharField(max_length=20)
    group = models.CharField(max_length=60, blank=True)
    was = models.TextField(max_length=VALUE_LENGTH, blank=True)
    value = models.TextField(max_length=VALUE_LENGTH, blank=True)
    currency = models.CharField(max_length=3)
    words = models.CharField(max_length=300)
    why = models.CharField(max_length=300, blank=True)
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    offered_by_name = models.CharField(max_length=200)
    side = models.CharField(max_length=6, choices=Side.choices)
    answers = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="answered_by")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    closed_by_name = models.CharField(max_length=200, blank=True)
    closed_why = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=["proposal", "state"], name="counter_offer_by_state"),)

    def __str__(self) -> str:
        return f"{self.offered_by_name}: {self.words}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for the other side."""
        return self.state == self.State.OPEN
