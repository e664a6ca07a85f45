"""The report of an import: a row for each thing in the file, written in the transaction in which the thing comes.

So after a kill every thing that came has its row, and the import goes on behind the last one.
"""

from collections.abc import Sequence
from typing import Any

from proposals.actions.firm_exports import moved
from proposals.models import FirmImport, ImportRow, Move

Row = dict[str, Any]


class Overtaken(Exception):
    """The import has ended, or goes on elsewhere: what was about to be told of must not come from here."""


def told_row(kind: str, title: str, outcome: str, why: str = "", code: str = "", proposal: Any = None) -> Row:
    """A row of the report; `proposal` is the id that it has here."""
    return {"kind": kind, "title": title, "outcome": outcome, "why": why, "code": code, "proposal_id": proposal}


def tell(move: FirmImport, place: int, rows: Sequence[Row], **progress: Any) -> None:
    """Write what became of the things from a place on, with how far the import is; in the transaction of the things.

    Raises Overtaken, and then the caller's transaction has to be undone.
    """
    if not moved(move, Move.State.MAKING, **progress) or move.rows.filter(place=place).exists():
        raise Overtaken
    ImportRow.objects.bulk_create(ImportRow(move=move, place=place + offset, **row) for offset, row in enumerate(rows))
