"""Legal records: frozen revisions, signatures, stages of the file. They copy what they need and refuse change."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import MailedCode, User
from proposals.models.participant import Participant
from proposals.models.party import Side
from proposals.models.proposal import Proposal


class RecordIsFinal(Exception):
    """A legal record was about to be changed or deleted in Python; the database would refuse it as well."""


class FinalRecord(models.Model):
    """A row that is written once. A database trigger refuses changes that bypass Python."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; never update."""
        if not self._state.adding:
            raise RecordIsFinal(f"{type(self).__name__} {self.pk} is final.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise RecordIsFinal(f"{type(self).__name__} {self.pk} is final.")


class Revision(FinalRecord):
    """What was frozen: the canonical JSON (RFC 8785) of everything agreed, and its SHA-256."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    text_seq = models.PositiveBigIntegerField()
    engine_version = models.CharField(max_length=20)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["proposal", "number"], name="one_revision_per_number"),)

    def __str__(self) -> str:
        return f"Revision {self.number} of {self.proposal}"


class Reopening(FinalRecord):
    """A frozen revision was reopened before the last signature: it and its signatures no longer count."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, primary_key=True, related_name="reopening")
    reopened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=6, choices=Side.choices)
    reason = models.CharField(max_length=500, blank=True)
    reopened_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Reopening of {self.revision}"


class Signature(FinalRecord):
    """One person's signature of a revision, with what was known when it was given."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="signatures")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="signatures")
    slot = models.CharField(max_length=40)
    side = models.CharField(max_length=6, choices=Side.choices)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    email = models.EmailField()
    firm_name = models.CharField(max_length=300)
    mark_kind = models.CharField(max_length=5)
    mark = models.TextField()
    method = models.CharField(max_length=40)
    consent_version = models.CharField(max_length=20)
    consent_sha256 = models.CharField(max_length=64)
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=400)
    session_sha256 = models.CharField(max_length=64)
    certificate_serial = models.CharField(max_length=60)
    certificate_pem = models.TextField()
    level = models.CharField(max_length=10)
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("signed_at", "id")
        constraints = (models.UniqueConstraint(fields=["revision", "slot"], name="one_signature_per_slot"),)

    def __str__(self) -> str:
        return f"{self.name} on {self.revision}"


class FileStage(FinalRecord):
    """One stage of a revision's PDF: 0 is the unsigned base, n the file after the n-th signature."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="file_stages")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    length_bytes = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["revision", "number"], name="one_file_per_stage"),)

    def __str__(self) -> str:
        return f"Stage {self.number} of {self.revision}"


class Purpose(models.TextChoices):
    """What somebody confirms that they are themselves for."""

    SIGN = "sign", "sign"
    VOID = "void", "void the contract"


class SigningCode(MailedCode):
    """A code mailed for one signature, or for voiding: bound to the revision, the person and what it is for."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="signing_codes")
    purpose = models.CharField(max_length=4, choices=Purpose.choices, default=Purpose.SIGN)

    def __str__(self) -> str:
        return f"Signing code for {self.participant}"
