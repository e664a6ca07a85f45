"""Files that may be too big for memory: a large one is written to disk, sent in pieces, gone when it is sent."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any, Final

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils.text import slugify

from proposals.actions.export import document_file, write_archive
from proposals.models import Proposal

PIECE_BYTES: Final = 256 * 1024
IN_MEMORY_BYTES: Final = 4 * 1024 * 1024
"""What is larger goes to disk."""


class Pieces(Iterator[bytes]):
    """An open file, piece by piece; closed with the response that sends it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.close = file.close

    def read(self) -> bytes:
        """The next piece, empty at the end."""
        return self._file.read(PIECE_BYTES)

    def __next__(self) -> bytes:
        piece = self.read()
        if not piece:
            raise StopIteration
        return piece


class FileOnDisk(StreamingHttpResponse):
    """An open file, sent in pieces under WSGI and ASGI alike: Django itself would read all of it at once for ASGI."""

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        length = file.seek(0, 2)
        file.seek(0)
        self._pieces = Pieces(file)
        super().__init__(self._pieces, **kwargs)
        self["Content-Length"] = str(length)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await sync_to_async(self._pieces.read)():
            yield piece


def archive_response(proposal: Proposal, *, live_url: str) -> FileOnDisk:
    """`export.zip` of a proposal, made now."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 (closed with the response)
    try:
        document = document_file(proposal, live_url=live_url)
        write_archive(proposal, file, live_url=live_url, document=document)
    except BaseException:
        file.close()
        raise
    name = f"{slugify(proposal.title)[:60] or 'proposal'}-export.zip"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return FileOnDisk(file, content_type="application/zip", headers=disposition)
