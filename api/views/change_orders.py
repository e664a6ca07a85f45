"""Change orders of a signed proposal: asking for one, making one, and saying why not."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.schema import described
from api.serializers.endings import AskedOrderSerializer, RefusedOrderSerializer
from api.serializers.proposals import ChangeOrderSerializer, ProposalDetailSerializer
from api.views.proposals import detail, made
from proposals.actions.change_orders import ask_for_change_order, make_change_order, refuse_change_order


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


class AskForChangeOrder(Endpoint):
    """The client asks for a change order."""

    tag = "proposals"

    @described(
        "ask_for_change_order",
        "Ask for a change order to a signed proposal",
        request=AskedOrderSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Both see that it was asked until the seller shares a change order or says why not.

        Refused with `already_asked` while a request waits.
        """
        _, actor = self.enter()
        text = self.given(AskedOrderSerializer)["text"]
        self.once(lambda: {"asked": ask_for_change_order(by=actor, text=text).number})
        return detail(self)


class RefuseChangeOrder(Endpoint):
    """The seller makes no change order."""

    tag = "proposals"

    @described(
        "refuse_change_order",
        "Say why there is no change order",
        request=RefusedOrderSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """What was signed stands, and the client may ask again. Refused with `nothing_asked` unless a request waits."""
        _, actor = self.enter()
        words = self.given(RefusedOrderSerializer)["words"]
        self.once(lambda: {"refused": refuse_change_order(by=actor, words=words).number})
        return detail(self)
