"""Signing for real: each signature grows the file, the last one completes the proposal, everybody gets the file.

The proposal of `TestSigned` is signed once, by Tomás, Maya and Ines in this order, and only looked at afterwards.
"""

import hashlib
import io
import itertools
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from proposals import tasks
from proposals.actions import audit
from proposals.actions.endings import decline, withdraw
from proposals.actions.export import current_content, current_pdf, document_file, write_archive
from proposals.actions.files import latest_stage, make_base_file, read_stage
from proposals.actions.freezing import current_revision, freeze, reopen
from proposals.actions.proposals import set_party
from proposals.actions.signing import consent_text, make_signing_code, sign
from proposals.actions.verifying import verify_file
from proposals.documents import told, wording
from proposals.documents.render import revision_pdf
from proposals.documents.snapshot import content_of
from proposals.exceptions import Invalid, Refusal, StorageRefused, WrongState
from proposals.models import FileStage, Reopening, SealedMail, Signature, SigningCode, Voiding
from tests.ports import free_port
from tests.proposals.deal import NOWHERE, Deal, confirm_void, declaration, make_deal, propose_to_void, refused, sign_as
from tests.proposals.together import refusals, together

UNDRAWABLE = "Tomás \U00013080"


class TestSigned(TestCase):
    """A proposal with three signatories, one after the other, the client first."""

    deal: Deal
    after: list[tuple[str, str, int]]
    mistake: str

    @classmethod
    def setUpTestData(cls) -> None:
        """Sign; remember after each signature the slot, the state and the length of the file."""
        cls.deal = make_deal()
        cls.deal.seat("ines@example.org", "client", role="reader", is_signatory=True)
        set_party(by=cls.deal.maya, side="seller", changes={"legal_name": "Northlight Studio B.V."})
        cls.deal.freeze()
        ines = cls.deal.actor(cls.deal.proposal.participants.get(user__email="ines@example.org").user)
        try:
            sign_as(cls.deal.tomas, name=UNDRAWABLE)
        except Refusal as refusal:
            cls.mistake = refusal.code
        cls.after = []
        for actor, mark in ((cls.deal.tomas, ""), (cls.deal.maya, "M 1 1 L 40 30 L 80 5"), (ines, "")):
            drawn = {"mark_kind": "drawn", "mark": mark} if mark else {}
            signature = sign_as(actor, **drawn)
            stage = latest_stage(signature.revision)
            assert stage is not None
            cls.after.append((signature.slot, cls.deal.proposal.state, stage.number))

    def test_the_order_is_free_and_the_last_signature_completes(self) -> None:
        assert self.after == [("client-1", "frozen", 1), ("seller-1", "frozen", 2), ("client-2", "signed", 3)]

    def test_a_name_that_can_not_be_drawn_signs_nothing(self) -> None:
        assert self.mistake == "missing_glyphs"
        assert not Signature.objects.filter(name=UNDRAWABLE).exists()
        assert SigningCode.objects.filter(used_at__isnull=False).count() == 3

    def test_each_file_begins_with_the_one_before_byte_for_byte(self) -> None:
        stages = list(self.deal.proposal.revisions.get().file_stages.all())
        files = [read_stage(stage) for stage in stages]
        assert [stage.number for stage in stages] == [0, 1, 2, 3]
        assert [stage.length_bytes for stage in stages] == [len(file) for file in files]
        assert [stage.sha256 for stage in stages] == [hashlib.sha256(file).hexdigest() for file in files]
        for shorter, longer in itertools.pairwise(files):
            assert longer.startswith(shorter)
            assert len(longer) > len(shorter)

    def test_the_page_after_signing_says_what_was_signed_for(self) -> None:
        self.client.force_login(self.deal.proposal.participants.get(side="seller").user)
        page = self.client.get(reverse("signed", args=[self.deal.id])).content.decode()
        assert "€17,303.00<small>Estimate €17,303.00, no upper limit</small>" in page

    def test_the_file_is_intact_and_says_who_signed(self) -> None:
        verdict = verify_file(current_pdf(self.deal.proposal, live_url="").pdf)
        assert verdict.outcome == "intact"
        assert [signer.name for signer in verdict.signers] == ["Tomás Reyes", "Maya Lindqvist", "Ines"]

    def test_it_stays_intact_once_it_is_void_by_both_and_says_so(self) -> None:
        pdf = current_pdf(self.deal.proposal, live_url="").pdf
        propose_to_void(self.deal.tomas)
        confirm_void(self.deal.maya)
        kept = current_pdf(self.deal.proposal, live_url="")
        assert (kept.pdf, kept.label) == (pdf, "signed")
        verdict = verify_file(kept.pdf)
        day = wording.short_date(Voiding.objects.get().voided_at.date())
        assert (verdict.outcome, verdict.codes() & {"voided"}) == ("intact", {"voided"})
        assert verdict.summary.endswith(f" Both parties declared this contract void on {day}.")
        assert "The clinic closes." not in str(verdict)
        page = Client().post("/verify/", {"file": io.BytesIO(pdf)})
        assert page.context["headline"] == "Intact, but void"

    def test_what_is_taken_along_holds_the_signed_file_its_evidence_and_certificates(self) -> None:
        proposal, into = self.deal.proposal, io.BytesIO()
        write_archive(proposal, into, live_url="", document=document_file(proposal, live_url=""))
        with zipfile.ZipFile(into) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        assert files["proposal-signed.pdf"] == current_pdf(proposal, live_url="").pdf
        assert verify_file(files["proposal-signed.pdf"]).outcome == "intact"
        assert sorted(name.removeprefix("evidence/") for name in files if name.startswith("evidence/")) == [
            "certificate-1-client-1.pem",
            "certificate-1-client-2.pem",
            "certificate-1-seller-1.pem",
            "evidence.pdf",
            "revisions.json",
            "root.pem",
        ]
        assert "evidence/evidence.pdf" in files["README.txt"].decode()
        assert files["evidence/evidence.pdf"].startswith(b"%PDF-")
        assert files["evidence/certificate-1-client-2.pem"].startswith(b"-----BEGIN CERTIFICATE-----")
        (revision,) = json.loads(files["evidence/revisions.json"])
        assert [signature["name"] for signature in revision["signatures"]] == ["Tomás Reyes", "Maya Lindqvist", "Ines"]
        longest = revision["file_stages"][-1]
        assert longest["sha256"] == hashlib.sha256(files["proposal-signed.pdf"]).hexdigest()
        with zipfile.ZipFile(io.BytesIO(files["proposal.docx"])) as word:
            said = word.read("word/document.xml").decode()
        assert said.count("Signed in the PDF by ") == 3

    def test_a_signature_keeps_what_was_known_when_it_was_given(self) -> None:
        signature = Signature.objects.get(slot="seller-1")
        assert (signature.name, signature.title, signature.email) == (
            "Maya Lindqvist",
            "Partner",
            "maya@northlight.example",
        )
        assert (signature.firm_name, signature.side) == ("Northlight Studio B.V.", "seller")
        assert (signature.mark_kind, signature.mark) == ("drawn", "M 1 1 L 40 30 L 80 5")
        assert (signature.ip_address, signature.user_agent) == ("192.0.2.7", "a browser")
        assert signature.session_sha256 == hashlib.sha256(b"a session").hexdigest()
        shown = consent_text(self.deal.proposal, "seller")
        assert shown.startswith("I have read the proposal and may sign for Northlight Studio B.V.")
        assert signature.consent_sha256 == hashlib.sha256(shown.encode()).hexdigest()

    def test_it_is_told(self) -> None:
        trail = self.deal.trail()[-5:]
        assert [told.sentence(event) for event in trail] == [
            "Tomás Reyes signed revision 1 as Partner",
            "Maya Lindqvist signed revision 1 as Partner",
            "Ines signed revision 1 as Partner",
            "The proposal is signed by everybody",
            "The signed PDF was sealed",
        ]
        stage = latest_stage(self.deal.proposal.revisions.get())
        assert stage is not None
        assert trail[-1].content.facts == {"revision": 1, "sha256": stage.sha256}
        assert audit.verify(self.deal.proposal).whole

    def test_what_is_signed_is_over(self) -> None:
        code = "000000"
        attempts: list[Any] = [
            lambda: make_signing_code(by=self.deal.tomas),
            lambda: sign(by=self.deal.tomas, declaration=declaration(self.deal.tomas, code), circumstances=NOWHERE),
            lambda: reopen(by=self.deal.maya),
            lambda: decline(by=self.deal.tomas),
            lambda: withdraw(by=self.deal.maya),
            lambda: freeze(by=self.deal.maya),
        ]
        for attempt in attempts:
            with refused(WrongState):
                attempt()

    def test_the_content_is_the_revisions_to_the_byte(self) -> None:
        assert current_content(self.deal.proposal) == self.deal.proposal.revisions.get().content
        assert current_pdf(self.deal.proposal, live_url="").label == "signed"

    def test_everybody_gets_the_file_by_mail(self) -> None:
        stage = latest_stage(self.deal.proposal.revisions.get())
        assert stage is not None
        tasks.mail_sealed_file.call(str(self.deal.id))
        assert sorted(message.to[0] for message in mail.outbox) == [
            "ines@example.org",
            "maya@northlight.example",
            "tomas@harbourstreet.example",
        ]
        for message in mail.outbox:
            ((name, content, kind),) = message.attachments
            assert (name, kind) == (f"proposal-{stage.sha256[:8]}-signed.pdf", "application/pdf")
            assert hashlib.sha256(bytes(content)).hexdigest() == stage.sha256
            assert stage.sha256 in message.body
            assert self.deal.proposal.audit_hash in message.body
        assert SealedMail.objects.filter(was_sent=True).count() == 3

    def test_a_mail_server_that_is_down_is_told_on_the_page_and_the_file_is_there(self) -> None:
        """Nobody listens at the port."""
        down = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_PORT": free_port()}
        with override_settings(**down, EMAIL_HOST="127.0.0.1", EMAIL_TIMEOUT=5):
            tasks.mail_sealed_file.call(str(self.deal.id))
        self.client.force_login(self.deal.proposal.participants.get(side="seller").user)
        page = self.client.get(reverse("signed", args=[self.deal.id])).content.decode()
        assert "The mail with it could not be sent to ines@example.org, maya@northlight.example, tomas@" in page
        assert "on its way to everybody by mail" not in page
        assert "Open the signed PDF" in page
        assert reverse("send_again", args=[self.deal.id]) in page
        SealedMail.objects.filter(participant__user__email="ines@example.org").update(was_sent=True)
        mail.outbox.clear()
        tasks.mail_sealed_file.call(str(self.deal.id), only_unsent=True)
        assert sorted(message.to[0] for message in mail.outbox) == [
            "maya@northlight.example",
            "tomas@harbourstreet.example",
        ]
        page = self.client.get(reverse("signed", args=[self.deal.id])).content.decode()
        assert "could not be sent" not in page


