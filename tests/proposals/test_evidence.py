"""The sealed evidence: what it says, that it is sealed and the same for both, and that verification knows it."""

import io
import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from proposals.actions import audit, evidence
from proposals.actions.evidence import evidence_pdf, forget_past_evidence
from proposals.actions.freezing import current_revision
from proposals.actions.verifying import verify_file
from proposals.documents import evidence_file
from proposals.documents.authority import root_fingerprint
from proposals.documents.evidence_facts import evidence_facts
from proposals.documents.sealing import Sealed
from proposals.documents.words import grouped
from proposals.exceptions import WrongState
from proposals.models import Proposal
from proposals.states import State
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after, refused, sign_as


def sign_both(deal: Deal) -> None:
    """Everybody signs, through the real thing."""
    deal.freeze()
    sign_as(deal.maya)
    sign_as(deal.tomas)


@pytest.fixture
def signed(db: None) -> Deal:
    """Signed by both."""
    return as_made(deal_after, sign_both)


def test_there_is_none_before_everybody_has_signed(db: None) -> None:
    deal = as_made(deal_after, Deal.freeze)
    with refused(WrongState, "not_signed"):
        evidence_pdf(deal.proposal)


def test_both_get_the_same_sealed_file_with_everything_that_is_on_record(signed: Deal) -> None:
    address = reverse("evidence_pdf", args=[signed.id])
    files = []
    for person in (factories.seller(signed.proposal), factories.client(signed.proposal)):
        browser = Client()
        browser.force_login(person)
        answer = browser.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        files.append(answer.content)
        page = browser.get(reverse("signed", args=[signed.id])).content.decode()
        assert address in page
        assert (
            "<dd>Sealed<small>The time is stated by this server; no timestamp authority confirmed it.</small>" in page
        )
        assert "<summary>For specialists</summary><small>PAdES B-B " in page
    assert files[0] == files[1]

    with pikepdf.open(io.BytesIO(files[0])) as pdf:
        facts = json.loads(pdf.attachments["evidence.json"].get_file().read_bytes())
        metadata = bytes(pdf.Root.Metadata.read_bytes()).decode()
    assert 'pdfaid:part="3"' in metadata
    revision = signed.proposal.revisions.get()
    signatures = list(revision.signatures.order_by("signed_at", "id"))
    assert [one["certificate_serial"] for one in facts["signatures"]] == [one.certificate_serial for one in signatures]
    assert facts["signatures"][0]["ip_address"] == "192.0.2.7"
    assert facts["signatures"][0]["user_agent"] == "a browser"
    assert "I have read the proposal and may sign for" in facts["signatures"][0]["consent"]["text"]
    assert facts["signatures"][0]["consent"]["sha256"] == signatures[0].consent_sha256
    assert facts["revision"]["sha256"] == revision.sha256
    assert [one["sha256"] for one in facts["stages"]] == list(
        revision.file_stages.order_by("number").values_list("sha256", flat=True)
    )
    assert facts["audit"]["hash"] == signed.proposal.audit_hash
    assert facts["events"][-1]["type"] == "document.sealed"

    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=files[0], capture_output=True, check=True)
    text = " ".join(done.stdout.decode().split())
    for said in ("Evidence of signing", "192.0.2.7; a browser", "Who opened or downloaded the signed file is not"):
        assert said in text
    assert signatures[1].certificate_serial in text.replace(" ", "")

    verdict = verify_file(files[0])
    assert (verdict.outcome, verdict.codes()) == ("intact", {"time_stated"})
    assert verdict.summary.startswith(
        f"Intact. This is evidence about revision 1 of “{signed.proposal.title}”, sealed by"
    )
    assert verify_file(files[0] + b"\n").outcome == "broken"


def test_after_something_more_has_happened_it_is_made_anew(signed: Deal) -> None:
    first = evidence_pdf(signed.proposal)
    assert evidence_pdf(signed.proposal) == first
    Proposal.objects.filter(id=signed.id).update(state=State.VOID, audit_hash="0" * 64)
    verdict = verify_file(first)
    assert (verdict.outcome, verdict.codes()) == ("intact", {"evidence_older", "time_stated"})
    page = Client().post("/verify/", {"file": io.BytesIO(first)})
    assert page.context["headline"] == "Intact, but more has happened since"
    with pikepdf.open(io.BytesIO(evidence_pdf(signed.proposal))) as pdf:
        facts = json.loads(pdf.attachments["evidence.json"].get_file().read_bytes())
    assert (facts["proposal"]["state"], facts["audit"]["hash"]) == ("void", "0" * 64)


