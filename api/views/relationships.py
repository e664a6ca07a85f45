"""Relationships: whom a firm sells to, and what became of the proposals between the two."""

import uuid
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Firm
from api.conditions import require_put, seen_version
from api.endpoint import Answer, Endpoint, one
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.proposals import PageQuerySerializer
from api.serializers.relationships import (
    NewRelationshipSerializer,
    RelationshipChangeSerializer,
    RelationshipPutSerializer,
    RelationshipQuerySerializer,
    RelationshipSerializer,
    TimelineEntrySerializer,
)
from api.views.proposals import contact_of, firm_of
from proposals import access
from proposals.access import RULES, Scope
from proposals.actions import relationships
from proposals.actions.keys import lock_keys_of
from proposals.documents import told
from proposals.exceptions import NotAllowed
from proposals.locking import writing
from proposals.models import AuditEvent, Participant, Relationship, Side

STEPS = ("proposal.", "signature.", "document.", "change_order.", "extension.granted")
"""The events that a timeline tells of, by how their types begin."""


class RelationshipEndpoint(Endpoint):
    """What relationships have in common."""

    tag = "relationships"

    def firms(self) -> set[uuid.UUID]:
        """The firms that the caller acts for."""
        if self.visitor.firm is not None:
            return {self.visitor.firm.id}
        return set(self.visitor.user.memberships.values_list("firm", flat=True)) if self.visitor.user else set()

    def rows(self) -> Any:
        """The relationships that the caller finds."""
        self.caller.require_scope(RULES["read"].scope)
        places = Participant.objects.filter(
            proposal__relationship=OuterRef("pk"), user=self.visitor.user, side=Side.SELLER, removed_at__isnull=True
        )
        return access.relationships_for(self.visitor).annotate(sits_with_seller=Exists(places))

    def own_firm(self, key: uuid.UUID) -> Firm:
        """The firm that sells here, which the caller acts for. Raises NotFound or NotAllowed."""
        self.caller.require_scope(Scope.PROPOSALS_WRITE)
        found: Relationship = one(self.rows(), key)
        if found.seller_firm_id not in self.firms():
            raise NotAllowed("What programs keep with a relationship is the seller’s own. Nothing was changed.")
        return found.seller_firm

    def admit(self, answer: Answer) -> None:
        """Whoever may see it, unless it is forgotten by now."""
        key = uuid.UUID(answer["relationship"])
        if Relationship.objects.filter(id=key).exists():
            one(self.rows(), key)

    def answer(self, key: object, *, status: int = 200) -> Response:
        """One relationship as it stands."""
        found: Relationship = one(self.rows(), uuid.UUID(str(key)))
        shown = _shown(found, self.firms())
        response = self.shown(RelationshipSerializer, shown, status=status, version=found.version)
        if status == 201:
            response["Location"] = self.url(f"/api/v1/relationships/{found.id}/")
        return response


