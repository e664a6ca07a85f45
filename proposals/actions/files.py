"""The stages of a revision's PDF: stage 0 is the unsigned base, stage n the file after the n-th signature.

Files are kept under their SHA-256, so that the same content is kept once and a stage never changes.
"""

import hashlib
import logging
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from proposals.documents.render import revision_pdf
from proposals.documents.snapshot import content_of
from proposals.exceptions import Invalid, StorageRefused
from proposals.locking import lock_proposal
from proposals.models import FileStage, Revision

logger = logging.getLogger("sameside.files")


def make_base_file(revision: Revision, *, tell_page: Callable[[int], None] | None = None) -> FileStage:
    """Render the unsigned PDF of a revision and keep it as stage 0; rendered once, whoever asks first.

    `tell_page` hears the pages as they are laid out.

    Raises NotRenderable (see `documents.pdf`), and then nothing has changed.
    """
    standing = latest_stage(revision)
    if standing is not None:
        return standing
    rendered = revision_pdf(content_of(revision.content), tell_page=tell_page)
    store_file(rendered.sha256, rendered.pdf)
    with lock_proposal(revision.proposal_id):
        standing = latest_stage(revision)
        return standing or keep_stage(revision, 0, rendered.pdf, rendered.sha256)


def latest_stage(revision: Revision) -> FileStage | None:
    """The newest stage of a revision's file."""
    return revision.file_stages.order_by("-number").first()


def read_stage(stage: FileStage) -> bytes:
    """The bytes of a stage. Raises Invalid if storage gives others than were stored."""
    with default_storage.open(stage.name) as file:
        pdf = bytes(file.read())
    if hashlib.sha256(pdf).hexdigest() != stage.sha256:
        raise Invalid("The stored PDF is damaged. Tell the operator; a backup has the right one.", code="file_damaged")
    return pdf


def store_file(sha256: str, pdf: bytes) -> str:
    """Keep a file under its hash. The same content is kept once. Raises StorageRefused if that can't be done."""
    name = f"pdf/{sha256[:2]}/{sha256}.pdf"
    try:
        if default_storage.exists(name):
            if _is_whole(name, sha256):
                return name
            default_storage.delete(name)
        return default_storage.save(name, ContentFile(pdf))
    except OSError as error:
        logger.exception("A PDF could not be stored.")
        raise StorageRefused(
            "The server could not store the PDF just now. Nothing was signed or changed: try again in a minute, and "
            "tell whoever runs this server if it goes on."
        ) from error


def _is_whole(name: str, sha256: str) -> bool:
    """Whether all of a file is there: a full disk or a crash leaves its beginning."""
    try:
        with default_storage.open(name) as file:
            return hashlib.sha256(file.read()).hexdigest() == sha256
    except FileNotFoundError:
        return False


def keep_stage(revision: Revision, number: int, pdf: bytes, sha256: str) -> FileStage:
    """Record a stage. The file is stored already, or is now."""
    stage = FileStage(
        revision=revision, number=number, sha256=sha256, length_bytes=len(pdf), name=store_file(sha256, pdf)
    )
    stage.save(force_insert=True)
    return stage
