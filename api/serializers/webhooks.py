"""Webhooks: endpoints, deliveries, attempts."""

from typing import Final

from rest_framework import serializers

from api.fields import Flag, Key, Shown, Strict, Text, Whole, Word, text_of
from api.serializers.proposals import PageQuerySerializer
from webhooks.actions import MOST_OVERLAP_HOURS, OVERLAP_HOURS
from webhooks.event_types import EVENTS
from webhooks.models import WebhookDelivery, WebhookEndpoint

EVENTS_HELP: Final = "Which events; an empty list is all of them"


class EndpointChangeSerializer(Strict):
    """What changes. Switched off, what still waits for it is discarded."""

    url = text_of(WebhookEndpoint, "url", required=False)
    description = text_of(WebhookEndpoint, "description", required=False)
    events = serializers.ListField(
        child=Word(choices=list(EVENTS)), required=False, max_length=len(EVENTS), help_text=EVENTS_HELP
    )
    is_enabled = Flag(required=False)


class NewEndpointSerializer(EndpointChangeSerializer):
    """An address, beginning with `https://`, and which events it wants."""

    url = text_of(WebhookEndpoint, "url")
    firm = Key(required=False, help_text="Needed in a browser session of somebody who owns several firms")


class RotationSerializer(Strict):
    """For how long the old secret still signs too."""

    overlap_hours = Whole(min_value=0, max_value=MOST_OVERLAP_HOURS, default=OVERLAP_HOURS)


class WebhookEndpointSerializer(Shown):
    """An endpoint. `failing_since` is when the first of the attempts failed since one succeeded; after five days of
    that it is switched off."""

    id = serializers.UUIDField()
    firm = serializers.UUIDField(source="firm_id")
    url = serializers.CharField()
    description = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField(), help_text=EVENTS_HELP)
    is_enabled = serializers.BooleanField()
    disabled_why = serializers.ChoiceField(choices=["", *WebhookEndpoint.Disabled.values])
    disabled_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class EndpointWithSecretSerializer(WebhookEndpointSerializer):
    """An endpoint with its new secret, which is shown this once."""

    secret = serializers.CharField(
        help_text="`whsec_` and the key in base64, as libraries of Standard Webhooks take it"
    )


class DeliveryQuerySerializer(PageQuerySerializer):
    """Which deliveries."""

    endpoint = Key(required=False)
    proposal = Key(required=False)
    state = Word(choices=WebhookDelivery.State.values, required=False)
    type = Text(max_length=40, required=False, help_text="An event, such as `proposal.signed`")


class WebhookDeliverySerializer(Shown):
    """An event for an endpoint. `id` is the `webhook-id` of every attempt, and the `id` in the payload."""

    id = serializers.UUIDField()
    endpoint = serializers.UUIDField(source="endpoint_id")
    proposal = serializers.UUIDField(source="proposal_id", allow_null=True, help_text="Null for a test")
    type = serializers.CharField()
    state = serializers.ChoiceField(choices=WebhookDelivery.State.values)
    attempts_count = serializers.IntegerField()
    last_status = serializers.IntegerField(allow_null=True, help_text="Null if there was no answer yet")
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="When it is sent next, while it is pending")
    finished_at = serializers.DateTimeField(allow_null=True)


class AttemptSerializer(Shown):
    """One attempt: what was sent, and the beginning of what came back. Without an answer `error` says why."""

    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    urls = serializers.ListField(child=serializers.CharField(), help_text="The endpoint's, and those it redirected to")
    request_headers = serializers.DictField(child=serializers.CharField())
    status = serializers.IntegerField(allow_null=True)
    response_headers = serializers.DictField(child=serializers.CharField())
    response_body = serializers.CharField()
    error = serializers.CharField()


class DeliveryWithAttemptsSerializer(WebhookDeliverySerializer):
    """A delivery with what is sent, byte for byte, and its attempts."""

    payload = serializers.CharField()
    attempts = AttemptSerializer(many=True)
