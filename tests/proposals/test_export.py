"""What either side takes along: everything on record that both see, checkable without us, and nothing more."""

import asyncio
import base64
import hashlib
import io
import json
import tempfile
import zipfile
from typing import Any

import pycrdt
import pytest
from django.test import Client
from django.urls import reverse

from collab.projection import read_section, root_name
from proposals.actions import questions
from proposals.actions.export import document_file, write_archive
from proposals.actions.files import keep_stage
from proposals.actions.lines import edit_line
from proposals.actions.offers import propose
from proposals.actions.sections import write_text
from proposals.documents.archive import TakenFile
from proposals.documents.targets import Target
from proposals.models import Revision
from proposals.prose import to_text
from proposals.starters.text import document
from proposals.text import port
from proposals.views.files import PIECE_BYTES, FileOnDisk
from tests import factories
from tests.kept import as_made
from tests.proposals.chain import last_hash
from tests.proposals.deal import CONDITIONS, SUMMARY, Deal, deal_after
from tests.proposals.test_sharing import found_in, share_with_secrets

UNSIGNED = b"%PDF-1.7 a file that nobody looks into"
LIVE = "https://same.example/p/1/"


def talked(deal: Deal) -> None:
    """Both write, a price moves, something is asked and proposed."""
    write_text(
        by=deal.tomas,
        section_id=deal.section(SUMMARY).id,
        text=document("Our patients book by phone today."),
        replace=True,
    )
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7500.00"}, why="Smaller than thought")
    question = questions.ask(by=deal.tomas, text="Who hosts it?")
    questions.reply(by=deal.maya, question_id=question.id, text="You do.")
    propose(by=deal.tomas, target=Target("quantity", line=str(deal.line("Design").id)), value="5", why="One day less")


def talk_and_lock() -> Deal:
    deal = deal_after(talked)
    deal.freeze()
    return deal


PDF = TakenFile("proposal-locked.pdf", "A stand-in: no test here looks into it.", [b"%PDF-"])


def taken(deal: Deal) -> dict[str, bytes]:
    """The files of an archive by their names, in their order."""
    into = io.BytesIO()
    write_archive(deal.proposal, into, live_url=LIVE, document=PDF)
    with zipfile.ZipFile(into) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


@pytest.mark.usefixtures("db")
class TestTaken:
    """A locked proposal that was talked about."""

    @pytest.fixture
    def deal(self) -> Deal:
        return as_made(talk_and_lock)

    @pytest.fixture
    def files(self, deal: Deal) -> dict[str, bytes]:
        return taken(deal)

    def test_the_names_are_always_the_same(self, files: dict[str, bytes]) -> None:
        assert list(files) == [
            "proposal-locked.pdf",
            "proposal.docx",
            "proposal.json",
            "revisions/1.json",
            "evidence/revisions.json",
            "evidence/root.pem",
            "audit-trail/events.jsonl",
            "audit-trail/how-to-verify.txt",
            "text-history/log.jsonl",
            "text-history/writers.jsonl",
            "text-history/whose-words.jsonl",
            "text-history/sections.json",
            "negotiation/price-changes.jsonl",
            "negotiation/counter-offers.jsonl",
            "negotiation/questions.jsonl",
            "negotiation/price-requests.jsonl",
            "negotiation/disclosures.jsonl",
            "negotiation/disclosure-requests.jsonl",
            "README.txt",
            "SHA256SUMS.txt",
        ]

    def test_the_readme_names_every_file(self, files: dict[str, bytes]) -> None:
        readme = files["README.txt"].decode()
        assert [name for name in files if f"\n{name}\n" not in readme] == ["README.txt"]

    def test_the_checksums_are_those_of_the_files(self, files: dict[str, bytes]) -> None:
        sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS.txt").decode().splitlines())
        assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}

    def test_the_same_state_gives_the_same_bytes(self, deal: Deal) -> None:
        twice = [io.BytesIO(), io.BytesIO()]
        for into in twice:
            write_archive(deal.proposal, into, live_url=LIVE, document=PDF)
        assert twice[0].getvalue() == twice[1].getvalue()

    def test_the_data_are_the_revisions_bytes(self, files: dict[str, bytes]) -> None:
        assert files["proposal.json"] == files["revisions/1.json"]
        assert hashlib.sha256(files["proposal.json"]).hexdigest() == Revision.objects.get().sha256

    def test_the_trail_is_verified_by_what_is_in_the_archive(self, deal: Deal, files: dict[str, bytes]) -> None:
        found = last_hash(str(deal.id), lines(files["audit-trail/events.jsonl"]))
        assert found == deal.proposal.audit_hash
        assert f"\n{found}\n" in files["audit-trail/how-to-verify.txt"].decode()

    def test_the_log_makes_the_text_anew(self, deal: Deal, files: dict[str, bytes]) -> None:
        made: pycrdt.Doc[Any] = pycrdt.Doc()
        log = lines(files["text-history/log.jsonl"])
        for entry in log:
            made.apply_update(base64.b64decode(entry["update"]))
        assert [entry["number"] for entry in log] == list(range(1, port().head(deal.proposal) + 1))
        section = deal.section(SUMMARY).id
        assert to_text(read_section(made, root_name(section))) == "Our patients book by phone today."

    def test_whose_words_they_are(self, deal: Deal, files: dict[str, bytes]) -> None:
        shown = {each["title"]: each for each in lines(files["text-history/whose-words.jsonl"])}
        assert shown[CONDITIONS]["words"] == {"Sameside": 8}
        assert shown[SUMMARY]["words"]["Tomás Reyes"] == 3
        assert {run["by"] for block in shown[SUMMARY]["blocks"] for run in block["runs"]} == {"Sameside", "Tomás Reyes"}
        tomas = str(deal.tomas.user_id)
        assert tomas in {pen["user"] for pen in lines(files["text-history/writers.jsonl"])}

    def test_the_negotiation(self, files: dict[str, bytes]) -> None:
        (change, *_) = lines(files["negotiation/price-changes.jsonl"])
        assert (change["name"], change["why"], change["after"]) == (
            "Maya Lindqvist", "Smaller than thought", "16698.00",
        )  # fmt: skip
        (question,) = lines(files["negotiation/questions.jsonl"])
        assert (question["text"], [reply["text"] for reply in question["replies"]]) == ("Who hosts it?", ["You do."])
        (offer,) = lines(files["negotiation/counter-offers.jsonl"])
        assert (offer["field"], offer["value"], offer["state"], offer["why"]) == (
            "quantity",
            "5",
            "open",
            "One day less",
        )


