"""The verdict on a file: intact, made elsewhere, or which attack left its mark."""

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from django.conf import LazySettings
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from proposals.documents import authority, verification
from proposals.documents.authority import derived_passphrase, self_made_authority
from proposals.documents.pdf import Rendered
from proposals.documents.render import revision_pdf
from proposals.documents.sealing import SealingWriter
from proposals.documents.verdict import KnownDocument, Stage, Verdict
from proposals.documents.verification import identify, verify
from tests.documents import attacks, samples
from tests.documents.conftest import MAYA, SIGNED_AT, TOMAS, Signed, TimestampAuthority, sign

EXPECTED = {
    "flip_in_content": "not_the_stored_file",
    "flip_in_signature": "not_the_stored_file",
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
    "cut_short": "not_the_stored_file",
    "roll_back": "rolled_back",
}
"""For each attack a finding that must be among those of the verdict with our record."""

SEEN_WITHOUT_A_RECORD = set(EXPECTED)
"""All of them break the file for another server as well, which knows nothing but the file."""


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
    seller, client = verify(signed.second.pdf, known=signed.known).signers
    assert (seller.name, seller.title, seller.firm, seller.email) == (MAYA.name, MAYA.title, MAYA.firm, MAYA.email)
    assert (seller.slot, seller.side, client.slot, client.side) == ("seller-1", "seller", "client-1", "client")
    assert (seller.signed_at, client.signed_at) == (SIGNED_AT, SIGNED_AT + timedelta(minutes=30))
    assert (client.name, client.certificate_serial) == (TOMAS.name, signed.second.certificate_serial)
    assert {seller.time_source, client.time_source} == {"server"}
    assert (seller.is_valid, seller.issued_by_us, seller.level) == (True, True, "B-B")


@pytest.mark.parametrize("name", sorted(attacks.ATTACKS))
def test_every_attack_is_detected(name: str, signed: Signed) -> None:
    attacked = attacks.ATTACKS[name](signed.second.pdf)
    verdict = verify(attacked, known=signed.known)
    assert (verdict.ok, verdict.ours, verdict.outcome) == (False, False, "broken")
    assert EXPECTED[name] in broken(verdict) | ({"not_the_stored_file"} if "unreadable" in broken(verdict) else set())
    assert verdict.summary != ""


@pytest.mark.parametrize("name", sorted(SEEN_WITHOUT_A_RECORD))
def test_every_attack_is_detected_without_a_record(name: str, signed: Signed) -> None:
    verdict = verify(attacks.ATTACKS[name](signed.second.pdf))
    assert not verdict.ok


def test_ordinary_validation_would_have_let_some_of_them_pass(signed: Signed) -> None:
    """Why the rules here exist: the library's default policy finds nothing wrong with these two."""
    for attack in (attacks.change_title, attacks.roll_back):
        reader = PdfFileReader(io.BytesIO(attack(signed.second.pdf)))
        context = ValidationContext(trust_roots=[verification.our_root()], moment=SIGNED_AT, allow_fetching=False)
        assert validate_pdf_signature(reader.embedded_regular_signatures[0], context).bottom_line


@pytest.mark.parametrize("attack", [attacks.change_title, attacks.replace_appearance, attacks.add_annotation])
def test_a_change_between_two_signatures_is_detected_by_the_first(attack: attacks.Attack, signed: Signed) -> None:
    between = sign(attack(signed.first.pdf), "client-1", TOMAS, first=False).pdf
    assert "changed_after_signing" in broken(verify(between))


def test_a_field_added_and_signed_later_is_detected(signed: Signed) -> None:
    writer = SealingWriter(io.BytesIO(signed.first.pdf))
    append_signature_field(writer, SigFieldSpec("sig_client-2", on_page=0, box=(10, 10, 200, 90)))
    output = io.BytesIO()
    writer.write(output)
    verdict = verify(sign(output.getvalue(), "client-2", TOMAS, first=False).pdf)
    assert {"changed_after_signing", "incomplete"} <= broken(verdict)


def test_the_unsigned_base_is_no_agreement(signed: Signed) -> None:
    assert "unsigned" in broken(verify(signed.base))
    known = replace(signed.known, signers=(), stages=signed.known.stages[:1])
    assert broken(verify(signed.base, known=known)) == {"unsigned"}


def test_after_the_first_of_two_signatures_it_is_intact_so_far(signed: Signed) -> None:
    known = replace(signed.known, signers=signed.known.signers[:1], stages=signed.known.stages[:2])
    verdict = verify(signed.first.pdf, known=known)
    assert (verdict.ok, verdict.ours) == (True, True)
    assert verdict.codes() == {"awaiting", "time_stated"}
    assert verdict.summary.startswith("Intact so far.")


