"""A firm's own templates: what its new proposals may start from."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Firm, User


class Template(models.Model):
    """A proposal's structure, text and prices, without the client's data; see `documents.templates` for `content`.

    Words in braces, such as `{client}`, are variables: they are filled when a proposal is made from it. `version`
    counts changes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="templates")
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    currency = models.CharField(max_length=3)
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("title", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["firm", "external_id"],
                condition=~models.Q(external_id="") & models.Q(retired_at__isnull=True),
                name="one_template_per_external_id",
            ),
        )

    def __str__(self) -> str:
        return self.title
