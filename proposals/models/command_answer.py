"""Commands that were carried out, by their idempotency key: a repeat has no second effect."""

from django.db import models
from django.utils import timezone


class CommandAnswer(models.Model):
    """The answer to a command, kept 24 hours. `owner` is whoever sent it: a user, an invitation or a token.

    `answer` holds the ids of what was made, `shown` what the API answered: status, headers and body. It is None of
    answers with a secret in them, and where a crash came before it.
    """

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    shown = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "key"], name="one_answer_per_key"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.owner}"
