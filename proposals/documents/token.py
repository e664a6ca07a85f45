"""The operator's authority in a token (PKCS#11): its key signs certificates there and never leaves it.

`SIGNING_PKCS11_MODULE` names the library that speaks to the token, `_TOKEN` and `_KEY` the labels, `_PIN` what opens
it, `_CERTIFICATES` a PEM file with the authority's certificate first and those above it. The keys here look to
`cryptography` like any other private key, so certificates are built in one way for all kinds of authority.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from proposals.documents.errors import SigningUnavailable

if TYPE_CHECKING:
    from pkcs11 import Session

PROBE: Final = b"Is this the key of the certificate?"
ONE_AT_A_TIME: Final = threading.Lock()
"""A login belongs to the whole process, so only one thread at a time may be in a token."""


@dataclass(frozen=True)
class Place:
    """Where a key is: the library, the labels of token and key, and the PIN."""

    module: str
    token: str
    key: str
    pin: str = field(repr=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The opened token. Raises `SigningUnavailable` with what is wrong and nothing of the PIN."""
        import pkcs11  # a compiled library that few servers need
        from pkcs11 import exceptions

        if not Path(self.module).is_file():
            raise unusable(f"SIGNING_PKCS11_MODULE: there is no file {self.module}")
        with ONE_AT_A_TIME:
            try:
                token = pkcs11.lib(self.module).get_token(token_label=self.token)
                with token.open(user_pin=self.pin) as session:
                    yield session
            except exceptions.NoSuchToken as error:
                raise unusable(f"SIGNING_PKCS11_TOKEN: there is no token with the label “{self.token}”") from error
            except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange) as error:
                raise unusable("SIGNING_PKCS11_PIN is not the PIN of the token") from error
            except exceptions.PinLocked as error:
                raise unusable("the token is locked after too many wrong PINs; its maker's tool unlocks it") from error
            except (exceptions.NoSuchKey, exceptions.MultipleObjectsReturned) as error:
                raise unusable(f"SIGNING_PKCS11_KEY: not exactly one private key has the label “{self.key}”") from error
            except (exceptions.PKCS11Error, RuntimeError) as error:
                raise unusable(f"the token answers {type(error).__name__} {error}".strip()) from error

    def sign(self, content: bytes, kind: str, hash_name: str) -> bytes:
        """The raw signature over `content`; `kind` is RSA or EC."""
        from pkcs11 import Mechanism, ObjectClass

        with self.session() as session:
            key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self.key)
            if kind == "EC":
                digest = hashlib.new(hash_name, content).digest()
                return bytes(key.sign(digest, mechanism=Mechanism.ECDSA))
            return bytes(key.sign(content, mechanism=Mechanism[f"{hash_name.upper()}_RSA_PKCS"]))


def unusable(why: str) -> SigningUnavailable:
    """The refusal of a token, with the reason."""
    return SigningUnavailable(f"The signing key in the token can’t be used: {why}. Nothing was signed.")


class Kept:
    """What no key in a token gives away."""

    def refuse(self, *arguments: Any, **options: Any) -> NoReturn:
        """The key stays in the token."""
        raise NotImplementedError("The key stays in its token.")

    private_numbers = private_bytes = decrypt = exchange = refuse

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self


class TokenEllipticKey(Kept, ec.EllipticCurvePrivateKey):
    """An elliptic-curve key in a token, as `cryptography` takes private keys."""

    def __init__(self, place: Place, public: ec.EllipticCurvePublicKey) -> None:
        self.place, self.public = place, public

    @property
    def curve(self) -> ec.EllipticCurve:
        """That of the certificate's key."""
        return self.public.curve

    @property
    def key_size(self) -> int:
        """In bits."""
        return self.public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """From the certificate."""
        return self.public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA in the token, in DER."""
        from pkcs11.util.ec import encode_ecdsa_signature

        algorithm = signature_algorithm.algorithm
        if not isinstance(algorithm, hashes.HashAlgorithm):
            self.refuse()
        return bytes(encode_ecdsa_signature(self.place.sign(bytes(data), "EC", algorithm.name)))


class TokenRSAKey(Kept, rsa.RSAPrivateKey):
    """An RSA key in a token, as `cryptography` takes private keys; PKCS#1 v1.5 only."""

    def __init__(self, place: Place, public: rsa.RSAPublicKey) -> None:
        self.place, self.public = place, public

    @property
    def key_size(self) -> int:
        """In bits."""
        return self.public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """From the certificate."""
        return self.public

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        """RSA in the token."""
        return self.place.sign(bytes(data), "RSA", algorithm.name)


TokenKey = TokenEllipticKey | TokenRSAKey


def key_in_token(place: Place, certificate: x509.Certificate) -> TokenKey:
    """The key that belongs to a certificate. Raises `SigningUnavailable` if it can't sign, or is another one."""
    public = certificate.public_key()
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            elliptic = TokenEllipticKey(place, public)
            public.verify(elliptic.sign(PROBE, ec.ECDSA(hashes.SHA384())), PROBE, ec.ECDSA(hashes.SHA384()))
            return elliptic
        if isinstance(public, rsa.RSAPublicKey):
            modular = TokenRSAKey(place, public)
            signature = modular.sign(PROBE, padding.PKCS1v15(), hashes.SHA384())
            public.verify(signature, PROBE, padding.PKCS1v15(), hashes.SHA384())
            return modular
    except InvalidSignature as error:
        raise unusable("it is not the key of the first certificate in SIGNING_PKCS11_CERTIFICATES") from error
    raise unusable("the first certificate in SIGNING_PKCS11_CERTIFICATES has neither an RSA nor an elliptic-curve key")


def certificates_from(path: str) -> list[x509.Certificate]:
    """The certificates in the PEM file, in its order. Raises `SigningUnavailable`."""
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise unusable(f"the file SIGNING_PKCS11_CERTIFICATES can’t be read ({error})") from error
