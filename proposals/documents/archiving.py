"""What keeps a sealed file checkable in later years: validation data, and a timestamp over the whole file (B-LTA).

Appended once, together with the last signature: the certificates and revocation lists behind each signature and each
timestamp (DSS and VRI, ISO 32000-2 12.8.4.3), then the archive timestamp in an invisible field of its own.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, ValidationError

from proposals.documents.authority import Authority, authority_revocation_list
from proposals.documents.certificates import revocation_list
from proposals.documents.timestamp_roots import timestamp_roots
from proposals.documents.timestamps import TimestampClient, certificates_in

ARCHIVE_FIELD: Final = "archive"
GATHERING_SECONDS: Final = 20
"""How long revocation data may take to be fetched; what has not come by then is left out."""

OUT_OF_THE_PAGE: Final = InvisSigSettings(box_out_of_bounds=True)
"""Neither PDF/A nor PDF/UA wants an untagged field within the page."""

logger = logging.getLogger("sameside.documents")


class AppendingWriter(IncrementalPdfFileWriter):
    """Appends to a file without touching its description.

    pyHanko would add itself as producer to the file's properties and metadata at every signature. Leaving them alone
    keeps them those of the revision, and lets verification treat any change of them as an attack.
    """

    def _update_meta(self) -> None:
        """Nothing: title, dates and metadata stay as they were rendered."""


@dataclass
class ValidationData:
    """Certificates, lists and answers to put into the file. `is_complete`: the timestamps lead to a known root."""

    certificates: list[asn1_x509.Certificate] = field(default_factory=list)
    revocation_lists: list[asn1_crl.CertificateList] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    is_complete: bool = False


async def async_archive(
    pdf: bytes, client: TimestampClient, authority: Authority, signed_at: datetime
) -> tuple[bytes, bool]:
    """The file with validation data and an archive timestamp, and whether the data is complete.

    `signed_at` is the time of the last signature. Raises `TimestampUnavailable` if there is no timestamp.
    """
    gathered = await gather(client, authority, signed_at)
    writer = AppendingWriter(io.BytesIO(pdf))
    store = DocumentSecurityStore(writer=writer)
    for found in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures:
        tokens = [data for signed in (False, True) for data in extract_tst_data_iter(found.signer_info, signed=signed)]
        store.register_vri(  # type: ignore[no-untyped-call]
            store.sig_content_identifier(found.pkcs7_content.hex().encode()),
            certs=[
                found.signer_cert,
                *found.other_embedded_certs,
                *(one for token in tokens for one in certificates_in(token)),
                *gathered.certificates,
            ],
            ocsps=gathered.answers,
            crls=gathered.revocation_lists,
        )
    writer.root[pdf_name("/DSS")] = writer.add_object(store.as_pdf_object())  # type: ignore[no-untyped-call]
    writer.update_root()  # type: ignore[no-untyped-call]
    stamper = PdfTimeStamper(client, field_name=ARCHIVE_FIELD, invis_settings=OUT_OF_THE_PAGE)
    output = await stamper.async_timestamp_pdf(writer, "sha256")
    archived: bytes = output.getvalue()
    return archived, gathered.is_complete


async def gather(client: TimestampClient, authority: Authority, signed_at: datetime) -> ValidationData:
    """What is needed to check our chain and that of the timestamps; what can't be had in time is left out."""
    stamping = await client.certificates()
    ours = [as_asn1(certificate.public_bytes(Encoding.DER)) for certificate in authority.chain]
    gathered = ValidationData(certificates=[*stamping, *ours])
    lists = [asn1_crl.CertificateList.load(own) for own in await asyncio.to_thread(own_lists, authority, signed_at)]
    anchors = anchors_for(stamping)
    context = ValidationContext(
        trust_roots=[ours[-1], *anchors],
        other_certs=[*stamping, *ours],
        crls=lists,
        allow_fetching=True,
    )
    try:
        async with asyncio.timeout(GATHERING_SECONDS):
            gathered.is_complete = await has_path(stamping[0], stamping[1:], context, {"time_stamping"})
            if len(ours) > 1:
                await has_path(ours[0], ours[1:], context, set())
    except (TimeoutError, OSError) as error:
        logger.warning("Revocation data for a sealed file could not be had: %s", error)
    finally:
        await context.aclose()  # type: ignore[no-untyped-call]
    if gathered.is_complete:
        gathered.certificates += anchors
    gathered.revocation_lists = context.crls
    gathered.answers = context.ocsps
    return gathered


def own_lists(authority: Authority, signed_at: datetime) -> list[bytes]:
    """What we have revoked (nothing): as the issuer for signatories, and as the root, if it is ours."""
    of_issuer = revocation_list(authority.issuer, authority.key, signed_at)
    of_root = authority_revocation_list(signed_at)
    return [of_issuer, of_root] if of_root else [of_issuer]


def leads_to_known_root(client: TimestampClient) -> bool:
    """Whether the certificate of an authority leads to a root that is known here. Raises `TimestampUnavailable`."""

    async def asked() -> bool:
        stamping = await client.certificates()
        known = timestamp_roots()
        context = ValidationContext(trust_roots=known, other_certs=stamping, allow_fetching=False)
        return bool(known) and await has_path(stamping[0], stamping[1:], context, {"time_stamping"})

    return asyncio.run(asked())


def anchors_for(stamping: Sequence[asn1_x509.Certificate]) -> list[asn1_x509.Certificate]:
    """The roots that the operator trusts for timestamps, or, without such, the root that the authority sent along."""
    return timestamp_roots() or [one for one in stamping if one.subject == one.issuer]


async def has_path(
    leaf: asn1_x509.Certificate,
    others: Sequence[asn1_x509.Certificate],
    context: ValidationContext,
    purposes: set[str],
) -> bool:
    """Whether a certificate leads to a root; on the way the context keeps the revocation data that it met."""
    validator = CertificateValidator(leaf, intermediate_certs=list(others), validation_context=context)
    try:
        await validator.async_validate_usage(set(), purposes)  # type: ignore[no-untyped-call]
    except (PathBuildingError, PathValidationError, ValidationError) as error:
        logger.warning("No path from %s to a known root: %s", leaf.subject.human_friendly, error)
        return False
    return True


def as_asn1(der: bytes) -> asn1_x509.Certificate:
    """A certificate in the form that pyHanko takes."""
    return asn1_x509.Certificate.load(der)
