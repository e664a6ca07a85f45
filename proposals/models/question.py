"""Open questions between the parties, beside the text."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import User
from proposals.models.party import Side
from proposals.models.proposal import Proposal
from proposals.models.section import Section


class Question(models.Model):
    """A question of one side. Anyone of the asker's side closes it; a blocking one holds up freezing."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        WAIVED = "waived", "Waived"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="questions")
    section = models.ForeignKey(Section, on_delete=models.SET_NULL, null=True, blank=True, related_name="questions")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    side = models.CharField(max_length=6, choices=Side.choices)
    about = models.CharField(max_length=300, blank=True)
    text = models.TextField(max_length=4000)
    blocking = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    imported = models.BooleanField(default=False)
    """Whether it was asked on another server, as a file tells it: this one did not witness it."""

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["proposal", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_question_per_external_id",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]


class Reply(models.Model):
    """An answer or remark under a question."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=200)
    side = models.CharField(max_length=6, choices=Side.choices)
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField(default=timezone.now)
    imported = models.BooleanField(default=False)
    """As that of a question."""

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.text[:60]
