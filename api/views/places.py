"""One participant: role, link, leaving; and links that lead to the page to sign."""

import uuid
import zlib
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.conditions import unchanged
from api.endpoint import Endpoint, one
from api.schema import described
from api.serializers.people import (
    LinkSerializer,
    NewSigningLinkSerializer,
    ParticipantChangeSerializer,
    ParticipantSerializer,
    SigningLinkSerializer,
)
from api.views.people import loaded, require_inviting, shown_participant, standing_link
from proposals.access import Actor
from proposals.actions import participants
from proposals.actions.freezing import current_revision
from proposals.documents.signing_round import round_of
from proposals.exceptions import NotFound, WrongState
from proposals.locking import lock_proposal
from proposals.models import Participant, Proposal
from proposals.states import State


@dataclass(frozen=True)
class _Seen:
    """A participant's row does not count its changes: its version is a checksum of what can be changed."""

    version: int


class OneParticipant(Endpoint):
    """Somebody who takes part."""

    tag = "people"

    @described("get_participant", "Read who somebody is here", answer=ParticipantSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
        """As it stands in the list."""
        proposal, actor = self.enter()
        return _answer(self, proposal, actor, participant_id)

    @described(
        "change_participant",
        "Change somebody's role, or whether they sign",
        request=ParticipantChangeSerializer,
        answer=ParticipantSerializer,
        versioned=True,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
        """Each side decides for its own people, the seller for everybody's before sharing; not while it is locked."""
        proposal, actor = self.enter()
        given = self.given(ParticipantChangeSerializer)
        with unchanged(request, actor, lambda locked: _seen(locked, participant_id), "participant"):
            participants.set_participant(by=actor, participant_id=participant_id, **given)
        return _answer(self, proposal, actor, participant_id)

    @described("remove_participant", "Take somebody out", status=204, versioned=True)
    def delete(self, request: Request, proposal_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
        """At once, also on open pages. What they wrote and agreed stays. Each side keeps one person who may write."""
        _, actor = self.enter()
        self.given()
        with unchanged(request, actor, lambda locked: _seen(locked, participant_id), "participant"):
            participants.remove_participant(by=actor, participant_id=participant_id)
        return Response(status=204)


class ParticipantLink(Endpoint):
    """Somebody's personal link."""

    tag = "people"
    keeps_answer = False

    @described(
        "make_participant_link",
        "Get somebody's personal link, made if there is none",
        answer=LinkSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
        """To be put into a message of one's own: by their own side, or by the seller. A new one is mailed as well."""
        proposal, actor = self.enter()
        self.given()

        def run() -> dict[str, Any]:
            return {"link": str(participants.link_for(by=actor, participant_id=participant_id).participant_id)}

        self.once(run)
        row: Participant = one(loaded(proposal), participant_id)
        return self.shown(LinkSerializer, _shown_link(self, actor, row), status=201)

    @described("withdraw_participant_link", "Make somebody's personal link worthless", status=204)
    def delete(self, request: Request, proposal_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
        """By their own side. They keep their place and can still sign in by code."""
        proposal, actor = self.enter()
        self.given()
        standing = standing_link(one(loaded(proposal), participant_id))
        if standing is None:
            actor.require("invite", proposal.lifecycle)
            raise NotFound("This person has no link that opens anything. Nothing was changed.")
        participants.withdraw_invitation(by=actor, invitation_id=standing.id)
        return Response(status=204)


class SigningLinks(Endpoint):
    """Links for those who are to sign."""

    tag = "people"
    keeps_answer = False

    @described(
        "make_signing_link",
        "Get the link by which somebody comes to sign",
        request=NewSigningLinkSerializer,
        answer=SigningLinkSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Once it is locked, for somebody whose turn it is: by their own side, or by the seller.

        It opens the proposal; they confirm with a code of their own and sign in their browser. A token never signs.
        """
        proposal, actor = self.enter("invite")
        wanted = uuid.UUID(self.given(NewSigningLinkSerializer)["participant"])

        def run() -> dict[str, Any]:
            with lock_proposal(actor.proposal_id) as locked:
                _require_turn(locked, one(loaded(locked), wanted))
                return {"link": str(participants.link_for(by=actor, participant_id=wanted).participant_id)}

        self.once(run)
        row: Participant = one(loaded(proposal), wanted)
        shown = {**_shown_link(self, actor, row), "sign_url": self.url(reverse("sign", args=[proposal.id]))}
        return self.shown(SigningLinkSerializer, shown, status=201)


def _require_turn(proposal: Proposal, row: Participant) -> None:
    """Raise WrongState unless it is somebody's turn to sign."""
    now = round_of(current_revision(proposal)) if proposal.lifecycle is State.FROZEN else None
    if now is None or now.place_of(row.id) not in now.at_turn:
        raise WrongState(
            f"It is not {row.user.display_name}’s turn to sign. Links to sign are made once the proposal is locked, "
            "for those whose turn it is. Nothing was changed.",
            extra={"state": proposal.lifecycle.value},
        )


def _seen(locked: Proposal, participant_id: uuid.UUID) -> _Seen | None:
    row = locked.participants.filter(id=participant_id, removed_at__isnull=True).first()
    return _Seen(version_of(row)) if row else None


def version_of(row: Participant) -> int:
    """A number that another role or title changes."""
    return zlib.crc32(f"{row.role} {row.is_signatory} {row.may_agree} {row.title}".encode())


def _answer(endpoint: Endpoint, proposal: Proposal, actor: Actor, participant_id: uuid.UUID) -> Response:
    row: Participant = one(loaded(proposal), participant_id)
    shown = shown_participant(endpoint, row, actor, may_invite=actor.abilities(proposal.lifecycle).invite)
    return endpoint.shown(ParticipantSerializer, shown, version=version_of(row))


def _shown_link(endpoint: Endpoint, actor: Actor, row: Participant) -> dict[str, Any]:
    require_inviting(actor)
    link = standing_link(row)
    if link is None:
        raise NotFound("The link of that time opens nothing any more. Ask for another one, under another key.")
    return {
        "participant": row.id,
        "url": endpoint.url(reverse("invitation", args=[link.token])),
        "expires_at": link.expires_at,
    }
