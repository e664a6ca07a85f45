"""Who is visiting: the signed-in person, and the invitations opened in this browser.

Opened invitations are kept in the session and nowhere else: nothing is recorded about them.
"""

import uuid
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from proposals.access import Visitor
from proposals.models import Invitation, Participant
from proposals.models.proposal import proposal_key

SESSION_KEY = "invitations"
REMEMBERED_COUNT = 50
"""How many opened invitations a session remembers; the oldest are forgotten."""


def visitor_of(request: HttpRequest) -> Visitor:
    """Who is asking by this request."""
    return visitor_from(request.user, request.session)


def visitor_from(user: User | AnonymousUser, session: SessionBase) -> Visitor:
    """Who is behind a user and a session, as requests and sockets have them.

    Invitations that have expired or were withdrawn since they were opened count no more.
    """
    return Visitor(user=user if isinstance(user, User) else None, invitations=_standing(session))


def remember(session: SessionBase, invitation: Invitation) -> None:
    """Let this browser read by an invitation."""
    opened = [key for key in _opened(session) if key != invitation.id]
    session[SESSION_KEY] = [str(key) for key in [*opened, invitation.id]][-REMEMBERED_COUNT:]


def invited_person(visitor: Visitor, proposal_id: uuid.UUID) -> Participant | None:
    """The participant as whom a visitor reads a proposal by an opened invitation, whether confirmed or not."""
    return (
        Participant.objects.filter(
            proposal_id=proposal_id,
            removed_at__isnull=True,
            user__is_active=True,
            invitations__in=visitor.invitations,
        )
        .select_related("user", "proposal")
        .first()
    )


def _opened(session: SessionBase) -> list[uuid.UUID]:
    kept: Any = session.get(SESSION_KEY)
    keys = [proposal_key(value) for value in kept] if isinstance(kept, list) else []
    return [key for key in keys if key is not None]


def _standing(session: SessionBase) -> tuple[uuid.UUID, ...]:
    opened = _opened(session)
    if not opened:
        return ()
    standing = Invitation.objects.filter(id__in=opened, withdrawn_at__isnull=True, expires_at__gt=timezone.now())
    return tuple(standing.values_list("id", flat=True))
