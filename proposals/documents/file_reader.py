"""Reads a signed PDF: its signatures, what they cover, what was changed after them, and the JSON inside.

Everything that pyHanko can say about a file, as the values of `signed_file.py`. Only `reading_worker.py` needs it.
Its strings are made plain ones: they know the file that they come from, and whoever copies one copies all of it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DSSCompareRule,
    FieldComparisonContext,
    FormUpdate,
    FormUpdatingRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from proposals.documents.certificates import shortened
from proposals.documents.job import SIGNATURE_FIELD_PREFIX
from proposals.documents.signed_file import ArchiveReading, SignatureReading, SignedFile, UnreadableFile
from proposals.documents.usages import QuickReader

DEEPEST_NAME_TREE: Final = 8
PADES: Final = "/ETSI.CAdES.detached"


def holds_timestamp(added: generic.DictionaryObject) -> bool:
    """Whether a field is signed with a timestamp over the file, and with nothing else."""
    if "/V" not in added:
        return False
    value = added["/V"]
    return isinstance(value, generic.DictionaryObject) and value.get("/Type") == "/DocTimeStamp"


class ArchiveFieldRule(SigFieldCreationRule):
    """Lets a new field pass only if it is invisible and holds a timestamp over the file."""

    def apply(self, context: FieldComparisonContext) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        """What pyHanko's rule allows, for such fields only."""
        for name, spec in context.field_specs.items():
            if spec.old_field_ref is None and spec.new_field_ref is not None:
                added = spec.new_field_ref.get_object()
                if not isinstance(added, generic.DictionaryObject) or not holds_timestamp(added):
                    raise SuspiciousModification(f"The field {name} was added and is not a timestamp.")
        yield from super().apply(context)


ONLY_SIGNATURES: Final = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule(
        field_rules=[ArchiveFieldRule(), SigFieldModificationRule()],  # type: ignore[no-untyped-call]
    ),
)
"""What may follow a signature: another one in a field that was there, validation data, a timestamp. Nothing else.

Stricter than pyHanko's own policy, which also lets the properties (`/Info`), the metadata, and new fields pass.
"""


def read_signed_file(
    pdf: bytes,
    *,
    our_root: asn1_x509.Certificate | None,
    timestamp_roots: Sequence[asn1_x509.Certificate] = (),
    read_with: type[PdfFileReader] = QuickReader,
) -> SignedFile:
    """Reads and validates everything in a file. Raises `UnreadableFile` for anything that can't be read as a PDF.

    `our_root` is the root that this server issues below; None means that no signature can be recognised as ours.
    `read_with` pyHanko's own reader gives the same, and takes ten times as long for long files.
    """
    try:
        reader = read_with(io.BytesIO(pdf))
        fields = [(str(name), value is not None) for name, value, _ in enumerate_sig_fields(reader)]
        embedded_signatures = reader.embedded_regular_signatures
        stamps = reader.embedded_timestamp_signatures
        whole = is_covered(reader)
        return SignedFile(
            signatures=tuple(
                read_signature(found, our_root, timestamp_roots, whole=whole) for found in embedded_signatures
            ),
            empty_slots=tuple(name.removeprefix(SIGNATURE_FIELD_PREFIX) for name, signed in fields if not signed),
            embedded=tuple(embedded_files(reader)),
            has_unknown_signature=sum(signed for _, signed in fields) != len(embedded_signatures) + len(stamps),
            archives=tuple(read_archive(found, reader, timestamp_roots) for found in stamps),
        )
    except Exception as error:  # a file from anywhere: the library may fail on it in any way, and that is the answer
        raise UnreadableFile(f"{type(error).__name__}: {error}") from error


def is_covered(reader: PdfFileReader) -> bool:
    """Whether the last signature or timestamp covers the whole file."""
    seals = reader.embedded_signatures
    return bool(seals) and seals[-1].evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE


