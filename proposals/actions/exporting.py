"""PDFs that take a while: asked for, made by the task worker, cancelled, found again by whoever asks for the same.

A short document is made while one waits, if the server has a place for it; so is the one that a program asks for.
"""

import hashlib
import math
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import rfc8785
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from proposals.actions.files import latest_stage, make_base_file
from proposals.documents import killable
from proposals.documents.pdf import Rendered
from proposals.documents.render import Instance, draft_pdf
from proposals.documents.snapshot import Snapshot, content_of
from proposals.documents.sources import printing_code_sha256
from proposals.exceptions import NotRenderable
from proposals.locking import writing
from proposals.models import Export, Proposal, Revision

FIRST_PAGES_COUNT: Final = 7
"""What every document has, about: cover, contents, how the numbers were made, evidence, signatures."""
CHARACTERS_PER_PAGE: Final = 4_900
"""Of canonical JSON, about, on the pages beyond these."""
SHORT_PAGE_COUNT: Final = 16
"""What is expected to be no longer is made while one waits."""
KEPT_FOR: Final = timedelta(days=7)
TELL_SECONDS: Final = 0.5
UNHEARD_FOR: Final = timedelta(minutes=3)
"""Something is heard of a PDF that is being made several times a second; after this long nobody makes it any more."""


_worker: list[Callable[[Export], None]] = []


def to_worker(give: Callable[[Export], None]) -> None:
    """Register what gives an order to the task worker, which knows the actions and not the other way round."""
    _worker.append(give)


class Cancelled(Exception):
    """Somebody has cancelled it meanwhile."""


def key_of_draft(snapshot: Snapshot, *, live_url: str) -> str:
    """The hash of everything that a draft's pages depend on but the moment: content, place, server, code, and day.

    A draft that is found again says when its content was first printed; it never says another day than today.
    """
    content: dict[str, Any] = {**snapshot.content, "revision": {**snapshot.content["revision"], "frozen_at": ""}}
    server = Instance.current()
    facts = [live_url, server.name, server.base_url, printing_code_sha256(), timezone.now().date().isoformat()]
    return hashlib.sha256(rfc8785.dumps([content, facts])).hexdigest()


def found(proposal: Proposal, key: str) -> Export | None:
    """What was asked for with this content since the proposal was shared."""
    return Export.objects.filter(proposal=proposal, epoch=proposal.epoch, key=key).first()


def kept_pdf(proposal: Proposal, key: str) -> bytes | None:
    """The draft of this content if it was made before and is still there."""
    export = found(proposal, key)
    if export is None or export.state != Export.State.MADE or not default_storage.exists(export.name):
        return None
    with default_storage.open(export.name) as file:
        return bytes(file.read())


def ask_for_pdf(proposal: Proposal, key: str, *, content: str, live_url: str) -> Export:
    """Have the PDF of this content made by the task worker; what is under way already is not asked for again.

    `content` is "" for the frozen revision. The task is given to the worker in this transaction (`to_worker`).
    """
    with writing():
        export, is_new = Export.objects.get_or_create(
            proposal=proposal,
            epoch=proposal.epoch,
            key=key,
            defaults={
                "content": content,
                "live_url": live_url,
                "expected_page_count": expected_page_count(proposal, content),
            },
        )
        if is_new or is_unheard_of(export) or not export.is_under_way:
            export.state, export.page, export.problem = Export.State.WAITING, 0, ""
            export.content, export.live_url = content, live_url
            export.asked_at = export.told_at = timezone.now()
            export.save()
            for give in _worker:
                give(export)
    return export


def is_unheard_of(export: Export) -> bool:
    """Whether it is still to come, and nobody has told of it for so long that it will not."""
    return export.is_under_way and export.told_at < timezone.now() - UNHEARD_FOR


