"""The webhooks app: endpoints of firms, and deliveries written beside audit events."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Tells programs what happens to proposals."""

    name = "webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        """Write deliveries in the transaction of each audit event."""
        from proposals import seam
        from webhooks import outbox

        seam.inside_transaction(outbox.write)
