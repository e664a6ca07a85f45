"""Webhooks of a firm: endpoints, deliveries, sending again."""

import uuid
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Firm
from api.conditions import seen_version
from api.endpoint import Answer, Endpoint, only
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.proposals import PageQuerySerializer
from api.serializers.webhooks import (
    DeliveryQuerySerializer,
    DeliveryWithAttemptsSerializer,
    EndpointChangeSerializer,
    EndpointWithSecretSerializer,
    NewEndpointSerializer,
    RotationSerializer,
    WebhookDeliverySerializer,
    WebhookEndpointSerializer,
)
from proposals.actions.values import refuse
from proposals.exceptions import NotFound
from webhooks import access, actions
from webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookSecret
from webhooks.secrets import unseal

_NEW: Final = OpenApiExample(
    "What a billing system wants",
    {
        "url": "https://billing.example.com/sameside",
        "description": "Draft invoices",
        "events": ["proposal.signed", "proposal.voided"],
    },
    request_only=True,
)


class WebhookView(Endpoint):
    """For those who manage the webhooks of a firm."""

    tag = "webhooks"

    def admit(self, answer: Answer) -> None:
        """Whoever still manages those of the firm that it was done for."""
        firms = access.firms_of(self.visitor)
        if WebhookDelivery.objects.filter(id=answer["delivery"]).exclude(endpoint__firm__in=firms).exists():
            raise NotFound()


