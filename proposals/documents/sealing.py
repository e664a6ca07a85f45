"""Seals a signature into the PDF: PAdES, one certificate per signatory, as an incremental update (ETSI EN 319 142-1).

The first signature certifies the document and allows filling forms only; the others approve. Nothing but further
signatures may touch the file afterwards, and every later file begins with the bytes of the earlier one.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from proposals.documents.appearance import appearance
from proposals.documents.authority import Authority, instance_authority
from proposals.documents.certificates import Issued, issue
from proposals.documents.errors import NotSealable, SigningUnavailable
from proposals.documents.job import SIGNATURE_FIELD_PREFIX
from proposals.documents.signatory import Mark, Signatory

BASELINE_B: Final = "B-B"
BASELINE_T: Final = "B-T"
TIMESTAMP_TIMEOUT_SECONDS: Final = 15

LEVEL_SENTENCES: Final = {
    BASELINE_B: "The time of the signature is stated by this server; no timestamp authority is configured.",
    BASELINE_T: "The time of the signature is confirmed by a timestamp authority (RFC 3161).",
}
"""What each level means for the time, in words."""


@dataclass(frozen=True)
class Sealed:
    """The file after one more signature.

    `certificate_serial` is lower-case hexadecimal, `sha256` that of the whole new file, `level` the PAdES baseline.
    """

    pdf: bytes
    certificate_serial: str
    certificate_pem: str
    sha256: str
    level: str


@dataclass(frozen=True)
class Field:
    """A signature field of the file: its name, its size in points, and whether somebody has signed in it."""

    name: str
    width_points: float
    height_points: float
    is_signed: bool


class SealingWriter(IncrementalPdfFileWriter):
    """Appends to a file without touching its description.

    pyHanko would add itself as producer to the file's properties and metadata at every signature. Leaving them alone
    keeps them those of the revision, and lets verification treat any change of them as an attack.
    """

    def _update_meta(self) -> None:
        """Nothing: title, dates and metadata stay as they were rendered."""


class DatedSigner(PdfSigner):
    """A signer whose signature states the time of the act of signing, in UTC, instead of the time of its making."""

    def __init__(self, *args: Any, signed_at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signed_at = signed_at

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        """The session of pyHanko with our time in it."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.signed_at
        return session


def seal(
    pdf: bytes,
    *,
    slot: str,
    signatory: Signatory,
    mark: Mark,
    signed_at: datetime,
    method: str,
    reference: str,
    first: bool,
) -> Sealed:
    """Signs `pdf` in the block of `slot` and gives the longer file back; `pdf` is its beginning, byte for byte.

    `signed_at` is the aware time of the act, `method` how the person was identified ("Confirmed by a code sent to
    ..."), `reference` what was signed ("Revision 1, 9f2c ..."). `first` must say whether this is the first
    signature. Raises `NotSealable` for a wrong slot or order, `MissingGlyphs` for a name that can't be drawn,
    `Invalid` for a broken mark, `SigningUnavailable` if keys or timestamp can't be had. Nothing is signed then.
    Not for use inside an event loop: there call `async_seal`.
    """
    return asyncio.run(
        async_seal(
            pdf,
            slot=slot,
            signatory=signatory,
            mark=mark,
            signed_at=signed_at,
            method=method,
            reference=reference,
            first=first,
        )
    )


