"""The steps of a proposal's life: share, freeze, reopen, decline, withdraw, copy."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.schema import described
from api.serializers.proposals import (
    CopySerializer,
    FreezeSerializer,
    ProposalDetailSerializer,
    ReasonSerializer,
    ReopenSerializer,
)
from api.views.proposals import contact_of, detail, made
from proposals.actions import endings, freezing, proposals


class Share(Endpoint):
    """Opening the proposal to both sides."""

    tag = "proposals"

    @described("share_proposal", "Share with the client", answer=ProposalDetailSerializer, once=True, versioned=True)
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """The client's people get their links by mail, and the common history starts.

        Nothing from before can be seen by them.
        """
        _, actor = self.enter()
        self.given()
        self.once(lambda: {"proposal": str(proposals.share(by=actor).id)})
        return detail(self)


class Freeze(Endpoint):
    """Locking what both agreed to."""

    tag = "proposals"

    @described(
        "freeze_proposal",
        "Lock for signing",
        request=FreezeSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Keeps what was agreed as a revision. Refused with `not_ready` and the obstacles unless all is agreed, and
        with `open_offers` if counter-offers are open that may not stay unanswered."""
        _, actor = self.enter()
        leave = self.given(FreezeSerializer)["leave_offers_open"]
        self.once(lambda: {"revision": freezing.freeze(by=actor, leave_offers_open=leave).number})
        return detail(self)


class Reopen(Endpoint):
    """Opening a frozen proposal again."""

    tag = "proposals"

    @described(
        "reopen_proposal",
        "Reopen before the last signature",
        request=ReopenSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Signatures that were given for the frozen revision no longer count."""
        _, actor = self.enter()
        reason = self.given(ReopenSerializer).get("reason", "")
        self.once(lambda: {"proposal": str(freezing.reopen(by=actor, reason=reason).id)})
        return detail(self)


class Decline(Endpoint):
    """The client says no."""

    tag = "proposals"

    @described(
        "decline_proposal",
        "Decline, with or without a reason",
        request=ReasonSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Ends the proposal; everything stays readable for both."""
        _, actor = self.enter()
        reason = self.given(ReasonSerializer).get("reason", "")
        self.once(lambda: {"proposal": str(endings.decline(by=actor, reason=reason).id)})
        return detail(self)


class Withdraw(Endpoint):
    """The seller takes the proposal back."""

    tag = "proposals"

    @described(
        "withdraw_proposal",
        "Take the proposal back",
        request=ReasonSerializer,
        answer=ProposalDetailSerializer,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Ends the proposal; everything stays readable for both."""
        _, actor = self.enter()
        reason = self.given(ReasonSerializer).get("reason", "")
        self.once(lambda: {"proposal": str(endings.withdraw(by=actor, reason=reason).id)})
        return detail(self)


class Copy(Endpoint):
    """A new proposal made from this one."""

    tag = "proposals"

    @described(
        "copy_proposal",
        "Start a new proposal from this one",
        request=CopySerializer,
        answer=ProposalDetailSerializer,
        status=201,
        once=True,
        versioned=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Sections, texts and prices come along; agreements, questions, people and choices do not."""
        _, actor = self.enter()
        given = self.given(CopySerializer)
        client = contact_of(given["client"]) if "client" in given else None
        title = given.get("title", "")
        answer = self.once(lambda: {"proposal": str(proposals.copy_proposal(by=actor, title=title, client=client).id)})
        return made(self, answer["proposal"])
