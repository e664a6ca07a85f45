"""Timestamps and long-term data: what is appended, how its time is told, and an authority that behaves badly."""

import asyncio
import hashlib
import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import crl, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import LazySettings
from django.test import override_settings
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from proposals.documents import timestamps, verification
from proposals.documents.authority import derived_passphrase, instance_authority, self_made_authority
from proposals.documents.errors import SigningUnavailable, TimestampUnavailable
from proposals.documents.pdf import Rendered
from proposals.documents.verdict import Verdict
from proposals.documents.verification import our_root
from tests.documents.conftest import ARCHIVED_AT, MAYA, SIGNED_AT, Archived, sign, squeezed, text_of
from tests.documents.test_verification import broken, verdict_here
from tests.documents.timestamping import Answer, TimestampAuthority, certificate_for

LATER = datetime(2034, 1, 1, tzinfo=UTC)
REPLY = "application/timestamp-reply"


@contextmanager
def trusting(archived: Archived, folder: Path) -> Iterator[None]:
    """With the root of the timestamps known."""
    roots = folder / "roots.pem"
    roots.write_bytes(archived.root)
    with override_settings(TIMESTAMP_ROOTS=str(roots)):
        yield


def judged(archived: Archived, folder: Path) -> Verdict:
    with trusting(archived, folder):
        return verdict_here(archived.second.pdf, known=archived.known)


def test_each_signature_has_its_timestamp_and_the_last_one_the_archive(archived: Archived) -> None:
    assert (archived.first.level, archived.second.level) == ("B-T", "B-LTA")
    reader = PdfFileReader(io.BytesIO(archived.second.pdf))
    assert [found.field_name for found in reader.embedded_signatures] == ["sig_seller-1", "sig_client-1", "archive"]
    store = reader.root["/DSS"]
    names = [hashlib.sha1(found.pkcs7_content.hex().encode()).hexdigest() for found in reader.embedded_signatures[:2]]
    assert sorted(store["/VRI"].keys()) == sorted(f"/{name.upper()}" for name in names)
    issuers = [crl.CertificateList.load(stream.get_object().data).issuer.native for stream in store["/CRLs"]]
    assert sorted(issuer["common_name"] for issuer in issuers) == [
        "Root authority of Sameside",
        "Signing authority of Sameside",
        "Test Time Root",  # fetched from where its certificate says
    ]
    subjects = {
        asn1_x509.Certificate.load(stream.get_object().data).subject.native["common_name"] for stream in store["/Certs"]
    }
    assert {"Maya Lindqvist", "Test Time Root", "Test Time Authority", "Root authority of Sameside"} <= subjects


def test_what_is_in_the_file_is_enough_to_check_it_with_these_roots_only(archived: Archived) -> None:
    """Nothing is fetched, and every revocation list that a certificate declares has to be there."""
    [(_, _, root)] = list(pem.unarmor(archived.root, multiple=True))
    time_root = asn1_x509.Certificate.load(root)
    reader = PdfFileReader(io.BytesIO(archived.second.pdf))
    store = DocumentSecurityStore.read_dss(reader)

    def trusting_only(root: asn1_x509.Certificate, moment: datetime) -> ValidationContext:
        return store.as_validation_context({"trust_roots": [root], "moment": moment, "revocation_mode": "hard-fail"})

    for found, moment in zip(
        reader.embedded_regular_signatures, (ARCHIVED_AT, ARCHIVED_AT + timedelta(minutes=30)), strict=True
    ):
        status = validate_pdf_signature(
            found, trusting_only(our_root(), moment), trusting_only(time_root, moment), skip_diff=True
        )
        assert (status.trusted, status.timestamp_validity.trusted) == (True, True)
        other = validate_pdf_signature(found, trusting_only(time_root, moment), skip_diff=True)
        assert not other.trusted
    [archive] = reader.embedded_timestamp_signatures
    kept = validate_pdf_timestamp(archive, trusting_only(time_root, LATER))
    assert (kept.trusted, kept.coverage) == (True, SignatureCoverageLevel.ENTIRE_FILE)


