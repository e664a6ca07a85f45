"""Mailed codes: how they look, starting one for a known person, and the wait after too many wrong ones.

A code has eight digits and lives 15 minutes and five tries (`ACCOUNT_LOGIN_BY_CODE_*`). After the last wrong
try nobody at the same network address gets a code for that person for `WAIT_SECONDS`. The wait does not hold
for other networks, or anybody could lock anybody out; there, allauth's limit on codes asked for applies.
"""

import hashlib
import math
import secrets
import time

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from accounts.exceptions import MustWait
from accounts.models import User

WAIT_SECONDS = 5 * 60
REQUESTS_WAIT_SECONDS = 60
"""How long allauth's limit on codes asked for one address lasts (`request_login_code`, 3 a minute)."""

BACK_KEY = "account_back_to"


def new_code() -> str:
    """Eight random digits, with a dash in the middle that may be left out when typing."""
    digits = f"{secrets.randbelow(100_000_000):08d}"
    return f"{digits[:4]}-{digits[4:]}"


def mail_code(request: HttpRequest, *, user: User, back_to: str) -> None:
    """Mail a code to a person we know and make the session wait for it, without asking for the address.

    `back_to` is where the sign-in pages offer to go back to without a code; a path of this instance. Raises
    MustWait, with nothing sent.
    """
    seconds = wait_seconds(request, user.email)
    if seconds:
        raise MustWait(seconds)
    if not ratelimit.consume(request, action="request_login_code", key=user.email):
        raise MustWait(REQUESTS_WAIT_SECONDS)
    request.session[BACK_KEY] = back_to
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=user.email)


def begin_wait(request: HttpRequest, email: str) -> None:
    """Note the last wrong code for an address."""
    cache.set(_wait_key(request, email), time.time() + WAIT_SECONDS, WAIT_SECONDS)


def wait_seconds(request: HttpRequest, email: str) -> int:
    """How long this visitor still waits for a code to this address, in whole seconds; 0 if not at all."""
    until = cache.get(_wait_key(request, email))
    return max(0, math.ceil(until - time.time())) if until else 0


def wait_in_words(seconds: int) -> str:
    """“a minute” or “4 minutes”, rounded up."""
    minutes = math.ceil(seconds / 60)
    return "a minute" if minutes <= 1 else f"{minutes} minutes"


def _wait_key(request: HttpRequest, email: str) -> str:
    visitor = f"{email.strip().lower()}|{get_adapter(request).get_client_ip(request)}"
    return f"accounts:code-wait:{hashlib.sha256(visitor.encode()).hexdigest()}"