def test_another_document_under_the_same_name_is_not_this_one(signed: Signed) -> None:
    other = samples.snapshot([samples.prose("s1", "Summary", samples.paragraph("Something else."))])
    file = sign(revision_pdf(other).pdf, "seller-1", MAYA, first=True)
    file = sign(file.pdf, "client-1", TOMAS, first=False)
    verdict = verify(file.pdf, known=signed.known)
    assert {"source_differs", "signer_differs", "not_the_stored_file"} <= broken(verdict)
    assert verify(file.pdf).ok


def test_the_same_people_with_other_certificates_are_not_the_signers(signed: Signed) -> None:
    again = sign(signed.base, "seller-1", MAYA, first=True)
    again = sign(again.pdf, "client-1", TOMAS, first=False)
    stage = Stage(again.sha256, len(again.pdf))
    assert broken(verify(again.pdf, known=replace(signed.known, stages=(stage,)))) == {"signer_differs"}


def test_a_signature_that_was_not_given_here_is_named(signed: Signed) -> None:
    known = replace(signed.known, signers=signed.known.signers[:1])
    assert broken(verify(signed.second.pdf, known=known)) == {"signer_unknown"}


def test_a_file_of_another_server_is_intact_but_not_ours(
    signed: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = self_made_authority(tmp_path / "authority", (derived_passphrase("elsewhere"),))
    monkeypatch.setattr(verification, "instance_authority", lambda: elsewhere)
    verdict = verify(signed.second.pdf)
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
    verdict = verify(file.pdf)
    assert verdict.signers[0].issuer == f"Signing authority of {authority.settings.INSTANCE_NAME}"
    assert (verdict.ours, verdict.signers[0].issued_by_us) == (False, False)
    assert verdict.root_fingerprint != authority.root_fingerprint()


def test_our_certificates_without_a_record_are_said_to_be_so(signed: Signed) -> None:
    verdict = verify(signed.second.pdf)
    assert (verdict.ok, verdict.ours) == (True, False)
    assert "not_on_record" in verdict.codes()


def test_a_timestamp_confirms_the_time_if_its_authority_is_known(
    demo: Rendered, settings: LazySettings, timestamp_authority: TimestampAuthority, tmp_path: Path
) -> None:
    settings.TIMESTAMP_URL = timestamp_authority.url
    file = sign(sign(demo.pdf, "seller-1", MAYA, first=True).pdf, "client-1", TOMAS, first=False).pdf
    unknown = verify(file)
    assert unknown.ok
    assert {signer.time_source for signer in unknown.signers} == {"unconfirmed_authority"}
    roots = tmp_path / "roots.pem"
    roots.write_bytes(pem.armor("CERTIFICATE", timestamp_authority.certificate.dump()))
    settings.TIMESTAMP_ROOTS = str(roots)
    verdict = verify(file)
    assert {(signer.time_source, signer.level) for signer in verdict.signers} == {("authority", "B-T")}
    assert verdict.signers[0].signed_at == SIGNED_AT + timedelta(seconds=2)
    assert verdict.signers[0].time_sentence == "confirmed by the timestamp authority Test Time Authority"


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\nstartxref\n0\n%%EOF\n", b"\x00" * 5000, b"%PDF-1.7\n" + b"[" * 100_000],
)
def test_anything_else_gets_a_verdict_too(content: bytes, signed: Signed) -> None:
    verdict = verify(content, known=signed.known)
    assert broken(verdict) == {"unreadable"}
    assert verdict.sha256 == hashlib.sha256(content).hexdigest()


def test_a_pdf_without_anything_of_ours_is_unsigned(draft: Rendered) -> None:
    assert broken(verify(draft.pdf)) == {"unsigned", "source_missing"}


def test_a_file_says_by_what_its_record_can_be_found(signed: Signed) -> None:
    found = identify(signed.second.pdf)
    assert found.sha256 == signed.second.sha256
    assert found.certificate_serials == (signed.first.certificate_serial, signed.second.certificate_serial)
    assert found.revision is not None
    assert found.revision.proposal_id == "0192f3a4-7c1e-7a52-9b1e-3f6f0a2d4c11"
    assert found.revision.sha256 == hashlib.sha256(signed.known.canonical).hexdigest()
    assert identify(b"hello").certificate_serials == ()


def test_no_verdict_claims_more_than_it_knows(signed: Signed) -> None:
    verdicts = [verify(signed.second.pdf, known=signed.known), verify(signed.second.pdf), verify(signed.first.pdf)]
    said = " ".join(finding.sentence for verdict in verdicts for finding in verdict.findings) + " ".join(
        verdict.summary for verdict in verdicts
    )
    for word in ("qualified", "advanced", "nobody can"):
        assert word not in said.lower()


def test_an_empty_record_still_asks_for_the_signers(signed: Signed) -> None:
    known = KnownDocument(stages=(), signers=(), canonical=signed.known.canonical)
    assert {"signer_unknown", "not_the_stored_file"} <= broken(verify(signed.second.pdf, known=known))
