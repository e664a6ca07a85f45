"""Bringing a file of another server (or this one) into a firm: checked whole, then proposal by proposal.

The request only stores the file; the task worker checks it. A file that is wrong as a whole is refused before anything
is written. Then each thing in it comes whole or not at all, and the report says which and why. What came before does
not come again: so an import that was interrupted goes on where it was.
"""

import hashlib
import logging
import uuid
from collections.abc import Mapping
from typing import IO, Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Firm, User
from proposals.actions.bringing_in import bring_in
from proposals.actions.brought_firm import Row, bring_in_relationships, lists_of, told_row, without_proposals
from proposals.actions.changing import one
from proposals.actions.firm_exports import give_to_worker, is_unheard_of, moved, owns
from proposals.documents.portable.package import OpenedPackage
from proposals.documents.portable.schema import firm_schema
from proposals.exceptions import Invalid, Refusal, StorageRefused, WrongState
from proposals.locking import writing
from proposals.models import FirmImport, Move

PIECE_BYTES: Final = 256 * 1024

REPORTED_EVERY: Final = 100
"""After how many proposals the report is written down, which is as long as they are many."""

RELATIONSHIPS_AT_ONCE: Final = 200
"""How many come in one transaction: all that write wait for it."""

INTERRUPTED: Final = "The server was interrupted. What has come stays, and nothing comes twice."

logger = logging.getLogger("sameside.moving")


def ask_for_import(*, firm: Firm, by: User | None, file: IO[bytes]) -> FirmImport:
    """Keep a file, and have it checked and brought into a firm by the task worker.

    The caller has seen that `by` owns the firm, and that the file is not too large. Raises StorageRefused.
    """
    made = FirmImport(firm=firm, asked_by=by, **_measured(file))
    try:
        made.name = default_storage.save(f"moves/{made.id}-in.zip", File(file))
    except OSError as error:
        logger.exception("An import could not be stored.")
        raise StorageRefused(
            "The server could not store the file just now. Nothing was changed: try again in a minute, and tell "
            "whoever runs this server if it goes on."
        ) from error
    with writing():
        made.save(force_insert=True)
        give_to_worker(made)
    return made


def import_now(*, firm: Firm, by: User | None, file: IO[bytes]) -> FirmImport:
    """The same at once, for operators. Raises Invalid, and nothing is kept, for a file that is wrong as a whole."""
    package = OpenedPackage(file)
    told = _told_firm(package)
    made = FirmImport(firm=firm, asked_by=by, state=Move.State.MAKING, **_measured(file))
    with writing():
        made.save(force_insert=True)
    _go_through(made, package, told)
    return made


def may_go_on(move: FirmImport) -> bool:
    """Whether it was interrupted, and its file is still here."""
    return bool(move.name) and (move.state == Move.State.FAILED or is_unheard_of(move))


def go_on_with_import(*, firm: Firm, by: User | None, import_id: uuid.UUID | str) -> FirmImport:
    """Have an import that was interrupted go on where it was; whoever asks gets the places in what comes now.

    Raises NotFound, and WrongState for one that is under way, done, or has no file any more.
    """
    with writing():
        found: FirmImport = one(FirmImport.objects.filter(firm=firm).select_for_update(), import_id)
        if not may_go_on(found):
            raise WrongState(
                "This import was not interrupted, or its file is not kept any more. Nothing was changed: send the file "
                "again to bring in what is missing.",
                code="not_interrupted",
            )
        _wait_again(found, asked_by=by)
    return found


def go_on_with_interrupted() -> int:
    """Have those go on of which nothing was heard for long, as after a crash. Gives how many; part of the upkeep."""
    silent = [each for each in FirmImport.objects.filter(state=Move.State.MAKING).exclude(name="") if may_go_on(each)]
    for each in silent:
        with writing():
            _wait_again(each)
    return len(silent)


