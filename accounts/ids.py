"""Identifiers: UUID version 7 (RFC 9562), sortable by time of creation and not guessable."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid7()