def read_signature(
    found: EmbeddedPdfSignature,
    our_root: asn1_x509.Certificate | None,
    timestamp_roots: Sequence[asn1_x509.Certificate],
    *,
    whole: bool,
) -> SignatureReading:
    """Validates one signature: against our root if it leads there, else against the root that it brought along.

    What follows it is looked at only in a file that its last signature or timestamp covers (`whole`): anything else is
    refused already, and looking takes most of the time.
    """
    try:
        certificate = found.signer_cert
    except SignatureValidationError:
        return unexaminable(found)
    brought = [certificate, *found.other_embedded_certs]
    own_root = next((one for one in brought if one.subject == one.issuer), None)
    issued_by_us = our_root is not None and any(one.dump() == our_root.dump() for one in brought)
    anchors = [root for root in (our_root if issued_by_us else own_root,) if root is not None]
    # A root that the file brings along vouches for no time: whoever made it can make any authority below it.
    believed = [*(anchors if issued_by_us else ()), *timestamp_roots]
    status = status_of(found, anchors, brought, believed, skip_diff=not whole)
    stamp = status.timestamp_validity if status is not None else None
    subject = certificate.subject.native
    return SignatureReading(
        field_name=str(found.fq_name),
        revision=found.signed_revision,
        name=full_name(found, text_of(subject.get("common_name"))),
        title=text_of(subject.get("title")),
        firm=text_of(subject.get("organization_name")),
        email=email_of(certificate),
        certificate_serial=format(certificate.serial_number, "x"),
        issuer=text_of(certificate.issuer.native.get("common_name")),
        root_fingerprint=own_root.sha256.hex() if own_root is not None else "",
        is_sound=bool(status and status.intact and status.valid and has_clean_padding(found)),
        is_pades=found.sig_object.get("/SubFilter") == PADES,
        certifies=found.docmdp_level is not None and "/Reference" in found.sig_object,
        chain_is_valid=bool(status and status.trusted),
        issued_by_us=bool(issued_by_us and status and status.trusted),
        covers_whole_file=bool(status and status.coverage == SignatureCoverageLevel.ENTIRE_FILE),
        changes_allowed=status is not None and (not whole or only_signatures_follow(status)),
        stated_at=found.self_reported_timestamp,
        timestamp_at=stamp.timestamp if stamp is not None and stamp.valid and stamp.intact else None,
        timestamp_authority=text_of(stamp.signing_cert.subject.native.get("common_name")) if stamp else "",
        timestamp_is_trusted=bool(stamp is not None and stamp.trusted),
    )


def read_archive(
    found: EmbeddedPdfSignature, reader: PdfFileReader, timestamp_roots: Sequence[asn1_x509.Certificate]
) -> ArchiveReading:
    """Validates a timestamp over the file, at its own time."""
    status = None
    stamped_at = moment_in(found.signed_data)
    try:
        brought = [found.signer_cert, *found.other_embedded_certs]
        anchors = timestamp_roots or [one for one in brought if one.subject == one.issuer]
        status = validate_pdf_timestamp(found, context(anchors, brought, stamped_at), diff_policy=ONLY_SIGNATURES)
    except SignatureValidationError:
        brought = []
    return ArchiveReading(
        revision=found.signed_revision,
        is_sound=bool(status and status.intact and status.valid and has_clean_padding(found)),
        covers_whole_file=bool(status and status.coverage == SignatureCoverageLevel.ENTIRE_FILE),
        changes_allowed=bool(
            status and status.modification_level in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
        ),
        has_data=has_validation_data(reader),
        stamped_at=stamped_at if status and status.intact and status.valid else None,
        authority=text_of(brought[0].subject.native.get("common_name")) if brought else "",
        is_trusted=bool(timestamp_roots and status and status.trusted),
    )


def has_clean_padding(found: EmbeddedPdfSignature) -> bool:
    """Whether nothing but zeros stands behind the signature in its place, which the signature itself can't cover."""
    used = len(cms.ContentInfo.load(found.pkcs7_content).dump())
    return not any(found.pkcs7_content[used:])


