"""The verdict on a file: intact, made elsewhere, or which attack left its mark."""

import hashlib
import io
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from proposals.documents import authority, reading, verification
from proposals.documents.archiving import AppendingWriter
from proposals.documents.authority import derived_passphrase, self_made_authority
from proposals.documents.file_reader import read_signed_file
from proposals.documents.pdf import Rendered
from proposals.documents.render import revision_pdf
from proposals.documents.signed_file import SignedFile, UnreadableFile
from proposals.documents.timestamps import TimestampClient
from proposals.documents.verdict import KnownDocument, Stage, Verdict
from proposals.documents.verification import Identity, identify, judge, our_root, unreadable, verify
from tests.documents import attacks, samples
from tests.documents.conftest import MAYA, SIGNED_AT, TOMAS, Archived, Signed, sign
from tests.documents.timestamping import TimestampAuthority

EXPECTED = {
    "flip_in_content": "signature_broken",
    "flip_in_signature": "signature_broken",
    "fill_padding": "signature_broken",
    "add_annotation": "added_after_signing",
    "cover_with_white": "added_after_signing",
    "swap_pages": "added_after_signing",
    "add_field": "added_after_signing",
    "change_source": "source_differs",
    "replace_appearance": "added_after_signing",
    "empty_a_signature": "signature_missing",
    "change_title": "added_after_signing",
    "add_bytes": "bytes_added",
    "save_again": "not_the_stored_file",
    "cut_short": "unreadable",
    "roll_back": "rolled_back",
}
"""For each attack a finding that must be among those of the verdict with our record."""

EXPECTED_WITH_ARCHIVE = {"flip_in_signature": "archive_broken", "fill_padding": "archive_broken"}
"""The same where a file ends with a timestamp: the last container in it is the timestamp's."""


@cache
def read_here(pdf: bytes, root: bytes, timestamp_roots: tuple[bytes, ...]) -> SignedFile:
    """`read_signed_file`, once for each file and the roots to trust, as DER."""
    load = asn1_x509.Certificate.load
    return read_signed_file(pdf, our_root=load(root), timestamp_roots=[load(one) for one in timestamp_roots])


def verdict_here(pdf: bytes, known: KnownDocument | None = None) -> Verdict:
    """`verify` without the subprocess, which only costs time here."""
    try:
        file = read_here(pdf, our_root().dump(), tuple(root.dump() for root in verification.timestamp_roots()))
    except UnreadableFile:
        return unreadable(pdf)
    return judge(pdf, file, known=known)


def broken(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.findings if finding.severity == "broken"}


def test_the_signed_file_is_intact_and_ours(signed: Signed) -> None:
    verdict = verify(signed.second.pdf, known=signed.known)
    assert (verdict.ok, verdict.ours, verdict.outcome) == (True, True, "intact")
    assert verdict.codes() == {"time_stated"}
    assert verdict.sha256 == signed.known.stages[-1].sha256
    assert verdict.revision is not None
    assert (verdict.revision.number, verdict.revision.slots) == (1, ("seller-1", "client-1"))
    assert verdict.summary == (
        "Intact. This is revision 1 of “A booking portal your patients can use without calling”, signed by Maya "
        "Lindqvist for Northlight Studio B.V. on 9 December 2026, 11:20:05 UTC and Tomás Реєс-Łukasz for Harbour "
        "Street Clinic Ltd on 9 December 2026, 11:50:05 UTC, as this server stored it."
    )


def test_it_names_the_signers_with_their_times_and_how_they_are_known(signed: Signed) -> None:
    seller, client = verdict_here(signed.second.pdf, known=signed.known).signers
    assert (seller.name, seller.title, seller.firm, seller.email) == (MAYA.name, MAYA.title, MAYA.firm, MAYA.email)
    assert (seller.slot, seller.side, client.slot, client.side) == ("seller-1", "seller", "client-1", "client")
    assert (seller.signed_at, client.signed_at) == (SIGNED_AT, SIGNED_AT + timedelta(minutes=30))
    assert (client.name, client.certificate_serial) == (TOMAS.name, signed.second.certificate_serial)
    assert {seller.time_source, client.time_source} == {"server"}
    assert (seller.is_valid, seller.issued_by_us, seller.level) == (True, True, "B-B")


@pytest.mark.parametrize("name", sorted(attacks.ATTACKS))
def test_every_attack_is_detected_with_our_record_and_without(name: str, signed: Signed) -> None:
    attacked = attacks.ATTACKS[name](signed.second.pdf)
    try:
        file = read_signed_file(attacked, our_root=our_root())
    except UnreadableFile:
        assert EXPECTED[name] == "unreadable"
        return
    here, elsewhere = (judge(attacked, file, known=known) for known in (signed.known, None))
    assert (here.ok, here.ours, here.outcome) == (False, False, "broken")
    assert EXPECTED[name] in broken(here)
    assert not elsewhere.ok


