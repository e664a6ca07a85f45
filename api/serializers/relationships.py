"""Relationships: two firms that work together."""

from rest_framework import serializers

from api.fields import Key, Metadata, Shown, Strict, Text, text_of
from api.serializers.proposals import ContactSerializer, PageQuerySerializer
from proposals.models import Relationship, Side


class NewRelationshipSerializer(Strict):
    """A client to sell to. Nobody is mailed. `firm` is needed only by people who belong to several."""

    client = ContactSerializer()
    firm = Key(required=False)
    external_id = text_of(Relationship, "external_id", required=False)
    metadata = Metadata(required=False)


class RelationshipPutSerializer(Strict):
    """A client to sell to, and what programs keep. `client` and `firm` count only when it is begun."""

    client = ContactSerializer()
    firm = Key(required=False)
    metadata = Metadata(required=False)


class RelationshipChangeSerializer(Strict):
    """What programs keep: all that can be changed here. Firms are changed by their own people."""

    external_id = text_of(Relationship, "external_id", required=False)
    metadata = Metadata(required=False)


class RelationshipQuerySerializer(PageQuerySerializer):
    """Which relationships."""

    external_id = Text(max_length=200, required=False)


class PartnerSerializer(Shown):
    """A firm of a relationship."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class RelationshipSerializer(Shown):
    """Two firms that work together. What programs keep is the seller's own: the client's side reads it empty."""

    id = serializers.UUIDField()
    seller = PartnerSerializer(source="seller_firm")
    client = PartnerSerializer(source="client_firm")
    side = serializers.ChoiceField(choices=Side.values, help_text="The caller's")
    external_id = serializers.CharField()
    metadata = Metadata()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class TimelineEntrySerializer(Shown):
    """A step in the life of one of the proposals."""

    proposal = serializers.UUIDField()
    title = serializers.CharField()
    type = serializers.CharField()
    number = serializers.IntegerField(help_text="In the proposal's audit trail")
    sentence = serializers.CharField()
    name = serializers.CharField()
    side = serializers.CharField()
    created_at = serializers.DateTimeField()
