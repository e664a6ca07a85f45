"""Signatures in the file: each with its own certificate, visible, and the first still valid after the second."""

import asyncio
import io
import re
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from proposals.documents.authority import instance_authority
from proposals.documents.errors import MissingGlyphs, NotSealable
from proposals.documents.pdf import Rendered
from proposals.documents.render import revision_pdf
from proposals.documents.sealing import Act, Sealed, async_seal
from proposals.documents.signatory import Mark, Signatory
from proposals.documents.verification import our_root
from proposals.exceptions import Invalid
from tests.documents import samples
from tests.documents.conftest import (
    MAYA,
    REFERENCE,
    SIGNED_AT,
    TOMAS,
    Signed,
    sign,
    squeezed,
    text_of,
)


def signatures(pdf: bytes) -> list[EmbeddedPdfSignature]:
    return list(PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures)


def valid_for_everybody(found: EmbeddedPdfSignature) -> bool:
    """What pyHanko says with its own policy and our root, at the time of signing."""
    context = ValidationContext(trust_roots=[our_root()], moment=SIGNED_AT, allow_fetching=False)
    status = validate_pdf_signature(found, context)
    return bool(status.bottom_line and status.docmdp_ok)


def test_both_signatures_are_valid_and_trusted_after_the_second(signed: Signed) -> None:
    found = signatures(signed.second.pdf)
    assert [one.field_name for one in found] == ["sig_seller-1", "sig_client-1"]
    context = {"trust_roots": [our_root()], "allow_fetching": False}
    moments = [SIGNED_AT, SIGNED_AT + timedelta(minutes=30)]
    statuses = [
        validate_pdf_signature(one, ValidationContext(**context, moment=moment))
        for one, moment in zip(found, moments, strict=True)
    ]
    assert [(s.intact, s.valid, s.trusted, s.docmdp_ok, s.bottom_line) for s in statuses] == [(True,) * 5] * 2


def test_each_file_begins_with_the_one_before(signed: Signed) -> None:
    assert signed.first.pdf.startswith(signed.base)
    assert signed.second.pdf.startswith(signed.first.pdf)


def test_the_first_certifies_the_second_approves_and_both_are_pades(signed: Signed) -> None:
    first, second = signatures(signed.second.pdf)
    assert first.sig_object["/SubFilter"] == second.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    reference = first.sig_object["/Reference"][0]
    assert reference["/TransformMethod"] == "/DocMDP"
    assert reference["/TransformParams"]["/P"] == 2
    assert "/Reference" not in second.sig_object
    assert signed.first.level == signed.second.level == "B-B"


def test_the_whole_chain_travels_with_each_signature(signed: Signed) -> None:
    expected = {certificate.serial_number for certificate in instance_authority().chain}
    for found in signatures(signed.second.pdf):
        assert {certificate.serial_number for certificate in found.other_embedded_certs} == expected


def test_what_is_returned_describes_the_certificate_in_the_file(signed: Signed) -> None:
    for sealed, found, person in zip(
        (signed.first, signed.second), signatures(signed.second.pdf), (MAYA, TOMAS), strict=True
    ):
        certificate = x509.load_pem_x509_certificate(sealed.certificate_pem.encode())
        assert format(found.signer_cert.serial_number, "x") == sealed.certificate_serial
        assert format(certificate.serial_number, "x") == sealed.certificate_serial
        common_names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert [attribute.value for attribute in common_names] == [person.name]


def test_the_signature_states_the_time_of_the_act(signed: Signed) -> None:
    first, second = signatures(signed.second.pdf)
    assert first.self_reported_timestamp == SIGNED_AT
    assert second.self_reported_timestamp == SIGNED_AT + timedelta(minutes=30)


def test_signing_leaves_title_producer_and_metadata_alone(signed: Signed) -> None:
    with pikepdf.open(io.BytesIO(signed.base)) as before, pikepdf.open(io.BytesIO(signed.second.pdf)) as after:
        assert dict(after.docinfo) == dict(before.docinfo)
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()


def test_the_block_shows_who_signed_when_and_how(signed: Signed, tmp_path: Path) -> None:
    page = next(
        page
        for page in text_of(signed.second.pdf, tmp_path, "-raw").split("\f")
        if "every place below" in squeezed(page)
    )
    text = squeezed(page)
    assert text.count("Maya Lindqvist") == 2
    assert "Maya Lindqvist, Partner Northlight Studio B.V." in text
    assert (
        "9 December 2026, 11:20:05 UTC, time stated by the server Confirmed by a code sent to maya@northlight.example"
        in text
    )
    assert "Tomás Реєс-Łukasz, Practice manager Harbour Street Clinic Ltd" in text
    assert text.count(REFERENCE) == 2


