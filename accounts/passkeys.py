"""Passkeys (WebAuthn level 2): register one, and let it confirm who somebody is, at sign-in and at signing.

A passkey is bound to the host it was made at and asks the person itself (user verification). It is one more way in:
the mailed code always stays, so nobody is locked out by a lost device. Challenges are kept on the server and count
once.

Not allauth's second factor: with that, whoever has a passkey could no longer come in by a mailed code alone, and its
challenges know nothing of a revision.
"""

import ipaddress
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from fido2.rpid import verify_rp_id
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.exceptions import AccountRefusal
from accounts.models import Passkey, User

MOST_PASSKEYS_COUNT = 10
LONGEST_RESPONSE = 16_000
VERIFIED = UserVerificationRequirement.REQUIRED

_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidSignature)
"""What fido2 raises for answers that are none, are for another challenge or host, or are signed with another key."""


class PasskeyRefused(AccountRefusal):
    """A passkey's answer can't be taken."""

    title = "The passkey was not confirmed"


@dataclass(frozen=True)
class Asked:
    """What the browser is asked (JSON for `navigator.credentials`), and what the server keeps until the answer."""

    options: dict[str, Any]
    state: dict[str, str]


@dataclass(frozen=True)
class Confirmed:
    """A passkey that answered, the count of its uses, and its answer as JSON text."""

    passkey: Passkey
    sign_count: int
    answer: str


def host_of(request: HttpRequest) -> str:
    """The host that a passkey is bound to."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def works_at(host: str) -> bool:
    """Whether browsers take passkeys there: at a name, not at a bare address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False


def passkeys_at(user: User, host: str) -> list[Passkey]:
    """The person's passkeys that can be used at this host, oldest first."""
    return list(user.passkeys.filter(host=host)) if works_at(host) else []


def ask_for_new(user: User, host: str) -> Asked:
    """Begin to register a passkey. Raises PasskeyRefused where none works, or if there are enough."""
    if not works_at(host):
        raise PasskeyRefused("Passkeys need an address with a name, not with numbers only.", code="no_passkeys_here")
    known = passkeys_at(user, host)
    if len(known) >= MOST_PASSKEYS_COUNT:
        raise PasskeyRefused(
            f"You have {MOST_PASSKEYS_COUNT} passkeys here. Remove one first. Nothing was changed.",
            code="too_many_passkeys",
        )
    entity = PublicKeyCredentialUserEntity(id=user.id.bytes, name=user.email, display_name=user.display_name)
    options, state = _server(host).register_begin(
        entity,
        [_credential(passkey) for passkey in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
    )
    return Asked(dict(options), _kept(state))


def register(*, by: User, host: str, state: dict[str, str] | None, answer: str, name: str) -> Passkey:
    """Keep a new passkey. Raises PasskeyRefused if the answer does not fit what was asked."""
    try:
        made = _server(host).register_complete(_standing(state), _read(answer))
        credential = made.credential_data
        if credential is None:
            raise ValueError("There is no credential in the answer.")
    except _UNREADABLE as error:
        raise PasskeyRefused(
            "The new passkey could not be confirmed. Nothing was changed; try again.", code="bad_passkey"
        ) from error
    shown = " ".join(name.split())[:100] or f"Passkey of {timezone.now():%-d %B %Y}"
    passkey = Passkey(user=by, host=host, name=shown, sign_count=made.counter)
    passkey.credential_id = websafe_encode(credential.credential_id)
    passkey.credential = websafe_encode(bytes(credential))
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError as error:
        raise PasskeyRefused(
            "This passkey is registered already. Nothing was changed.", code="known_passkey"
        ) from error
    return passkey


def remove(*, by: User, passkey_id: uuid.UUID) -> None:
    """Forget a passkey of one's own. Raises PasskeyRefused for any other."""
    removed, _ = by.passkeys.filter(id=passkey_id).delete()
    if not removed:
        raise PasskeyRefused("This passkey is not yours, or it is gone already.", code="not_found")


def ask_to_confirm(host: str, passkeys: Iterable[Passkey] | None = None, *, challenge: bytes | None = None) -> Asked:
    """Ask for one of these passkeys, or, without any named, for whichever the person has for this host."""
    credentials = None if passkeys is None else [_credential(passkey) for passkey in passkeys]
    options, state = _server(host).authenticate_begin(credentials, VERIFIED, challenge)
    return Asked(dict(options), _kept(state))


def confirm(*, host: str, state: dict[str, str] | None, answer: str, of: User | None = None) -> Confirmed:
    """Check a passkey's answer: made for this challenge at this host, by a passkey of this person or of anybody.

    Raises PasskeyRefused. Nothing is written: whoever uses the answer calls `record_use` and forgets the challenge.
    """
    try:
        read = AuthenticationResponse.from_dict(_read(answer))
        passkey = Passkey.objects.select_related("user").get(credential_id=websafe_encode(read.raw_id), host=host)
        if (of is not None and passkey.user_id != of.id) or not passkey.user.is_active:
            raise ValueError("The passkey is somebody else's.")
        _server(host).authenticate_complete(_standing(state), [_credential(passkey)], read)
    except (*_UNREADABLE, Passkey.DoesNotExist) as error:
        raise PasskeyRefused(
            "This passkey could not be confirmed. Try again, or use a mailed code.", code="bad_passkey"
        ) from error
    count = read.response.authenticator_data.counter
    if passkey.sign_count and count <= passkey.sign_count:
        raise PasskeyRefused(
            "This passkey may have been copied: it counts its uses, and the count went back. Use a mailed code, and "
            "remove the passkey from your account.",
            code="copied_passkey",
        )
    return Confirmed(passkey, count, answer)


def record_use(confirmed: Confirmed) -> None:
    """Note that a passkey was used."""
    Passkey.objects.filter(id=confirmed.passkey.id).update(sign_count=confirmed.sign_count, last_used_at=timezone.now())


def _server(host: str) -> Fido2Server:
    """Takes answers from pages of exactly this host, by https or on this machine."""
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name=settings.INSTANCE_NAME),
        verify_origin=lambda origin: urlsplit(origin).hostname == host and verify_rp_id(host, origin),
    )


def _credential(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(passkey.credential))


def _kept(state: Any) -> dict[str, str]:
    return {"challenge": str(state["challenge"]), "user_verification": VERIFIED.value}


def _standing(state: dict[str, str] | None) -> dict[str, str]:
    if not state:
        raise ValueError("Nothing was asked.")
    return state


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_RESPONSE:
        raise ValueError("The answer is too long.")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("The answer is no object.")
    return read
