"""The instance's authority: made once whoever asks first, private, openable after a rotated secret."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import LazySettings

from proposals.documents import authority
from proposals.documents.authority import (
    derived_passphrase,
    instance_authority,
    operators_authority,
    passphrases,
    self_made_authority,
)
from proposals.documents.certificates import (
    DOCUMENT_SIGNING,
    NO_REVOCATION,
    authority_certificate,
    issue,
    may_issue,
    serial_of,
    shortened,
)
from proposals.documents.errors import SigningUnavailable
from proposals.documents.killable import PROJECT
from tests.documents.conftest import SIGNED_AT

PASSPHRASE = derived_passphrase("a secret")


def test_four_processes_that_start_together_agree_on_one_authority(tmp_path: Path) -> None:
    folder = tmp_path / "keys" / "authority"
    program = (
        "import sys, pathlib; from proposals.documents.authority import self_made_authority, derived_passphrase;"
        "made = self_made_authority(pathlib.Path(sys.argv[1]), (derived_passphrase('a secret'),));"
        "print(format(made.root.serial_number, 'x'))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True, cwd=PROJECT)
        for _ in range(4)
    ]
    seen = {process.communicate(timeout=30)[0].strip() for process in processes}
    assert seen == {serial_of(self_made_authority(folder, (PASSPHRASE,)).root)}
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["authority"]


def test_the_loser_of_the_race_leaves_the_winners_files(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    authority.make_authority(folder, PASSPHRASE)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    authority.make_authority(folder, PASSPHRASE)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["authority"]


def test_key_files_are_private_and_encrypted(tmp_path: Path) -> None:
    self_made_authority(tmp_path / "authority", (PASSPHRASE,))
    files = sorted((tmp_path / "authority").iterdir())
    assert [path.name for path in files] == ["root.p12", "root.pem", "signing.p12"]
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
    for name in ("root.p12", "signing.p12"):
        with pytest.raises(ValueError, match="password"):
            pkcs12.load_key_and_certificates((tmp_path / "authority" / name).read_bytes(), b"wrong")


def test_a_rotated_secret_still_opens_the_keys_and_a_lost_one_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    made = self_made_authority(folder, (PASSPHRASE,))
    after_rotation = (derived_passphrase("a new secret"), PASSPHRASE)
    assert self_made_authority(folder, after_rotation).root == made.root
    with pytest.raises(SigningUnavailable, match="SECRET_KEY_FALLBACKS"):
        self_made_authority(folder, (derived_passphrase("a new secret"),))


def test_a_passphrase_of_its_own_comes_first(settings: LazySettings) -> None:
    settings.SECRET_KEY_FALLBACKS = ["older"]
    expected = (derived_passphrase(settings.SECRET_KEY), derived_passphrase("older"))
    assert passphrases() == expected
    settings.SIGNING_KEY_PASSPHRASE = "given"
    assert passphrases() == (b"given", *expected)


def test_the_chain_is_root_and_signing_authority(tmp_path: Path) -> None:
    made = self_made_authority(tmp_path / "authority", (PASSPHRASE,))
    signing, root = made.chain
    signing.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    lengths = [
        one.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length for one in (signing, root)
    ]
    assert lengths == [0, 1]


def test_a_certificate_for_one_signature_says_who_and_lives_for_minutes(tmp_path: Path) -> None:
    made = self_made_authority(tmp_path / "authority", (PASSPHRASE,))
    given = {"name": "Ána Łukaszewska", "title": "Partner", "firm": "Żółć GmbH", "email": "ana@client.example"}
    first = issue(made.issuer, made.key, **given, signed_at=SIGNED_AT)
    second = issue(made.issuer, made.key, **given, signed_at=SIGNED_AT)
    certificate = first.certificate
    certificate.verify_directly_issued_by(made.issuer)
    subject = {attribute.oid: attribute.value for attribute in certificate.subject}
    assert subject == {
        NameOID.COMMON_NAME: "Ána Łukaszewska",
        NameOID.TITLE: "Partner",
        NameOID.ORGANIZATION_NAME: "Żółć GmbH",
    }
    extensions = certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == ["ana@client.example"]
    assert list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [DOCUMENT_SIGNING]
    assert extensions.get_extension_for_oid(NO_REVOCATION).value.public_bytes() == b"\x05\x00"
    assert not may_issue(certificate)
    assert certificate.not_valid_before_utc == SIGNED_AT - timedelta(minutes=1)
    assert certificate.not_valid_after_utc == SIGNED_AT + timedelta(minutes=10)
    assert first.serial != second.serial
    assert first.key.private_numbers() != second.key.private_numbers()


def test_names_and_addresses_that_certificates_do_not_foresee(tmp_path: Path) -> None:
    made = self_made_authority(tmp_path / "authority", (PASSPHRASE,))
    issued = issue(
        made.issuer,
        made.key,
        name="N" * 200,
        title="",
        firm="F" * 300,
        email="renée@exämple.example",
        signed_at=SIGNED_AT,
    )
    assert [attribute.value for attribute in issued.certificate.subject] == ["N" * 61 + "…", "F" * 61 + "…"]
    names = issued.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.OtherName)[0].value == b"\x0c\x17" + "renée@exämple.example".encode()
    assert shortened("x" * 64) == "x" * 64
    assert shortened("Ж" * 40) == "Ж" * 30 + "…"


def operators_file(tmp_path: Path, *, is_authority: bool) -> Path:
    """A PKCS#12 of the operator: a certificate authority, or a certificate that may not issue others."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Operator")])
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    if is_authority:
        certificate = authority_certificate(name, name, key, key, moment, 3650, path_length=0)
    else:
        made = self_made_authority(tmp_path / "other", (PASSPHRASE,))
        issued = issue(made.issuer, made.key, name="Operator", title="", firm="", email="o@x.example", signed_at=moment)
        key, certificate = issued.key, issued.certificate
    path = tmp_path / "operator.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"o", key, certificate, None, BestAvailableEncryption(b"pw"))
    )
    return path


def test_the_operators_authority_takes_the_place_of_ours(tmp_path: Path, settings: LazySettings) -> None:
    settings.SIGNING_PKCS12 = str(operators_file(tmp_path, is_authority=True))
    settings.SIGNING_PKCS12_PASSWORD = "pw"
    made = instance_authority()
    assert made.root is made.issuer
    assert made.root.subject.rfc4514_string() == "CN=Operator"


def test_an_operators_certificate_that_may_not_issue_is_refused(tmp_path: Path) -> None:
    path = operators_file(tmp_path, is_authority=False)
    with pytest.raises(SigningUnavailable, match="may not issue certificates"):
        operators_authority(str(path), "pw")


def test_a_wrong_password_or_missing_file_is_said(tmp_path: Path) -> None:
    path = operators_file(tmp_path, is_authority=True)
    with pytest.raises(SigningUnavailable, match="SIGNING_PKCS12"):
        operators_authority(str(path), "wrong")
    with pytest.raises(SigningUnavailable, match="SIGNING_PKCS12"):
        operators_authority(str(tmp_path / "missing.p12"), "pw")
