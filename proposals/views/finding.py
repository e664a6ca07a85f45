"""Finding a row of the proposal that a page is about."""

import uuid
from typing import Any

from proposals.exceptions import NotFound


def one(queryset: Any, key: uuid.UUID) -> Any:
    """A row of this proposal, or 404."""
    row = queryset.filter(id=key).first()
    if row is None:
        raise NotFound()
    return row