def test_the_verdict_says_how_the_time_is_known(archived: Archived, tmp_path: Path) -> None:
    verdict = judged(archived, tmp_path)
    assert (verdict.outcome, verdict.codes()) == ("intact", {"archived"})
    assert [signer.level for signer in verdict.signers] == ["B-LTA", "B-LTA"]
    assert verdict.signers[0].time_sentence == "confirmed by the timestamp authority Test Time Authority"
    assert verdict.signers[0].signed_at == ARCHIVED_AT + timedelta(seconds=2)
    assert verdict.findings[0].sentence.startswith(
        "The whole file was timestamped on 4 March 2024, 09:30:07 UTC by Test Time Authority"
    )


def test_an_authority_that_is_not_known_here_is_said_to_be_so(archived: Archived) -> None:
    verdict = verdict_here(archived.second.pdf, known=archived.known)
    assert verdict.ok
    assert {signer.time_source for signer in verdict.signers} == {"unconfirmed_authority"}
    assert {"time_unconfirmed", "archived_unconfirmed"} == verdict.codes()


def test_the_visible_signature_says_nothing_about_a_confirmed_time(archived: Archived, tmp_path: Path) -> None:
    text = squeezed(text_of(archived.second.pdf, tmp_path, "-raw"))
    assert "4 March 2024, 09:00:05 UTC Confirmed by a code sent to maya@northlight.example" in text
    assert "stated by the server" not in text


def test_the_field_of_the_archive_is_as_both_standards_want_it(archived: Archived) -> None:
    with pikepdf.open(io.BytesIO(archived.second.pdf)) as pdf:
        field = pdf.Root.AcroForm.Fields[-1]
        assert (str(field.T), int(field.F) & 0b111, str(field.V.Type)) == ("archive", 0b100, "/DocTimeStamp")
        assert [float(number) for number in field.Rect] == [-9999.0] * 4
        assert str(field.TU) == "Timestamp"


def nonsense(request: bytes) -> tuple[int, str, bytes]:
    return 200, REPLY, b"certainly"


def page(request: bytes) -> tuple[int, str, bytes]:
    return 200, "text/html", b"<h1>Log in</h1>"


def failing(request: bytes) -> tuple[int, str, bytes]:
    return 503, "text/plain", b"later"


def refusing(request: bytes) -> tuple[int, str, bytes]:
    return 200, REPLY, timestamps.Answer({"status": {"status": "rejection"}}).dump()


def endless(request: bytes) -> tuple[int, str, bytes]:
    return 200, REPLY, b"\x30" * 70_000


@pytest.mark.parametrize(
    ("behave", "sentence"),
    [
        (nonsense, "it is not a timestamp"),
        (page, "it is of the kind text/html"),
        (failing, "did not answer"),
        (refusing, "it refuses the request"),
        (endless, "it is too long"),
    ],
)
def test_an_authority_that_answers_nonsense_is_not_believed(
    behave: Answer, sentence: str, timestamp_authority: TimestampAuthority
) -> None:
    timestamp_authority.behave = behave
    with pytest.raises(TimestampUnavailable, match=f"{sentence}.*nothing was signed"):
        ask(timestamp_authority.url)


def ask(url: str, window: timestamps.Window | None = None) -> None:
    """One timestamp, as signing asks for it."""
    client = timestamps.TimestampClient(url, window=window)
    asyncio.run(client.async_timestamp(hashlib.sha256(b"this").digest(), "sha256"))


def test_a_timestamp_for_something_else_or_damaged_is_not_believed(timestamp_authority: TimestampAuthority) -> None:
    client = timestamps.TimestampClient(timestamp_authority.url)
    digest = hashlib.sha256(b"this").digest()
    nonce, request = client.request_cms(digest, "sha256")
    good = timestamp_authority.stamp(request.dump())
    assert timestamps.stamped_at(timestamps.checked_token(good, nonce, digest)) == SIGNED_AT + timedelta(seconds=2)
    damaged = good[:-20] + bytes([good[-20] ^ 1]) + good[-19:]
    for answer, asked, wanted, sentence in [
        (good, nonce, hashlib.sha256(b"that").digest(), "something else"),
        (good, nonce + 1, digest, "something else"),
        (damaged, nonce, digest, "not sound"),
    ]:
        with pytest.raises(TimestampUnavailable, match=sentence):
            timestamps.checked_token(answer, asked, wanted)


