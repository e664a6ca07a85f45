"""The history: texts at a moment, what changed between two, named versions."""

from rest_framework import serializers

from api.fields import Flag, Shown, Strict, Text, Whole
from api.serializers.offers import PriceChangeSerializer
from proposals.models import Side

MOMENT = (
    "`now`, `start`, a number of the text's log (`345`), or `e12` after and `b12` before an event of the audit trail"
)


class HistoryQuerySerializer(Strict):
    """Where the list goes on."""

    cursor = Text(max_length=1000, required=False, help_text="From `next`")


class HistoryEntrySerializer(Shown):
    """Somebody's writing, or one mark: the first and last event of the audit trail that it tells of.

    `sections` are the titles of those written in; `effect` is what it did to the total.
    """

    first = serializers.IntegerField()
    last = serializers.IntegerField()
    began_at = serializers.DateTimeField()
    at = serializers.DateTimeField()
    name = serializers.CharField()
    side = serializers.CharField()
    sentence = serializers.CharField(source="said")
    is_writing = serializers.BooleanField()
    sections = serializers.ListField(child=serializers.CharField())
    effect = serializers.CharField()


class HistorySerializer(Shown):
    """A part of the history, the newest entry first. `previous` is always null: it goes on to what was earlier."""

    results = HistoryEntrySerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class TextAtQuerySerializer(Strict):
    """Which moment, and which section."""

    at = Text(max_length=20, default="now", help_text=MOMENT)
    section = Text(max_length=36, required=False, help_text="A section's id; all without it")


class ComparisonQuerySerializer(Strict):
    """Which two moments, and which section."""

    to = Text(max_length=20, default="now", help_text=MOMENT)
    section = Text(max_length=36, required=False, help_text="A section's id; all without it")

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """`from` is a word of Python."""
        first = Text(max_length=20, default="start", help_text=MOMENT)
        return {"from": first, **super().get_fields()}


class MomentSerializer(Shown):
    """A moment: its name, its number in the text's log, when it was (null: now), and what it is called."""

    key = serializers.CharField()
    seq = serializers.IntegerField()
    at = serializers.DateTimeField(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]


class WriterSerializer(Shown):
    """Whose hand it was, as the log knows it: a person, or a firm's token by the firm's name."""

    name = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.values, allow_blank=True)


class RunSerializer(Shown):
    """Words that belong together. `by` are those who wrote them or, in a comparison, added them or took them out."""

    change = serializers.ChoiceField(choices=["same", "new", "gone"])
    text = serializers.CharField()
    marks = serializers.ListField(child=serializers.CharField())
    by = WriterSerializer(many=True)


class BlockSerializer(Shown):
    """A paragraph, heading, quote or item of a list (`label`: its bullet or number)."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    depth = serializers.IntegerField()
    change = serializers.ChoiceField(choices=["same", "new", "gone"])
    runs = RunSerializer(many=True)


class SectionHistorySerializer(Shown):
    """A section's blocks. `standing` is false for one that was taken out since."""

    section = serializers.UUIDField()
    title = serializers.CharField()
    standing = serializers.BooleanField()
    blocks = BlockSerializer(many=True)


class TextAtSerializer(Shown):
    """The text at a moment."""

    moment = MomentSerializer()
    sections = SectionHistorySerializer(many=True)


class ComparisonSerializer(Shown):
    """What changed between two moments; sections that did not change are left out. The earlier one comes first."""

    to = MomentSerializer()
    sections = SectionHistorySerializer(many=True)
    prices = PriceChangeSerializer(many=True, help_text="What became of prices, billing and terms, in order")

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """`from` is a word of Python."""
        return {"from": MomentSerializer(), **super().get_fields()}


class NewVersionSerializer(Strict):
    """A name for a moment."""

    name = Text(max_length=100)
    at = Text(max_length=20, required=False, help_text=MOMENT)


class VersionSerializer(Shown):
    """A named version: `event` is its number in the audit trail, `seq` the moment's in the text's log."""

    event = serializers.IntegerField()
    name = serializers.CharField()
    seq = serializers.IntegerField()
    named_by = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.values)
    created_at = serializers.DateTimeField()


class BringBackSerializer(Strict):
    """A moment whose text shall stand again. `seen` is the number of the log that was looked at."""

    at = Text(max_length=20, help_text=MOMENT)
    seen = Whole(min_value=0, required=False)
    reopen = Flag(required=False, help_text="Open the section again although both sides agree to it")
