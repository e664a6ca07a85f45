"""The collab app: the live room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CollabConfig(AppConfig):
    """Keeps the text of sections in a log of updates, live for everybody in the room."""

    name = "collab"
    verbose_name = "Rooms"

    def ready(self) -> None:
        """Check the limits, register as the keeper of the text, ring the doorbell after events, have logs tended."""
        from collab import doorbell, tending
        from collab.limits import limits
        from collab.text_port import RoomText
        from proposals import seam, text

        limits()
        post_migrate.connect(tending.ask_for_tending, sender=self, dispatch_uid="collab.tending")
        text.register(RoomText())
        seam.after_commit(doorbell.ring_after)
