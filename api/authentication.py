"""Who calls: a person's token, a firm's service token, or the browser session of a person or an invited guest."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import ApiToken, User
from proposals.access import Visitor
from proposals.exceptions import NotAllowed
from proposals.locking import writing
from proposals.views.visitor import visitor_of

USE_NOTED_EVERY: Final = timedelta(minutes=1)
"""How exactly the time of a token's last use is kept."""

_BEARER: Final = re.compile(r"bearer +(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Caller:
    """Somebody who calls the API.

    `key` tells callers apart, for limits and for idempotency keys. `token` is None in a browser.
    """

    visitor: Visitor
    key: str
    token: ApiToken | None = None

    def require_scope(self, *scopes: str) -> None:
        """Raise NotAllowed unless a token has these scopes; for what is not about a proposal that exists.

        What makes something and shows it needs both at once: refused after it was made, it would be made again.
        """
        own = self.visitor.scopes
        for scope in scopes:
            if own is not None and scope not in own:
                raise NotAllowed(f"This token lacks the scope “{scope}”. Nothing was changed.", code="missing_scope")


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer same_...` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Caller] | None:
        """The token's person and the caller. None without the header; a wrong one is never passed over."""
        header = request.headers.get("Authorization")
        if header is None:
            return None
        written = _BEARER.fullmatch(header.strip())
        now = timezone.now()
        token = ApiToken.objects.usable(written[1], now) if written else None
        if token is None:
            raise AuthenticationFailed(
                "This token is unknown, revoked or has expired. Send it as “Authorization: Bearer same_…”.",
                code="bad_token",
            )
        if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
            with writing():
                ApiToken.objects.filter(id=token.id).update(last_used_at=now)
        visitor = Visitor(user=token.user, firm=token.firm, scopes=frozenset(token.scopes))
        return token.user or AnonymousUser(), Caller(visitor, f"token:{token.id}", token)

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="Sameside"'


class BrowserSession(SessionAuthentication):
    """The session cookie of the pages, with the CSRF token in `X-CSRFToken` for everything that changes."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Caller] | None:
        """The signed-in person or the guest of an opened invitation; None for a browser with neither."""
        visitor = visitor_of(request._request)
        if visitor.user is None and not visitor.invitations:
            return None
        self.enforce_csrf(request)
        key = f"user:{visitor.user.id}" if visitor.user else f"invitation:{visitor.invitations[0]}"
        return visitor.user or AnonymousUser(), Caller(visitor, key)

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a changing request without the token. Says what to send."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(
                "A browser session needs the header X-CSRFToken for this. Nothing was changed.", code="csrf_failed"
            ) from error
