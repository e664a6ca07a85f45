"""A passkey in software, for tests without a browser: what a device answers, with a key of its own."""

import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts import passkeys
from accounts.models import Passkey, User

HOST = "localhost"
ORIGIN = "http://localhost:8000"


class Authenticator:
    """One device with one passkey. `count` is what it says about its uses; 0 if it does not count."""

    def __init__(self, *, count: int = 0, verifies: bool = True) -> None:
        self.count = count
        self.id = secrets.token_bytes(32)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._flags = AuthenticatorData.FLAG.UP | (AuthenticatorData.FLAG.UV if verifies else 0)

    def made(self, options: dict[str, Any], *, origin: str = ORIGIN) -> str:
        """The answer to `ask_for_new`."""
        credential = AttestedCredentialData.create(
            Aaguid.NONE, self.id, ES256.from_cryptography_key(self._key.public_key())
        )
        flags = self._flags | AuthenticatorData.FLAG.AT
        told = AuthenticatorData.create(_hash(options["publicKey"]["rp"]["id"]), flags, self.count, credential)
        client = self._client("webauthn.create", options, origin)
        return self._answer(clientDataJSON=client, attestationObject=AttestationObject.create("none", told, {}))

    def answer(self, options: dict[str, Any], *, origin: str = ORIGIN) -> str:
        """The answer to `ask_to_confirm`."""
        told = AuthenticatorData.create(_hash(options["publicKey"]["rpId"]), self._flags, self.count)
        client = self._client("webauthn.get", options, origin)
        signature = self._key.sign(told + client.hash, ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=told, signature=signature)

    def registered(self, user: User, host: str = HOST) -> Passkey:
        """Register it for somebody."""
        asked = passkeys.ask_for_new(user, host)
        made = self.made(asked.options)
        return passkeys.register(by=user, host=host, state=asked.state, answer=made, name="Laptop")

    def _client(self, kind: str, options: dict[str, Any], origin: str) -> CollectedClientData:
        return CollectedClientData.create(type=kind, challenge=options["publicKey"]["challenge"], origin=origin)

    def _answer(self, **response: bytes) -> str:
        parts = {name: websafe_encode(bytes(value)) for name, value in response.items()}
        own = websafe_encode(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": parts})


def _hash(host: str) -> bytes:
    return sha256(host.encode())
