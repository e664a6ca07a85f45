"""Questions and replies."""

from rest_framework import serializers

from api.fields import Flag, Key, Metadata, Shown, Strict, Text, Word, text_of
from api.serializers.proposals import PageQuerySerializer
from proposals.models import Question, Reply, Side

IMPORTED = "Whether it was said on another server and brought in; this one did not witness it"


class NewQuestionSerializer(Strict):
    """A question to the other side, about a section or the whole. A blocking one holds up freezing."""

    text = text_of(Question, "text")
    section = Key(allow_null=True, required=False)
    about = text_of(Question, "about", required=False)
    blocking = Flag(default=False)
    external_id = text_of(Question, "external_id", required=False)
    metadata = Metadata(required=False)


class QuestionChangeSerializer(Strict):
    """What changes. Only the side that asked closes a question or says whether it blocks."""

    status = Word(choices=Question.Status.values, required=False)
    blocking = Flag(required=False)
    external_id = text_of(Question, "external_id", required=False)
    metadata = Metadata(required=False)


class NewReplySerializer(Strict):
    """Something to say under a question; it closes nothing."""

    text = text_of(Reply, "text")


class ReplySerializer(Shown):
    """Something said under a question."""

    id = serializers.UUIDField()
    author = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.values)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    imported = serializers.BooleanField(help_text=IMPORTED)


class QuestionSerializer(Shown):
    """A question with its replies, the oldest first."""

    id = serializers.UUIDField()
    section = serializers.UUIDField(allow_null=True)
    about = serializers.CharField()
    text = serializers.CharField()
    blocking = serializers.BooleanField()
    status = serializers.ChoiceField(choices=Question.Status.values)
    asked_by = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.values)
    replies = ReplySerializer(many=True)
    external_id = serializers.CharField()
    metadata = Metadata()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    imported = serializers.BooleanField(help_text=IMPORTED)


class QuestionQuerySerializer(PageQuerySerializer):
    """Which questions."""

    external_id = Text(max_length=200, required=False)
    status = Word(choices=Question.Status.values, required=False)
