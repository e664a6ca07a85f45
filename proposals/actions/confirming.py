"""How somebody who signs or voids is known to be that person: by a code mailed for this act, or by a passkey.

Both are bound to the person, the revision and the act, run out soon, and count once. The mailed code always stays
possible.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from accounts import passkeys
from accounts.passkeys import PasskeyRefused
from proposals.actions import values
from proposals.actions.mailed_codes import check_code
from proposals.exceptions import Invalid
from proposals.models import Participant, PasskeyChallenge, Purpose, Revision, SigningCode


@dataclass(frozen=True)
class Confirmation:
    """That a person was there, checked but not yet used up."""

    participant: Participant
    method: str
    """As the signature records it."""
    words: str
    """As the visible signature says it."""
    use: Callable[[], None]
    """Uses it up, inside the transaction that keeps the signature. Raises Invalid if it was used already."""


def confirm(place: Participant, revision: Revision, purpose: Purpose, *, code: str, passkey: str) -> Confirmation:
    """What somebody sent to confirm an act: the passkey's answer, or else the mailed code.

    Attempts are counted whatever comes of them: not to be called within a transaction that a refusal undoes.
    """
    if passkey:
        return by_passkey(place, revision, passkey, purpose)
    return by_mailed_code(place, check_code(place, revision, purpose, code))


def by_mailed_code(place: Participant, code: SigningCode) -> Confirmation:
    """A code that was the right one."""

    def use() -> None:
        if not SigningCode.objects.filter(id=code.id, used_at__isnull=True).update(used_at=timezone.now()):
            raise values.refuse("code", "code_used", "This code was used already. Ask for a new one.")

    return Confirmation(place, "mailed code", f"Confirmed by a code sent to {place.user.email}", use)


def by_passkey(place: Participant, revision: Revision, answer: str, purpose: Purpose = Purpose.SIGN) -> Confirmation:
    """Check a passkey's answer to the person's standing challenge for this act.

    Raises Invalid if there is none (any more), or if the answer is not one of the person's passkeys to it.
    """
    standing = PasskeyChallenge.objects.select_related("revision").filter(
        participant=place, revision=revision, purpose=purpose, used_at__isnull=True, expires_at__gt=timezone.now()
    )
    challenge = standing.first()
    if challenge is None:
        raise _refuse("passkey_expired", "The confirmation by passkey has run out. Confirm once more.")
    asked = passkeys.ask_to_confirm(challenge.host, challenge=challenge.challenge)
    try:
        confirmed = passkeys.confirm(host=challenge.host, state=asked.state, answer=answer, of=place.user)
    except PasskeyRefused as refusal:
        raise _refuse(refusal.code, refusal.detail) from refusal

    def use() -> None:
        unused = PasskeyChallenge.objects.filter(id=challenge.id, used_at__isnull=True)
        if not unused.update(used_at=timezone.now(), answer=confirmed.answer):
            raise _refuse("passkey_used", "This confirmation by passkey was used already. Confirm once more.")
        passkeys.record_use(confirmed)

    return Confirmation(place, "passkey", f"Confirmed by a passkey of {place.user.email}", use)


def end_standing(place: Participant) -> None:
    """End the mailed code and the question to a passkey that wait for somebody's confirmation."""
    now = timezone.now()
    for waiting in (place.signing_codes, place.passkey_challenges):
        waiting.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)


def _refuse(code: str, detail: str) -> Invalid:
    return values.refuse("passkey", code, detail)
