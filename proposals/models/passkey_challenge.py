"""What a passkey is to sign to confirm one signature, or that a contract is to be void."""

import hashlib

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from proposals.models.participant import Participant
from proposals.models.revision import Purpose, Revision


class PasskeyChallenge(models.Model):
    """A challenge bound to the revision, the person and what it is for: 5 minutes, one use. Kept with its answer.

    The passkey signs over `challenge`, which is made from `nonce` and the hash of the revision, so that the answer
    proves which revision was confirmed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="passkey_challenges")
    purpose = models.CharField(max_length=4, choices=Purpose.choices, default=Purpose.SIGN)
    host = models.CharField(max_length=253)
    nonce = models.CharField(max_length=64)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"Passkey challenge for {self.participant}"

    @property
    def challenge(self) -> bytes:
        """SHA-256 of the nonce, the revision's hash, the participant and what is confirmed, 32 bytes."""
        told = f"{self.nonce}:{self.revision.sha256}:{self.participant_id}"
        if self.purpose != Purpose.SIGN:
            told = f"{told}:{self.purpose}"
        return hashlib.sha256(told.encode()).digest()
