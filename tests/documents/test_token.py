"""The operator's authority in a token (PKCS#11), here SoftHSM: it issues, seals, and says what is missing."""

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import LazySettings

from proposals.documents.authority import authority_in_token, authority_revocation_list, instance_authority
from proposals.documents.certificates import authority_certificate, issue, revocation_list
from proposals.documents.errors import SigningUnavailable
from proposals.documents.file_reader import read_signed_file
from proposals.documents.pdf import Rendered
from proposals.documents.token import Place
from proposals.documents.verification import our_root
from tests.documents.conftest import MAYA, SIGNED_AT, sign

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/libsofthsm2.so")
PIN = "4711"


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A token with two keys, `issuing` (P-384) and `modular` (RSA), whose certificates lie beside it."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    tool = shutil.which("softhsm2-util")
    assert tool, "softhsm2 is missing: sh scripts/system-packages.sh test"
    subprocess.run(
        [tool, "--init-token", "--free", "--label", "sameside", "--pin", PIN, "--so-pin", PIN],
        check=True,
        capture_output=True,
    )
    keys = {"issuing": ec.generate_private_key(ec.SECP384R1()), "modular": rsa.generate_private_key(65537, 2048)}
    for number, (label, key) in enumerate(keys.items(), start=1):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Operator's {label} authority")])
        certificate = authority_certificate(name, name, key, key, datetime(2020, 1, 1, tzinfo=UTC), 9000, path_length=0)
        (folder / f"{label}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        secret = folder / f"{label}.key"
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        subprocess.run(
            [
                tool,
                "--import",
                str(secret),
                "--token",
                "sameside",
                "--label",
                label,
                "--id",
                f"0{number}",
                "--pin",
                PIN,
            ],
            check=True,
            capture_output=True,
        )
    return Place(next(path for path in MODULES if Path(path).is_file()), "sameside", "issuing", PIN)


@pytest.fixture
def folder(place: Place) -> Path:
    """Where the certificates are."""
    return Path(os.environ["SOFTHSM2_CONF"]).parent


@pytest.mark.parametrize("label", ["issuing", "modular"])
def test_certificates_and_lists_are_signed_in_the_token(label: str, place: Place, folder: Path) -> None:
    authority = authority_in_token(replace(place, key=label), str(folder / f"{label}.pem"))
    issued = issue(
        authority.issuer,
        authority.key,
        name="Maya Lindqvist",
        title="",
        firm="",
        email="maya@northlight.example",
        signed_at=SIGNED_AT,
    )
    issued.certificate.verify_directly_issued_by(authority.issuer)
    revoked = x509.load_der_x509_crl(revocation_list(authority.issuer, authority.key, SIGNED_AT))
    assert revoked.is_signature_valid(authority.issuer.public_key())
    with pytest.raises(NotImplementedError, match="stays in its token"):
        authority.key.private_numbers()


def test_a_file_is_sealed_under_the_authority_in_the_token(
    place: Place, folder: Path, demo: Rendered, settings: LazySettings
) -> None:
    settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = place.module, place.token
    settings.SIGNING_PKCS11_KEY, settings.SIGNING_PKCS11_PIN = place.key, place.pin
    settings.SIGNING_PKCS11_CERTIFICATES = str(folder / "issuing.pem")
    assert instance_authority().root.subject.rfc4514_string() == "CN=Operator's issuing authority"
    assert authority_revocation_list(SIGNED_AT) is None
    sealed = sign(demo.pdf, "seller-1", MAYA, first=True)
    [found] = read_signed_file(sealed.pdf, our_root=our_root()).signatures
    assert (found.is_sound, found.chain_is_valid, found.issued_by_us) == (True, True, True)
    assert (found.name, found.issuer) == (MAYA.name, "Operator's issuing authority")
    settings.SIGNING_PKCS12 = "another.p12"
    with pytest.raises(SigningUnavailable, match="Both SIGNING_PKCS12 and SIGNING_PKCS11_MODULE"):
        instance_authority()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"module": "/nowhere.so"}, "SIGNING_PKCS11_MODULE: there is no file /nowhere.so"),
        ({"module": __file__}, "the token answers"),
        ({"token": "another"}, "no token with the label “another”"),
        ({"pin": "0000"}, "SIGNING_PKCS11_PIN is not the PIN"),
        ({"key": "another"}, "not exactly one private key has the label “another”"),
    ],
)
def test_what_is_missing_is_said(wrong: dict[str, str], sentence: str, place: Place, folder: Path) -> None:
    with pytest.raises(SigningUnavailable, match=sentence) as refused:
        authority_in_token(replace(place, **wrong), str(folder / "issuing.pem"))
    assert "Nothing was signed." in refused.value.detail
    assert PIN not in refused.value.detail


def test_the_certificates_must_fit_the_key_and_be_those_of_an_authority(
    place: Place, folder: Path, tmp_path: Path
) -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody")])
    strange = authority_certificate(name, name, other, other, SIGNED_AT, 10, path_length=0)
    person = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(other.public_key()).serial_number(1)
    )
    plain = person.not_valid_before(SIGNED_AT).not_valid_after(SIGNED_AT).sign(other, hashes.SHA256())
    for certificate, sentence in ((strange, "not the key of the first certificate"), (plain, "may not issue")):
        path = tmp_path / f"{certificate.serial_number}.pem"
        path.write_bytes(certificate.public_bytes(Encoding.PEM))
        with pytest.raises(SigningUnavailable, match=sentence):
            authority_in_token(place, str(path))
    with pytest.raises(SigningUnavailable, match="SIGNING_PKCS11_CERTIFICATES can’t be read"):
        authority_in_token(place, str(tmp_path / "none.pem"))


def test_the_pin_is_not_told_with_the_place() -> None:
    assert PIN not in repr(Place("/module.so", "sameside", "issuing", PIN))
