"""The collab app: the live room."""

from django.apps import AppConfig


class CollabConfig(AppConfig):
    """Keeps the text of sections in a log of updates, live for everybody in the room."""

    name = "collab"
    verbose_name = "Rooms"

    def ready(self) -> None:
        """Check the limits, register as the keeper of the text, and ring the doorbell after every event."""
        from collab import doorbell
        from collab.limits import limits
        from collab.text_port import RoomText
        from proposals import seam, text

        limits()
        text.register(RoomText())
        seam.after_commit(doorbell.ring_after)
