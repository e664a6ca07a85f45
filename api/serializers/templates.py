"""A firm's own templates."""

from rest_framework import serializers

from api.fields import Key, Shown, Strict, text_of
from proposals.models import Template


class NewTemplateSerializer(Strict):
    """A proposal to keep as a template, without the client's data."""

    proposal = Key()
    title = text_of(Template, "title")
    summary = text_of(Template, "summary", required=False)


class TemplateSerializer(Shown):
    """A template: start a proposal with its `id` as `template`, and its `variables` filled."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    summary = serializers.CharField()
    currency = serializers.CharField()
    variables = serializers.ListField(child=serializers.CharField())
    sections = serializers.ListField(child=serializers.CharField(), help_text="Titles, in order")
    made_at = serializers.DateTimeField()
