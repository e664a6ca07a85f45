"""Who is behind a socket: a browser's session, a program's token, or a ticket.

A browser sends its cookie to any site that asks, so a session counts only if the page that opened the socket is our
own (the Origin header). A token or ticket is sent on purpose; then the origin may be missing or any.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.tickets import room_ticket
from collab.protocol import CloseCode
from proposals.access import Visitor
from proposals.views.visitor import visitor_from


class Unidentified(Exception):
    """Nobody that this socket could be for. `code` is the one to close it with."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True, slots=True)
class Identity:
    """A visitor, and what it rests on: the token of a program, or the session of somebody who signed in."""

    visitor: Visitor
    token_id: uuid.UUID | None = None
    session_key: str = ""


def identify(scope: Mapping[str, Any], proposal_id: uuid.UUID) -> Identity:
    """Who is behind an ASGI scope. Uses the database. Raises `Unidentified`."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    kind, _, secret = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return _by_token(ApiToken.objects.usable(secret.strip(), timezone.now()))
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if "ticket" in query:
        return _by_ticket(query["ticket"][0], proposal_id)
    if not _is_own_origin(headers.get("origin", ""), headers.get("host", "")):
        raise Unidentified(CloseCode.NOT_A_PARTICIPANT)
    return _by_session(headers.get("cookie", ""))


def _by_token(token: ApiToken | None) -> Identity:
    if token is None:
        raise Unidentified(CloseCode.SIGN_IN_AGAIN)
    return Identity(Visitor(user=token.user, firm=token.firm, scopes=frozenset(token.scopes)), token.id)


def _by_ticket(ticket: str, proposal_id: uuid.UUID) -> Identity:
    named = room_ticket(ticket)
    user = User.objects.filter(id=named[1], is_active=True).first() if named and named[0] == proposal_id else None
    if user is None:
        raise Unidentified(CloseCode.SIGN_IN_AGAIN)
    return Identity(Visitor(user=user))


def _by_session(cookies: str) -> Identity:
    """The person signed in by a cookie, with the invitations opened in that browser. Raises if neither."""
    try:
        session_key = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        session_key = None
    if session_key is None:
        raise Unidentified(CloseCode.SIGN_IN_AGAIN)
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key.value)
    request = HttpRequest()
    request.session = session
    visitor = visitor_from(get_user(request), session)
    if visitor.user is None and not visitor.invitations:
        raise Unidentified(CloseCode.SIGN_IN_AGAIN)
    # A guest's session begins anew when the mailed code is entered; what a guest may do rests on the invitation.
    return Identity(visitor, session_key=session_key.value if visitor.user is not None else "")


def _is_own_origin(origin: str, host: str) -> bool:
    """Whether the page that opened the socket is one of ours: of the same host, or of a trusted origin."""
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    domain, _ = split_domain_port(host)
    return bool(origin) and validate_host(domain, settings.ALLOWED_HOSTS) and urlsplit(origin).netloc == host
