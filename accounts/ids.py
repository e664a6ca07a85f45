"""Identifiers: UUID version 7 (RFC 9562), sortable by time of creation and not guessable."""

import uuid
from typing import Any

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid7()


def as_kept(value: Any, database: Any) -> Any:
    """An id as the driver of a database takes and gives it: SQLite has texts without dashes. Other values stay."""
    if isinstance(value, uuid.UUID) and not database.features.has_native_uuid_field:
        return value.hex
    return value
