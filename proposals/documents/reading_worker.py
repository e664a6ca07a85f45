"""The subprocess of `reading.py`: one file in, what stands in it out. Forked by `warm_parent.py`."""

from __future__ import annotations

import base64
import gc
import json
import logging
import sys

from asn1crypto import x509 as asn1_x509

from proposals.documents.file_reader import read_signed_file
from proposals.documents.job import EXIT_REFUSED
from proposals.documents.signed_file import UnreadableFile


def main() -> int:
    """Reads the work on standard input and writes the reading, or the reason why there is none."""
    gc.disable()  # one file, then the end
    logging.disable()
    work = json.loads(sys.stdin.buffer.read())
    try:
        file = read_signed_file(
            base64.b64decode(work["pdf"]),
            our_root=certificate(work["our_root"]),
            timestamp_roots=[certificate(root) for root in work["timestamp_roots"]],
        )
    except UnreadableFile as error:
        sys.stdout.buffer.write(str(error).encode(errors="replace"))
        return EXIT_REFUSED
    sys.stdout.buffer.write(file.to_json())
    return 0


def certificate(encoded: str) -> asn1_x509.Certificate:
    """A certificate from base64 of its DER."""
    return asn1_x509.Certificate.load(base64.b64decode(encoded))
