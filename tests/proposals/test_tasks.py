"""Mails and files in the background: asked for in the transaction of the event, and harmless when done twice."""

import hashlib
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import override_settings
from django_tasks import task_backends
from django_tasks_db.models import DBTaskResult

from collab.tending import tend_logs
from proposals import tasks
from proposals.actions.endings import withdraw
from proposals.actions.export import current_pdf
from proposals.actions.files import latest_stage, make_base_file, read_stage, store_file
from proposals.actions.freezing import reopen
from proposals.actions.participants import invite, remove_participant, withdraw_invitation
from proposals.actions.proposals import share
from proposals.exceptions import Invalid
from proposals.models import FileStage, Invitation
from proposals.upkeep import keep_days
from tests import factories
from tests.proposals.deal import Deal, refused

DATABASE_QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def asked_for() -> list[tuple[str, list[Any]]]:
    """The tasks in the queue in memory, with their arguments."""
    return [(result.task.name, list(result.args)) for result in task_backends["default"].results]


@pytest.fixture(autouse=True)
def _empty_queue() -> None:
    task_backends["default"].clear()


def test_an_invitation_asks_for_its_mail(deal: Deal) -> None:
    link = invite(by=deal.maya, email="ines@example.org", side="client")
    assert asked_for() == [("mail_invitation", [str(link.id)])]


def test_a_freeze_asks_for_the_file(deal: Deal) -> None:
    deal.freeze()
    assert asked_for() == [
        ("prepare_file", [str(deal.id)]),
        ("mail_ready_to_sign", [str(deal.id), str(deal.maya.user_id)]),
    ]


def test_who_is_to_sign_is_told_when_it_is_locked_and_whoever_locked_it_is_not(deal: Deal) -> None:
    deal.freeze()
    tasks.mail_ready_to_sign.call(str(deal.id), str(deal.maya.user_id))
    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["tomas@harbourstreet.example"],
        "Ready to sign: A booking portal your patients can use without calling",
    )
    link = Invitation.objects.get(participant_id=deal.tomas.participant_id)
    for words in ("Maya Lindqvist locked", f"/i/{link.token}/", "Also to sign: Maya Lindqvist."):
        assert words in message.body
    deal.proposal.participants.update(joined_at=deal.proposal.created_at)
    tasks.mail_ready_to_sign.call(str(deal.id), str(deal.maya.user_id))
    assert f"/p/{deal.id}/sign/" in mail.outbox[1].body


def test_the_first_signature_is_told_to_those_who_are_still_to_sign(deal: Deal) -> None:
    ines = deal.seat("ines@example.org", "client", role="reader", is_signatory=True)
    revision = deal.freeze()
    factories.signature(revision, deal.maya.participant_id, slot="seller-1")
    tasks.mail_ready_to_sign.call(str(deal.id), "", "Maya Lindqvist")
    assert sorted(message.to[0] for message in mail.outbox) == ["ines@example.org", "tomas@harbourstreet.example"]
    assert {"Maya Lindqvist has signed" in message.body for message in mail.outbox} == {True}
    factories.signature(revision, ines.participant_id, slot="client-1")
    tasks.mail_ready_to_sign.call(str(deal.id), "", "Ines")
    assert len(mail.outbox) == 2


def test_nobody_is_asked_to_sign_what_was_reopened(deal: Deal) -> None:
    deal.freeze()
    reopen(by=deal.tomas)
    tasks.mail_ready_to_sign.call(str(deal.id), "")
    assert mail.outbox == []


def test_an_invitation_from_before_sharing_is_not_mailed_beside_that_of_sharing(preparing: Deal) -> None:
    invite(by=preparing.maya, email="tomas@harbourstreet.example", side="client", is_signatory=True)
    assert asked_for() == []
    share(by=preparing.maya)
    link = Invitation.objects.order_by("-created_at", "-id")[0]
    assert asked_for() == [("mail_invitation", [str(link.id)])]


def test_what_is_undone_asks_for_nothing(deal: Deal) -> None:
    """The task stands in the same transaction as the event, so it is there exactly when the event is."""
    with override_settings(TASKS=DATABASE_QUEUE):
        with transaction.atomic():
            invite(by=deal.maya, email="ines@example.org")
            assert queued() == ["mail_invitation"]
            transaction.set_rollback(True)
        assert queued() == []
        assert deal.events() == []
        invite(by=deal.maya, email="ines@example.org")
        assert queued() == ["mail_invitation"]


def queued() -> list[str]:
    """What waits in the database, but for the nightly and hourly tending, which every `migrate` asks for."""
    tending = [tend_logs.module_path, keep_days.module_path]
    return [row.task_name for row in DBTaskResult.objects.exclude(task_path__in=tending)]


