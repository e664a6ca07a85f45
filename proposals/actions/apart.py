"""Doing the same for many proposals, each by itself: one's fault is not another's."""

import logging
import uuid
from collections.abc import Callable, Iterable

logger = logging.getLogger("sameside.tasks")


def each_apart(work: Callable[[uuid.UUID], int], proposal_ids: Iterable[uuid.UUID]) -> int:
    """Do a work for each proposal, in its own transaction; gives the sum. What fails is logged and left."""
    done = 0
    for proposal_id in proposal_ids:
        try:
            done += work(proposal_id)
        except Exception:  # the others are still to be done, and this one is tried again within the hour
            logger.exception("%s failed for proposal %s.", work.__name__, proposal_id)
    return done