class Relationships(RelationshipEndpoint):
    """Whom the caller's firm works with."""

    query = RelationshipQuerySerializer

    @described("list_relationships", "List relationships, the newest first", answer=page_of(RelationshipSerializer))
    def get(self, request: Request) -> Response:
        """Those in which the caller's firm sells, and those with a proposal that the caller may open."""
        rows = self.rows()
        if "external_id" in self.asked:
            rows = rows.filter(external_id=self.asked["external_id"], seller_firm__in=self.firms())
        page = paginate(request, rows, ["-id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        firms = self.firms()
        return self.shown(page_of(RelationshipSerializer), page.shown(lambda row: _shown(row, firms)))

    @described(
        "begin_relationship",
        "Note that your firm sells to a client",
        request=NewRelationshipSerializer,
        answer=RelationshipSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request) -> Response:
        """Before there is a proposal; a proposal makes one by itself. Nobody is mailed.

        409 `already_there` names in `relationship` the one that the two firms have.
        """
        self.caller.require_scope(RULES["read"].scope, Scope.PROPOSALS_WRITE)
        given = self.given(NewRelationshipSerializer)
        firm = firm_of(self.caller, given.pop("firm", None))
        contact, by = contact_of(given.pop("client")), self.visitor.user

        def run() -> dict[str, Any]:
            made = relationships.begin_relationship(firm=firm, by=by, client=contact, **given)
            return {"relationship": str(made.id)}

        return self.answer(self.once(run)["relationship"], status=201)

    @described(
        "put_relationship",
        "Note a client under an external id, or replace what is kept there",
        request=RelationshipPutSerializer,
        answer={200: RelationshipSerializer, 201: RelationshipSerializer},
        versioned=True,
    )
    def put(self, request: Request) -> Response:
        """However often it is sent, there is one. `metadata` that is left out is emptied."""
        self.caller.require_scope(RULES["read"].scope, Scope.PROPOSALS_WRITE)
        given = self.given(RelationshipPutSerializer)
        firm, key = firm_of(self.caller, given.get("firm")), self.asked["external_id"]
        keys = {"external_id": key, "metadata": given.get("metadata", {})}
        with writing():
            lock_keys_of(firm)
            standing = Relationship.objects.filter(seller_firm=firm, external_id=key).first()
            require_put(request, standing, "relationship")
            if standing is None:
                contact, by = contact_of(given["client"]), self.visitor.user
                row = relationships.begin_relationship(firm=firm, by=by, client=contact, **keys)
            else:
                seen = seen_version(request, standing.version)
                row = relationships.set_relationship_keys(
                    firm=firm, relationship_id=standing.id, changes=keys, expected_version=seen
                )
        return self.answer(row.id, status=200 if standing else 201)


class OneRelationship(RelationshipEndpoint):
    """One relationship."""

    @described("get_relationship", "Read a relationship", answer=RelationshipSerializer, versioned=True)
    def get(self, request: Request, relationship_id: uuid.UUID) -> Response:
        """The two firms; what programs keep is the seller's own."""
        return self.answer(relationship_id)

    @described(
        "change_relationship",
        "Change what programs keep with a relationship",
        request=RelationshipChangeSerializer,
        answer=RelationshipSerializer,
        versioned=True,
    )
    def patch(self, request: Request, relationship_id: uuid.UUID) -> Response:
        """For the firm that sells."""
        firm = self.own_firm(relationship_id)
        given = self.given(RelationshipChangeSerializer)
        seen = seen_version(request, self.rows().get(id=relationship_id).version)
        relationships.set_relationship_keys(
            firm=firm, relationship_id=relationship_id, changes=given, expected_version=seen
        )
        return self.answer(relationship_id)

    @described("forget_relationship", "Take a relationship out that has no proposals", status=204, versioned=True)
    def delete(self, request: Request, relationship_id: uuid.UUID) -> Response:
        """409 `has_proposals` where there are any, also those that ended with a no: they stay on record."""
        firm = self.own_firm(relationship_id)
        self.given()
        seen = seen_version(request, self.rows().get(id=relationship_id).version)
        relationships.forget_relationship(firm=firm, relationship_id=relationship_id, expected_version=seen)
        return Response(status=204)


class RelationshipTimeline(RelationshipEndpoint):
    """What became of the proposals of a relationship."""

    query = PageQuerySerializer

    @described(
        "get_relationship_timeline",
        "List the steps of all its proposals, the newest first",
        answer=page_of(TimelineEntrySerializer),
    )
    def get(self, request: Request, relationship_id: uuid.UUID) -> Response:
        """Of those proposals that the caller may open; from sharing on, the same for both sides."""
        found: Relationship = one(self.rows(), relationship_id)
        mine = access.openable_by(self.visitor).filter(relationship=found).order_by()
        rows = AuditEvent.objects.filter(proposal__in=mine.values("id"), epoch=F("proposal__epoch"))
        rows = rows.filter(reduce(or_, (Q(type__startswith=step) for step in STEPS)))
        page = paginate(
            request,
            rows.select_related("content", "proposal"),
            ["-created_at", "-id"],
            cursor=self.asked.get("cursor", ""),
            limit=self.asked["limit"],
        )
        return self.shown(page_of(TimelineEntrySerializer), page.shown(_entry))


def _shown(row: Any, firms: set[uuid.UUID]) -> dict[str, Any]:
    sells = row.seller_firm_id in firms
    return {
        **{name: getattr(row, name) for name in ("id", "seller_firm", "client_firm", "version", "created_at")},
        "side": Side.SELLER if sells or row.sits_with_seller else Side.CLIENT,
        "external_id": row.external_id if sells else "",
        "metadata": row.metadata if sells else {},
    }


def _entry(event: AuditEvent) -> dict[str, Any]:
    return {
        "proposal": event.proposal_id,
        "title": event.proposal.title,
        "type": event.type,
        "number": event.number,
        "sentence": told.sentence(event),
        "name": event.content.actor_name,
        "side": event.content.side,
        "created_at": event.created_at,
    }
