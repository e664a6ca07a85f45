"""A relationship: two firms that work together over years, one usually the seller."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Firm


class Relationship(models.Model):
    """What one firm sells to another. Holds the proposals between them, also those that ended with a no.

    `external_id` and `metadata` are the seller's own. `version` counts changes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller_firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="relationships_as_seller")
    client_firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="relationships_as_client")
    external_id = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller_firm", "client_firm"], name="one_relationship_per_pair"),
            models.UniqueConstraint(
                fields=["seller_firm", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_relationship_per_external_id",
            ),
        )

    def __str__(self) -> str:
        return f"{self.seller_firm} and {self.client_firm}"