class WebhookEndpoints(WebhookView):
    """The endpoints of a firm."""

    keeps_answer = False
    query = PageQuerySerializer

    @described("list_webhook_endpoints", "List endpoints, the oldest first", answer=page_of(WebhookEndpointSerializer))
    def get(self, request: Request) -> Response:
        """Those of the token's firm; in a browser, of the firms that the person owns."""
        rows = access.endpoints_of(self.visitor)
        page = paginate(request, rows, ["id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(WebhookEndpointSerializer), page.shown(lambda row: row))

    @described(
        "add_webhook_endpoint",
        "Add an endpoint",
        request=NewEndpointSerializer,
        answer=EndpointWithSecretSerializer,
        status=201,
        once=True,
        examples=[_NEW],
    )
    def post(self, request: Request) -> Response:
        """The answer has its secret, which is shown this once. Owners and tokens with `webhooks:manage` may."""
        access.firms_of(self.visitor)
        given = self.given(NewEndpointSerializer)
        firm = self._firm(given.pop("firm", None))

        def run() -> dict[str, Any]:
            endpoint, _ = actions.add_endpoint(firm=firm, by=self.visitor.user, fields=given)
            return {"endpoint": str(endpoint.id), "secret": str(endpoint.secrets.get().id)}

        response = _with_secret(self, self.once(run), status=201)
        response["Location"] = self.url(f"{request.path}{response.data['id']}/")
        return response

    def _firm(self, named: str | None) -> Firm:
        """The firm that it is for. One that is not the caller's is a wrong value here, whether it exists or not."""
        try:
            return access.firm_of(self.visitor, named)
        except NotFound as error:
            raise refuse("firm", "unknown_firm", f"“{named}” is not a firm of yours.") from error


class OneWebhookEndpoint(WebhookView):
    """One endpoint."""

    @described("get_webhook_endpoint", "Read an endpoint", answer=WebhookEndpointSerializer, versioned=True)
    def get(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """As it stands, without its secret."""
        return _endpoint(self, access.endpoint_for(self.visitor, endpoint_id))

    @described(
        "change_webhook_endpoint",
        "Change an endpoint, switch it off or on",
        request=EndpointChangeSerializer,
        answer=WebhookEndpointSerializer,
        versioned=True,
    )
    def patch(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """Switched on again, it hears of what happens from then on."""
        endpoint = access.endpoint_for(self.visitor, endpoint_id)
        given = self.given(EndpointChangeSerializer)
        seen = seen_version(request, endpoint.version)
        return _endpoint(self, actions.change_endpoint(endpoint=endpoint, changes=given, expected_version=seen))

    @described("remove_webhook_endpoint", "Remove an endpoint", status=204, versioned=True)
    def delete(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """Nothing is sent there any more, and its deliveries are not listed any more."""
        endpoint = access.endpoint_for(self.visitor, endpoint_id)
        self.given()
        actions.remove_endpoint(endpoint=endpoint, expected_version=seen_version(request, endpoint.version))
        return Response(status=204)


class WebhookTest(WebhookView):
    """A test of an endpoint."""

    @described(
        "test_webhook_endpoint", "Send a test to an endpoint", answer=WebhookDeliverySerializer, status=201, once=True
    )
    def post(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """A delivery of type `webhook.test`, tried once. Read it a moment later to see what came back."""
        endpoint = access.endpoint_for(self.visitor, endpoint_id)
        self.given()
        made = self.once(lambda: {"delivery": str(actions.send_test(endpoint=endpoint).id)})
        row = access.delivery_for(self.visitor, made["delivery"])
        return self.shown(WebhookDeliverySerializer, row, status=201)


class WebhookRotation(WebhookView):
    """A new secret for an endpoint."""

    keeps_answer = False

    @described(
        "rotate_webhook_secret",
        "Make a new secret for an endpoint",
        request=RotationSerializer,
        answer=EndpointWithSecretSerializer,
        once=True,
    )
    def post(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """For `overlap_hours` deliveries carry signatures of both, so that no request is refused meanwhile."""
        endpoint = access.endpoint_for(self.visitor, endpoint_id)
        given = self.given(RotationSerializer)

        def run() -> dict[str, Any]:
            rotated, _ = actions.rotate_secret(endpoint=endpoint, **given)
            return {"endpoint": str(rotated.id), "secret": str(rotated.secrets.filter(ends_at__isnull=True).get().id)}

        return _with_secret(self, self.once(run))


class WebhookDeliveries(WebhookView):
    """What was or is to be delivered."""

    query = DeliveryQuerySerializer

    @described(
        "list_webhook_deliveries", "List deliveries, the newest first", answer=page_of(WebhookDeliverySerializer)
    )
    def get(self, request: Request) -> Response:
        """Of all endpoints, or of one; all states, or one. Those that ended are kept for 30 days."""
        rows = access.deliveries_of(self.visitor).filter(**only(self.asked, "endpoint", "proposal", "state", "type"))
        ordering = ["-created_at", "-id"]
        page = paginate(request, rows, ordering, cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(WebhookDeliverySerializer), page.shown(lambda row: row))


class OneWebhookDelivery(WebhookView):
    """One delivery."""

    @described("get_webhook_delivery", "Read a delivery with its attempts", answer=DeliveryWithAttemptsSerializer)
    def get(self, request: Request, delivery_id: uuid.UUID) -> Response:
        """What is sent, and what came back at each attempt."""
        return self.shown(DeliveryWithAttemptsSerializer, _whole(access.delivery_for(self.visitor, delivery_id)))


class Redelivery(WebhookView):
    """Sending again."""

    @described("redeliver_webhook", "Send a delivery again", answer=DeliveryWithAttemptsSerializer, once=True)
    def post(self, request: Request, delivery_id: uuid.UUID) -> Response:
        """At once, under the same `webhook-id`, beside the order. It begins a new round of attempts."""
        delivery = access.delivery_for(self.visitor, delivery_id)
        self.given()
        self.once(lambda: {"delivery": str(actions.redeliver(delivery=delivery).id)})
        return self.shown(DeliveryWithAttemptsSerializer, _whole(access.delivery_for(self.visitor, delivery_id)))


def _endpoint(view: Endpoint, endpoint: WebhookEndpoint) -> Response:
    return view.shown(WebhookEndpointSerializer, endpoint, version=endpoint.version)


def _with_secret(view: Endpoint, made: dict[str, Any], *, status: int = 200) -> Response:
    """The endpoint with the secret that was made. A repeat gets the same, as long as that secret holds."""
    endpoint = access.endpoint_for(view.visitor, made["endpoint"])
    secret = WebhookSecret.objects.filter(endpoint=endpoint, id=made["secret"]).first()
    shown = WebhookEndpointSerializer(endpoint).data | {"firm_id": endpoint.firm_id}
    shown["secret"] = unseal(secret.sealed) if secret else ""
    return view.shown(EndpointWithSecretSerializer, shown, status=status, version=endpoint.version)


def _whole(delivery: WebhookDelivery) -> dict[str, Any]:
    """A delivery with its attempts, in order."""
    named = WebhookDeliverySerializer(delivery).data
    ids = {"endpoint_id": delivery.endpoint_id, "proposal_id": delivery.proposal_id}
    return {**named, **ids, "payload": delivery.payload, "attempts": list(delivery.attempts.all())}
