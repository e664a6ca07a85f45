"""Exports of a firm, imports into one, and where a proposal came from."""

from rest_framework import serializers

from api.fields import Key, Shown, Strict, Word
from api.serializers.proposals import PageQuerySerializer
from proposals.models import ImportRow, Move
from proposals.states import State


class NewExportSerializer(Strict):
    """What to take along: one relationship, or everything of the firm."""

    relationship = Key(required=False, allow_null=True)


class ExportSerializer(Shown):
    """An export. `url` is where the file is, null while or once it is not there; it is kept for a week."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Move.State.values)
    relationship = serializers.UUIDField(allow_null=True)
    proposals_done = serializers.IntegerField()
    proposals_expected = serializers.IntegerField()
    length_bytes = serializers.IntegerField()
    problem = serializers.CharField()
    asked_at = serializers.DateTimeField()
    url = serializers.URLField(allow_null=True)


class ImportFileSerializer(Strict):
    """The ZIP archive as it was exported."""

    file = serializers.FileField()


class ImportQuerySerializer(Strict):
    """Whether the whole report is wanted."""

    report = Word(
        choices=["whole", "none"],
        default="whole",
        help_text="`none` leaves `report` empty: the way to ask how far it is. Its rows are read a page at a time",
    )


class ImportRowQuerySerializer(PageQuerySerializer):
    """Which rows of a report."""

    outcome = Word(choices=ImportRow.Outcome.values, required=False)


class ImportRowSerializer(Shown):
    """What became of one thing in the file, and why; `proposal` is its id here."""

    kind = serializers.ChoiceField(choices=ImportRow.Kind.values)
    title = serializers.CharField()
    outcome = serializers.ChoiceField(choices=ImportRow.Outcome.values)
    code = serializers.CharField(help_text="Why it was left out, such as `already_here` or `prices_differ`; else empty")
    why = serializers.CharField()
    proposal = serializers.UUIDField(allow_null=True)


class ImportSourceSerializer(Shown):
    """What the file says of itself."""

    instance = serializers.DictField(child=serializers.CharField())
    firm = serializers.DictField(child=serializers.CharField())
    made_at = serializers.DateTimeField()
    scope = serializers.ChoiceField(choices=["firm", "relationship"])


class ImportCountsSerializer(Shown):
    """How many things of the file became what."""

    draft = serializers.IntegerField()
    record = serializers.IntegerField()
    taken = serializers.IntegerField()
    left = serializers.IntegerField()


class ImportSerializer(Shown):
    """An import, with what has come so far. `file` is null until the file was checked. `report` has all rows, as many
    as there are things in the file; `rows` is where they are read a page at a time.
    """

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Move.State.values)
    file = ImportSourceSerializer(allow_null=True)
    proposals_done = serializers.IntegerField()
    proposals_expected = serializers.IntegerField()
    sha256 = serializers.CharField()
    code = serializers.CharField(help_text="Why the file as a whole was refused, such as `wrong_hash`; else empty")
    problem = serializers.CharField()
    counts = ImportCountsSerializer()
    rows = serializers.URLField()
    report = ImportRowSerializer(many=True)
    asked_at = serializers.DateTimeField()


class OriginFileSerializer(Shown):
    """A PDF that came along, byte for byte as it was there."""

    revision = serializers.IntegerField()
    sha256 = serializers.CharField()
    length_bytes = serializers.IntegerField()
    url = serializers.URLField()


class PassedOnSerializer(Shown):
    """A server that only passed it on."""

    instance = serializers.CharField()
    imported_at = serializers.DateTimeField()


class OriginSerializer(Shown):
    """Where a proposal was brought in from. `witnessed` is always false: this server saw nothing of what `content` says
    was said, agreed or signed there; a signature has its meaning in the PDF, and none here.
    """

    instance = serializers.CharField()
    proposal = serializers.UUIDField(help_text="Its id there")
    state = serializers.ChoiceField(choices=[state.value for state in State], help_text="Its state there")
    witnessed = serializers.BooleanField()
    exported_at = serializers.DateTimeField()
    imported_at = serializers.DateTimeField()
    imported_by = serializers.CharField()
    via = PassedOnSerializer(many=True)
    files = OriginFileSerializer(many=True)
    trail = serializers.URLField(allow_null=True, help_text="The audit trail there, as one file; null if none came")
    content = serializers.DictField(help_text="What the file said of it, as `docs/portable.schema.json` describes it")


class OriginTrailSerializer(Shown):
    """The audit trail as it stood there. This server witnessed none of it, and checked only that it is JSON.

    `events` are those of `audit-trail/`, byte for byte as the file had them, each on a line of its own; `how_to_verify`
    says in words how anybody checks their hashes.
    """

    proposal = serializers.UUIDField(help_text="Its id there, which the hashes are made of")
    instance = serializers.CharField()
    exported_at = serializers.DateTimeField()
    witnessed = serializers.BooleanField()
    how_to_verify = serializers.CharField()
    events = serializers.ListField(child=serializers.DictField())
