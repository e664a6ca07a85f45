"""Room tickets: how a program's browser gets into the live room."""

import uuid
from urllib.parse import urlencode

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tickets import make_room_ticket
from api.endpoint import Endpoint
from api.schema import described
from api.serializers.records import RoomTicketSerializer
from proposals.access import Scope
from proposals.exceptions import NotAllowed


class RoomTickets(Endpoint):
    """Passes into the room."""

    tag = "room"

    @described("make_room_ticket", "Get a pass into the live room", answer=RoomTicketSerializer, status=201)
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For a browser that has no session here, valid ten minutes for this proposal and the token's person.

        The room lets them do what they may do with this proposal, so the token needs `proposals:write` as well.
        """
        proposal, actor = self.enter()
        self.given()
        self.caller.require_scope(Scope.PROPOSALS_WRITE)
        if actor.user is None or not actor.confirmed:
            raise NotAllowed("Only a person who has confirmed the address gets into the room.", code="person_required")
        ticket, expires_at = make_room_ticket(proposal_id=proposal.id, user_id=actor.user.id)
        scheme = "wss" if request.is_secure() else "ws"
        url = f"{scheme}://{request.get_host()}/ws/proposals/{proposal.id}?{urlencode({'ticket': ticket})}"
        return self.shown(RoomTicketSerializer, {"ticket": ticket, "url": url, "expires_at": expires_at}, status=201)