@pytest.mark.parametrize("name", sorted(attacks.ATTACKS))
def test_every_attack_is_detected_on_a_file_with_long_term_data(name: str, archived: Archived) -> None:
    attacked = attacks.ATTACKS[name](archived.second.pdf)
    try:
        file = read_signed_file(attacked, our_root=our_root())
    except UnreadableFile:
        assert EXPECTED[name] == "unreadable"
        return
    assert not judge(attacked, file, known=None).ok
    assert EXPECTED_WITH_ARCHIVE.get(name, EXPECTED[name]) in broken(judge(attacked, file, known=archived.known))


def test_what_was_changed_under_two_signatures_is_said_once(signed: Signed) -> None:
    """It breaks both of them, and what could be said of their certificates with them."""
    verdict = verdict_here(attacks.flip_in_content(signed.second.pdf))
    assert [(found.code, found.sentence) for found in verdict.findings if found.severity == "broken"] == [
        (
            "signature_broken",
            f"The signatures of {MAYA.name} and {TOMAS.name} do not fit the document: what they cover was changed.",
        )
    ]


def test_a_file_without_its_archive_is_not_the_stored_one(archived: Archived) -> None:
    cut = attacks.drop_archive(archived.second.pdf)
    assert broken(verdict_here(cut, known=archived.known)) == {"not_the_stored_file"}
    assert verdict_here(cut).outcome == "foreign"


def test_a_timestamp_of_somebody_over_a_changed_file_makes_nothing_right(
    signed: Signed, timestamp_authority: TimestampAuthority
) -> None:
    """A note appended, then a timestamp over everything: the file is covered, and the signatures notice the note."""
    writer = AppendingWriter(io.BytesIO(attacks.add_annotation(signed.second.pdf)))
    stamper = PdfTimeStamper(TimestampClient(timestamp_authority.url), field_name="archive")
    attacked = stamper.timestamp_pdf(writer, "sha256").getvalue()
    assert "changed_after_signing" in broken(verdict_here(attacked))


def test_a_verdict_is_made_from_the_record_that_is_found(signed: Signed) -> None:
    asked: list[Identity] = []

    def record_of(identity: Identity) -> KnownDocument:
        asked.append(identity)
        return signed.known

    assert verify(signed.second.pdf, record_of=record_of).outcome == "intact"
    assert verify(attacks.change_title(signed.second.pdf), record_of=record_of).outcome == "broken"
    assert asked[0].sha256 == signed.second.sha256
    assert asked[1].certificate_serials == asked[0].certificate_serials


def test_a_file_made_to_be_slow_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CPU_LIMIT_SECONDS", 2)
    assert broken(verify(attacks.slow_to_read())) == {"unreadable"}


def test_a_reading_survives_the_way_out_of_the_subprocess(signed: Signed) -> None:
    file = read_signed_file(signed.second.pdf, our_root=our_root())
    plain = {str, int, bool, datetime, type(None)}
    assert {type(value) for signature in file.signatures for value in vars(signature).values()} <= plain
    assert SignedFile.from_json(file.to_json()) == file
    assert reading.read_apart(signed.second.pdf, our_root=our_root()) == file


def test_ordinary_validation_would_have_let_some_of_them_pass(signed: Signed) -> None:
    """Why the rules here exist: the library's default policy finds nothing wrong with these two."""
    for attack in (attacks.change_title, attacks.roll_back):
        reader = PdfFileReader(io.BytesIO(attack(signed.second.pdf)))
        context = ValidationContext(trust_roots=[verification.our_root()], moment=SIGNED_AT, allow_fetching=False)
        assert validate_pdf_signature(reader.embedded_regular_signatures[0], context).bottom_line


@pytest.mark.parametrize("attack", [attacks.change_title, attacks.replace_appearance, attacks.add_annotation])
def test_a_change_between_two_signatures_is_detected_by_the_first(attack: attacks.Attack, signed: Signed) -> None:
    between = sign(attack(signed.first.pdf), "client-1", TOMAS, first=False).pdf
    assert "changed_after_signing" in broken(verdict_here(between))


def test_a_field_added_and_signed_later_is_detected(signed: Signed) -> None:
    writer = AppendingWriter(io.BytesIO(signed.first.pdf))
    append_signature_field(writer, SigFieldSpec("sig_client-2", on_page=0, box=(10, 10, 200, 90)))
    output = io.BytesIO()
    writer.write(output)
    verdict = verdict_here(sign(output.getvalue(), "client-2", TOMAS, first=False).pdf)
    assert {"changed_after_signing", "incomplete"} <= broken(verdict)


def test_the_unsigned_base_is_no_agreement(signed: Signed) -> None:
    assert "unsigned" in broken(verdict_here(signed.base))
    known = replace(signed.known, signers=(), stages=signed.known.stages[:1])
    assert broken(verdict_here(signed.base, known=known)) == {"unsigned"}


def test_after_the_first_of_two_signatures_it_is_intact_so_far(signed: Signed) -> None:
    known = replace(signed.known, signers=signed.known.signers[:1], stages=signed.known.stages[:2])
    verdict = verdict_here(signed.first.pdf, known=known)
    assert (verdict.ok, verdict.ours) == (True, True)
    assert verdict.codes() == {"awaiting", "time_stated"}
    assert verdict.summary.startswith("Intact so far.")


