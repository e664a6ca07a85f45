"""What a change left: the rows and the price it ended with, for what comes after it in the same request.

An API call changes a line, settles what was agreed and answers with what the line comes to now. Each needs all rows
and the price; between them nothing happens, as a look at the proposal's own row shows. Kept while `kept()` is entered,
and nowhere else.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from proposals.documents import contents
from proposals.documents.contents import ProposalRows
from proposals.documents.price_document import Price, price_of
from proposals.models import Proposal
from proposals.models.plainly import read, rows_of


@dataclass(frozen=True)
class Left:
    """Rows, and the price without a range, as they stand at one moment of a proposal."""

    rows: ProposalRows
    price: Price

    def stands(self, proposal: Proposal) -> bool:
        """Whether that is what stands in a proposal, as its row was read just now."""
        return self.rows.proposal.id == proposal.id and _moment(self.rows.proposal) == _moment(proposal)


class _Kept:
    """The last that was left in one request."""

    last: Left | None = None


_MOMENT: Final = "SELECT epoch, version, audit_number, audit_hash, state FROM proposals_proposal WHERE id = %s"

_kept: ContextVar[_Kept | None] = ContextVar("left", default=None)


@contextmanager
def kept() -> Iterator[None]:
    """Keep what changes leave until this ends."""
    token = _kept.set(_Kept())
    try:
        yield
    finally:
        _kept.reset(token)


def leave(rows: ProposalRows, price: Price) -> None:
    """Note what a change under way leaves. `rows.proposal` is the row that it holds locked and will save.

    Whoever changes a row of the proposal afterwards counts a version or appends an event, under the same lock.
    """
    kept = _kept.get()
    if kept is not None:
        kept.last = Left(rows, price)


def standing(proposal: Proposal) -> Left:
    """The rows and the price of a proposal whose row was read just now: what was left, or read and calculated anew."""
    kept = _kept.get()
    if kept is not None and kept.last is not None and kept.last.stands(proposal):
        return kept.last
    rows = contents.load(proposal)
    return Left(rows, price_of(rows, with_range=False))


def now(proposal_id: uuid.UUID) -> Left:
    """A proposal's rows and price as they stand now. The proposal has to be there."""
    kept = _kept.get()
    if kept is not None and kept.last is not None and kept.last.rows.proposal.id == proposal_id:
        (found,) = rows_of(_MOMENT, proposal_id)
        if found == _moment(kept.last.rows.proposal):
            return kept.last
    return standing(read(Proposal, 'WHERE own."id" = %s', proposal_id)[0])


def _moment(proposal: Proposal) -> tuple[object, ...]:
    return proposal.epoch, proposal.version, proposal.audit_number, proposal.audit_hash, proposal.state
