"""Open books: cards, what was asked for, and the answers."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Day, Shown, Strict, Text, Word, text_of
from proposals.actions.changing import WHY_LENGTH
from proposals.documents.talk_times import LONGEST_ZONE
from proposals.models import Disclosure, DisclosureKind, DisclosureRequest
from proposals.models.disclosure import ExplanationTimes

FIGURES: Final = {"type": "object", "additionalProperties": True}


@extend_schema_field(FIGURES)
class Figures(serializers.Field[Any, Any, Any, Any]):
    """The figures of a card, as the calculation of its kind takes or answers them. Every number is a string."""

    def to_internal_value(self, data: Any) -> Any:
        """As sent; the action reads it."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("This must be a JSON object.", code="not_an_object")
        return data

    def to_representation(self, value: Any) -> Any:
        """As it stands."""
        return value


class _CardFields(Strict):
    title = text_of(Disclosure, "title")
    context = Text(  # type: ignore[assignment]
        max_length=4000, help_text="Why it is like this and how it compares; never empty."
    )
    given = Figures(
        help_text="`build_up`, `overhead` (`overhead_percent`) and `leverage` (`staffing`): what the calculation "
        "takes. `policy`: `lines` of `title, text`. `discounts`: `lines` of `reason, up_to_percent, text`."
    )
    pay = Figures(
        required=False,
        help_text="With a salary: `basis` `role` and `people_count` (3 or more), `band` and `low, high`, or `consent`.",
    )
    basis = Text(
        max_length=1000, allow_blank=True, required=False, help_text="What counts as direct cost, what as overhead."
    )


class NewDisclosureSerializer(_CardFields):
    """A card for both sides."""

    kind = Word(choices=DisclosureKind.values)


class DisclosureChangeSerializer(_CardFields):
    """A new version of a card, whole."""

    why = Text(max_length=WHY_LENGTH, allow_blank=True, required=False)


class WithdrawalSerializer(Strict):
    """Why a card is taken back."""

    reason = text_of(Disclosure, "withdrawn_reason")


class NewDisclosureRequestSerializer(Strict):
    """What the client would like to see."""

    kind = Word(choices=DisclosureKind.values)
    text = text_of(DisclosureRequest, "text", required=False)


class RequestAnswerSerializer(Strict):
    """A date, or a reason; with a date the reason may be left out."""

    answer = text_of(DisclosureRequest, "answer", required=False)
    promised_on = Day(required=False, allow_null=True)


class CardChangeSerializer(Shown):
    """A text of a card that changed."""

    field = serializers.CharField()
    was = serializers.CharField()
    now = serializers.CharField()


class CardVersionSerializer(Shown):
    """What a version changed, and why."""

    by = serializers.CharField()
    why = serializers.CharField()
    changes = CardChangeSerializer(many=True)


class ProposedTimeSerializer(Strict):
    """A time on the clock of the one who proposes it."""

    at = Text(max_length=40, help_text="Without an offset: 2027-01-12T10:00")
    zone = Text(max_length=LONGEST_ZONE, help_text="IANA time zone: Europe/Amsterdam")


class NewTimesSerializer(Strict):
    """“Explain it to me”: up to three times for a talk of a quarter of an hour."""

    times = ProposedTimeSerializer(many=True)


class TimesAnswerSerializer(Strict):
    """What the other side says. `chosen` is one of the times, as it is listed."""

    status = Word(choices=["accepted", "read_first", "skipped"])
    chosen = Text(max_length=100, required=False)


class ExplanationTimesSerializer(Shown):
    """Times that one side proposed, and the answer. A time has its offset and zone: RFC 9557."""

    id = serializers.UUIDField()
    side = serializers.CharField()
    proposed_by = serializers.CharField()
    times = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=ExplanationTimes.Status.values)
    chosen = serializers.CharField()
    answered_by = serializers.CharField()


class DisclosureSerializer(Shown):
    """A card as it stands, with its trace, the newest change first. `result` is what the calculation answered."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DisclosureKind.values)
    title = serializers.CharField()
    headline = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField())
    context = serializers.CharField()  # type: ignore[assignment]
    given = Figures()
    result = Figures(required=False)
    pay = Figures(required=False)
    basis = serializers.CharField(required=False)
    version = serializers.IntegerField()
    published_by = serializers.CharField()
    trace = CardVersionSerializer(many=True)
    times = ExplanationTimesSerializer(many=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField()


class DisclosureRequestSerializer(Shown):
    """What was asked for, and what came of it: the card, a reason, or a date."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DisclosureKind.values)
    text = serializers.CharField()
    asked_by = serializers.CharField()
    status = serializers.ChoiceField(choices=DisclosureRequest.Status.values)
    disclosure = serializers.UUIDField(allow_null=True)
    answer = serializers.CharField()
    promised_on = serializers.DateField(allow_null=True)
    answered_by = serializers.CharField()
    created_at = serializers.DateTimeField()