@pytest.mark.usefixtures("db")
def test_nothing_from_before_sharing_is_in_it() -> None:
    """For neither side: the archive is the same for both."""
    shared = as_made(share_with_secrets)
    files = taken(shared)
    log = b"".join(base64.b64decode(entry["update"]) for entry in lines(files["text-history/log.jsonl"]))
    with zipfile.ZipFile(io.BytesIO(files["proposal.docx"])) as word:
        assert {name: found_in(word.read(name)) for name in word.namelist() if found_in(word.read(name))} == {}
    assert {name: found_in(content) for name, content in files.items() if found_in(content)} == {}
    assert b"Your patients book" in log
    assert found_in(log) == []
    assert b"A small office." in files["negotiation/disclosures.jsonl"]


def test_the_seller_takes_a_preparation_along(preparing: Deal) -> None:
    files = taken(preparing)
    assert "It is being prepared." in files["README.txt"].decode()
    assert "revisions/1.json" not in files


def test_a_pdf_that_can_not_be_had_holds_nothing_up(deal: Deal) -> None:
    keep_stage(deal.freeze(), 0, b"what storage gives", hashlib.sha256(b"what was stored").hexdigest())
    file = document_file(deal.proposal, live_url=LIVE)
    assert file.name == "no-pdf.txt"
    assert b"".join(file.pieces).startswith(b"The stored PDF is damaged.")


def test_both_sides_get_the_same_archive_by_page(deal: Deal) -> None:
    keep_stage(deal.freeze(), 0, UNSIGNED, hashlib.sha256(UNSIGNED).hexdigest())
    got = []
    for user in (factories.seller(deal.proposal), factories.client(deal.proposal)):
        browser = Client()
        browser.force_login(user)
        answer = browser.get(reverse("export_zip", args=[deal.id]))
        content = b"".join(answer)  # type: ignore[arg-type]
        assert answer["Content-Length"] == str(len(content))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.read("proposal-locked.pdf") == UNSIGNED
        got.append((answer["Content-Type"], answer["Content-Disposition"], content))
    assert got[0] == got[1]
    assert got[0][:2] == (
        "application/zip",
        'attachment; filename="a-booking-portal-your-patients-can-use-without-calling-export.zip"',
    )


def test_a_large_archive_is_sent_in_pieces_without_reading_all_of_it() -> None:
    """As ASGI asks for it: Django would read all of another file at once."""
    with tempfile.SpooledTemporaryFile(1) as file:
        file.write(b"abc" * PIECE_BYTES)
        response = FileOnDisk(file)

        async def sent() -> list[int]:
            return [len(piece) async for piece in response]

        assert asyncio.run(sent()) == [PIECE_BYTES] * 3
        assert response["Content-Length"] == str(3 * PIECE_BYTES)
