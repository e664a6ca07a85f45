"""Proposals: finding them, starting one, its title, dates and parties."""

import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import memberships_of
from accounts.models import Firm, User
from accounts.queries import Prepared
from api.authentication import Caller
from api.conditions import require_put, unchanged
from api.endpoint import Endpoint, only
from api.pagination import AskPage, PreparedPages, paginate
from api.schema import described, page_of
from api.serializers.proposals import (
    NewProposalSerializer,
    ProposalChangeSerializer,
    ProposalDetailSerializer,
    ProposalQuerySerializer,
    ProposalSerializer,
    PutProposalSerializer,
)
from proposals.access import RULES, Scope, Visitor
from proposals.actions.clients import ClientContact
from proposals.actions.export import WITH_REVISION
from proposals.actions.keys import lock_keys_of, proposals_of, set_proposal_keys
from proposals.actions.proposals import TERMS_EDITS, create_proposal, set_party, set_terms
from proposals.actions.values import KEY_EDITS, refuse
from proposals.documents import contents
from proposals.documents.change_order_request import request_of
from proposals.exceptions import NotAllowed, SignInRequired
from proposals.locking import writing
from proposals.models import ExtensionRequest, Party, Proposal, Revision, Side
from proposals.models.proposal import ProposalQuerySet, lifecycle_of
from proposals.states import State

NEW_PROPOSAL = OpenApiExample(
    "From a CRM's deal",
    request_only=True,
    value={
        "title": "A booking portal your patients can use without calling",
        "template": "web_agency",
        "currency": "EUR",
        "client": {"name": "Tomás Reyes", "email": "tomas@harbourstreet.example", "firm": "Harbour Street Clinic"},
        "external_id": "deal-4711",
    },
)


