"""What a signed PDF says, as plain values: its signatures, its empty fields, and the JSON inside.

`file_reader.py` reads them from the file, `verification.py` judges them. Nothing here knows pyHanko, which takes most
of a second to import.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from proposals.documents.job import SIGNATURE_FIELD_PREFIX

SOURCE_NAME: Final = "proposal.json"
EVIDENCE_NAME: Final = "evidence.json"
"""The data inside a sealed evidence PDF, which is no agreement but tells of one."""
EVIDENCE_SLOT: Final = "evidence"


class UnreadableFile(Exception):
    """The bytes are not a PDF that can be examined; the message says why, for the log."""


@dataclass(frozen=True)
class SignatureReading:
    """One signature as the file has it.

    `is_sound`: the cryptography is right for what it covers. `changes_allowed`: what follows it in the file is only
    what `file_reader.ONLY_SIGNATURES` allows; not looked at, and true, if the file's last seal does not cover all of
    it. `stated_at` is what the signing server wrote, `timestamp_at` what a timestamp authority did.
    """

    field_name: str
    revision: int
    name: str
    title: str
    firm: str
    email: str
    certificate_serial: str
    issuer: str
    root_fingerprint: str
    is_sound: bool
    is_pades: bool
    certifies: bool
    chain_is_valid: bool
    issued_by_us: bool
    covers_whole_file: bool
    changes_allowed: bool
    stated_at: datetime | None
    timestamp_at: datetime | None
    timestamp_authority: str
    timestamp_is_trusted: bool

    @property
    def slot(self) -> str:
        """The slot that the field stands for, or the field's own name if it is none of ours."""
        return self.field_name.removeprefix(SIGNATURE_FIELD_PREFIX)


@dataclass(frozen=True)
class ArchiveReading:
    """A timestamp over the whole file as it was then.

    `is_sound` and `changes_allowed` as for a signature; `has_data`: the file carries certificates and the like for
    each of its signatures (VRI). `is_trusted`: the authority is one that this server knows.
    """

    revision: int
    is_sound: bool
    covers_whole_file: bool
    changes_allowed: bool
    has_data: bool
    stamped_at: datetime | None
    authority: str
    is_trusted: bool


@dataclass(frozen=True)
class SignedFile:
    """A PDF as read: signatures in the order they were made, archive timestamps, empty fields, embedded files."""

    signatures: tuple[SignatureReading, ...]
    empty_slots: tuple[str, ...]
    embedded: tuple[tuple[str, bytes], ...]
    has_unknown_signature: bool
    archives: tuple[ArchiveReading, ...] = ()

    def to_json(self) -> bytes:
        """As JSON, for the way out of the subprocess; files inside as base64, times in ISO 8601."""
        values = asdict(self)
        values["embedded"] = [[name, base64.b64encode(content).decode()] for name, content in self.embedded]
        return json.dumps(values, default=datetime.isoformat).encode()

    @classmethod
    def from_json(cls, content: bytes) -> SignedFile:
        """What `to_json` wrote."""
        values = json.loads(content)
        for signature in values["signatures"]:
            for name in ("stated_at", "timestamp_at"):
                signature[name] = moment_from(signature[name])
        for archive in values["archives"]:
            archive["stamped_at"] = moment_from(archive["stamped_at"])
        return cls(
            signatures=tuple(SignatureReading(**signature) for signature in values["signatures"]),
            empty_slots=tuple(values["empty_slots"]),
            embedded=tuple((name, base64.b64decode(content)) for name, content in values["embedded"]),
            has_unknown_signature=values["has_unknown_signature"],
            archives=tuple(ArchiveReading(**archive) for archive in values["archives"]),
        )

    @property
    def archive(self) -> ArchiveReading | None:
        """The archive timestamp that keeps the file, if its last one is sound, complete and over all of it."""
        last = self.archives[-1] if self.archives else None
        return last if last and last.is_sound and last.covers_whole_file and last.has_data else None

    @property
    def source(self) -> bytes | None:
        """The JSON of the revision, if it is the only embedded file and has the right name."""
        return self.only_file(SOURCE_NAME)

    @property
    def evidence(self) -> bytes | None:
        """The data of a sealed evidence PDF, if it is the only embedded file."""
        return self.only_file(EVIDENCE_NAME)

    def only_file(self, name: str) -> bytes | None:
        """The embedded file of a name, if there is no other."""
        return self.embedded[0][1] if len(self.embedded) == 1 and self.embedded[0][0] == name else None


def moment_from(written: str | None) -> datetime | None:
    """A time from its ISO 8601 text."""
    return datetime.fromisoformat(written) if written else None
