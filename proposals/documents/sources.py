"""Which code prints: after an update of the server nothing that was printed before is found again."""

import hashlib
from functools import lru_cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PRINTING = (
    ("proposals/documents", "*.py"),
    ("proposals/documents/assets", "*.*"),
    ("proposals/pricing", "**/*.py"),
    ("proposals/prose", "*.py"),
    ("templates/pdf", "*.html"),
    ("templates/proposals", "**/*.html"),
)


@lru_cache(maxsize=1)
def printing_code_sha256() -> str:
    """The hash of every file that has a say in how a document looks, read once per process."""
    digest = hashlib.sha256()
    for folder, pattern in PRINTING:
        for path in sorted((PROJECT / folder).glob(pattern)):
            digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
