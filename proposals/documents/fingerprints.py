"""Fingerprints: what two people saw is the same if its fingerprint is the same."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import rfc8785

VERSION: Final = "v1"


def fingerprint_of(content: Mapping[str, Any]) -> str:
    """`v1:` and the SHA-256 of the canonical JSON (RFC 8785), as hexadecimal text."""
    return f"{VERSION}:{hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()}"
