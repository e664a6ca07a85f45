"""Seals a signature into the PDF: PAdES, one certificate per signatory, as an incremental update (ETSI EN 319 142-1).

The first signature certifies the document and allows filling forms only; the others approve. Nothing but further
signatures may touch the file afterwards, and every later file begins with the bytes of the earlier one.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
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
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from proposals.documents.appearance import appearance
from proposals.documents.archiving import AppendingWriter, async_archive
from proposals.documents.authority import Authority, instance_authority
from proposals.documents.certificates import Issued, issue
from proposals.documents.errors import NotSealable, SigningUnavailable, TimestampUnavailable
from proposals.documents.job import SIGNATURE_FIELD_PREFIX
from proposals.documents.levels import BASELINE_B, BASELINE_LTA, BASELINE_T, STATED_BY_SERVER
from proposals.documents.signatory import Mark, Signatory
from proposals.documents.timestamps import TimestampClient, Window
from proposals.documents.words import moment_in_words
from proposals.languages import direction_of

logger = logging.getLogger("sameside.documents")


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
    """A signature field of the file: its name, its size in points, and whether somebody has signed in it.

    `direction` is how the language of the file is written, "ltr" or "rtl".
    """

    name: str
    width_points: float
    height_points: float
    is_signed: bool
    direction: str


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


@dataclass(frozen=True)
class Act:
    """One act of signing: where, who, with which mark, when, and what for, as `seal` describes them."""

    slot: str
    signatory: Signatory
    mark: Mark
    signed_at: datetime
    method: str
    reference: str
    first: bool
    last: bool
    reason: str = ""


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
    last: bool = False,
    reason: str = "",
) -> Sealed:
    """Signs `pdf` in the block of `slot` and gives the longer file back; `pdf` is its beginning, byte for byte.

    `signed_at` is the aware time of the act, `method` how the person was identified ("Confirmed by a code sent to
    ..."), `reference` what was signed ("Revision 1, 9f2c ..."), `reason` why, if not to agree. `first` must say
    whether this is the first signature; after the `last` one validation data and an archive timestamp are appended,
    if there is an authority for timestamps. Raises `NotSealable` for a wrong slot or order, `MissingGlyphs` for a
    name that can't be drawn, `Invalid` for a broken mark, `SigningUnavailable` if keys or timestamp can't be had.
    Nothing is signed then.
    Not for use inside an event loop: there call `async_seal`.
    """
    return asyncio.run(async_seal(pdf, Act(slot, signatory, mark, signed_at, method, reference, first, last, reason)))


async def async_seal(pdf: bytes, act: Act) -> Sealed:
    """`seal` for callers inside an event loop; rendering, hashing and the network are in threads."""
    field = free_field(pdf, act.slot, first=act.first)
    authority = await asyncio.to_thread(instance_authority)
    require_validity(authority, act.signed_at)
    if settings.TIMESTAMP_URL:
        try:
            return await sealed(pdf, act, field, authority, timestamped=True)
        except TimestampUnavailable as refusal:
            if not settings.TIMESTAMP_OPTIONAL:
                raise
            logger.warning("Sealed without a timestamp, as TIMESTAMP_OPTIONAL allows: %s", refusal.detail)
    return await sealed(pdf, act, field, authority, timestamped=False)


async def sealed(pdf: bytes, act: Act, field: Field, authority: Authority, *, timestamped: bool) -> Sealed:
    """The file with the signature, and after the last one with what later years need."""
    issued = issue(
        authority.issuer,
        authority.key,
        name=act.signatory.name,
        title=act.signatory.title,
        firm=act.signatory.firm,
        email=act.signatory.email,
        signed_at=act.signed_at,
    )
    client = None
    if timestamped:
        certificate = issued.certificate
        client = TimestampClient(
            settings.TIMESTAMP_URL, window=Window(certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        )
        await client.certificates()  # an authority that is down is noticed before anything is drawn
    signed = await with_signature(pdf, act, field, authority, issued, client)
    level = BASELINE_T if client is not None else BASELINE_B
    if client is not None and act.last:
        signed, is_complete = await async_archive(signed, client, authority, act.signed_at)
        level = BASELINE_LTA if is_complete else BASELINE_T
    return Sealed(
        pdf=signed,
        certificate_serial=issued.serial,
        certificate_pem=issued.pem,
        sha256=hashlib.sha256(signed).hexdigest(),
        level=level,
    )


def require_validity(authority: Authority, moment: datetime) -> None:
    """Raises `SigningUnavailable` if a certificate of the chain is not valid at a time: nobody could check it."""
    for certificate in authority.chain:
        name = certificate.subject.rfc4514_string()
        if moment > certificate.not_valid_after_utc:
            raise SigningUnavailable(
                f"The certificate of this server’s authority ({name}) expired on "
                f"{moment_in_words(certificate.not_valid_after_utc)}, so nothing can be signed. Whoever runs this "
                "server has to renew it. Nothing was signed."
            )
        if moment < certificate.not_valid_before_utc:
            raise SigningUnavailable(
                f"The certificate of this server’s authority ({name}) is valid only from "
                f"{moment_in_words(certificate.not_valid_before_utc)} on. Nothing was signed."
            )


def signature_fields(pdf: bytes) -> list[Field]:
    """All signature fields of a file; raises `NotSealable` if it can't be read."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        direction = direction_of(str(reader.root.get("/Lang", "")))
        found = []
        for name, value, reference in enumerate_sig_fields(reader):
            left, bottom, right, top = (float(number) for number in reference.get_object()["/Rect"])
            found.append(Field(name, right - left, top - bottom, is_signed=value is not None, direction=direction))
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


async def with_signature(
    pdf: bytes, act: Act, field: Field, authority: Authority, issued: Issued, client: TimestampClient | None
) -> bytes:
    """The file with one more signature and its appearance."""
    drawn = await asyncio.to_thread(
        appearance,
        act.signatory,
        act.mark,
        signed_at=act.signed_at,
        method=act.method,
        reference=act.reference,
        width_points=field.width_points,
        height_points=field.height_points,
        stated=STATED_BY_SERVER if client is None else "",
        direction=field.direction,
    )
    metadata = PdfSignatureMetadata(
        field_name=field.name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=act.signatory.name,
        reason=act.reason or f"I agree: {act.reference}",
        certify=act.first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    return await appended(pdf, drawn, metadata, authority, issued, act.signed_at.astimezone(UTC), client)


async def appended(
    pdf: bytes,
    drawn: bytes,
    metadata: PdfSignatureMetadata,
    authority: Authority,
    issued: Issued,
    signed_at: datetime,
    client: TimestampClient | None,
) -> bytes:
    """Appends the signature with its appearance `drawn` (a PDF of one page) to the file."""
    chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    chain.register_multiple([as_asn1(certificate) for certificate in authority.chain])
    signer = SimpleSigner(
        signing_cert=as_asn1(issued.certificate), signing_key=key_as_asn1(issued.key), cert_registry=chain
    )
    with tempfile.TemporaryDirectory(prefix="sameside-seal-") as folder:
        stamp = Path(folder) / "appearance.pdf"
        stamp.write_bytes(drawn)
        style = StaticStampStyle.from_pdf_file(str(stamp), border_width=0, background_layout=FILL_THE_FIELD)
        pdf_signer = DatedSigner(metadata, signer, timestamper=client, stamp_style=style, signed_at=signed_at)
        try:
            output = await pdf_signer.async_sign_pdf(AppendingWriter(io.BytesIO(pdf)), existing_fields_only=True)
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