def test_another_document_under_the_same_name_is_not_this_one(signed: Signed) -> None:
    other = samples.snapshot([samples.prose("s1", "Summary", samples.paragraph("Something else."))])
    file = sign(revision_pdf(other).pdf, "seller-1", MAYA, first=True)
    file = sign(file.pdf, "client-1", TOMAS, first=False)
    verdict = verdict_here(file.pdf, known=signed.known)
    assert {"source_differs", "signer_differs", "not_the_stored_file"} <= broken(verdict)
    assert verdict_here(file.pdf).ok


def test_the_same_people_with_other_certificates_are_not_the_signers(signed: Signed) -> None:
    again = sign(signed.base, "seller-1", MAYA, first=True)
    again = sign(again.pdf, "client-1", TOMAS, first=False)
    stage = Stage(again.sha256, len(again.pdf))
    assert broken(verdict_here(again.pdf, known=replace(signed.known, stages=(stage,)))) == {"signer_differs"}


def test_a_signature_that_was_not_given_here_is_named(signed: Signed) -> None:
    known = replace(signed.known, signers=signed.known.signers[:1])
    assert broken(verdict_here(signed.second.pdf, known=known)) == {"signer_unknown"}


def test_a_file_of_another_server_is_intact_but_not_ours(
    signed: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = self_made_authority(tmp_path / "authority", (derived_passphrase("elsewhere"),))
    monkeypatch.setattr(verification, "instance_authority", lambda: elsewhere)
    verdict = verdict_here(signed.second.pdf)
    assert (verdict.ok, verdict.ours, verdict.outcome) == (True, False, "foreign")
    assert "issued_elsewhere" in verdict.codes()
    assert "can't confirm the names" in next(f.sentence for f in verdict.findings if f.code == "issued_elsewhere")
    assert verdict.root_fingerprint == authority.root_fingerprint()
    assert {signer.issued_by_us for signer in verdict.signers} == {False}


def test_a_certificate_made_up_under_our_name_is_not_ours(
    demo: Rendered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forger = self_made_authority(tmp_path / "authority", (derived_passphrase("forger"),))
    with monkeypatch.context() as patched:
        patched.setattr("proposals.documents.sealing.instance_authority", lambda: forger)
        file = sign(sign(demo.pdf, "seller-1", MAYA, first=True).pdf, "client-1", TOMAS, first=False)
    verdict = verdict_here(file.pdf)
    assert verdict.signers[0].issuer == f"Signing authority of {authority.settings.INSTANCE_NAME}"
    assert (verdict.ours, verdict.signers[0].issued_by_us) == (False, False)
    assert verdict.root_fingerprint != authority.root_fingerprint()


def test_our_certificates_without_a_record_are_said_to_be_so(signed: Signed) -> None:
    verdict = verdict_here(signed.second.pdf)
    assert (verdict.ok, verdict.ours) == (True, False)
    assert "not_on_record" in verdict.codes()


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\nstartxref\n0\n%%EOF\n", b"\x00" * 5000, b"%PDF-1.7\n" + b"[" * 100_000],
)
def test_anything_else_gets_a_verdict_too(content: bytes, signed: Signed) -> None:
    verdict = verdict_here(content, known=signed.known)
    assert broken(verdict) == {"unreadable"}
    assert verdict.sha256 == hashlib.sha256(content).hexdigest()


def test_a_pdf_without_anything_of_ours_is_unsigned(draft: Rendered) -> None:
    assert broken(verdict_here(draft.pdf)) == {"unsigned", "source_missing"}


def test_a_file_says_by_what_its_record_can_be_found(signed: Signed) -> None:
    found = identify(signed.second.pdf)
    assert found.sha256 == signed.second.sha256
    assert found.certificate_serials == (signed.first.certificate_serial, signed.second.certificate_serial)
    assert found.revision is not None
    assert found.revision.proposal_id == "0192f3a4-7c1e-7a52-9b1e-3f6f0a2d4c11"
    assert found.revision.sha256 == hashlib.sha256(signed.known.canonical).hexdigest()
    assert identify(b"hello").certificate_serials == ()


def test_no_verdict_claims_more_than_it_knows(signed: Signed) -> None:
    verdicts = [
        verdict_here(signed.second.pdf, known=signed.known),
        verdict_here(signed.second.pdf),
        verdict_here(signed.first.pdf),
    ]
    said = " ".join(finding.sentence for verdict in verdicts for finding in verdict.findings) + " ".join(
        verdict.summary for verdict in verdicts
    )
    for word in ("qualified", "advanced", "nobody can"):
        assert word not in said.lower()


def test_an_empty_record_still_asks_for_the_signers(signed: Signed) -> None:
    known = KnownDocument(stages=(), signers=(), canonical=signed.known.canonical)
    assert {"signer_unknown", "not_the_stored_file"} <= broken(verdict_here(signed.second.pdf, known=known))
