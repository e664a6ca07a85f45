"""Sections and their text."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import ExternalIdSerializer, Flag, Metadata, Shown, Strict, Text, Whole, Word, text_of
from api.serializers.pricing import WHY_HELP, Asks, DiscountInputSerializer, DiscountSerializer
from api.serializers.proposals import PageQuerySerializer
from proposals.actions.changing import WHY_LENGTH
from proposals.models import Section

TEXT_FORMATS = ("markdown", "html", "prosemirror")


@extend_schema_field(
    {
        "oneOf": [{"type": "string"}, {"type": "object"}],
        "description": "A string for markdown and html, a ProseMirror document for prosemirror.",
        "examples": ["We begin with **two workshops**."],
    }
)
class TextContent(serializers.Field[Any, Any, Any, Any]):
    """A text in one of its formats."""

    def to_internal_value(self, data: Any) -> Any:
        """The content as sent; the format decides what it must be."""
        return data

    def to_representation(self, value: Any) -> Any:
        """The content."""
        return value


class TextInputSerializer(Strict):
    """A text as it is to stand. With `seq`, what others wrote since it was read stays too.

    Where other words stand, it needs `seq` or `replace: true`. For a section that is added both say nothing.
    """

    format = Word(choices=TEXT_FORMATS)
    content = TextContent()
    seq = Whole(min_value=0, max_value=2_000_000_000, required=False, help_text="The `seq` of the text it was made of")
    replace = Flag(required=False, help_text="Replace what stands there now, seen or not")


class TextSerializer(Shown):
    """A section's text, and the number of the text's log at which it was read.

    ProseMirror JSON is complete; Markdown and HTML leave out comment marks.
    """

    format = serializers.ChoiceField(choices=TEXT_FORMATS)
    content = TextContent()
    seq = serializers.IntegerField()


class NewSectionSerializer(Strict):
    """A section to add, at the end unless `order` says where."""

    title = text_of(Section, "title")
    kind = Word(choices=Section.Kind.values, default=Section.Kind.PROSE.value)
    order = Whole(min_value=0, required=False, help_text="Place, counted from 0")
    text = TextInputSerializer(required=False)
    external_id = text_of(Section, "external_id", required=False)
    metadata = Metadata(required=False)


class PutSectionSerializer(NewSectionSerializer):
    """A section as it is to stand."""

    external_id = None  # type: ignore[assignment]


class SectionChangeSerializer(Strict):
    """What changes; fields that are left out stay as they are. `discounts` replaces the section's own."""

    title = text_of(Section, "title", required=False)
    order = Whole(min_value=0, required=False, help_text="Place, counted from 0")
    text = TextInputSerializer(required=False)
    discounts = DiscountInputSerializer(many=True, required=False)
    why = Text(max_length=WHY_LENGTH, allow_blank=True, required=False, help_text=WHY_HELP)
    external_id = text_of(Section, "external_id", required=False)
    metadata = Metadata(required=False)


class SectionSerializer(Shown):
    """A section with its text. `version` counts changes of everything but the text."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Section.Kind.values)
    order = serializers.IntegerField()
    text = TextSerializer()
    discounts = DiscountSerializer(many=True)
    external_id = serializers.CharField()
    metadata = Metadata()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
    asks = Asks()


class TextQuerySerializer(Strict):
    """How texts are written in the answer."""

    text_format = Word(choices=TEXT_FORMATS, default="markdown")


class SectionQuerySerializer(PageQuerySerializer, TextQuerySerializer):
    """Which sections, and how their texts are written."""

    external_id = Text(max_length=200, required=False)


class PutSectionQuerySerializer(ExternalIdSerializer, TextQuerySerializer):
    """Which section, and how its text is written in the answer."""
