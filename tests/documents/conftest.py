"""PDFs that many tests look at, rendered and sealed once per process; a timestamp authority on this machine."""

import fcntl
import hashlib
import pickle
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from django.test import override_settings

from proposals.documents.pdf import Rendered
from proposals.documents.render import draft_pdf, revision_pdf
from proposals.documents.sealing import Sealed, seal
from proposals.documents.signatory import Mark, Signatory
from proposals.documents.verdict import ExpectedSigner, KnownDocument, Stage
from tests.documents import samples
from tests.documents.timestamping import TimestampAuthority, serving

SIGNED_AT = datetime(2026, 12, 9, 11, 20, 5, tzinfo=UTC)
ARCHIVED_AT = datetime(2024, 3, 4, 9, 0, 5, tzinfo=UTC)
"""The first signature of the file with long-term data: validation needs one that is past."""
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
    return Signed(base=demo.pdf, first=first, second=second, known=known_from(demo, first, second))


def known_from(demo: Rendered, first: Sealed, second: Sealed) -> KnownDocument:
    """The record of the demo that both have signed."""
    return KnownDocument(
        stages=tuple(Stage(hashlib.sha256(file).hexdigest(), len(file)) for file in (demo.pdf, first.pdf, second.pdf)),
        signers=(
            ExpectedSigner("seller-1", MAYA.name, MAYA.email, first.certificate_serial),
            ExpectedSigner("client-1", TOMAS.name, TOMAS.email, second.certificate_serial),
        ),
        canonical=rfc8785.dumps(samples.demo_snapshot()),
    )


def text_of(pdf: bytes, tmp_path: Path, *options: str) -> str:
    """The text of a PDF as poppler extracts it."""
    path = tmp_path / "text.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def squeezed(text: str) -> str:
    """Text with all white space as single blanks, as line breaks fall differently on paper."""
    return " ".join(text.split())


@pytest.fixture
def timestamp_authority(tmp_path: Path) -> Iterator[TimestampAuthority]:
    """A timestamp authority that answers over HTTP; it says that it is two seconds after `SIGNED_AT`."""
    with serving(tmp_path, says=SIGNED_AT + timedelta(seconds=2)) as authority:
        yield authority


@dataclass(frozen=True)
class Archived:
    """The demo after both signatures with timestamps, validation data and the archive timestamp (B-LTA).

    `root` is that of the timestamps, in PEM.
    """

    first: Sealed
    second: Sealed
    known: KnownDocument
    root: bytes


@pytest.fixture(scope="session")
def archived(demo: Rendered, once: Once, tmp_path_factory: pytest.TempPathFactory) -> Archived:
    """The demo signed by both before a timestamp authority."""
    return once("archived", lambda: sign_and_archive(demo, tmp_path_factory.mktemp("authority")))


def sign_and_archive(demo: Rendered, folder: Path) -> Archived:
    """Both signatures and what is appended after the last one, half an hour apart."""
    later = ARCHIVED_AT + timedelta(minutes=30)
    with serving(folder, says=ARCHIVED_AT + timedelta(seconds=2)) as authority:
        with override_settings(TIMESTAMP_URL=authority.url, TIMESTAMP_ROOTS=authority.roots):
            first = sign(demo.pdf, "seller-1", MAYA, first=True, signed_at=ARCHIVED_AT)
            authority.says = later + timedelta(seconds=2)
            second = sign(first.pdf, "client-1", TOMAS, first=False, signed_at=later, last=True)
        return Archived(first, second, known_from(demo, first, second), Path(authority.roots).read_bytes())
