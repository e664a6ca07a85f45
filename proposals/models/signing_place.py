"""Places to sign: which person is to sign in which slot of a frozen revision."""

from django.db import models

from accounts.ids import new_id
from proposals.models.participant import Participant
from proposals.models.party import Side
from proposals.models.revision import Revision


class SigningPlace(models.Model):
    """A slot of a frozen revision and who is to sign in it. The document names the slot, never the person.

    `position` counts from 1 over both sides: where the parties sign in order, the smaller signs first. Handing a
    place over changes `participant` and nothing else; the audit trail tells from whom to whom, and why.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="signing_places")
    slot = models.CharField(max_length=40)
    side = models.CharField(max_length=6, choices=Side.choices)
    position = models.PositiveIntegerField()
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="signing_places")

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["revision", "slot"], name="one_place_per_slot"),
            models.UniqueConstraint(fields=["revision", "participant"], name="one_place_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.slot} of {self.revision}"

    @property
    def is_vacant(self) -> bool:
        """Whether the person takes part or signs no more, so that their side has to name somebody else."""
        return self.participant.removed_at is not None or not self.participant.is_signatory
