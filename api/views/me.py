"""Who calls."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import memberships_of
from api.authentication import Caller
from api.endpoint import Endpoint
from api.schema import described
from api.serializers.people import MeSerializer
from proposals.exceptions import SignInRequired


class Me(Endpoint):
    """The caller."""

    tag = "me"

    @described("get_me", "Who calls, for which firms, with which scopes", answer=MeSerializer)
    def get(self, request: Request) -> Response:
        """The person, the firms they act for, and the token that was sent."""
        return self.shown(MeSerializer, _described(self.caller))


def _described(caller: Caller) -> dict[str, Any]:
    user, token = caller.visitor.user, caller.token
    if user is not None:
        firms = [{"id": row.firm.id, "name": row.firm.name, "role": row.role} for row in memberships_of(user)]
    elif token is not None:
        firms = [{"id": token.firm.id, "name": token.firm.name, "role": None}]
    else:
        raise SignInRequired("Sign in, or send a token: an opened invitation alone says little about you.")
    return {
        "person": user and {"id": user.id, "name": user.display_name, "email": user.email},
        "firms": firms,
        "token": token
        and {
            "id": token.id,
            "name": token.name,
            "firm": token.firm_id,
            "scopes": token.scopes,
            "expires_at": token.expires_at,
        },
    }
