"""`verify_pdf` and `render_pdf`, on a document that this server has on record."""

import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from proposals.models import FileStage, Participant, Proposal, Revision, Signature
from tests import factories
from tests.documents import attacks
from tests.documents.conftest import MAYA, SIGNED_AT, TOMAS, Signed, squeezed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(signed: Signed) -> Signed:
    """The signed demo with its rows: revision, the three stages of the file, both signatures."""
    proposal = factories.proposal()
    revision = Revision(
        proposal=proposal,
        number=1,
        content=signed.known.canonical.decode(),
        sha256=hashlib.sha256(signed.known.canonical).hexdigest(),
        text_seq=0,
        engine_version="1",
    )
    revision.save()
    for number, stage in enumerate(signed.known.stages):
        FileStage(revision=revision, number=number, sha256=stage.sha256, length_bytes=stage.length_bytes).save()
    for person, sealed in ((MAYA, signed.first), (TOMAS, signed.second)):
        Signature(
            revision=revision,
            participant=Participant.objects.get(proposal=proposal, side=person.side),
            slot=f"{person.side}-1",
            side=person.side,
            name=person.name,
            title=person.title,
            email=person.email,
            firm_name=person.firm,
            certificate_serial=sealed.certificate_serial,
            level=sealed.level,
            signed_at=SIGNED_AT,
        ).save()
    return signed


def verify(path: Path, *options: str) -> tuple[int, str]:
    """What the command prints and its exit status."""
    out = StringIO()
    try:
        call_command("verify_pdf", str(path), *options, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_sealed_file_is_intact_and_ours(recorded: Signed, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(recorded.second.pdf)
    status, said = verify(path)
    assert status == 0
    lines = said.splitlines()
    assert lines[0].startswith("Intact. This is revision 1 of “A booking portal")
    assert lines[1] == f"SHA-256 of the file: {recorded.second.sha256}"
    assert lines[2] == (
        "Signed by Maya Lindqvist, Partner, Northlight Studio B.V., maya@northlight.example (seller) on "
        "9 December 2026, 11:20:05 UTC, stated by the server that made the signature"
    )


def test_programs_get_the_whole_verdict(recorded: Signed, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(recorded.second.pdf)
    status, said = verify(path, "--json")
    verdict = json.loads(said)
    assert (status, verdict["ok"], verdict["ours"], verdict["outcome"]) == (0, True, True, "intact")
    assert [signer["name"] for signer in verdict["signers"]] == [MAYA.name, TOMAS.name]


@pytest.mark.parametrize("attack", [attacks.roll_back, attacks.change_title, attacks.save_again])
def test_anything_else_ends_with_one(attack: attacks.Attack, recorded: Signed, tmp_path: Path) -> None:
    path = tmp_path / "attacked.pdf"
    path.write_bytes(attack(recorded.second.pdf))
    status, said = verify(path)
    assert status == 1
    assert said.startswith("Not intact.")


def test_a_file_that_was_made_elsewhere_ends_with_one(signed: Signed, tmp_path: Path) -> None:
    path = tmp_path / "unknown.pdf"
    path.write_bytes(signed.second.pdf)
    status, said = verify(path)
    assert status == 1
    assert said.startswith("The signatures fit, and nothing was changed after them")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be read: No such file"):
        call_command("verify_pdf", str(tmp_path / "none.pdf"))


def test_render_pdf_writes_a_draft_of_an_open_proposal(tmp_path: Path) -> None:
    proposal = factories.proposal()
    factories.section(proposal, "Summary")
    path, out = tmp_path / "out.pdf", StringIO()
    call_command("render_pdf", str(proposal.id), str(path), stdout=out)
    assert out.getvalue() == f"{path}: draft, {path.stat().st_size:,} bytes\n"
    text = squeezed(text_of(path.read_bytes(), tmp_path))
    assert "Draft" in text
    assert "Summary" in text


@pytest.mark.parametrize("given", ["not-an-id", "0192f3a4-7c1e-7a52-9b1e-000000000000"])
def test_render_pdf_of_nothing_says_so(given: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"There is no proposal {given}"):
        call_command("render_pdf", given, str(tmp_path / "out.pdf"))
    assert Proposal.objects.count() == 0
    assert list(tmp_path.iterdir()) == []
