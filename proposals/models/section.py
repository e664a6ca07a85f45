"""A section of a proposal. Its text lives in the room's log, its lines in rows."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from proposals.models.proposal import Proposal


class SectionQuerySet(models.QuerySet["Section"]):
    """Reading sections."""

    def standing(self) -> "SectionQuerySet":
        """Those that are part of the proposal now, in order."""
        return self.filter(removed_at__isnull=True).order_by("position", "id")


class Section(models.Model):
    """Prose, with a price table, or with the billing terms. A removed section keeps its row and its text in the log."""

    class Kind(models.TextChoices):
        PROSE = "prose", "Text"
        PRICING = "pricing", "Prices"
        BILLING = "billing", "How the work is billed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PROSE)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["proposal", "external_id"],
                condition=~models.Q(external_id="") & models.Q(removed_at__isnull=True),
                name="one_section_per_external_id",
            ),
        )

    def __str__(self) -> str:
        return self.title