def has_validation_data(reader: PdfFileReader) -> bool:
    """Whether the file carries an entry with certificates for each of its signatures."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return False
    entries = store.vri_entries
    wanted = [
        DocumentSecurityStore.sig_content_identifier(found.pkcs7_content.hex().encode())
        for found in reader.embedded_regular_signatures
    ]
    return bool(store.certs) and all(identifier in entries for identifier in wanted)


def unexaminable(found: EmbeddedPdfSignature) -> SignatureReading:
    """A signature whose own certificate does not belong to it: nothing that it says can be used."""
    return SignatureReading(
        field_name=str(found.fq_name),
        revision=found.signed_revision,
        name="somebody unknown",
        title="",
        firm="",
        email="",
        certificate_serial="",
        issuer="",
        root_fingerprint="",
        is_sound=False,
        is_pades=found.sig_object.get("/SubFilter") == PADES,
        certifies="/Reference" in found.sig_object,
        chain_is_valid=False,
        issued_by_us=False,
        covers_whole_file=False,
        changes_allowed=False,
        stated_at=None,
        timestamp_at=None,
        timestamp_authority="",
        timestamp_is_trusted=False,
    )


def status_of(
    found: EmbeddedPdfSignature,
    anchors: Sequence[asn1_x509.Certificate],
    brought: Sequence[asn1_x509.Certificate],
    timestamp_anchors: Sequence[asn1_x509.Certificate],
    *,
    skip_diff: bool,
) -> PdfSignatureStatus | None:
    """pyHanko's judgement under our policy, at the time of signing; None if the signature can't even be examined."""
    moment = signing_moment(found)
    try:
        return validate_pdf_signature(
            found,
            context(anchors, brought, moment),
            context(timestamp_anchors, brought, moment),
            diff_policy=ONLY_SIGNATURES,
            skip_diff=skip_diff,
        )
    except SignatureValidationError:
        return None


def only_signatures_follow(status: PdfSignatureStatus) -> bool:
    """Whether the rest of the file after a signature is only what may follow it."""
    level = status.modification_level
    return bool(status.docmdp_ok) and level is not None and level <= ModificationLevel.FORM_FILLING


def context(
    anchors: Iterable[asn1_x509.Certificate], brought: Iterable[asn1_x509.Certificate], moment: datetime | None
) -> ValidationContext:
    """Validation at the time of signing, offline; our certificates for single signatures are never revoked."""
    return ValidationContext(trust_roots=list(anchors), other_certs=list(brought), moment=moment, allow_fetching=False)


def signing_moment(found: EmbeddedPdfSignature) -> datetime | None:
    """The time of a signature: from its timestamp if it has one, else as stated."""
    for token in extract_tst_data_iter(found.signer_info, signed=False):
        return moment_in(token)
    stated: datetime | None = found.self_reported_timestamp
    return stated


def moment_in(token: cms.SignedData) -> datetime:
    """The time that a timestamp confirms."""
    moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


def full_name(found: EmbeddedPdfSignature, common_name: str) -> str:
    """The name of the signatory: the longer form of the signature if the certificate has it shortened."""
    name = str(found.sig_object.get("/Name", ""))
    return name if name and shortened(name) == common_name else common_name


def text_of(value: Any) -> str:
    """A part of a certificate's name as text; a repeated part is joined."""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def email_of(certificate: asn1_x509.Certificate) -> str:
    """The mail address in a certificate, also one beyond ASCII (RFC 9598)."""
    names = certificate.subject_alt_name_value
    for name in names if names is not None else ():
        if name.name == "rfc822_name":
            return str(name.native)
        if name.name == "other_name":
            return str(name.chosen["value"].parsed.native)
    return ""


def embedded_files(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    """The files inside the PDF as it stands at its end, with their names."""
    if "/Names" in reader.root and "/EmbeddedFiles" in reader.root["/Names"]:
        yield from files_in(reader.root["/Names"]["/EmbeddedFiles"], depth=0)


def files_in(tree: generic.DictionaryObject, *, depth: int) -> Iterator[tuple[str, bytes]]:
    """The files of a name tree (ISO 32000-1, 7.9.6), at most eight levels deep."""
    if "/Names" in tree:
        leaves = tree["/Names"]
        for index in range(1, len(leaves), 2):
            yield str(leaves[index]["/UF"]), leaves[index]["/EF"]["/F"].data
    if "/Kids" in tree and depth < DEEPEST_NAME_TREE:
        for kid in tree["/Kids"]:
            yield from files_in(kid.get_object(), depth=depth + 1)
