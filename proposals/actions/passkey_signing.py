"""Asking a person's passkey to confirm one signature; and how it is asked for any act."""

import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import passkeys
from proposals.access import Actor
from proposals.actions.signing import place_to_sign
from proposals.exceptions import Invalid, TooManyAttempts
from proposals.locking import lock_proposal
from proposals.models import Participant, PasskeyChallenge, Purpose, Revision

CHALLENGE_MINUTES = 5
QUESTIONS_PER_HOUR_COUNT = 20
"""How often a person's passkeys are asked within an hour, over all proposals."""


def ask_passkey(*, by: Actor, host: str) -> dict[str, Any]:
    """What the browser asks the person's passkeys at this host, for the frozen revision; earlier questions end.

    Raises Invalid if the person has no passkey there, TooManyAttempts after twenty questions in an hour, and what
    `make_signing_code` raises for who may not sign.
    """
    with lock_proposal(by.proposal_id) as proposal:
        place, revision = place_to_sign(by, proposal)
        return question_for(place, revision, Purpose.SIGN, host)


def question_for(place: Participant, revision: Revision, purpose: Purpose, host: str) -> dict[str, Any]:
    """A new question for a person who may do this, under the proposal's lock; for `ask_passkey` and voiding."""
    known = passkeys.passkeys_at(place.user, host)
    if not known:
        raise Invalid("You have no passkey here (any more). Use a mailed code. Nothing was changed.", code="no_passkey")
    now = timezone.now()
    asked = PasskeyChallenge.objects.filter(participant__user=place.user, created_at__gt=now - timedelta(hours=1))
    if asked.count() >= QUESTIONS_PER_HOUR_COUNT:
        raise TooManyAttempts(
            "Your passkeys were asked twenty times within the hour. Use a mailed code. Nothing was changed.",
            extra={"retry_after_seconds": 3600},
        )
    place.passkey_challenges.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    row = PasskeyChallenge(
        revision=revision, participant=place, purpose=purpose, host=host, nonce=secrets.token_hex(32)
    )
    row.expires_at = now + timedelta(minutes=CHALLENGE_MINUTES)
    row.save(force_insert=True)
    return passkeys.ask_to_confirm(host, known, challenge=row.challenge).options
