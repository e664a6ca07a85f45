"""People who take part in a proposal, and the links that invite them."""

from django.core import signing
from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import User
from proposals.models.party import Side
from proposals.models.proposal import Proposal


class Participant(models.Model):
    """A person on one side of a proposal. Editors write; readers read; signatories may also sign.

    `remind_on` is the day on which the person wants to be reminded, and not before; `reminders_off` keeps everybody's
    reminders away; `reminded_at` is when the other side last sent one.
    `signing_position` is the place among the signatories of the own side: the smaller signs first, where the parties
    sign in order; 0 is after the others. `only_signs` marks somebody who was named to sign and not invited into the
    room: their link comes when it is their turn. `may_agree` counts where the side names who agrees: then only they
    agree for it.
    """

    class Role(models.TextChoices):
        EDITOR = "editor", "Editor"
        READER = "reader", "Reader"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="participations")
    side = models.CharField(max_length=6, choices=Side.choices)
    role = models.CharField(max_length=6, choices=Role.choices, default=Role.EDITOR)
    is_signatory = models.BooleanField(default=False)
    signing_position = models.PositiveIntegerField(default=0)
    only_signs = models.BooleanField(default=False)
    may_agree = models.BooleanField(default=False)
    title = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    remind_on = models.DateField(null=True, blank=True)
    reminders_off = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (models.UniqueConstraint(fields=["proposal", "user"], name="one_participation_per_person"),)
        indexes = (models.Index(fields=["user", "proposal"], name="proposals_of_a_person"),)

    def __str__(self) -> str:
        return f"{self.user} ({self.side})"


class Invitation(models.Model):
    """A personal link. Opening it changes and consumes nothing; it is worthless for writing without the code.

    The link carries the signed id of this row, so that it can be shown and copied again. Nothing about its
    opening is recorded.
    """

    SALT = "sameside.invitation"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"Invitation of {self.participant}"

    @property
    def token(self) -> str:
        """What stands in the link."""
        return signing.Signer(salt=self.SALT).sign(self.id.hex)

    @classmethod
    def from_token(cls, token: str) -> "Invitation | None":
        """The invitation behind a link, or None if the link was not made by this instance."""
        try:
            key = signing.Signer(salt=cls.SALT).unsign(token)
        except signing.BadSignature:
            return None
        return cls.objects.select_related("participant__user", "participant__proposal").filter(id=key).first()