def test_a_clock_that_is_wrong_is_noticed_before_anything_is_signed(timestamp_authority: TimestampAuthority) -> None:
    window = timestamps.Window(SIGNED_AT - timedelta(minutes=1), SIGNED_AT + timedelta(minutes=10))
    ask(timestamp_authority.url, window)
    timestamp_authority.says = SIGNED_AT + timedelta(minutes=11)
    with pytest.raises(TimestampUnavailable, match="9 December 2026, 11:31:05 UTC, and this server’s clock"):
        ask(timestamp_authority.url, window)


def test_an_authority_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamps, "SILENCE_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(TimestampUnavailable, match="did not answer, so nothing was signed"),
    ):
        ask(f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_without_it_the_server_seals_only_if_the_operator_allows_and_the_file_says_so(
    demo: Rendered, settings: LazySettings, tmp_path: Path
) -> None:
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(SigningUnavailable, match="nothing was signed"):
        sign(demo.pdf, "seller-1", MAYA, first=True, last=True)
    settings.TIMESTAMP_OPTIONAL = True
    sealed = sign(demo.pdf, "seller-1", MAYA, first=True, last=True)
    assert sealed.level == "B-B"
    assert "11:20:05 UTC, time stated by the server" in squeezed(text_of(sealed.pdf, tmp_path, "-raw"))
    assert "time_stated" in verdict_here(sealed.pdf).codes()


def test_an_authority_that_fails_after_the_last_signature_leaves_nothing_half_signed(
    demo: Rendered, timestamp_authority: TimestampAuthority, settings: LazySettings
) -> None:
    settings.TIMESTAMP_URL = timestamp_authority.url

    def twice_only(request: bytes) -> tuple[int, str, bytes]:
        if len(timestamp_authority.requests) > 2:
            return failing(request)
        return 200, REPLY, timestamp_authority.stamp(request)

    timestamp_authority.behave = twice_only
    with pytest.raises(TimestampUnavailable):
        sign(demo.pdf, "seller-1", MAYA, first=True, last=True)
    assert len(timestamp_authority.requests) == 3


def test_an_authority_without_a_known_root_gives_no_long_term_level(
    demo: Rendered, timestamp_authority: TimestampAuthority, settings: LazySettings
) -> None:
    settings.TIMESTAMP_URL = timestamp_authority.url
    sealed = sign(demo.pdf, "seller-1", MAYA, first=True, last=True)
    assert sealed.level == "B-T"


def test_a_root_that_a_file_of_another_server_brings_along_vouches_for_no_time(
    demo: Rendered,
    timestamp_authority: TimestampAuthority,
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever runs a server can make an authority of any name below its own root."""
    forger = instance_authority()
    assert timestamp_authority.keys is not None
    made_up = (
        certificate_for(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A Famous Time Authority")]),
            forger.issuer.subject,
            timestamp_authority.keys.key,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(forger.key, hashes.SHA256())
    )
    timestamp_authority.keys = replace(timestamp_authority.keys, certificate=made_up)
    settings.TIMESTAMP_URL = timestamp_authority.url
    sealed = sign(demo.pdf, "seller-1", MAYA, first=True)
    elsewhere = self_made_authority(tmp_path / "authority", (derived_passphrase("elsewhere"),))
    monkeypatch.setattr(verification, "instance_authority", lambda: elsewhere)
    verdict = verdict_here(sealed.pdf)
    assert {"issued_elsewhere", "time_unconfirmed"} <= verdict.codes()
    [signer] = verdict.signers
    assert (signer.time_source, signer.time_sentence) == (
        "unconfirmed_authority",
        "stated by the timestamp authority A Famous Time Authority, which is not known here",
    )


def test_bytes_after_the_archive_and_a_second_archive_are_no_stored_stage(archived: Archived) -> None:
    assert broken(verdict_here(archived.second.pdf + b"\n", known=archived.known)) >= {"bytes_added"}