def test_it_lists_no_event_after_the_head_of_the_trail_that_it_names(signed: Deal) -> None:
    """Something may be recorded just while the file is made; it is told by the next one."""
    revision = current_revision(Proposal.objects.get(id=signed.id))
    audit.append(Proposal.objects.get(id=signed.id), "reminder.chosen", None, {"choice": "none"})
    facts = evidence_facts(revision)
    last = facts["events"][-1]
    assert (last["number"], last["hash"]) == (facts["audit"]["number"], facts["audit"]["hash"])


def test_two_who_ask_for_it_at_once_get_the_same_file(signed: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = signed.proposal
    folder = f"evidence/{current_revision(proposal).id}"
    name = f"{proposal.epoch}-{proposal.audit_hash}.pdf"
    default_storage.delete(f"{folder}/{name}")

    def sealed(facts: Mapping[str, Any], made_at: datetime) -> Sealed:
        default_storage.save(f"{folder}/{name}", ContentFile(b"the first"))
        return Sealed(b"the second", "", "", "", "")

    monkeypatch.setattr(evidence_file, "sealed_evidence", sealed)
    try:
        assert evidence_pdf(proposal) == b"the first"
        assert [found for found in default_storage.listdir(folder)[1] if name[:-4] in found] == [name]
    finally:
        default_storage.delete(f"{folder}/{name}")


def test_upkeep_takes_away_what_is_past_for_a_day_and_nothing_else(
    signed: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = signed.proposal
    folder = f"evidence/{current_revision(proposal).id}"
    standing = f"{proposal.epoch}-{proposal.audit_hash}.pdf"
    for name in (standing, f"{proposal.epoch}-{'0' * 64}.pdf"):
        if not default_storage.exists(f"{folder}/{name}"):
            default_storage.save(f"{folder}/{name}", ContentFile(b"%PDF-"))
    assert forget_past_evidence() == 0
    monkeypatch.setattr(evidence, "KEPT_FOR", -timedelta(days=1))
    assert (forget_past_evidence(), default_storage.listdir(folder)[1]) == (1, [standing])


def test_no_row_breaks_across_pages() -> None:
    """The first and the last word of each of many events stand on the page of its number."""
    words = "of what was said about it at some length " * 6
    events = [
        {"number": number, "at": "2026-11-22T10:00:00+00:00", "sentence": f"begin{number}x {words} end{number}x"}
        for number in range(1, 41)
    ]
    facts = {
        "server": {"name": "Sameside", "base_url": "https://same.example", "root_sha256": "00" * 32},
        "proposal": {"id": "1", "title": "A portal", "state": "signed"},
        "revision": {"number": 1, "sha256": "00" * 32, "frozen_at": "2026-11-22T09:00:00+00:00"},
        "signatures": [],
        "stages": [],
        "events": events,
        "audit": {"number": 40, "hash": "00" * 32},
    }
    made = evidence_file.unsealed_evidence(facts, datetime(2026, 11, 22, tzinfo=UTC))
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=made.pdf, capture_output=True, check=True)
    pages = done.stdout.decode().split("\f")
    assert made.page_count >= 3
    for number in range(1, 41):
        shown = [
            [at for at, page in enumerate(pages) if said in f"\n{page}"]
            for said in (f"\n{number}. 22 November", f"begin{number}x", f"end{number}x")
        ]
        assert shown[0] == shown[1] == shown[2], number
        assert len(shown[0]) == 1


def test_the_verify_page_tells_whom_to_trust(db: None, settings: LazySettings) -> None:
    page = Client().get(reverse("verify")).content.decode()
    assert "Your PDF reader says “signer unknown”?" in page
    assert grouped(root_fingerprint()) in page
    settings.SIGNING_PKCS12 = "/nowhere/authority.p12"
    answer = Client().get(reverse("verify"))
    assert (answer.status_code, "signer unknown" in answer.content.decode()) == (200, False)
