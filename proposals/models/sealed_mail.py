"""Whether the mail with the sealed file reached the mail server."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from proposals.models.participant import Participant
from proposals.models.revision import Revision


class SealedMail(models.Model):
    """The mail with the sealed file to one participant: sent, or refused. Sealing never waits for it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="sealed_mails")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    was_sent = models.BooleanField()
    tried_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["revision", "participant"], name="one_sealed_mail_each"),)

    def __str__(self) -> str:
        return f"Mail of {self.revision} to {self.participant}"
