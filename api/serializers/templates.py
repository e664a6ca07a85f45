"""A firm's own templates."""

from rest_framework import serializers

from api.fields import Key, Metadata, Shown, Strict, Text, text_of
from api.serializers.proposals import PageQuerySerializer
from proposals.models import Template


class NewTemplateSerializer(Strict):
    """A proposal to keep as a template, without the client's data."""

    proposal = Key()
    title = text_of(Template, "title")
    summary = text_of(Template, "summary", required=False)
    external_id = text_of(Template, "external_id", required=False)
    metadata = Metadata(required=False)


class TemplateChangeSerializer(Strict):
    """What changes; its content is that of the proposal it was made from."""

    title = text_of(Template, "title", required=False)
    summary = text_of(Template, "summary", required=False)
    external_id = text_of(Template, "external_id", required=False)
    metadata = Metadata(required=False)


class TemplateQuerySerializer(PageQuerySerializer):
    """Which templates."""

    external_id = Text(max_length=200, required=False)
    currency = Text(max_length=3, required=False)


class TemplateSerializer(Shown):
    """A template: start a proposal with its `id` as `template`, and its `variables` filled."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    summary = serializers.CharField()
    currency = serializers.CharField()
    variables = serializers.ListField(child=serializers.CharField())
    sections = serializers.ListField(child=serializers.CharField(), help_text="Titles, in order")
    external_id = serializers.CharField()
    metadata = Metadata()
    version = serializers.IntegerField()
    made_at = serializers.DateTimeField()
