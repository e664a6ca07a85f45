"""Carrying out a command once, however often it is sent (draft-ietf-httpapi-idempotency-key-header).

The key and the effect commit together: after a crash either both are there or neither. How the effect was shown is
kept after that; where a crash comes between, a repeat is shown it anew.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from proposals.exceptions import Invalid, Refusal
from proposals.locking import writing
from proposals.models import CommandAnswer

KEPT_HOURS = 24
KEY_LENGTH = 200

Answer = dict[str, Any]


class LeavesTrace(Exception):
    """What `run` raises for a refusal whose traces are to stay, as attempts at a code count: it commits."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


def once(*, owner: str, key: str, request: bytes, run: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Run a command under a key, or give the answer of the time it ran. The flag says whether it is a repeat.

    `run` gives a JSON object and must not render, mail or talk to the network: it runs inside the transaction.
    A refusal raised by it is not kept, so that a corrected command may be sent under the same key. Raises
    Invalid with code `idempotency_conflict` for the same key with another request. A repeat that arrives while
    the first one runs waits for it.
    """
    if len(key) > KEY_LENGTH:
        raise Invalid(f"An Idempotency-Key has at most {KEY_LENGTH} characters.", code="bad_idempotency_key")
    digest = hashlib.sha256(request).hexdigest()
    with writing():
        CommandAnswer.objects.filter(created_at__lt=_kept_since()).delete()
        try:
            with transaction.atomic():
                row = CommandAnswer.objects.create(owner=owner, key=key, request_sha256=digest)
        except IntegrityError:
            standing = CommandAnswer.objects.get(owner=owner, key=key)
            _require_same(standing, digest)
            return standing.answer, True
        try:
            row.answer = run()
        except LeavesTrace as left:
            row.delete()
            refusal = left.refusal
        else:
            row.save(update_fields=["answer"])
            return row.answer, False
    raise refusal


def kept(*, owner: str, key: str, request: bytes) -> CommandAnswer | None:
    """What a command that ran under this key gave; None for a new one.

    Raises Invalid with code `idempotency_conflict` for the same key with another request.
    """
    row = CommandAnswer.objects.filter(created_at__gte=_kept_since(), owner=owner, key=key).first()
    if row is not None:
        _require_same(row, hashlib.sha256(request).hexdigest())
    return row


def keep_shown(*, owner: str, key: str, shown: Answer) -> None:
    """Keep how the outcome of a command was shown, for its repeats."""
    with writing():
        CommandAnswer.objects.filter(owner=owner, key=key).update(shown=shown)


def _kept_since() -> datetime:
    return timezone.now() - timedelta(hours=KEPT_HOURS)


def _require_same(row: CommandAnswer, digest: str) -> None:
    if row.request_sha256 != digest:
        raise Invalid(
            "This Idempotency-Key was used for another request. Nothing was changed; use a new key.",
            code="idempotency_conflict",
        )
