"""Codes of six digits, mailed to somebody for one act on one revision: signing it, or declaring it void."""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from proposals.actions import values
from proposals.exceptions import TooManyAttempts
from proposals.locking import writing
from proposals.models import Participant, Purpose, Revision, SigningCode

CODE_MINUTES = 15
CODE_ATTEMPTS_COUNT = 5
CODES_PER_HOUR_COUNT = 10


def make_code(place: Participant, revision: Revision, purpose: Purpose) -> tuple[SigningCode, str]:
    """A code for a person, who may do this, under the proposal's lock; earlier codes stop working.

    Raises TooManyAttempts after ten codes in an hour.
    """
    now = timezone.now()
    if place.signing_codes.filter(created_at__gt=now - timedelta(hours=1)).count() >= CODES_PER_HOUR_COUNT:
        raise TooManyAttempts(
            "Ten codes were sent within the hour. Wait an hour, then ask for a new one.",
            extra={"retry_after_seconds": 3600},
        )
    place.signing_codes.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    code = f"{secrets.randbelow(10**6):06d}"
    row = SigningCode(revision=revision, participant=place, purpose=purpose)
    row.expires_at = now + timedelta(minutes=CODE_MINUTES)
    row.digest = _digest(row, code)
    row.save(force_insert=True)
    return row, code


def check_code(place: Participant, revision: Revision, purpose: Purpose, written: str) -> SigningCode:
    """The person's standing code for this, if this is it. Counts the attempt whatever comes of it.

    So it must not be called within a transaction that a refusal undoes. Raises Invalid, TooManyAttempts.
    """
    standing = place.signing_codes.filter(
        revision=revision, purpose=purpose, used_at__isnull=True, expires_at__gt=timezone.now()
    )
    row = standing.select_related("participant").first()
    if row is None:
        raise values.refuse("code", "code_expired", "There is no valid code. Ask for a new one; it comes by mail.")
    with writing():
        counted = SigningCode.objects.filter(id=row.id, attempts__lt=CODE_ATTEMPTS_COUNT).update(
            attempts=F("attempts") + 1
        )
    if not counted:
        raise TooManyAttempts(
            "The code was wrong five times. Ask for a new one; this one does not work any more. Nothing was "
            f"{'signed' if purpose == Purpose.SIGN else 'changed'}.",
            extra={"retry_after_seconds": 60},
        )
    if not secrets.compare_digest(row.digest, _digest(row, "".join(written.split()))):
        left = CODE_ATTEMPTS_COUNT - row.attempts - 1
        raise values.refuse(
            "code", "wrong_code", f"“{values.shown(written)}” is not the code that was mailed. Attempts left: {left}."
        )
    return row


def _digest(row: SigningCode, code: str) -> str:
    return hashlib.sha256(f"{row.id}:{row.revision_id}:{row.participant_id}:{code}".encode()).hexdigest()
