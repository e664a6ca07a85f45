"""Room tickets: signed passes with which a program's browser enters one room as one person for ten minutes.

A ticket is a secret text. It names a proposal and a person by their ids and says nothing about what the person may
do there: whoever lets somebody in by a ticket asks that anew. Clients reconnect by themselves, so it may be used
again until it runs out.
"""

import time
import uuid
from datetime import datetime, timedelta

from django.core import signing
from django.utils import timezone

SALT = "sameside.room-ticket"
VALID_MINUTES = 10
CLOCKS_DIFFER_SECONDS = 60
"""A ticket from further ahead was made by a clock that was wrong, and would be good for too long."""


def make_room_ticket(*, proposal_id: uuid.UUID, user_id: uuid.UUID) -> tuple[str, datetime]:
    """A ticket for one room and one person, and when it runs out."""
    ticket = signing.dumps({"room": str(proposal_id), "user": str(user_id), "at": int(time.time())}, salt=SALT)
    return ticket, timezone.now() + timedelta(minutes=VALID_MINUTES)


def room_ticket(ticket: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The ids of the proposal and of the person that a ticket names; None if it is not ours or has run out."""
    try:
        named = signing.loads(ticket, salt=SALT, max_age=timedelta(minutes=VALID_MINUTES))
    except signing.BadSignature:
        return None
    if named["at"] > time.time() + CLOCKS_DIFFER_SECONDS:
        return None
    return uuid.UUID(named["room"]), uuid.UUID(named["user"])
