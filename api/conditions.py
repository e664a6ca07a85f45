"""`ETag` and `If-Match` (RFC 9110 8.8.3 and 13.1.1): a change is refused if the caller saw another version.

An entity tag is a row's version. It says nothing about a section's text, which is merged and needs no tag.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from rest_framework.request import Request

from api.problems import Unreadable
from proposals.access import Actor
from proposals.actions.changing import check_version
from proposals.exceptions import NotFound, StaleVersion
from proposals.locking import lock_proposal
from proposals.models import Proposal

_LONGEST_VERSION: Final = 18
_TAG: Final = re.compile(r'\s*(?:(W/)?"([\x21\x23-\x7e]*)")\s*')


class Versioned(Protocol):
    """A row that counts its changes."""

    @property
    def version(self) -> int:
        """The count."""


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


@contextmanager
def unchanged(request: Request, actor: Actor, find: Callable[[Proposal], Versioned | None], what: str) -> Iterator[Any]:
    """One transaction under the proposal's lock, in which the row still has the version the caller saw.

    Gives the row. Actions inside it commit together or not at all. Raises NotFound if there is no such row and
    StaleVersion if `If-Match` names other versions.
    """
    with lock_proposal(actor.proposal_id) as locked:
        row = find(locked)
        if row is None:
            raise NotFound()
        check_version(row.version, seen_version(request, row.version), what)
        yield row


def seen_version(request: Request, current: int) -> int | None:
    """The version that the caller saw: the current one if `If-Match` names it, None if there is no condition."""
    seen = _seen_versions(request)
    if seen is None:
        return None
    return current if current in seen else next(iter(seen), 0)


def require_put(request: Request, standing: object, what: str) -> None:
    """Keep to what a PUT was sent on condition of: `If-Match` only replaces, `If-None-Match: *` only creates.

    `standing` is what has the external id by now, under its lock; None if nothing has it. Raises StaleVersion.
    """
    if standing is None and "If-Match" in request.headers:
        raise StaleVersion(f"No {what} has this external id (any more), and If-Match was sent. Nothing was made.")
    if standing is not None and request.headers.get("If-None-Match", "").strip() == "*":
        raise StaleVersion(f"A {what} has this external id already, and If-None-Match was sent. Nothing was changed.")


def _seen_versions(request: Request) -> frozenset[int] | None:
    """The versions that `If-Match` names; None if there is no condition. A weak or foreign tag matches nothing."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    tags = [_TAG.fullmatch(part) for part in header.split(",")]
    if not all(tags):
        raise Unreadable('If-Match takes entity tags in quotes, such as "3". Nothing was changed.', code="bad_if_match")
    strong = [tag[2] for tag in tags if tag and not tag[1] and len(tag[2]) <= _LONGEST_VERSION]
    return frozenset(int(written) for written in strong if written.isdecimal())
