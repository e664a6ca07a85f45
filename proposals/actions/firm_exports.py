"""Taking a firm or one of its relationships along: asked for by somebody of the firm, written by the task worker.

One file holds everything that whoever asked may see (`docs/export.md`). It is written proposal by proposal to disk, so
that nothing of it but the proposal at hand is in memory, and kept for a week.
"""

import logging
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import IO, Any, Final

import rfc8785
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import logos
from accounts.models import Firm, Membership, User
from proposals.actions.changing import one
from proposals.documents.archive import Archive, TakenFile
from proposals.documents.portable.nouns import as_json
from proposals.documents.portable.schema import MANIFEST_FORMAT, VERSION
from proposals.documents.portable.written import (
    file_entry,
    firm_content,
    proposal_content,
    relationship_content,
    revisions_of,
)
from proposals.documents.trail_entry import trail_entry
from proposals.exceptions import Invalid, Refusal
from proposals.locking import writing
from proposals.models import FirmExport, FirmImport, Move, Origin, Participant, Proposal, Relationship, Side
from proposals.states import State

KEPT_FOR: Final = timedelta(days=7)
UNHEARD_FOR: Final = timedelta(minutes=10)
"""Something is heard of it with every proposal; after this long nobody goes on with it any more."""
ROWS_AT_ONCE: Final = 500
PIECE_BYTES: Final = 256 * 1024

FOLDER: Final = "moves"
"""Where the files are that were made and sent."""

logger = logging.getLogger("sameside.moving")
_worker: list[Callable[[Move], None]] = []


def to_worker(give: Callable[[Move], None]) -> None:
    """Register what gives an order to the task worker, which knows the actions and not the other way round."""
    _worker.append(give)


def give_to_worker(move: Move) -> None:
    """Have it done by the task worker; given in the transaction of what was asked for."""
    for give in _worker:
        give(move)


def proposals_seen(firm: Firm, asker: User | None) -> QuerySet[Proposal]:
    """What somebody of a firm may take along of it, the oldest first.

    An owner and the firm's service token (None) take what the firm is a party of, everybody else what they take part
    in for the firm; as the client only what was shared.
    """
    found = Proposal.objects.of_firm(firm)
    if asker is not None and not owns(firm, asker):
        own_side = Q(side=Side.SELLER, proposal__relationship__seller_firm=firm)
        own_side |= Q(side=Side.CLIENT, proposal__relationship__client_firm=firm)
        seats = Participant.objects.filter(own_side, proposal=OuterRef("pk"), user=asker, removed_at__isnull=True)
        found = found.filter(Exists(seats))
    return found.order_by("created_at", "id")


def relationships_seen(firm: Firm, asker: User | None) -> QuerySet[Relationship]:
    """The relationships that somebody of a firm knows of: with a proposal they see; the owners' also empty ones."""
    seen = Q(id__in=proposals_seen(firm, asker).order_by().values("relationship"))
    if asker is None or owns(firm, asker):
        seen |= Q(seller_firm=firm)
    return Relationship.objects.filter(seen)


def owns(firm: Firm, user: User) -> bool:
    """Whether somebody is an owner of a firm now."""
    return Membership.objects.filter(firm=firm, user=user, role=Membership.Role.OWNER).exists()


def ask_for_export(*, firm: Firm, by: User | None, relationship_id: uuid.UUID | str | None = None) -> FirmExport:
    """Have everything of a firm, or of one relationship, written; what is under way already is not asked for again.

    Raises NotFound for a relationship that this person does not know of.
    """
    between = one(relationships_seen(firm, by), relationship_id) if relationship_id else None
    with writing():
        asked = FirmExport.objects.filter(firm=firm, asked_by=by, relationship=between)
        under_way = [each for each in asked if each.is_under_way and not is_unheard_of(each)]
        if under_way:
            return under_way[0]
        made = FirmExport.objects.create(firm=firm, asked_by=by, relationship=between)
        give_to_worker(made)
    return made


def is_unheard_of(move: Move) -> bool:
    """Whether it is being done, and nobody has told of it for so long that it will not be."""
    return move.state == Move.State.MAKING and move.told_at < timezone.now() - UNHEARD_FOR


def exports_seen(firm: Firm, asker: User | None) -> QuerySet[FirmExport]:
    """The exports that somebody asked for: their own, and the tokens' for a token."""
    return FirmExport.objects.filter(firm=firm, asked_by=asker).select_related("relationship", "firm")


