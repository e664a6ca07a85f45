"""What a firm prices from: versions of its rates, its catalogue; and taking from it in a proposal."""

import uuid
from typing import Any

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Firm
from api.conditions import require_put, seen_version
from api.endpoint import Answer, Endpoint, one, only
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.price_lists import (
    AddedLinesSerializer,
    CatalogueChangeSerializer,
    CatalogueItemSerializer,
    CatalogueQuerySerializer,
    NewCatalogueItemSerializer,
    NewRateCardSerializer,
    PicksSerializer,
    PutCatalogueItemSerializer,
    RateCardQuerySerializer,
    RateCardSerializer,
)
from proposals.access import Scope, firm_for
from proposals.actions import price_lists, taking
from proposals.actions.keys import lock_keys_of
from proposals.locking import writing
from proposals.models import CatalogueItem, RateCard


class FirmEndpoint(Endpoint):
    """What a firm keeps for its proposals: for its people, and for its tokens."""

    tag = "firms"

    def firm(self, scope: str = Scope.PROPOSALS_READ) -> Firm:
        """The firm of this address. Raises NotFound for everybody else."""
        return firm_for(self.visitor, self.kwargs["firm_id"], scope)

    def admit(self, answer: Answer) -> None:
        """Whoever still belongs to the firm."""
        self.firm()


