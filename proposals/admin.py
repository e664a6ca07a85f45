"""The operator's look at the records: reading only. Changes go through the product, and leave a trace there."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from proposals.models import Agreement, AuditEvent, FileStage, Participant, Proposal, Relationship, Revision, Signature


class ReadingOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows; adds, changes and deletes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


for model in (Agreement, AuditEvent, FileStage, Participant, Proposal, Relationship, Revision, Signature):
    admin.site.register(model, ReadingOnly)