def make_firm_export(export_id: str) -> None:
    """Write an export that was asked for; called by the task worker. Twice does no harm."""
    export = FirmExport.objects.select_related("firm", "asked_by").filter(id=export_id).first()
    if export is None or not moved(export, Move.State.WAITING, state=Move.State.MAKING):
        return
    with tempfile.TemporaryFile() as file:
        try:
            write_export(export, file)
        except Refusal as refusal:
            moved(export, Move.State.MAKING, state=Move.State.FAILED, problem=refusal.detail)
            return
        except Exception:
            moved(export, Move.State.MAKING, state=Move.State.FAILED, problem=INTERRUPTED)
            raise
        length_bytes = file.tell()
        file.seek(0)
        name = default_storage.save(f"{FOLDER}/{export.id}.zip", File(file))
    if not moved(export, Move.State.MAKING, state=Move.State.MADE, name=name, length_bytes=length_bytes):
        default_storage.delete(name)
    forget_old_moves()


INTERRUPTED: Final = "The server could not go on with it. Tell whoever runs it; nothing of your proposals was changed."


def write_export(export: FirmExport, into: IO[bytes]) -> None:
    """Write everything into a file, proposal by proposal. Raises Refusal naming a proposal that can't be written."""
    firm, asker = export.firm, export.asked_by
    wanted = proposals_seen(firm, asker)
    known = relationships_seen(firm, asker)
    if export.relationship_id is not None:
        wanted, known = wanted.filter(relationship=export.relationship_id), known.filter(id=export.relationship_id)
    keys = list(wanted.values_list("id", flat=True))
    counts = Counter(wanted.order_by().values_list("relationship_id", flat=True))
    moved(export, export.state, expected_count=len(keys))
    made_at = as_json(timezone.now().replace(microsecond=0))
    package = Package(
        Archive(into), {"instance": settings.BASE_URL, "name": settings.INSTANCE_NAME, "exported_at": made_at}
    )
    if asker is None or firm.memberships.filter(user=asker).exists():
        logo = _logo(package, firm)
        if export.relationship_id is None:
            package.add_json("firm.json", firm_content(firm, logo, known, counts))
    for count, key in enumerate(keys, start=1):
        proposal = (
            wanted.select_related("relationship__seller_firm", "relationship__client_firm").filter(id=key).first()
        )
        if proposal is not None:
            _add_proposal(package, proposal, firm)
        if not moved(export, export.state, done_count=count):
            return
    between = known.select_related("seller_firm", "client_firm").first() if export.relationship_id else None
    package.close(
        {
            **({"relationship": relationship_content(between, firm, len(keys))} if between is not None else {}),
            "instance": {"name": settings.INSTANCE_NAME, "url": settings.BASE_URL},
            "made_at": made_at,
            "scope": "relationship" if export.relationship_id else "firm",
            "firm": {"id": str(firm.id), "name": firm.name},
        }
    )


class Package:
    """The archive under way, with what its manifest will say."""

    def __init__(self, archive: Archive, source: dict[str, str]) -> None:
        self._archive = archive
        self._files: dict[str, dict[str, Any]] = {}
        self.source = source
        self.proposals: list[dict[str, Any]] = []

    def add(self, path: str, pieces: Iterator[bytes] | list[bytes]) -> dict[str, Any]:
        """Write a file. One that is there already, under the same path, is not written again."""
        if path not in self._files:
            self._files[path] = file_entry(path, *self._archive.add(TakenFile(path, "", pieces)))
        return self._files[path]

    def add_kept(self, path: str, sha256: str, name: str) -> None:
        """Write a file out of the storage. Raises Invalid if it is damaged there."""
        if self.add(path, _stored(name))["sha256"] != sha256:
            raise Invalid(f"The stored file {path} is damaged. Tell the operator; a backup has the right one.",
                          code="file_damaged")  # fmt: skip

    def add_json(self, path: str, content: dict[str, Any]) -> None:
        """Write canonical JSON (RFC 8785)."""
        self.add(path, [rfc8785.dumps(content)])

    def close(self, facts: dict[str, Any]) -> None:
        """Write the manifest, with the SHA-256 of every file, and end the archive."""
        counts = {
            "proposals": len(self.proposals),
            "sealed_files": sum(path.endswith(".pdf") for path in self._files),
            "files": len(self._files),
        }
        about = {"format": MANIFEST_FORMAT, "version": VERSION, **facts, "counts": counts}
        manifest = {**about, "proposals": self.proposals, "files": list(self._files.values())}
        self._archive.add(TakenFile("manifest.json", "", [rfc8785.dumps(manifest)]))
        self._archive.end()