def expected_page_count(proposal: Proposal, content: str) -> int:
    """About how many pages it will have: as many as last time, or by the length of the content."""
    last = Export.objects.filter(proposal=proposal, state=Export.State.MADE).order_by("-asked_at").first()
    return last.page if last else FIRST_PAGES_COUNT + math.ceil(len(content) / CHARACTERS_PER_PAGE)


def is_made_at_once(proposal: Proposal, content: str) -> bool:
    """Whether a draft is short, and the server has a place for it."""
    return expected_page_count(proposal, content) <= SHORT_PAGE_COUNT and killable.has_place()


def make_export(export_id: str) -> None:
    """Make a PDF that was asked for, telling how far it is; called by the task worker. Twice does no harm."""
    export = Export.objects.select_related("proposal").filter(id=export_id).first()
    if export is None or not _moved(export, Export.State.WAITING, state=Export.State.MAKING):
        return
    try:
        made = _draft(export) if export.content else _base_of_revision(export)
    except Cancelled:
        return
    except NotRenderable as refusal:
        _moved(export, Export.State.MAKING, state=Export.State.FAILED, problem=refusal.detail, content="")
        return
    if not _moved(export, Export.State.MAKING, state=Export.State.MADE, content="", **made) and "name" in made:
        default_storage.delete(made["name"])
    forget_old_exports()


def _draft(export: Export) -> dict[str, Any]:
    rendered = draft_pdf(
        content_of(export.content), drafted_at=export.asked_at, live_url=export.live_url, tell_page=teller(export)
    )
    return {"name": stored(export.key, rendered), "page": rendered.page_count}


def _base_of_revision(export: Export) -> dict[str, Any]:
    revision = Revision.objects.filter(proposal=export.proposal, sha256=export.key, reopening__isnull=True).first()
    if revision is not None and latest_stage(revision) is None:
        make_base_file(revision, tell_page=teller(export))
    return {}


def keep_draft(proposal: Proposal, key: str, rendered: Rendered) -> None:
    """Keep a draft that was made while somebody waited."""
    name = stored(key, rendered)
    with writing():
        before = found(proposal, key)
        Export.objects.update_or_create(
            proposal=proposal,
            epoch=proposal.epoch,
            key=key,
            defaults={
                "state": Export.State.MADE, "content": "", "page": rendered.page_count, "problem": "",
                "name": name, "asked_at": timezone.now(), "told_at": timezone.now(),
            },
        )  # fmt: skip
    if before is not None and before.name not in ("", name):
        default_storage.delete(before.name)
    forget_old_exports()


def stored(key: str, rendered: Rendered) -> str:
    """Keep a draft's file under its key; gives its name."""
    return default_storage.save(f"drafts/{key[:2]}/{key}.pdf", ContentFile(rendered.pdf))


def teller(export: Export) -> Callable[[int], None]:
    """Writes down the page that was laid out, a few times a second; raises `Cancelled` once nobody wants it."""
    next_at = 0.0

    def tell(page: int) -> None:
        nonlocal next_at
        if time.monotonic() >= next_at:
            if not _moved(export, Export.State.MAKING, page=page):
                raise Cancelled
            next_at = time.monotonic() + TELL_SECONDS

    return tell


def cancel_export(export: Export) -> None:
    """Stop making it. What is made already stays."""
    with writing():
        Export.objects.filter(id=export.id, state__in=(Export.State.WAITING, Export.State.MAKING)).update(
            state=Export.State.CANCELLED, content=""
        )


def forget_old_exports() -> None:
    """Take away the drafts that nobody has asked for lately, with their files."""
    old = list(Export.objects.filter(asked_at__lt=timezone.now() - KEPT_FOR)[:50])
    for export in old:
        if export.name:
            default_storage.delete(export.name)
    with writing():
        Export.objects.filter(id__in=[export.id for export in old]).delete()


def _moved(export: Export, before: Export.State, **changes: Any) -> bool:
    """Change it if it still stands where it stood; False if somebody else has moved it."""
    with writing():
        return bool(Export.objects.filter(id=export.id, state=before).update(told_at=timezone.now(), **changes))
