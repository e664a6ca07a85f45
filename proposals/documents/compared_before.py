"""Comparisons that this process has made.

The text at a number of the log never changes, so neither does what lies between two.
"""

import uuid
from collections import OrderedDict
from threading import Lock

from django.db import connection

from proposals.documents.word_changes import WordChanges

KEPT_COUNT = 64
"""Sections of which a comparison is kept; the one that was asked for longest ago goes first."""

Between = tuple[uuid.UUID, int, uuid.UUID, int, int]
"""Proposal, epoch, section, and the two numbers of the log, the earlier first."""

_kept: "OrderedDict[Between, WordChanges]" = OrderedDict()
_lock = Lock()


def kept(between: Between) -> WordChanges | None:
    """What was found between two numbers before, if it is still kept."""
    with _lock:
        if between in _kept:
            _kept.move_to_end(between)
        return _kept.get(between)


def keep(between: Between, changes: WordChanges) -> None:
    """Keep what was found; not within a transaction, which may be rolled back, and its numbers used again."""
    if connection.in_atomic_block:
        return
    with _lock:
        _kept[between] = changes
        _kept.move_to_end(between)
        while len(_kept) > KEPT_COUNT:
            _kept.popitem(last=False)


def forget() -> None:
    """Keep nothing; for measuring."""
    with _lock:
        _kept.clear()
