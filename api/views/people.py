"""Who takes part, and who signs."""

import uuid
from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, one
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.people import (
    HandOverSerializer,
    InviteSerializer,
    NameSignatorySerializer,
    ParticipantSerializer,
    SignatoriesOrderSerializer,
    SignatorySerializer,
)
from api.serializers.proposals import PageQuerySerializer
from proposals.access import Actor
from proposals.actions import participants, signatories
from proposals.actions.export import WITH_REVISION
from proposals.actions.freezing import current_revision
from proposals.documents.signing_round import SigningRound, round_of
from proposals.models import Invitation, Participant, Proposal, Side
from proposals.states import State


class Participants(Endpoint):
    """Those who take part."""

    tag = "people"
    keeps_answer = False
    query = PageQuerySerializer

    @described("list_participants", "List who takes part", answer=page_of(ParticipantSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Both sides' people, the same list for everybody."""
        proposal, actor = self.enter()
        rows, cursor = loaded(proposal), self.asked.get("cursor", "")
        page = paginate(request, rows, ["id"], cursor=cursor, limit=self.asked["limit"])
        may_invite = actor.abilities(proposal.lifecycle).invite
        shown = page.shown(lambda row: shown_participant(self, row, actor, may_invite=may_invite))
        return self.shown(page_of(ParticipantSerializer), shown)

    @described(
        "invite_participant",
        "Invite somebody",
        request=InviteSerializer,
        answer=ParticipantSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """They get a personal link by mail; the client's people get theirs when the proposal is shared.

        Somebody who takes part already gets a new link, and the role given here.
        """
        proposal, actor = self.enter()
        given = self.given(InviteSerializer)
        answer = self.once(lambda: {"participant": str(participants.invite(by=actor, **given).participant_id)})
        require_inviting(actor)
        row: Participant = one(loaded(proposal), uuid.UUID(answer["participant"]))
        return self.shown(ParticipantSerializer, shown_participant(self, row, actor, may_invite=True), status=201)


class Signatories(Endpoint):
    """Those who are to sign."""

    tag = "people"
    query = PageQuerySerializer

    @described("list_signatories", "List who is to sign, and who has", answer=page_of(SignatorySerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """A token never signs: signing is a person's act in a browser."""
        proposal, _ = self.enter()
        now = round_of(current_revision(proposal)) if proposal.lifecycle in WITH_REVISION else None
        rows, cursor = loaded(proposal).filter(is_signatory=True), self.asked.get("cursor", "")
        if now is not None:
            holders = [place.participant_id for place in now.places]
            rows = proposal.participants.filter(id__in=holders).select_related("user")
        page = paginate(request, rows, ["id"], cursor=cursor, limit=self.asked["limit"])
        shown = page.shown(lambda row: shown_signatory(row, now))
        return self.shown(page_of(SignatorySerializer), shown)

    @described(
        "name_signatory",
        "Name who signs for one's side",
        request=NameSignatorySerializer,
        answer=SignatorySerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """They need not take part already: they get a personal link by mail when it is their turn to sign."""
        proposal, actor = self.enter()
        given = self.given(NameSignatorySerializer)
        answer = self.once(lambda: {"participant": str(signatories.name_signatory(by=actor, **given).id)})
        row: Participant = one(loaded(proposal), uuid.UUID(answer["participant"]))
        return self.shown(SignatorySerializer, shown_signatory(row, None), status=201)


class SignatoriesOrder(Endpoint):
    """The order among the signatories of one side."""

    tag = "people"

    @described(
        "order_signatories",
        "Put the signatories of one's side in order",
        request=SignatoriesOrderSerializer,
        answer=SignatoriesOrderSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """It counts where the proposal's `signing_order` is not `parallel`. Each of them is named once."""
        _, actor = self.enter()
        wanted = self.given(SignatoriesOrderSerializer)["participants"]

        def run() -> dict[str, Any]:
            signatories.order_signatories(by=actor, participant_ids=wanted)
            return {}

        self.once(run)
        return self.shown(SignatoriesOrderSerializer, {"participants": wanted})


class HandOver(Endpoint):
    """Handing a place to sign over."""

    tag = "people"

    @described(
        "hand_over",
        "Hand one's place to sign over to somebody of the same side",
        request=HandOverSerializer,
        answer=SignatorySerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """A person's act, while the proposal is frozen. `slot` names the place of somebody who takes part no more."""
        proposal, actor = self.enter()
        given = self.given(HandOverSerializer)
        answer = self.once(lambda: {"participant": str(signatories.hand_over(by=actor, **given).participant_id)})
        row: Participant = one(loaded(proposal), uuid.UUID(answer["participant"]))
        return self.shown(SignatorySerializer, shown_signatory(row, round_of(current_revision(proposal))))


def shown_signatory(row: Participant, now: SigningRound | None) -> dict[str, Any]:
    """Somebody who is to sign; `now` is None while the proposal is not locked."""
    place = now.place_of(row.id) if now else None
    signature = now.signatures.get(place.slot) if now and place else None
    at_turn = now is not None and place in now.at_turn
    return {
        "participant": row.id,
        "name": signature.name if signature else row.user.display_name,
        "title": signature.title if signature else row.title,
        "side": row.side,
        "slot": place.slot if place else None,
        "state": "signed"
        if signature
        else "vacant"
        if place and place.is_vacant
        else "to_sign"
        if at_turn
        else "waiting",
        "signed_at": signature.signed_at if signature else None,
    }


def shown_participant(endpoint: Endpoint, row: Participant, actor: Actor, *, may_invite: bool) -> dict[str, Any]:
    """Somebody as the API shows them to an actor; `may_invite` is whether the actor may invite."""
    may_show = may_invite and (actor.side == row.side or actor.side == Side.SELLER)
    link = standing_link(row) if may_show else None
    return {
        "id": row.id,
        "name": row.user.display_name,
        "email": row.user.email,
        "side": row.side,
        "role": row.role,
        "is_signatory": row.is_signatory,
        "may_agree": row.may_agree,
        "title": row.title,
        "joined_at": row.joined_at,
        "invitation_url": endpoint.url(reverse("invitation", args=[link.token])) if link else None,
    }


def require_inviting(actor: Actor) -> None:
    """Raise NotAllowed for whoever may not give out links any more: a repeat shows the link that stands by now.

    In which state the proposal is by then does not matter.
    """
    actor.require("invite", State.OPEN)


def loaded(proposal: Proposal) -> Any:
    """Those who take part, with their invitations."""
    standing = proposal.participants.filter(removed_at__isnull=True)
    return standing.select_related("user").prefetch_related("invitations")


def standing_link(row: Participant) -> Invitation | None:
    """The personal link that opens the proposal now, of a row found by `loaded`."""
    now = timezone.now()
    standing = (link for link in row.invitations.all() if link.withdrawn_at is None and link.expires_at > now)
    return next(standing, None)
