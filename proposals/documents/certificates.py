"""The certificates themselves: what stands in one for an authority, and in one for a single signature.

Each signature gets a fresh P-256 key and a certificate that is valid for minutes; the key signs once and is never
stored. Such a certificate is not worth revoking, and says so (RFC 9608).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning (RFC 9336)."""

NO_REVOCATION = ObjectIdentifier("2.5.29.56")
"""id-ce-noRevAvail (RFC 9608): no revocation information will ever be published for this certificate."""

CERTIFICATE_MINUTES = 10
CLOCK_MARGIN_MINUTES = 1
REVOCATION_LIST_DAYS = 90
LONGEST_NAME_BYTES = 64
"""ub-common-name and its siblings (X.520), counted in bytes to be safe with every validator.

Longer names are shortened in the certificate, never in the signature's own name or its appearance.
"""

IssuingKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Issued:
    """A certificate for one signature, with the key that exists only until it has signed."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def serial(self) -> str:
        """The serial number in lower-case hexadecimal, as stored with the signature."""
        return serial_of(self.certificate)

    @property
    def pem(self) -> str:
        """The certificate in PEM."""
        return self.certificate.public_bytes(Encoding.PEM).decode()


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number of a certificate in lower-case hexadecimal."""
    return format(certificate.serial_number, "x")


def shortened(name: str) -> str:
    """A name as it fits into a certificate: at most 64 bytes of UTF-8, cut between characters."""
    if len(name.encode()) <= LONGEST_NAME_BYTES:
        return name
    room = LONGEST_NAME_BYTES - len("…".encode())
    return f"{name.encode()[:room].decode(errors='ignore')}…"


def may_issue(certificate: x509.Certificate) -> bool:
    """Whether a certificate is that of an authority (basic constraints and key usage, RFC 5280)."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return constraints.ca and usage.key_cert_sign


def authority_certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuing_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    days: int,
    *,
    path_length: int,
) -> x509.Certificate:
    """The certificate of an authority; the root is one whose keys are the same."""
    builder = common_fields(subject, issuer, key.public_key(), issuing_key.public_key())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=days))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    builder = builder.add_extension(key_usage(signs_documents=False), critical=True)
    return builder.sign(issuing_key, hashes.SHA384())


def revocation_list(issuer: x509.Certificate, issuing_key: IssuingKey, issued_at: datetime) -> bytes:
    """The DER of a list that says, for ninety days, that the issuer has revoked nothing."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(issued_at)
        .next_update(issued_at + timedelta(days=REVOCATION_LIST_DAYS))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing_key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(issued_at.timestamp())), critical=False)
    )
    return builder.sign(issuing_key, hashes.SHA384()).public_bytes(Encoding.DER)


def issue(
    issuer: x509.Certificate,
    issuing_key: IssuingKey,
    *,
    name: str,
    title: str,
    firm: str,
    email: str,
    signed_at: datetime,
) -> Issued:
    """A fresh key and a certificate for one signature of a person whose address was verified.

    Valid from a minute before `signed_at` (aware) to ten minutes after it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [(NameOID.COMMON_NAME, name), (NameOID.TITLE, title), (NameOID.ORGANIZATION_NAME, firm)]
    subject = x509.Name([x509.NameAttribute(oid, shortened(value)) for oid, value in attributes if value])
    builder = common_fields(subject, issuer.subject, key.public_key(), issuing_key.public_key())
    moment = signed_at.astimezone(UTC).replace(microsecond=0)
    builder = builder.not_valid_before(moment - timedelta(minutes=CLOCK_MARGIN_MINUTES))
    builder = builder.not_valid_after(moment + timedelta(minutes=CERTIFICATE_MINUTES))
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(key_usage(signs_documents=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName([mail_name(email)]), critical=False)
    builder = builder.add_extension(x509.UnrecognizedExtension(NO_REVOCATION, b"\x05\x00"), critical=False)
    return Issued(key=key, certificate=builder.sign(issuing_key, hashes.SHA384()))


def mail_name(email: str) -> x509.GeneralName:
    """A verified mail address as a certificate carries it; beyond ASCII as SmtpUTF8Mailbox (RFC 9598)."""
    if email.isascii():
        return x509.RFC822Name(email)
    utf8 = email.encode()
    return x509.OtherName(ObjectIdentifier("1.3.6.1.5.5.7.8.9"), b"\x0c" + der_length(len(utf8)) + utf8)


def der_length(length: int) -> bytes:
    """A length in DER (X.690, 8.1.3) of up to 65,535 bytes."""
    if length < 0x80:
        return bytes([length])
    return bytes([0x81, length]) if length < 0x100 else bytes([0x82, *length.to_bytes(2, "big")])


def common_fields(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuing_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
) -> x509.CertificateBuilder:
    """What every certificate has: names, key, a random serial number, and the identifiers of both keys."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing_key), critical=False)
    )


def key_usage(*, signs_documents: bool) -> x509.KeyUsage:
    """Document signatures (with content commitment) for people, certificates and revocation lists for authorities."""
    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        encipher_only=False,
        decipher_only=False,
    )
