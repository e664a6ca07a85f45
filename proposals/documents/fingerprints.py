"""Fingerprints: what two people saw is the same if its fingerprint is the same."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import rfc8785

VERSION: Final = "v1"
KEPT_COUNT: Final = 128
KEPT_LENGTH: Final = 200_000
"""How many parts' fingerprints are remembered, and the longest JSON of a part that is: its text is the key."""


def fingerprint_of(content: Mapping[str, Any]) -> str:
    """`v1:` and the SHA-256 of the canonical JSON (RFC 8785), as hexadecimal text.

    Most parts stand as they stood a moment ago: what was said to the letter is not made canonical again.
    """
    written = json.dumps(dict(content), ensure_ascii=False, allow_nan=False)
    return _remembered(written) if len(written) <= KEPT_LENGTH else _of_text(written)


def _of_text(written: str) -> str:
    return f"{VERSION}:{hashlib.sha256(rfc8785.dumps(json.loads(written))).hexdigest()}"


_remembered = lru_cache(maxsize=KEPT_COUNT)(_of_text)