def test_reopening_between_two_signatures_voids_the_first(deal: Deal) -> None:
    first = deal.freeze()
    _, code = make_signing_code(by=deal.tomas)
    given = sign_as(deal.maya)
    with refused(WrongState, "already_signed"):
        make_signing_code(by=deal.maya)
    with refused(WrongState, "already_signed"):
        sign(by=deal.maya, declaration=declaration(deal.maya, "000000"), circumstances=NOWHERE)
    reopen(by=deal.tomas, reason="A date is wrong")
    assert told.sentence(deal.trail()[-1]) == (
        "Tomás Reyes reopened the proposal: “A date is wrong”; no longer valid: the signature of Maya Lindqvist"
    )
    second = freeze(by=deal.maya)
    assert (second.number, second.signatures.count(), second.file_stages.count()) == (2, 0, 0)
    assert Reopening.objects.get().revision == first
    assert Signature.objects.get() == given
    with refused(Invalid, "code_expired"):
        sign(by=deal.tomas, declaration=declaration(deal.tomas, code), circumstances=NOWHERE)
    assert len(make_signing_code(by=deal.maya)[1]) == 6
    assert current_revision(deal.proposal) == second


def test_what_one_has_signed_binds_nobody_once_the_other_has_declined(deal: Deal) -> None:
    deal.freeze()
    sign_as(deal.maya)
    pdf = current_pdf(deal.proposal, live_url="").pdf
    assert Client().post("/verify/", {"file": io.BytesIO(pdf)}).context["headline"] == (
        "Intact so far: not everybody has signed"
    )
    decline(by=deal.tomas, reason="Not this year.")
    page = Client().post("/verify/", {"file": io.BytesIO(pdf)})
    assert page.context["headline"] == "Intact, but the offer was declined"
    verdict = page.context["verdict"]
    assert verdict.summary.endswith(" The offer was declined before everybody had signed: this binds nobody.")
    assert "Not this year." not in str(verdict)