def _wait_again(move: FirmImport, **changes: Any) -> None:
    if moved(move, move.state, state=Move.State.WAITING, problem="", code="", ended_at=None, **changes):
        give_to_worker(move)


def _measured(file: IO[bytes]) -> dict[str, Any]:
    """Its hash and its length; it is read from the start again afterwards."""
    file.seek(0)
    digest, length_bytes = hashlib.sha256(), 0
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
        length_bytes += len(piece)
    file.seek(0)
    return {"sha256": digest.hexdigest(), "length_bytes": length_bytes}


def make_firm_import(import_id: str) -> None:
    """Check and bring in a file that was sent; called by the task worker. Twice does no harm."""
    found = FirmImport.objects.select_related("firm", "asked_by").filter(id=import_id).first()
    if found is None or not moved(found, Move.State.WAITING, state=Move.State.MAKING):
        return
    if found.asked_by is not None and not owns(found.firm, found.asked_by):
        problem = f"{found.asked_by.display_name} is no owner of {found.firm.name} any more. Nothing was brought in."
        _fail(found, problem, "no_owner")
        return
    try:
        with default_storage.open(found.name) as file:
            try:
                package = OpenedPackage(file)
                told = _told_firm(package)
            except Invalid as refusal:
                _fail(found, refusal.detail, refusal.code)
                default_storage.delete(found.name)
                moved(found, Move.State.FAILED, name="")
                return
            _go_through(found, package, told)
    except Exception:
        _fail(found, INTERRUPTED, "interrupted")
        raise


def _fail(move: FirmImport, problem: str, code: str) -> None:
    ended = {"state": Move.State.FAILED, "problem": problem, "code": code, "ended_at": timezone.now()}
    moved(move, Move.State.MAKING, report=move.report, **ended)


def _told_firm(package: OpenedPackage) -> Row | None:
    told: Row | None = package.json("firm.json", firm_schema()) if package.has("firm.json") else None
    return told


def _go_through(move: FirmImport, package: OpenedPackage, told: Row | None) -> None:
    """Bring in one thing after the other, telling how far it is. What is in the report has come before."""
    manifest = package.manifest
    about = {name: manifest[name] for name in ("instance", "firm", "made_at", "scope")}
    move.report = [row for row in move.report if row["kind"] != "proposal"]
    moved(move, Move.State.MAKING, told=about, expected_count=len(manifest["proposals"]))
    if told is not None:
        for kind, bring in lists_of(package, told, move.firm, move.asked_by).items():
            if all(row["kind"] != kind for row in move.report):
                moved(move, Move.State.MAKING, report=[*move.report, *bring()])
    for count, entry in enumerate(manifest["proposals"], start=1):
        move.report.append(_proposal_row(package, entry, move))
        kept = {"report": move.report} if count % REPORTED_EVERY == 0 else {}
        if not moved(move, Move.State.MAKING, done_count=count, **kept):
            return
    alone = [manifest["relationship"]] if "relationship" in manifest else []
    empty = without_proposals(told["relationships"] if told is not None else alone)
    for start in range(sum(row["kind"] == "relationship" for row in move.report), len(empty), RELATIONSHIPS_AT_ONCE):
        with writing():
            rows = bring_in_relationships(move.firm, empty[start : start + RELATIONSHIPS_AT_ONCE])
            goes_on = moved(move, Move.State.MAKING, report=[*move.report, *rows])
        if not goes_on:
            return
    moved(move, Move.State.MAKING, state=Move.State.MADE, report=move.report, ended_at=timezone.now())


def _proposal_row(package: OpenedPackage, entry: Mapping[str, Any], move: FirmImport) -> Row:
    try:
        came = bring_in(package=package, entry=entry, coming=move)
    except Refusal as refusal:
        return told_row("proposal", entry["title"], "left", refusal.detail, refusal.code)
    return told_row("proposal", entry["title"], came.outcome, " ".join(came.left), proposal=str(came.proposal.id))
