"""Reads a PDF from anywhere in a subprocess that may be killed, so that a crafted file costs nobody else anything."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from asn1crypto import x509 as asn1_x509

from proposals.documents import killable
from proposals.documents.job import EXIT_REFUSED
from proposals.documents.signed_file import SignedFile, UnreadableFile

WORKER = "proposals.documents.reading_worker"
CPU_LIMIT_SECONDS = 30
MEMORY_LIMIT_BYTES = 1 << 30


def read_apart(
    pdf: bytes, *, our_root: asn1_x509.Certificate, timestamp_roots: Sequence[asn1_x509.Certificate] = ()
) -> SignedFile:
    """`read_signed_file` in a subprocess. Raises `UnreadableFile` also for a file that takes too much to read."""
    work = json.dumps(
        {
            "pdf": base64.b64encode(pdf).decode(),
            "our_root": base64.b64encode(our_root.dump()).decode(),
            "timestamp_roots": [base64.b64encode(root.dump()).decode() for root in timestamp_roots],
        }
    )
    with tempfile.TemporaryDirectory(prefix="sameside-verify-") as folder:
        try:
            finished = killable.run(
                WORKER,
                work.encode(),
                folder=Path(folder),
                cpu_limit_seconds=CPU_LIMIT_SECONDS,
                memory_limit_bytes=MEMORY_LIMIT_BYTES,
            )
        except killable.TookTooLong:
            raise UnreadableFile("Reading it took more time than any document of ours.") from None
    if finished.returncode == 0:
        return SignedFile.from_json(finished.stdout)
    if finished.returncode == EXIT_REFUSED:
        raise UnreadableFile(finished.stdout.decode(errors="replace"))
    raise UnreadableFile(f"The reader ended with {finished.returncode}: {finished.stderr[-500:]!r}")