def test_two_who_sign_at_the_same_moment_both_stand_in_the_file(committed: str) -> None:
    deal = make_deal()
    revision = deal.freeze()
    make_base_file(revision)
    maya, tomas = deal.maya, deal.tomas
    results = together([lambda: sign_as(maya), lambda: sign_as(tomas)])
    assert refusals(results) == []
    assert sorted(revision.signatures.values_list("slot", flat=True)) == ["client-1", "seller-1"]
    assert list(revision.file_stages.values_list("number", flat=True)) == [0, 1, 2]
    assert deal.proposal.state == "signed"
    verdict = verify_file(current_pdf(deal.proposal, live_url="").pdf)
    assert verdict.outcome == "intact"
    assert len(verdict.signers) == 2


def test_storage_that_refuses_the_file_signs_nothing_and_all_goes_on_afterwards(
    deal: Deal, settings: Any, tmp_path: Path
) -> None:
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": folder}
    revision = deal.freeze()
    base = revision_pdf(content_of(revision.content))
    default_storage.save("base.pdf", ContentFile(base.pdf))
    FileStage(revision=revision, number=0, sha256=base.sha256, length_bytes=len(base.pdf), name="base.pdf").save()
    in_the_way = tmp_path / "pdf"
    in_the_way.write_text("not a folder")
    tomas = deal.tomas
    _, code = make_signing_code(by=tomas)
    with refused(StorageRefused, but=("proposals.SigningCode",)) as caught:
        sign(by=tomas, declaration=declaration(tomas, code), circumstances=NOWHERE)
    assert caught.value.detail.startswith("The server could not store the PDF just now. Nothing was signed or changed")
    in_the_way.unlink()
    signature = sign(by=tomas, declaration=declaration(tomas, code), circumstances=NOWHERE)
    stage = latest_stage(revision)
    assert stage is not None
    assert (stage.number, read_stage(stage).startswith(base.pdf)) == (1, True)
    assert signature.slot == "client-1"


def test_a_place_is_signed_once(deal: Deal) -> None:
    """Whatever the code before it believes: the database has one signature for each place."""
    revision = deal.freeze()
    place = deal.proposal.participants.all()[0]
    Signature(revision=revision, participant=place, slot="seller-1", side="seller").save()
    with pytest.raises(IntegrityError):
        Signature(revision=revision, participant=place, slot="seller-1", side="seller").save()
