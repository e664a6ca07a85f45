"""The certificates behind the signatures: the instance's own authority, or the operator's.

Self-made (the embedded default): a root and a signing authority below it, made at the first use and kept in
`DATA_DIR/keys/authority/` as encrypted PKCS#12 files that only the operating user may read. With `SIGNING_PKCS12`
or `SIGNING_PKCS11_MODULE` (`token.py`) the operator's own certificate authority takes the place of both;
`docs/signing.md` says what it must be.

The certificates of signatories (`certificates.py`) are issued from here, one for each signature.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from proposals.documents import token
from proposals.documents.certificates import (
    IssuingKey,
    authority_certificate,
    may_issue,
    revocation_list,
    shortened,
)
from proposals.documents.errors import SigningUnavailable

ROOT_DAYS = 365 * 25
SIGNING_AUTHORITY_DAYS = 365 * 15


@dataclass(frozen=True)
class Authority:
    """Who issues the certificates of signatories.

    `chain` leads from the issuing certificate (first) to the root (last); with a root that issues itself both are one.
    """

    key: IssuingKey
    chain: tuple[x509.Certificate, ...]

    @property
    def issuer(self) -> x509.Certificate:
        """The certificate that signs the certificates of signatories."""
        return self.chain[0]

    @property
    def root(self) -> x509.Certificate:
        """The certificate that people may decide to trust."""
        return self.chain[-1]


def instance_authority() -> Authority:
    """The authority of this instance, made now if there is none yet.

    Raises `SigningUnavailable` if its files can't be opened or are not what they should be.
    """
    if settings.SIGNING_PKCS12 and settings.SIGNING_PKCS11_MODULE:
        raise SigningUnavailable(
            "Both SIGNING_PKCS12 and SIGNING_PKCS11_MODULE are set; take one of them away. Nothing was signed."
        )
    if settings.SIGNING_PKCS12:
        return operators_authority(str(settings.SIGNING_PKCS12), settings.SIGNING_PKCS12_PASSWORD)
    if settings.SIGNING_PKCS11_MODULE:
        return authority_in_token(
            token.Place(
                settings.SIGNING_PKCS11_MODULE,
                settings.SIGNING_PKCS11_TOKEN,
                settings.SIGNING_PKCS11_KEY,
                settings.SIGNING_PKCS11_PIN,
            ),
            str(settings.SIGNING_PKCS11_CERTIFICATES),
        )
    return self_made_authority(authority_folder(), passphrases())


def authority_revocation_list(issued_at: datetime) -> bytes | None:
    """A fresh list of what our own root has revoked (nothing), in DER, for the validation data of a sealed file.

    None where the root is not ours to speak for, or is kept offline.
    """
    if settings.SIGNING_PKCS12 or settings.SIGNING_PKCS11_MODULE:
        return None
    instance_authority()
    try:
        content = (authority_folder() / "root.p12").read_bytes()
    except OSError:
        return None
    opened = opened_with(content, passphrases())
    return revocation_list(opened.issuer, opened.key, issued_at) if opened else None


def authority_folder() -> Path:
    """Where the self-made authority is kept."""
    return Path(settings.DATA_DIR) / "keys" / "authority"


def root_pem() -> bytes:
    """The root certificate for download, in PEM."""
    return instance_authority().root.public_bytes(Encoding.PEM)


def root_der() -> bytes:
    """The root certificate for download, in DER (what Adobe Reader and Windows import)."""
    return instance_authority().root.public_bytes(Encoding.DER)


def root_fingerprint() -> str:
    """The SHA-256 of the root certificate (DER) in lower-case hexadecimal."""
    return instance_authority().root.fingerprint(hashes.SHA256()).hex()


def passphrases() -> tuple[bytes, ...]:
    """What may open the key files; the first one is used for new files.

    `SIGNING_KEY_PASSPHRASE` if it is set; otherwise derived from `SECRET_KEY`, and from its fallbacks so that the
    secret can be rotated.
    """
    given = str(settings.SIGNING_KEY_PASSPHRASE)
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [derived_passphrase(str(secret)) for secret in secrets]
    return (given.encode(), *derived) if given else tuple(derived)


def derived_passphrase(secret: str) -> bytes:
    """A passphrase from a secret key (HKDF with SHA-256, RFC 5869), so that the key file alone is not enough."""
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"sameside instance authority")
    return derivation.derive(secret.encode()).hex().encode()


@lru_cache(maxsize=4)
def operators_authority(path: str, password: str) -> Authority:
    """The certificate authority in the operator's PKCS#12 file, with the certificates above it."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(Path(path).read_bytes(), password.encode() or None)
    except (OSError, ValueError) as error:
        raise SigningUnavailable(f"The file SIGNING_PKCS12 can't be opened ({error}). Nothing was signed.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or certificate is None:
        raise SigningUnavailable("SIGNING_PKCS12 must hold an RSA or elliptic-curve key with its certificate.")
    if not may_issue(certificate):
        raise SigningUnavailable(
            "The certificate in SIGNING_PKCS12 may not issue certificates. Sameside makes one certificate for each "
            "signature, so it needs a certificate authority, not the certificate of a person or firm."
        )
    return Authority(key=key, chain=ordered_chain(certificate, others))


@lru_cache(maxsize=4)
def authority_in_token(place: token.Place, certificates: str) -> Authority:
    """The certificate authority whose key is in the operator's token."""
    first, *others = token.certificates_from(certificates)
    if not may_issue(first):
        raise token.unusable(
            "the first certificate in SIGNING_PKCS11_CERTIFICATES may not issue certificates. Sameside makes one "
            "certificate for each signature, so it needs a certificate authority"
        )
    return Authority(key=token.key_in_token(place, first), chain=ordered_chain(first, others))


def ordered_chain(certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The certificate and those above it, each one issued by the next, as far as `others` goes."""
    chain = [certificate]
    by_subject = {other.subject: other for other in others}
    while chain[-1].issuer != chain[-1].subject and chain[-1].issuer in by_subject:
        chain.append(by_subject.pop(chain[-1].issuer))
    return tuple(chain)


@lru_cache(maxsize=4)
def self_made_authority(folder: Path, candidates: tuple[bytes, ...]) -> Authority:
    """The authority in `folder`, made if the folder does not exist.

    The folder appears whole or not at all (renamed into place), so two processes that start together agree on one.
    """
    if not folder.exists():
        make_authority(folder, candidates[0])
    try:
        opened = opened_with((folder / "signing.p12").read_bytes(), candidates)
    except OSError as error:
        raise SigningUnavailable(
            f"The instance's signing keys can't be read ({error.strerror}): look at {folder}. Nothing was signed."
        ) from error
    if opened is None:
        raise SigningUnavailable(
            "The instance's signing keys can't be opened: SECRET_KEY or SIGNING_KEY_PASSPHRASE is not the one they "
            "were made with. Put the old SECRET_KEY into SECRET_KEY_FALLBACKS. Nothing was signed."
        )
    return opened


def opened_with(content: bytes, candidates: Sequence[bytes]) -> Authority | None:
    """The authority in one of our PKCS#12 files, if one of the passphrases opens it."""
    for passphrase in candidates:
        try:
            key, certificate, others = pkcs12.load_key_and_certificates(content, passphrase)
        except ValueError:
            continue
        if isinstance(key, ec.EllipticCurvePrivateKey) and certificate is not None:
            return Authority(key=key, chain=(certificate, *others))
    return None


def make_authority(folder: Path, passphrase: bytes, *, begins_at: datetime | None = None) -> None:
    """Makes root and signing authority and puts their folder in place, unless another process was first.

    They are valid from `begins_at` (aware), by default from now.
    """
    now = begins_at or datetime.now(UTC).replace(microsecond=0)
    root_key = ec.generate_private_key(ec.SECP384R1())
    signing_key = ec.generate_private_key(ec.SECP384R1())
    root_name = authority_name("Root")
    root = authority_certificate(root_name, root_name, root_key, root_key, now, ROOT_DAYS, path_length=1)
    signing = authority_certificate(
        authority_name("Signing"), root_name, signing_key, root_key, now, SIGNING_AUTHORITY_DAYS, path_length=0
    )
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    encryption = BestAvailableEncryption(passphrase)
    draft = Path(tempfile.mkdtemp(prefix=".authority-", dir=folder.parent))
    files = {
        "signing.p12": pkcs12.serialize_key_and_certificates(b"signing", signing_key, signing, [root], encryption),
        "root.p12": pkcs12.serialize_key_and_certificates(b"root", root_key, root, None, encryption),
        "root.pem": root.public_bytes(Encoding.PEM),
    }
    for name, content in files.items():
        write_private(draft / name, content)
    try:
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft)
        if not folder.exists():
            raise


def write_private(path: Path, content: bytes) -> None:
    """Writes a new file that only its owner may read, and waits until it is on disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def authority_name(role: str) -> x509.Name:
    """The name of one of the instance's own authorities."""
    instance = settings.INSTANCE_NAME
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, shortened(instance)),
            x509.NameAttribute(NameOID.COMMON_NAME, shortened(f"{role} authority of {instance}")),
        ]
    )