def test_a_drawn_mark_is_drawn_in_smooth_curves(demo: Rendered) -> None:
    drawn = sign(demo.pdf, "seller-1", MAYA, first=True, mark=Mark("drawn", "M 1 1 L 100 50 L 20 30"))
    with pikepdf.open(io.BytesIO(drawn.pdf)) as pdf:
        field = next(field for field in pdf.Root.AcroForm.Fields if field.T == "sig_seller-1")
        imported = next(iter(field.AP.N.Resources.XObject.values()))
        content = imported.read_bytes()
    assert re.search(rb"0 0 m\n1 1 m\n67 33.666667 86.666667 46.666667 60 40 c\n20 30 l\nS", content)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "M 1 1",
        "L 1 1 L 2 2",
        "M 1 1 L 2",
        "M 1 1 C 1 2 3 4 5 6",
        "M 1 1 L 9999 1",
        "M 1 1 L 2 2<script>",
        "M 1e9 1 L 2 2",
        "M 0 0 " + "L 1 1 " * 4001,
    ],
)
def test_a_drawing_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(Invalid) as refused:
        Mark("drawn", path).strokes()
    assert refused.value.code == "bad_mark"


def test_a_name_that_no_font_can_draw_is_refused_before_anything_is_signed(demo: Rendered) -> None:
    someone = Signatory("王小明", "", "Firm", "wang@client.example", "seller")
    with pytest.raises(MissingGlyphs) as refused:
        sign(demo.pdf, "seller-1", someone, first=True)
    assert refused.value.characters == ("小", "明", "王")


@pytest.mark.parametrize("name", ["N" * 200, "Ж" * 60, "Nguyễn Thị Minh Khai", "O’Neill-Ångström d’Été"])
def test_long_names_and_other_scripts_sign(name: str, demo: Rendered, tmp_path: Path) -> None:
    someone = Signatory(name, "Titel " * 20, "Firma " * 40, "a@b.example", "client")
    sealed = sign(demo.pdf, "client-1", someone, first=True)
    assert valid_for_everybody(signatures(sealed.pdf)[0])
    assert name in text_of(sealed.pdf, tmp_path, "-raw").replace("\n", "")


def test_a_slot_that_is_taken_or_unknown_and_a_wrong_order_are_refused(demo: Rendered, signed: Signed) -> None:
    attempts: list[tuple[bytes, str, bool, str]] = [
        (signed.first.pdf, "seller-1", False, "already"),
        (demo.pdf, "client-2", True, "no place"),
        (signed.first.pdf, "client-1", True, "Somebody else has signed"),
        (demo.pdf, "client-1", False, "Somebody else has signed"),
        (b"not a PDF", "client-1", True, "can't be read"),
    ]
    for content, slot, first, sentence in attempts:
        with pytest.raises(NotSealable, match=sentence):
            sign(content, slot, TOMAS, first=first)


def test_either_party_may_sign_first(demo: Rendered) -> None:
    by_client = sign(demo.pdf, "client-1", TOMAS, first=True)
    by_both = sign(by_client.pdf, "seller-1", MAYA, first=False)
    assert [valid_for_everybody(found) for found in signatures(by_both.pdf)] == [True, True]


def test_several_sign_for_one_side() -> None:
    slots = [{"slot": slot, "side": slot.partition("-")[0]} for slot in ("seller-1", "client-1", "client-2")]
    file = revision_pdf(samples.snapshot([], signature_slots=slots)).pdf
    for index, slot in enumerate(slots):
        file = sign(file, slot["slot"], MAYA if slot["side"] == "seller" else TOMAS, first=index == 0).pdf
    assert [valid_for_everybody(found) for found in signatures(file)] == [True] * 3


def test_it_seals_inside_an_event_loop_too(demo: Rendered) -> None:
    async def inside() -> Sealed:
        mark = Mark("typed", MAYA.name)
        act = Act("seller-1", MAYA, mark, SIGNED_AT, "Code", REFERENCE, first=True, last=False)
        return await async_seal(demo.pdf, act)

    assert valid_for_everybody(signatures(asyncio.run(inside()).pdf)[0])
