"""Secrets of endpoints: made, kept encrypted, and used to sign.

A signature needs the secret itself, so it can't be kept as a hash. It is encrypted with a key derived from `SECRET_KEY`
(or one of `SECRET_KEY_FALLBACKS`): a copy of the database alone signs nothing.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes
from standardwebhooks import Webhook

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
SHOWN_CHARACTERS: Final = 4


class Unreadable(Exception):
    """A secret that was encrypted with a key this instance does not have any more."""


def new_secret() -> str:
    """`whsec_` and 256 random bits in base64 (Standard Webhooks, “Signature scheme”)."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def hint_of(secret: str) -> str:
    """The beginning, by which people tell secrets apart."""
    return secret[: len(PREFIX) + SHOWN_CHARACTERS]


def seal(secret: str) -> str:
    """The secret, encrypted."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again. Raises Unreadable if it was sealed with another instance's key."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable() from error


def signatures(sealed: Sequence[str], message_id: str, at: datetime, body: str) -> str:
    """The value of `webhook-signature`: one signature for each secret, the newest first. `at` is in UTC."""
    return " ".join(Webhook(unseal(each)).sign(message_id, at, body) for each in sealed)


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_key(each)) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret_key: str | bytes) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"sameside webhook secrets").derive(force_bytes(secret_key))
    return base64.urlsafe_b64encode(derived)