async def async_seal(
    pdf: bytes,
    *,
    slot: str,
    signatory: Signatory,
    mark: Mark,
    signed_at: datetime,
    method: str,
    reference: str,
    first: bool,
) -> Sealed:
    """`seal` for callers inside an event loop; rendering and hashing run in threads."""
    field = free_field(pdf, slot, first=first)
    authority = await asyncio.to_thread(instance_authority)
    drawn = await asyncio.to_thread(
        appearance,
        signatory,
        mark,
        signed_at=signed_at,
        method=method,
        reference=reference,
        width_points=field.width_points,
        height_points=field.height_points,
    )
    issued = issue(
        authority.issuer,
        authority.key,
        name=signatory.name,
        title=signatory.title,
        firm=signatory.firm,
        email=signatory.email,
        signed_at=signed_at,
    )
    metadata = PdfSignatureMetadata(
        field_name=field.name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=signatory.name,
        reason=f"I agree: {reference}",
        certify=first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    signed = await signed_file(pdf, drawn, metadata, authority, issued, signed_at.astimezone(UTC))
    return Sealed(
        pdf=signed,
        certificate_serial=issued.serial,
        certificate_pem=issued.pem,
        sha256=hashlib.sha256(signed).hexdigest(),
        level=level(),
    )


def level() -> str:
    """The PAdES baseline that signatures of this instance reach."""
    return BASELINE_T if settings.TIMESTAMP_URL else BASELINE_B


def signature_fields(pdf: bytes) -> list[Field]:
    """All signature fields of a file; raises `NotSealable` if it can't be read."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        found = []
        for name, value, reference in enumerate_sig_fields(reader):
            left, bottom, right, top = (float(number) for number in reference.get_object()["/Rect"])
            found.append(Field(name, right - left, top - bottom, is_signed=value is not None))
    except (PdfReadError, KeyError, ValueError) as error:
        raise NotSealable(f"The file can't be read as one of our documents ({error}). Nothing was signed.") from error
    return found


def free_field(pdf: bytes, slot: str, *, first: bool) -> Field:
    """The empty field of a slot; raises `NotSealable` if there is none or the order is not what the caller believes."""
    fields = signature_fields(pdf)
    if first == any(field.is_signed for field in fields):
        raise NotSealable("Somebody else has signed in the meantime. Reload the page and sign again.")
    for field in fields:
        if field.name == f"{SIGNATURE_FIELD_PREFIX}{slot}":
            if field.is_signed:
                raise NotSealable("This signature is already in the document.")
            return field
    raise NotSealable(f"The document has no place for the signature “{slot}”.")


async def signed_file(
    pdf: bytes,
    drawn: bytes,
    metadata: PdfSignatureMetadata,
    authority: Authority,
    issued: Issued,
    signed_at: datetime,
) -> bytes:
    """Appends the signature with its appearance `drawn` (a PDF of one page) to the file."""
    chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    chain.register_multiple([as_asn1(certificate) for certificate in authority.chain])
    signer = SimpleSigner(
        signing_cert=as_asn1(issued.certificate), signing_key=key_as_asn1(issued.key), cert_registry=chain
    )
    timestamper = None
    if settings.TIMESTAMP_URL:
        timestamper = HTTPTimeStamper(settings.TIMESTAMP_URL, timeout=TIMESTAMP_TIMEOUT_SECONDS)
    with tempfile.TemporaryDirectory(prefix="sameside-seal-") as folder:
        stamp = Path(folder) / "appearance.pdf"
        stamp.write_bytes(drawn)
        style = StaticStampStyle.from_pdf_file(str(stamp), border_width=0, background_layout=FILL_THE_FIELD)
        pdf_signer = DatedSigner(metadata, signer, timestamper=timestamper, stamp_style=style, signed_at=signed_at)
        try:
            output = await pdf_signer.async_sign_pdf(SealingWriter(io.BytesIO(pdf)), existing_fields_only=True)
        except TimestampRequestError as error:
            raise SigningUnavailable(
                "The timestamp authority did not answer, so nothing was signed. Try again in a few minutes."
            ) from error
        except SigningError as error:
            raise NotSealable(f"The file did not accept the signature ({error}). Nothing was signed.") from error
    signed: bytes = output.getvalue()
    return signed


FILL_THE_FIELD: Final = SimpleBoxLayoutRule(
    x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MIN, margins=Margins(0, 0, 0, 0)
)


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """A certificate in the form that pyHanko takes."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def key_as_asn1(key: ec.EllipticCurvePrivateKey) -> asn1_keys.PrivateKeyInfo:
    """A private key in the form that pyHanko takes; it stays in memory."""
    return asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