class Proposals(Endpoint):
    """All proposals the caller may open."""

    tag = "proposals"
    query = ProposalQuerySerializer

    @described("list_proposals", "List proposals, the newest first", answer=page_of(ProposalSerializer))
    def get(self, request: Request) -> Response:
        """Those of the token's person, or of the firm for a service token."""
        self.caller.require_scope(RULES["read"].scope)
        rows = _rows(self.visitor, self.asked)
        page = paginate(request, rows, ["-place"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(ProposalSerializer), page.shown(_shower(page.rows, self.visitor, self.url)))

    @described(
        "create_proposal",
        "Start a proposal",
        request=NewProposalSerializer,
        answer=ProposalDetailSerializer,
        status=201,
        once=True,
        examples=[NEW_PROPOSAL],
    )
    def post(self, request: Request) -> Response:
        """In state `preparing`: nobody of the client's side sees it or hears of it before it is shared."""
        self.caller.require_scope(RULES["read"].scope, Scope.PROPOSALS_WRITE)
        given = self.given(NewProposalSerializer)
        firm = firm_of(self.caller, given.pop("firm", None))
        contact = contact_of(given.pop("client"))

        def run() -> dict[str, Any]:
            return {"proposal": str(create_proposal(firm=firm, by=self.visitor.user, client=contact, **given).id)}

        return made(self, self.once(run)["proposal"])

    @described(
        "put_proposal",
        "Start a proposal under an external id, or bring title and metadata of it up to date",
        request=PutProposalSerializer,
        answer={200: ProposalDetailSerializer, 201: ProposalDetailSerializer},
        versioned=True,
    )
    def put(self, request: Request) -> Response:
        """However often it is sent, there is one proposal of the firm.

        Client, template, variables and currency count only when it is started: what is in it is the parties' by then.
        """
        self.caller.require_scope(RULES["read"].scope, Scope.PROPOSALS_WRITE)
        given, key = self.given(PutProposalSerializer), self.asked["external_id"]
        firm = firm_of(self.caller, given.pop("firm", None))
        contact = contact_of(given.pop("client"))
        with writing():
            standing = proposals_of(lock_keys_of(firm)).filter(external_id=key).first()
            require_put(request, standing, "proposal")
            if standing is None:
                made_one = create_proposal(firm=firm, by=self.visitor.user, client=contact, external_id=key, **given)
        if standing is None:
            return made(self, str(made_one.id))
        _, actor = self.enter(proposal_id=str(standing.id))
        with unchanged(request, actor, lambda locked: locked, "proposal") as locked:
            if given["currency"] != locked.currency:
                raise refuse("currency", "other_currency", f"This proposal is in {locked.currency}, and stays so.")
            if given["title"] != locked.title:
                set_terms(by=actor, changes={"title": given["title"]})
            set_proposal_keys(by=actor, changes={"metadata": given.get("metadata", {})})
        return detail(self, proposal_id=str(standing.id))


class OneProposal(Endpoint):
    """One proposal."""

    tag = "proposals"

    @described("get_proposal", "Read a proposal", answer=ProposalDetailSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Its state, dates and parties, and what the caller may do there."""
        return detail(self)

    @described(
        "change_proposal",
        "Change title, dates, parties, external id or metadata",
        request=ProposalChangeSerializer,
        answer=ProposalDetailSerializer,
        versioned=True,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """All of what is sent, or nothing. External id and metadata are no terms: they change in every state."""
        _, actor = self.enter()
        given = self.given(ProposalChangeSerializer)
        terms, own_keys = only(given, *TERMS_EDITS), only(given, *KEY_EDITS)
        with unchanged(request, actor, lambda locked: locked, "proposal"):
            if terms:
                set_terms(by=actor, changes=terms)
            for side, changes in given.get("parties", {}).items():
                set_party(by=actor, side=side, changes=changes)
            if own_keys:
                set_proposal_keys(by=actor, changes=own_keys)
        return detail(self)


_LISTED: Final = (
    "id", "title", "state", "currency", "language", "paper", "signing_order", "starts_on", "offer_until",
    "offer_reason", "extended_until", "code_before_reading", "relationship_id", "external_id", "metadata", "version",
    "created_at", "updated_at",
)  # fmt: skip
"""The columns of `shown_proposal`: fifty rows are read in a third of the time that fifty models take."""


def _rows(visitor: Visitor, asked: Mapping[str, Any]) -> QuerySet[Any, Any] | AskPage:
    """What a list shows of the proposals a caller may open and asked for."""
    if visitor.user is not None and asked.keys() <= {"cursor", "limit"}:
        return _MINE.of(visitor.user.id)
    rows = visible_to(visitor)
    if "external_id" in asked:  # apart, so that its index is used rather than that of all the caller's proposals
        rows = rows.filter(id__in=Proposal.objects.filter(external_id=asked["external_id"]).order_by().values("id"))
    if "updated_since" in asked:
        rows = rows.filter(updated_at__gte=asked["updated_since"])
    return _columns(rows.in_state(State(asked["state"])) if "state" in asked else rows)


def visible_to(visitor: Visitor) -> ProposalQuerySet:
    """The proposals a caller may open, with the number of the revision that stands."""
    if visitor.user is not None:
        rows = Proposal.objects.taken_part_in_by(visitor.user).annotate(side_of_caller=F("participants__side"))
    elif visitor.firm is not None:
        rows = Proposal.objects.of_firm(visitor.firm)
    else:
        raise SignInRequired("Sign in, or send a token: an opened invitation shows its own proposal only.")
    current = Revision.objects.filter(proposal=OuterRef("pk"), reopening__isnull=True).order_by("-number")
    return rows.annotate(current_number=Subquery(current.values("number")[:1]))


def _columns(rows: ProposalQuerySet) -> QuerySet[Any, Any]:
    """Rows with the columns of `shown_proposal`, and what was worked out for them."""
    return rows.values_list(*_LISTED, *rows.query.annotations, named=True)


_MINE: Final = PreparedPages(lambda key: _columns(visible_to(Visitor(user=User(id=key)))), uuid.UUID)
"""All that a person may open, without a filter."""


def _shower(rows: list[Any], visitor: Visitor, url: Callable[[str], str]) -> Callable[[Any], dict[str, Any]]:
    """What shows a row of a list to a visitor. Both parties of all rows are found in one query."""
    parties: dict[uuid.UUID, dict[str, Any]] = {row.id: {} for row in rows}
    for party in _parties_of(len(parties))(*parties) if parties else ():
        parties[party.proposal_id][party.side] = party
    some_page = url(reverse("room", args=[uuid.UUID(int=0)]))
    before, _, after = some_page.rpartition(str(uuid.UUID(int=0)))

    def show(row: Any) -> dict[str, Any]:
        of_row = parties[row.id]
        if visitor.user is not None:
            side = row.side_of_caller
        else:
            side = next(side for side, party in of_row.items() if visitor.firm and party.firm_id == visitor.firm.id)
        state = lifecycle_of(row.state, row.extended_until or row.offer_until)
        return shown_proposal(row, state, of_row, side, row.current_number, f"{before}{row.id}{after}")

    return show


@lru_cache(maxsize=16)
def _parties_of(proposals_count: int) -> Prepared[Any]:
    """Both parties of so many proposals."""
    columns = ("proposal_id", "side", "firm_id", "name", "legal_name", "address", "registration")
    return Prepared(
        lambda *keys: Party.objects.filter(proposal_id__in=keys).values_list(*columns, named=True),
        *[uuid.UUID] * proposals_count,
    )


_SIDES: Final = tuple(Side.values)


def shown_proposal(
    row: Any, state: State, parties: Mapping[str, Any], side: str, revision_number: int | None, page_url: str
) -> dict[str, Any]:
    """A proposal, or a row of its columns, as the API shows it to somebody of a side."""
    return {
        "id": row.id,
        "title": row.title,
        "state": state.value,
        "side": side,
        "currency": row.currency,
        "language": row.language,
        "paper": row.paper,
        "signing_order": row.signing_order,
        "starts_on": row.starts_on,
        "offer_until": row.offer_until,
        "offer_reason": row.offer_reason,
        "extended_until": row.extended_until,
        "code_before_reading": row.code_before_reading,
        "parties": {side: contents.party_content(parties[side]) for side in _SIDES},
        "relationship": row.relationship_id,
        "revision": revision_number if state in WITH_REVISION else None,
        "external_id": row.external_id,
        "metadata": row.metadata,
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "page_url": page_url,
    }


def made(endpoint: Endpoint, proposal_id: str) -> Response:
    """The answer to a request that made a proposal."""
    response = detail(endpoint, status=201, proposal_id=proposal_id)
    response["Location"] = endpoint.url(reverse("api_proposal", args=[proposal_id]))
    return response


def detail(endpoint: Endpoint, *, status: int = 200, proposal_id: str | None = None) -> Response:
    """The endpoint's proposal (or another one) as it stands now, with what the caller may do there."""
    proposal, actor = endpoint.enter(proposal_id=proposal_id)
    state = proposal.lifecycle
    standing = proposal.revisions.filter(reopening__isnull=True).order_by("-number") if state in WITH_REVISION else None
    number = standing.values_list("number", flat=True).first() if standing is not None else None
    once_signed = state in (State.SIGNED, State.VOID)
    parties = {party.side: party for party in proposal.parties.all()}
    page_url = endpoint.url(reverse("room", args=[proposal.id]))
    shown = {
        **shown_proposal(proposal, state, parties, actor.side, number, page_url),
        "role": actor.role,
        "is_signatory": actor.is_signatory,
        "can": actor.abilities(state),
        "extension_request": _LAST_EXTENSION.one(proposal.id),
        "void_request": proposal.void_requests.order_by("-created_at", "-id").first() if once_signed else None,
        "change_order_request": request_of(proposal),
    }
    return endpoint.shown(ProposalDetailSerializer, shown, status=status, version=proposal.version)


_LAST_EXTENSION: Final = Prepared(
    lambda key: ExtensionRequest.objects.filter(proposal_id=key).order_by("-created_at", "-id")[:1], uuid.UUID
)


def contact_of(given: dict[str, str]) -> ClientContact:
    """The client's contact as it was sent."""
    return ClientContact(name=given.get("name", ""), email=given["email"], firm=given.get("firm", ""))


def firm_of(caller: Caller, named: str | None) -> Firm:
    """The firm for which a proposal is started: the token's, or the person's."""
    if caller.token is not None:
        if named is not None and named != str(caller.token.firm_id):
            raise NotAllowed("This token acts for its own firm only. Leave “firm” out.", code="other_firm")
        return caller.token.firm
    if caller.visitor.user is None:
        raise SignInRequired("Sign in to start a proposal.")
    firms = [row.firm for row in memberships_of(caller.visitor.user)]
    if not firms:
        raise NotAllowed("You do not belong to a firm yet. Make one on the page of your account.", code="no_firm")
    if named is None and len(firms) > 1:
        raise refuse("firm", "required", "You belong to several firms; say for which one this is.")
    chosen = next((firm for firm in firms if named in (None, str(firm.id))), None)
    if chosen is None:
        raise refuse("firm", "unknown_firm", "You do not belong to that firm.")
    return chosen
