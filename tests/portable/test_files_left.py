"""What comes with proposals is in the storage as long as a proposal names it, and no longer, also after a kill."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from accounts.models import Membership
from proposals.actions import bringing_in, brought_files
from proposals.actions.brought_files import forget_leftovers, keep_file
from proposals.actions.files import keep_stage, read_stage
from proposals.actions.firm_exports import KEPT_FOR, forget_old_moves
from proposals.actions.firm_imports import ask_for_import, go_on_with_interrupted, make_firm_import
from proposals.models import FileStage, FirmImport, Origin
from tests.portable.killing import killed_before_it_tells_of, unheard_of
from tests.portable.moves import brought_in, changed, files_in, other_firm, packed, proposals_in, taken_along
from tests.proposals.deal import make_deal

TITLE = "Locked"
PDF = b"%PDF-1.7 as it was locked"


@pytest.fixture(autouse=True)
def on_disk(settings: LazySettings, tmp_path: Path) -> None:
    """Files as in production: those that a killed process wrote are there."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}}


def locked() -> tuple[bytes, Membership]:
    """An export of a locked proposal with its PDF, and the owner of another firm."""
    deal = make_deal(title=TITLE)
    keep_stage(deal.freeze(), 0, PDF, hashlib.sha256(PDF).hexdigest())
    return taken_along(deal.proposal.relationship.seller_firm), other_firm()


def spoilt(archive: bytes) -> bytes:
    """The same with a price that comes to something else."""
    [content] = proposals_in(archive).values()
    next(section["lines"] for section in content["sections"] if section["lines"])[0]["amount"] = "1"
    return changed(archive, f"proposals/{content['id']}.json", content)


def sent(archive: bytes, owner: Membership) -> FirmImport:
    """An import that waits for the worker."""
    return ask_for_import(firm=owner.firm, by=owner.user, file=io.BytesIO(archive))


def stored(folder: str = "") -> set[str]:
    """The name of every file."""
    if not default_storage.exists(folder):
        return set()
    folders, files = default_storage.listdir(folder)
    found = {f"{folder}/{name}".lstrip("/") for name in files}
    return found.union(*(stored(f"{folder}/{each}".lstrip("/")) for each in folders))


def named(move: FirmImport) -> set[str]:
    """The files that its proposals name."""
    origin = Origin.objects.get(brought_by=move)
    return {origin.trail, *(file["name"] for file in origin.files)}


@pytest.mark.django_db
def test_of_a_proposal_that_is_left_out_no_file_stays_and_the_other_sides_stay_whole() -> None:
    archive, owner = locked()
    before = stored()

    done = brought_in(spoilt(archive), owner.firm, owner.user)

    assert ([(row["outcome"], row["code"]) for row in done.report], stored()) == ([("left", "prices_differ")], before)
    assert read_stage(FileStage.objects.get()) == PDF
    whole = brought_in(archive, owner.firm, owner.user)
    assert (len(named(whole)), stored()) == (2, before | named(whole))
    again = brought_in(archive, owner.firm, owner.user)
    assert ([row["code"] for row in again.report], stored()) == (["already_here"], before | named(whole))


@pytest.mark.django_db
def test_of_an_import_that_failed_no_file_stays() -> None:
    archive, owner = locked()
    before = stored()
    files = files_in(archive)
    path = next(name for name in files if name.endswith(".pdf"))
    asked = sent(packed({**files, path: b"%PDF-1.7 other"}), owner)
    assert len(stored() - before) == 1

    make_firm_import(str(asked.id))

    asked.refresh_from_db()
    assert (asked.code, stored()) == ("wrong_hash", before)


def test_what_a_killed_worker_had_stored_goes_when_the_import_has_gone_on(committed: str) -> None:
    archive, owner = locked()
    before = stored()
    asked = sent(archive, owner)
    for begun in (1, 2):
        killed_before_it_tells_of(asked.id, "proposal", TITLE)
        assert (len(stored() - before), Origin.objects.count()) == (1 + 2 * begun, 0)
        unheard_of(asked)
        assert go_on_with_interrupted() == 1

    make_firm_import(str(asked.id))

    asked.refresh_from_db()
    assert (asked.state, asked.is_tidy, connection.vendor) == ("made", True, committed)
    assert stored() == before | named(asked) | {asked.name}


def test_of_an_import_that_nobody_can_go_on_with_no_file_stays(committed: str) -> None:
    archive, owner = locked()
    before = stored()
    asked = sent(archive, owner)
    killed_before_it_tells_of(asked.id, "proposal", TITLE)
    FirmImport.objects.filter(id=asked.id).update(asked_at=timezone.now() - KEPT_FOR - timedelta(hours=1))
    unheard_of(asked)

    forget_old_moves()
    assert (go_on_with_interrupted(), connection.vendor) == (0, committed)

    asked.refresh_from_db()
    assert (asked.state, asked.code, asked.report, stored()) == ("failed", "interrupted", [], before)


@pytest.mark.django_db
def test_what_a_worker_stores_after_another_one_has_ended_the_import_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    archive, owner = locked()
    before = stored()
    asked = sent(archive, owner)
    attempts: list[int] = []

    def keep_late(coming: FirmImport, content: bytes, ending: str) -> str:
        attempts.append(coming.attempt)
        if attempts == [1]:
            unheard_of(asked)
            assert go_on_with_interrupted() == 1
            make_firm_import(str(asked.id))
        return keep_file(coming, content, ending)

    monkeypatch.setattr(bringing_in, "keep_file", keep_late)
    make_firm_import(str(asked.id))

    asked.refresh_from_db()
    assert (attempts, asked.state, asked.is_tidy) == ([1, 2, 2, 1], "made", True)
    assert stored() == before | named(asked) | {asked.name}


@pytest.mark.django_db
def test_what_was_left_when_an_import_had_ended_goes_within_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    archive, owner = locked()
    done = brought_in(archive, owner.firm, owner.user)
    others = FirmImport.objects.create(firm=owner.firm, state="making", attempt=1)
    before = stored() | {keep_file(others, b"", "jsonl")}
    keep_file(done, b"", "pdf")
    FirmImport.objects.filter(id=done.id).update(is_tidy=False)
    assert len(stored()) == len(before) + 1

    assert forget_leftovers() == 1
    looked_at: list[Any] = []
    monkeypatch.setattr(brought_files, "forget_unnamed", looked_at.append)
    assert (forget_leftovers(), looked_at, stored()) == (0, [], before)


@pytest.mark.django_db
def test_a_file_that_was_sent_or_made_and_that_nobody_knows_of_goes_after_a_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive, owner = locked()
    asked = sent(archive, owner)
    default_storage.save("moves/nobodys.zip", ContentFile(b"PK"))
    before = stored()
    forget_old_moves()
    assert stored() == before
    later = timezone.now() + KEPT_FOR + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    FirmImport.objects.filter(id=asked.id).update(asked_at=later)

    forget_old_moves()

    assert stored() == before - {"moves/nobodys.zip"}