def _add_proposal(package: Package, proposal: Proposal, firm: Firm) -> None:
    """A proposal with its trail and its PDFs; one that is archived here as it came, passed on unchanged."""
    origin = Origin.objects.filter(proposal=proposal).first()
    if origin is not None and proposal.lifecycle is State.ARCHIVED:
        _pass_on(package, proposal, origin)
        return
    side = Side.SELLER if proposal.relationship.seller_firm_id == firm.id else Side.CLIENT
    path, trail = f"proposals/{proposal.id}.json", f"trails/{proposal.id}.jsonl"
    try:
        content = proposal_content(proposal, side)
    except Refusal as refusal:
        raise type(refusal)(f"“{proposal.title}” could not be taken along: {refusal.detail}") from refusal
    package.add_json(path, content)
    package.add(trail, _trail(proposal))
    for revision in revisions_of(proposal):
        stage = revision.file_stages.order_by("-number").first()
        if stage is not None:
            package.add_kept(f"files/{stage.sha256}.pdf", stage.sha256, stage.name)
    told = {
        "id": str(proposal.id),
        "title": proposal.title,
        "state": content["state"],
        "from": package.source,
        "via": [],
    }
    package.proposals.append({**told, "path": path, "trail": trail})


def _pass_on(package: Package, proposal: Proposal, origin: Origin) -> None:
    path, trail = f"proposals/{origin.key}.json", f"trails/{origin.key}.jsonl"
    package.add(path, [origin.content.encode()])
    package.add(trail, _stored(origin.trail) if origin.trail else [])
    for file in origin.files:
        package.add_kept(file["path"], file["sha256"], file["name"])
    source = {"instance": origin.instance, "name": origin.instance_name, "exported_at": as_json(origin.exported_at)}
    via = [*origin.via, {"instance": settings.BASE_URL, "imported_at": as_json(origin.imported_at)}]
    told = {"id": str(origin.key), "title": proposal.title, "state": origin.state, "from": source, "via": via}
    package.proposals.append({**told, "path": path, "trail": trail})


def _trail(proposal: Proposal) -> Iterator[bytes]:
    events = (
        proposal.audit_events.filter(epoch=proposal.epoch, number__lte=proposal.audit_number)
        .select_related("content")
        .order_by("number")
    )
    for event in events.iterator(chunk_size=ROWS_AT_ONCE):
        yield rfc8785.dumps(as_json(trail_entry(event))) + b"\n"


def _stored(name: str) -> Iterator[bytes]:
    with default_storage.open(name) as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _logo(package: Package, firm: Firm) -> dict[str, Any] | None:
    png = logos.read(firm.logo) if firm.logo else None
    return package.add(f"files/{firm.logo}.png", [png]) if png is not None else None


def moved(move: Move, before: str, **changes: Any) -> bool:
    """Change it if it still stands where it stood; False if somebody else has moved it, or begun it anew."""
    with writing():
        found = type(move).objects.filter(id=move.id, state=before)  # type: ignore[attr-defined]
        if isinstance(move, FirmImport):
            found = found.filter(attempt=move.attempt)
        if not found.update(told_at=timezone.now(), **changes):
            return False
    for name, value in changes.items():
        setattr(move, name, value)
    return True


def forget_old_moves() -> None:
    """Take away the files that were made or sent a week ago. What an import reported stays."""
    before = timezone.now() - KEPT_FOR
    for export in FirmExport.objects.filter(asked_at__lt=before)[:50]:
        if export.name:
            default_storage.delete(export.name)
        with writing():
            export.delete()
    for sent in FirmImport.objects.filter(asked_at__lt=before).exclude(name="")[:50]:
        default_storage.delete(sent.name)
        with writing():
            FirmImport.objects.filter(id=sent.id).update(name="")
    _forget_nobodys(before)


def _forget_nobodys(before: datetime) -> None:
    """Take away old files that nobody names: the server was killed before it was written down that they are there."""
    if not default_storage.exists(FOLDER):
        return
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        named = any(moves.objects.filter(name=path).exists() for moves in (FirmExport, FirmImport))
        if not named and default_storage.get_modified_time(path) < before:
            default_storage.delete(path)
