"""Bringing a file of another server (or this one) into a firm: checked whole, then proposal by proposal.

The request only stores the file; the task worker checks it. A file that is wrong as a whole is refused before anything
is written. Then each thing in it comes whole or not at all, with a row of the report that says which and why; so an
import that was interrupted goes on behind the last row.
"""

import hashlib
import logging
import uuid
from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import IO, Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Firm, User
from proposals.actions.bringing_in import Brought, bring_in
from proposals.actions.brought_files import forget_unnamed
from proposals.actions.brought_firm import Thing, bring_in_relationships, things_of, without_proposals
from proposals.actions.changing import one
from proposals.actions.firm_exports import FOLDER, UNHEARD_FOR, give_to_worker, is_unheard_of, moved, owns
from proposals.actions.import_report import Overtaken, Row, tell, told_row
from proposals.documents.portable.package import OpenedPackage
from proposals.documents.portable.schema import firm_schema
from proposals.exceptions import Invalid, Refusal, StorageRefused, WrongState
from proposals.locking import writing
from proposals.models import FirmImport, Move

PIECE_BYTES: Final = 256 * 1024

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
        made.name = default_storage.save(f"{FOLDER}/{made.id}-in.zip", File(file))
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
    made = FirmImport(firm=firm, asked_by=by, state=Move.State.MAKING, attempt=1, **_measured(file))
    with writing():
        made.save(force_insert=True)
    try:
        _go_through(made, package, told)
    except Exception:
        _fail(made, INTERRUPTED, "interrupted")
        raise
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
    """Have those go on of which nothing was heard for long, as after a crash; those whose file is gone have failed.

    Gives how many go on; part of the upkeep.
    """
    heard_of = timezone.now() - UNHEARD_FOR
    silent = list(FirmImport.objects.filter(state=Move.State.MAKING, told_at__lt=heard_of))
    for each in silent:
        if not each.name:
            _fail(each, INTERRUPTED, "interrupted")
            continue
        with writing():
            _wait_again(each)
    return sum(bool(each.name) for each in silent)


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
    if found is None or not _begun(found):
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


def _begun(move: FirmImport) -> bool:
    changes = {"state": Move.State.MAKING, "attempt": move.attempt + 1, "is_tidy": False}
    return moved(move, Move.State.WAITING, **changes)


def _fail(move: FirmImport, problem: str, code: str) -> None:
    ended = {"state": Move.State.FAILED, "problem": problem, "code": code, "ended_at": timezone.now()}
    if moved(move, Move.State.MAKING, **ended):
        forget_unnamed(move)


def _told_firm(package: OpenedPackage) -> Row | None:
    told: Row | None = package.json("firm.json", firm_schema()) if package.has("firm.json") else None
    return told


def _go_through(move: FirmImport, package: OpenedPackage, told: Row | None) -> None:
    """Bring in one thing after the other, behind those that have a row in the report."""
    manifest = package.manifest
    about = {name: manifest[name] for name in ("instance", "firm", "made_at", "scope")}
    moved(move, Move.State.MAKING, told=about, expected_count=len(manifest["proposals"]))
    standing, place = move.rows.count(), 0
    lists = things_of(package, told, move.firm, move.asked_by) if told is not None else iter(())
    proposals = (
        partial(_proposal, package, entry, move, count) for count, entry in enumerate(manifest["proposals"], 1)
    )
    try:
        for bring in chain((partial(_of_list, move, thing) for thing in lists), proposals):
            if place >= standing:
                bring(place)
            place += 1
        alone = [manifest["relationship"]] if "relationship" in manifest else []
        empty = without_proposals(told["relationships"] if told is not None else alone)
        _bring_relationships(move, empty, place, standing)
    except Overtaken:
        forget_unnamed(move)  # what was stored from here since the other one looked through the storage
        return
    if moved(move, Move.State.MAKING, state=Move.State.MADE, ended_at=timezone.now()):
        forget_unnamed(move)


def _of_list(move: FirmImport, bring: Thing, place: int) -> None:
    with writing():
        tell(move, place, [bring()])


def _proposal(package: OpenedPackage, entry: Mapping[str, Any], move: FirmImport, count: int, place: int) -> None:
    """The proposal that is `count`th in the file."""

    def tell_of(row: Row) -> None:
        tell(move, place, [row], done_count=count)

    def tell_came(came: Brought) -> None:
        tell_of(told_row("proposal", entry["title"], came.outcome, " ".join(came.left), proposal=came.proposal.id))

    try:
        bring_in(package=package, entry=entry, coming=move, tell=tell_came)
    except Refusal as refusal:
        with writing():
            tell_of(told_row("proposal", entry["title"], "left", refusal.detail, refusal.code))


def _bring_relationships(move: FirmImport, empty: list[Row], place: int, standing: int) -> None:
    """Those without proposals, of which the first has this place; a few in one transaction."""
    for start in range(max(0, standing - place), len(empty), RELATIONSHIPS_AT_ONCE):
        with writing():
            tell(move, place + start, bring_in_relationships(move.firm, empty[start : start + RELATIONSHIPS_AT_ONCE]))
