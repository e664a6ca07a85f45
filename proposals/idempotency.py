"""Carrying out a command once, however often it is sent (draft-ietf-httpapi-idempotency-key-header).

The key and the effect commit together: after a crash either both are there or neither.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from proposals.exceptions import Invalid
from proposals.locking import writing
from proposals.models import CommandAnswer

KEPT_HOURS = 24
KEY_LENGTH = 200

Answer = dict[str, Any]


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
        CommandAnswer.objects.filter(created_at__lt=timezone.now() - timedelta(hours=KEPT_HOURS)).delete()
        try:
            with transaction.atomic():
                row = CommandAnswer.objects.create(owner=owner, key=key, request_sha256=digest)
        except IntegrityError:
            return _repeated(owner, key, digest), True
        row.answer = run()
        row.save(update_fields=["answer"])
        return row.answer, False


def is_repeat(*, owner: str, key: str) -> bool:
    """Whether a command has run under a key: for what must be looked at before it, and not within its transaction."""
    kept = CommandAnswer.objects.filter(created_at__gte=timezone.now() - timedelta(hours=KEPT_HOURS))
    return kept.filter(owner=owner, key=key).exists()


def _repeated(owner: str, key: str, digest: str) -> Answer:
    row = CommandAnswer.objects.get(owner=owner, key=key)
    if row.request_sha256 != digest:
        raise Invalid(
            "This Idempotency-Key was used for another request. Nothing was changed; use a new key.",
            code="idempotency_conflict",
        )
    answer: Answer = row.answer
    return answer