def test_the_invitation_says_who_what_and_where(deal: Deal) -> None:
    link = invite(by=deal.maya, email="ines@example.org", name="Inês", side="client", message="Have a look.\nMaya")
    tasks.mail_invitation.call(str(link.id))
    (message,) = mail.outbox
    assert message.to == ["ines@example.org"]
    assert message.subject == "Northlight Studio: A booking portal your patients can use without calling"
    for words in ("Hello Inês", "Maya Lindqvist invites you", "Have a look.\nMaya", f"/i/{link.token}/"):
        assert words in message.body
    assert deal.proposal.audit_hash in message.body


@pytest.mark.parametrize("name", ["Bcc: victim@example.org\nHello", "A" * 200])
def test_no_name_gets_into_the_head_of_a_mail(name: str, deal: Deal) -> None:
    proposal = deal.proposal
    proposal.title = name
    proposal.save()
    tasks.mail_invitation.call(str(invite(by=deal.maya, email="ines@example.org").id))
    (message,) = mail.outbox
    assert message.recipients() == ["ines@example.org"]
    assert "\n" not in message.subject
    assert len(message.subject) <= 200


def test_before_sharing_only_the_sellers_people_get_a_mail(preparing: Deal) -> None:
    for email, side in (("colleague@example.org", "seller"), ("ines@example.org", "client")):
        tasks.mail_invitation.call(str(invite(by=preparing.maya, email=email, side=side).id))
    assert [message.to for message in mail.outbox] == [["colleague@example.org"]]


def test_sharing_asks_for_the_clients_mails(preparing: Deal) -> None:
    share(by=preparing.maya)
    for name, arguments in asked_for():
        assert name == "mail_invitation"
        tasks.mail_invitation.call(*arguments)
    assert [message.to for message in mail.outbox] == [["tomas@harbourstreet.example"]]


def test_nobody_of_the_client_hears_of_what_was_withdrawn_unshared(preparing: Deal) -> None:
    link = invite(by=preparing.maya, email="ines@example.org", side="client")
    withdraw(by=preparing.maya)
    tasks.mail_invitation.call(str(link.id))
    assert mail.outbox == []


def test_a_withdrawn_link_and_somebody_taken_out_get_no_mail(deal: Deal) -> None:
    link = invite(by=deal.maya, email="ines@example.org")
    withdraw_invitation(by=deal.maya, invitation_id=link.id)
    tasks.mail_invitation.call(str(link.id))
    other = invite(by=deal.maya, email="leo@example.org")
    remove_participant(by=deal.maya, participant_id=other.participant_id)
    tasks.mail_invitation.call(str(other.id))
    assert mail.outbox == []


def test_an_invitation_of_a_program_is_signed_by_the_firm(deal: Deal) -> None:
    link = invite(by=deal.token("seller"), email="ines@example.org", side="client")
    tasks.mail_invitation.call(str(link.id))
    assert "Northlight Studio invites you" in mail.outbox[0].body
    assert Invitation.objects.get(id=link.id).invited_by is None


def test_the_file_is_made_once_and_kept_under_its_hash(deal: Deal) -> None:
    revision = deal.freeze()
    for _ in range(2):
        tasks.prepare_file.call(str(deal.id))
    stage = FileStage.objects.get()
    pdf = read_stage(stage)
    assert (stage.revision, stage.number, stage.length_bytes) == (revision, 0, len(pdf))
    assert pdf.startswith(b"%PDF-")
    assert current_pdf(deal.proposal, live_url="").label == "locked"
    assert make_base_file(revision) == stage
    assert default_storage.exists(f"pdf/{stage.sha256[:2]}/{stage.sha256}.pdf")


def test_tasks_that_come_too_late_do_nothing(deal: Deal) -> None:
    tasks.prepare_file.call(str(deal.id))
    tasks.mail_sealed_file.call(str(deal.id))
    deal.freeze()
    reopen(by=deal.maya)
    tasks.prepare_file.call(str(deal.id))
    tasks.mail_sealed_file.call(str(deal.id))
    assert FileStage.objects.count() == 0
    assert mail.outbox == []


def test_a_file_that_storage_has_damaged_is_not_given_out(deal: Deal) -> None:
    revision = deal.freeze()
    name = store_file("1" * 64, b"%PDF damaged")
    FileStage(revision=revision, number=0, sha256="1" * 64, length_bytes=12, name=name).save()
    stage = latest_stage(revision)
    assert stage is not None
    with refused(Invalid, "file_damaged"):
        read_stage(stage)


def test_what_a_full_disk_left_of_a_file_is_replaced_by_the_whole_one() -> None:
    """The unsigned PDF is the same at every try, and so is its name."""
    pdf = b"%PDF-1.7 all of it"
    digest = hashlib.sha256(pdf).hexdigest()
    name = store_file(digest, pdf)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(pdf[:8]))
    assert store_file(digest, pdf) == name
    with default_storage.open(name) as file:
        assert file.read() == pdf
    default_storage.delete(name)
