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
from api.serializers.people import InviteSerializer, ParticipantSerializer, SignatorySerializer
from api.serializers.proposals import PageQuerySerializer
from proposals.access import Actor
from proposals.actions import participants
from proposals.actions.export import WITH_REVISION
from proposals.actions.freezing import current_revision
from proposals.models import Invitation, Participant, Proposal, Side, Signature


class Participants(Endpoint):
    """Those who take part."""

    tag = "people"
    query = PageQuerySerializer

    @described("list_participants", "List who takes part", answer=page_of(ParticipantSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Both sides' people, the same list for everybody."""
        proposal, actor = self.enter()
        rows, cursor = _loaded(proposal), self.asked.get("cursor", "")
        page = paginate(request, rows, ["id"], cursor=cursor, limit=self.asked["limit"])
        may_invite = actor.abilities(proposal.lifecycle).invite
        shown = page.shown(lambda row: self._shown(row, actor, may_invite))
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
        row: Participant = one(_loaded(proposal), uuid.UUID(answer["participant"]))
        return self.shown(ParticipantSerializer, self._shown(row, actor, True), status=201)

    def _shown(self, row: Participant, actor: Actor, may_invite: bool) -> dict[str, Any]:
        may_show = may_invite and (actor.side == row.side or actor.side == Side.SELLER)
        link = _standing_link(row) if may_show else None
        return {
            "id": row.id,
            "name": row.user.display_name,
            "email": row.user.email,
            "side": row.side,
            "role": row.role,
            "is_signatory": row.is_signatory,
            "title": row.title,
            "joined_at": row.joined_at,
            "invitation_url": self.url(reverse("invitation", args=[link.token])) if link else None,
        }


class Signatories(Endpoint):
    """Those who are to sign."""

    tag = "people"
    query = PageQuerySerializer

    @described("list_signatories", "List who is to sign, and who has", answer=page_of(SignatorySerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """A token never signs: signing is a person's act in a browser."""
        proposal, _ = self.enter()
        frozen = proposal.lifecycle in WITH_REVISION
        given = {row.participant_id: row for row in current_revision(proposal).signatures.all()} if frozen else {}
        rows, cursor = _loaded(proposal).filter(is_signatory=True), self.asked.get("cursor", "")
        page = paginate(request, rows, ["id"], cursor=cursor, limit=self.asked["limit"])
        shown = page.shown(lambda row: _shown_signatory(row, given.get(row.id), frozen))
        return self.shown(page_of(SignatorySerializer), shown)


def _shown_signatory(row: Participant, signature: Signature | None, frozen: bool) -> dict[str, Any]:
    return {
        "participant": row.id,
        "name": signature.name if signature else row.user.display_name,
        "title": signature.title if signature else row.title,
        "side": row.side,
        "state": "signed" if signature else "to_sign" if frozen else "waiting",
        "signed_at": signature.signed_at if signature else None,
    }


def _loaded(proposal: Proposal) -> Any:
    standing = proposal.participants.filter(removed_at__isnull=True)
    return standing.select_related("user").prefetch_related("invitations")


def _standing_link(row: Participant) -> Invitation | None:
    now = timezone.now()
    standing = (link for link in row.invitations.all() if link.withdrawn_at is None and link.expires_at > now)
    return next(standing, None)
