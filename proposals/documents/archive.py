"""A ZIP archive written file by file, with the SHA-256 of each: nothing of it need fit into memory.

The same files give the same bytes: entries carry no time of their own.
"""

import hashlib
import zipfile
from collections.abc import Iterable
from typing import IO, Final, NamedTuple

CHECKSUMS: Final = "SHA256SUMS.txt"
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format knows."""

_PERMISSIONS: Final = 0o100644 << 16
_PACKED_ALREADY: Final = (".pdf", ".docx")


class TakenFile(NamedTuple):
    """A file of an archive: its name with its folder, what it is in a sentence, and its bytes in pieces."""

    name: str
    about: str
    pieces: Iterable[bytes]


class Archive:
    """An archive under way. `names` are what is in it so far, with what each is."""

    def __init__(self, into: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._sums: list[tuple[str, str]] = []
        self.names: list[tuple[str, str]] = []

    def add(self, file: TakenFile) -> tuple[str, int]:
        """Write a file, piece by piece; gives its SHA-256 and how many bytes it has."""
        entry = zipfile.ZipInfo(file.name, date_time=_NO_TIME)
        entry.external_attr = _PERMISSIONS
        entry.compress_type = zipfile.ZIP_STORED if file.name.endswith(_PACKED_ALREADY) else zipfile.ZIP_DEFLATED
        digest, length_bytes = hashlib.sha256(), 0
        with self._zip.open(entry, "w") as target:
            for piece in file.pieces:
                digest.update(piece)
                length_bytes += len(piece)
                target.write(piece)
        self._sums.append((digest.hexdigest(), file.name))
        self.names.append((file.name, file.about))
        return digest.hexdigest(), length_bytes

    def close(self) -> None:
        """Add the checksums, in the form that `sha256sum -c` reads, and end the archive."""
        entry = zipfile.ZipInfo(CHECKSUMS, date_time=_NO_TIME)
        entry.external_attr = _PERMISSIONS
        self._zip.writestr(entry, "".join(f"{digest}  {name}\n" for digest, name in self._sums))
        self.end()

    def end(self) -> None:
        """End the archive without a list of checksums, for those that have their own."""
        self._zip.close()
