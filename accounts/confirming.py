"""Asking anew that somebody is who they are, before their account gets one more way in.

An open session may be a stolen one, or a browser left alone. So adding a passkey asks for a code that is mailed at that
moment: 15 minutes, five tries, ten codes in an hour. Once it was right it counts for the same browser until it would
have run out.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from accounts.codes import new_code
from accounts.exceptions import AccountRefusal, TooManyCodes
from accounts.models import AccountCode, User

CODE_MINUTES = 15
CODE_ATTEMPTS_COUNT = 5
CODES_PER_HOUR_COUNT = 10
CONFIRMED_KEY = "account_confirmed_by"
"""Where the session keeps the id of the code that was right."""


def make_account_code(*, by: User) -> str:
    """A code for this person, which the caller mails; the one before stops working. Raises TooManyCodes."""
    now = timezone.now()
    if by.account_codes.filter(created_at__gt=now - timedelta(hours=1)).count() >= CODES_PER_HOUR_COUNT:
        raise TooManyCodes("Ten codes were sent within the hour. Wait an hour, then ask for a new one.")
    by.account_codes.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    code = new_code()
    row = AccountCode(user=by, expires_at=now + timedelta(minutes=CODE_MINUTES))
    row.digest = _digest(row, code)
    row.save(force_insert=True)
    return code


def waits_for_code(user: User) -> bool:
    """Whether a code was mailed that can still be entered."""
    return _standing(user) is not None


def confirm_account(request: HttpRequest, *, by: User, written: str) -> None:
    """Take the code that was mailed: from now on this browser is confirmed, until the code would have run out.

    Raises AccountRefusal with `code_needed`, `code_expired` or `wrong_code`, and TooManyCodes after five wrong ones.
    """
    if not written.strip():
        raise AccountRefusal("Enter the code from the mail first. Nothing was changed.", code="code_needed")
    row = _standing(by)
    if row is None:
        raise AccountRefusal(
            "There is no valid code (any more). Ask for a new one; it comes by mail. Nothing was changed.",
            code="code_expired",
        )
    counted = AccountCode.objects.filter(id=row.id, attempts__lt=CODE_ATTEMPTS_COUNT)
    if not counted.update(attempts=F("attempts") + 1):
        raise TooManyCodes("The code was wrong five times. Ask for a new one. Nothing was changed.")
    if not secrets.compare_digest(row.digest, _digest(row, written)):
        left = CODE_ATTEMPTS_COUNT - row.attempts - 1
        raise AccountRefusal(
            f"“{written.strip()[:20]}” is not the code that was mailed. Attempts left: {left}. Nothing was changed.",
            code="wrong_code",
        )
    AccountCode.objects.filter(id=row.id).update(used_at=timezone.now())
    request.session[CONFIRMED_KEY] = str(row.id)


def is_confirmed(request: HttpRequest, user: User) -> bool:
    """Whether this browser has entered a code of this person that has not run out."""
    entered = request.session.get(CONFIRMED_KEY)
    if entered is None:
        return False
    return user.account_codes.filter(id=entered, used_at__isnull=False, expires_at__gt=timezone.now()).exists()


def require_confirmed(request: HttpRequest, user: User) -> None:
    """Raise AccountRefusal with code `code_expired` unless this browser is confirmed."""
    if not is_confirmed(request, user):
        raise AccountRefusal(
            "The code has run out. Ask for a new one; it comes by mail. Nothing was changed.", code="code_expired"
        )


def _standing(user: User) -> AccountCode | None:
    return user.account_codes.filter(used_at__isnull=True, expires_at__gt=timezone.now()).first()


def _digest(row: AccountCode, code: str) -> str:
    digits = "".join(sign for sign in code if sign.isdecimal())
    return hashlib.sha256(f"{row.id}:{row.user_id}:{digits}".encode()).hexdigest()
