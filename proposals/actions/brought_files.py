"""The files that come with proposals, byte for byte: sealed PDFs and audit trails, in a folder of their import.

They are stored before the proposal that names them is written, so that none names a file that is not there. When the
proposal is left out after all, or the server is killed in between, nobody names them: they are taken away when the
import has ended, or within the hour. Each begin of an import has a folder of its own, and only the one that is under
way can still have proposals written: so what is looked through is nobody's who is still writing.
"""

import logging
from collections.abc import Iterator
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.ids import new_id
from proposals.exceptions import StorageRefused
from proposals.locking import writing
from proposals.models import FirmImport, Move, Origin

FOLDER: Final = "origins"
ENDED: Final = (Move.State.MADE, Move.State.FAILED)

logger = logging.getLogger("sameside.moving")


def keep_file(coming: FirmImport, content: bytes, ending: str) -> str:
    """Keep a file that comes with a proposal; gives its name in the storage. Raises StorageRefused."""
    try:
        return default_storage.save(f"{_folder(coming)}/{coming.attempt}/{new_id()}.{ending}", ContentFile(content))
    except OSError as error:
        logger.exception("A file of an import could not be stored.")
        raise StorageRefused(
            "The server could not store its files just now. Send the file again to bring in what is missing, and tell "
            "whoever runs this server if it goes on."
        ) from error


def forget_leftovers() -> int:
    """Take away what ended imports left behind that no proposal names; gives how many files. Part of the upkeep."""
    return sum(forget_unnamed(each) for each in FirmImport.objects.filter(state__in=ENDED, is_tidy=False))


def forget_unnamed(ended: FirmImport) -> int:
    """Take away what came with an import and what no proposal names; gives how many files. The import has ended, or
    was begun again since it was read.

    Nothing more comes from the attempts until the present one: whoever made them is overtaken before writing a row.
    """
    names = [name for attempt in range(ended.attempt + 1) for name in _stored(f"{_folder(ended)}/{attempt}")]
    named = set(_named_by(ended)) if names else set()
    unnamed = [name for name in names if name not in named]
    for name in unnamed:
        default_storage.delete(name)
    with writing():
        same = FirmImport.objects.filter(id=ended.id, attempt=ended.attempt, state__in=ENDED)
        same.update(is_tidy=True)
    return len(unnamed)


def _folder(coming: FirmImport) -> str:
    return f"{FOLDER}/{coming.id}"


def _stored(folder: str) -> list[str]:
    if not default_storage.exists(folder):
        return []
    return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]


def _named_by(ended: FirmImport) -> Iterator[str]:
    origins = Origin.objects.filter(brought_by=ended).order_by().values_list("trail", "files")
    for trail, files in origins.iterator():
        yield trail
        yield from (file["name"] for file in files)
