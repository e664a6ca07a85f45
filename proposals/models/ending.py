"""What stands between a proposal and its end: more time that is asked for, and the wish to void what was signed."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import User
from proposals.models.party import Side
from proposals.models.proposal import Proposal
from proposals.models.revision import FinalRecord, Revision


class AnsweredRequest(models.Model):
    """What one side asks of the other: it stays visible with its answer, and one waits at a time.

    Each kind has `status` with its own choices, of which `open` waits, and the lengths of its own texts.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal: "models.ForeignKey[Proposal, Proposal]"
    status: "models.CharField[str, str]"
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    answered_by_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.asked_by_name}: {self.status}"

    @property
    def is_open(self) -> bool:
        """Whether the other side has not answered."""
        return self.status == "open"


class ExtensionRequest(AnsweredRequest):
    """The client asks the seller to let the offer stand longer; it stays visible with its answer.

    `wished_until` is a day or nothing: one click is enough. A granted request has the new last day in
    `granted_until`; a refused one has the seller's words in `answer`.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Waiting for an answer"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Not granted"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="extension_requests")
    text = models.CharField(max_length=500, blank=True)
    wished_until = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.OPEN)
    granted_until = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta(AnsweredRequest.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["proposal"], condition=models.Q(status="open"), name="one_open_extension_request"
            ),
        )


class VoidRequest(AnsweredRequest):
    """One side wants to void what both signed, and says why. The other side confirms it, or it stays valid."""

    class Status(models.TextChoices):
        OPEN = "open", "Waiting for the other side"
        CONFIRMED = "confirmed", "Void by both"
        REFUSED = "refused", "Refused by the other side"
        TAKEN_BACK = "taken_back", "Taken back"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="void_requests")
    side = models.CharField(max_length=6, choices=Side.choices)
    reason = models.CharField(max_length=1000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    answer = models.CharField(max_length=1000, blank=True)

    class Meta(AnsweredRequest.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["proposal"], condition=models.Q(status="open"), name="one_open_void_request"
            ),
        )


class Voiding(FinalRecord):
    """Both sides declared a signed revision void. The revision, its signatures and its sealed file stay as they are."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, primary_key=True, related_name="voiding")
    reason = models.CharField(max_length=1000)
    proposed_side = models.CharField(max_length=6, choices=Side.choices)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_by_name = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by_name = models.CharField(max_length=200)
    voided_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Voiding of {self.revision}"
