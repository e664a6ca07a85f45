"""PDFs that many tests look at, rendered and sealed once per process; a timestamp authority on this machine."""

import fcntl
import hashlib
import pickle
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from proposals.documents.pdf import Rendered
from proposals.documents.render import draft_pdf, revision_pdf
from proposals.documents.sealing import Sealed, seal
from proposals.documents.signatory import Mark, Signatory
from proposals.documents.verdict import ExpectedSigner, KnownDocument, Stage
from tests.documents import samples

SIGNED_AT = datetime(2026, 12, 9, 11, 20, 5, tzinfo=UTC)
REFERENCE = "Revision 1, 9f2c41d07be803aa"

MAYA = Signatory("Maya Lindqvist", "Partner", "Northlight Studio B.V.", "maya@northlight.example", "seller")
TOMAS = Signatory(
    "Tomás Реєс-Łukasz", "Practice manager", "Harbour Street Clinic Ltd", "tomas@clinic.example", "client"
)


Once = Callable[[str, Callable[[], Any]], Any]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Makes a value once for all processes of a test run and shares it through a file."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent

    def make_once(name: str, make: Callable[[], Any]) -> Any:
        path = folder / f"{name}.pickle"
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                path.write_bytes(pickle.dumps(make()))
            return pickle.loads(path.read_bytes())

    return make_once


@pytest.fixture(scope="session")
def demo(once: Once) -> Rendered:
    """The demo's revision, unsigned."""
    return once("demo", lambda: revision_pdf(samples.demo_snapshot()))


@pytest.fixture(scope="session")
def rich(once: Once) -> Rendered:
    """The revision with an option not taken, an estimate and an early-payment offer."""
    return once("rich", lambda: revision_pdf(samples.rich_snapshot()))


@pytest.fixture(scope="session")
def hostile(once: Once) -> Rendered:
    """The revision with everything that people may put in."""
    return once("hostile", lambda: revision_pdf(samples.hostile_snapshot()))


@pytest.fixture(scope="session")
def draft(once: Once) -> Rendered:
    """A draft of the rich proposal."""
    moment = datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
    live_url = "https://sameside.example/proposals/7/"
    return once("draft", lambda: draft_pdf(samples.rich_snapshot(), drafted_at=moment, live_url=live_url))


def sign(pdf: bytes, slot: str, signatory: Signatory, *, first: bool, **changes: Any) -> Sealed:
    """One signature with the values that most tests want."""
    values: dict[str, Any] = {
        "mark": Mark("typed", signatory.name),
        "signed_at": SIGNED_AT,
        "method": f"Confirmed by a code sent to {signatory.email}",
        "reference": REFERENCE,
        **changes,
    }
    return seal(pdf, slot=slot, signatory=signatory, first=first, **values)


@dataclass(frozen=True)
class Signed:
    """The demo after both signatures, with its record."""

    base: bytes
    first: Sealed
    second: Sealed
    known: KnownDocument


@pytest.fixture(scope="session")
def signed(demo: Rendered, once: Once) -> Signed:
    """The demo signed by both: typed by the seller, drawn by the client."""
    return once("signed", lambda: sign_both(demo))


def sign_both(demo: Rendered) -> Signed:
    """Both signatures on the demo, half an hour apart."""
    first = sign(demo.pdf, "seller-1", MAYA, first=True)
    drawn = Mark("drawn", "M 10 40 L 20 10 L 30 50 L 60 45 M 95 20 L 120 44")
    second = sign(first.pdf, "client-1", TOMAS, first=False, mark=drawn, signed_at=SIGNED_AT + timedelta(minutes=30))
    known = KnownDocument(
        stages=tuple(Stage(hashlib.sha256(file).hexdigest(), len(file)) for file in (demo.pdf, first.pdf, second.pdf)),
        signers=(
            ExpectedSigner("seller-1", MAYA.name, MAYA.email, first.certificate_serial),
            ExpectedSigner("client-1", TOMAS.name, TOMAS.email, second.certificate_serial),
        ),
        canonical=rfc8785.dumps(samples.demo_snapshot()),
    )
    return Signed(base=demo.pdf, first=first, second=second, known=known)


def text_of(pdf: bytes, tmp_path: Path, *options: str) -> str:
    """The text of a PDF as poppler extracts it."""
    path = tmp_path / "text.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def squeezed(text: str) -> str:
    """Text with all white space as single blanks, as line breaks fall differently on paper."""
    return " ".join(text.split())


@dataclass(frozen=True)
class TimestampAuthority:
    """An RFC 3161 server on this machine, with the certificate to trust."""

    url: str
    certificate: asn1_x509.Certificate


@pytest.fixture
def timestamp_authority() -> Iterator[TimestampAuthority]:
    """A timestamp authority that answers over HTTP; it stamps the time at which it is asked."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Time Authority")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(SIGNED_AT - timedelta(days=1))
        .not_valid_after(SIGNED_AT + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        fixed_dt=SIGNED_AT + timedelta(seconds=2),
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield TimestampAuthority(url=f"http://127.0.0.1:{server.server_port}/", certificate=stamper.tsa_cert)
    server.shutdown()
    thread.join()
    server.server_close()