class RateCards(FirmEndpoint):
    """The versions of a firm's rates."""

    query = RateCardQuerySerializer

    @described(
        "list_rate_cards", "List the versions of the firm's rates, the newest first", answer=page_of(RateCardSerializer)
    )
    def get(self, request: Request, firm_id: uuid.UUID) -> Response:
        """In all currencies, or in one."""
        rows = RateCard.objects.filter(firm=self.firm(), **only(self.asked, "currency"))
        page = paginate(request, rows, ["-number"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(RateCardSerializer), page.shown(_shown_card))

    @described(
        "publish_rate_card",
        "Make the next version of the firm's rates",
        request=NewRateCardSerializer,
        answer=RateCardSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, firm_id: uuid.UUID) -> Response:
        """Proposals keep the version they took. The same rates again are the version that stands."""
        firm = self.firm(Scope.PRICING_WRITE)
        given = self.given(NewRateCardSerializer)
        by = self.visitor.user
        made = self.once(lambda: {"card": str(price_lists.publish_rate_card(firm=firm, by=by, **given).id)})
        response = self.shown(RateCardSerializer, _shown_card(RateCard.objects.get(id=made["card"])), status=201)
        response["Location"] = self.url(f"{request.path}{made['card']}/")
        return response


class OneRateCard(FirmEndpoint):
    """One version."""

    @described("get_rate_card", "Read a version of the firm's rates", answer=RateCardSerializer)
    def get(self, request: Request, firm_id: uuid.UUID, card_id: uuid.UUID) -> Response:
        """It never changes."""
        return self.shown(RateCardSerializer, _shown_card(one(RateCard.objects.filter(firm=self.firm()), card_id)))


class Catalogue(FirmEndpoint):
    """The firm's catalogue."""

    query = CatalogueQuerySerializer

    @described(
        "list_catalogue", "List what stands in the catalogue, the oldest first", answer=page_of(CatalogueItemSerializer)
    )
    def get(self, request: Request, firm_id: uuid.UUID) -> Response:
        """Everything, or what has these words."""
        rows = CatalogueItem.objects.filter(
            firm=self.firm(), retired_at__isnull=True, **only(self.asked, "external_id")
        )
        for word in self.asked.get("q", "").split():
            rows = rows.filter(Q(title__icontains=word) | Q(detail__icontains=word))
        page = paginate(request, rows, ["id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(CatalogueItemSerializer), page.shown(lambda row: row))

    @described(
        "add_catalogue_item",
        "Put an item into the catalogue",
        request=NewCatalogueItemSerializer,
        answer=CatalogueItemSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, firm_id: uuid.UUID) -> Response:
        """Refused, naming the cause, if no line could be made of it."""
        firm = self.firm(Scope.PRICING_WRITE)
        given = self.given(NewCatalogueItemSerializer)
        made = self.once(lambda: {"item": str(price_lists.add_item(firm=firm, fields=given).id)})
        response = _item(self, firm, made["item"], status=201)
        response["Location"] = self.url(f"{request.path}{made['item']}/")
        return response

    @described(
        "put_catalogue_item",
        "Put an item into the catalogue under an external id, or replace what stands there",
        request=PutCatalogueItemSerializer,
        answer={200: CatalogueItemSerializer, 201: CatalogueItemSerializer},
        versioned=True,
    )
    def put(self, request: Request, firm_id: uuid.UUID) -> Response:
        """However often it is sent, there is one. What is left out becomes empty."""
        firm, key = self.firm(Scope.PRICING_WRITE), self.asked["external_id"]
        fields = {**self.given(PutCatalogueItemSerializer), "external_id": key}
        with writing():
            standing = price_lists.items_of(lock_keys_of(firm)).filter(external_id=key).first()
            require_put(request, standing, "item of the catalogue")
            if standing is None:
                item = price_lists.add_item(firm=firm, fields=fields)
            else:
                whole = {**price_lists.EMPTY_ITEM, **fields}
                seen = seen_version(request, standing.version)
                item = price_lists.edit_item(firm=firm, item_id=standing.id, changes=whole, expected_version=seen)
        return _item(self, firm, item.id, status=200 if standing else 201)


class OneCatalogueItem(FirmEndpoint):
    """One item."""

    @described("get_catalogue_item", "Read an item of the catalogue", answer=CatalogueItemSerializer, versioned=True)
    def get(self, request: Request, firm_id: uuid.UUID, item_id: uuid.UUID) -> Response:
        """As it stands."""
        return _item(self, self.firm(), item_id)

    @described(
        "change_catalogue_item",
        "Change an item of the catalogue",
        request=CatalogueChangeSerializer,
        answer=CatalogueItemSerializer,
        versioned=True,
    )
    def patch(self, request: Request, firm_id: uuid.UUID, item_id: uuid.UUID) -> Response:
        """Lines that were made from it stay as they are."""
        firm = self.firm(Scope.PRICING_WRITE)
        given = self.given(CatalogueChangeSerializer)
        standing = price_lists.standing_item(firm, item_id)
        seen = seen_version(request, standing.version)
        price_lists.edit_item(firm=firm, item_id=item_id, changes=given, expected_version=seen)
        return _item(self, firm, item_id)

    @described("retire_catalogue_item", "Take an item out of the catalogue", status=204, versioned=True)
    def delete(self, request: Request, firm_id: uuid.UUID, item_id: uuid.UUID) -> Response:
        """Lines that were made from it stay."""
        firm = self.firm(Scope.PRICING_WRITE)
        self.given()
        standing = price_lists.standing_item(firm, item_id)
        price_lists.retire_item(firm=firm, item_id=item_id, expected_version=seen_version(request, standing.version))
        return Response(status=204)


class FromCatalogue(Endpoint):
    """Lines made from the seller's catalogue."""

    tag = "lines"

    @described(
        "add_from_catalogue",
        "Add lines from the seller's catalogue",
        request=PicksSerializer,
        answer=AddedLinesSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """All of them or none; an item without a price in the proposal's currency is named."""
        _, actor = self.enter("price")
        picks = self.given(PicksSerializer)["items"]

        def run() -> dict[str, Any]:
            lines = taking.add_from_catalogue(by=actor, section_id=section_id, picks=picks)
            return {"lines": [str(line.id) for line in lines]}

        return self.shown(AddedLinesSerializer, self.once(run), status=201)


def _shown_card(card: RateCard) -> dict[str, Any]:
    rates = [
        {**only(rate, "role", "rate", "unit"), "valid_from": rate["from"], "valid_to": rate["to"]}
        for rate in card.rates
    ]
    return {"id": card.id, "number": card.number, "currency": card.currency, "rates": rates, "made_at": card.made_at}


def _item(endpoint: Endpoint, firm: Firm, item_id: object, *, status: int = 200) -> Response:
    item = price_lists.standing_item(firm, str(item_id))
    return endpoint.shown(CatalogueItemSerializer, item, status=status, version=item.version)
