"""Change orders of a signed proposal."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.schema import described
from api.serializers.proposals import ChangeOrderSerializer, ProposalDetailSerializer
from api.views.proposals import made
from proposals.actions.change_orders import make_change_order


class ChangeOrder(Endpoint):
    """A new proposal that changes this one, which is signed."""

    tag = "proposals"

    @described(
        "make_change_order",
        "Make a change order to a signed proposal",
        request=ChangeOrderSerializer,
        answer=ProposalDetailSerializer,
        status=201,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Everything that was signed comes along, people too. `document.json` of the new proposal says what it amends
        (`amends`) and what differs (`changes`).
        """
        _, actor = self.enter("change_order")
        title = self.given(ChangeOrderSerializer).get("title", "")
        answer = self.once(lambda: {"proposal": str(make_change_order(by=actor, title=title).id)})
        return made(self, answer["proposal"])
