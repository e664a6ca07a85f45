"""“Show me the price”."""

from rest_framework import serializers

from api.fields import Day, Number, Shown, Strict, Word, text_of
from proposals.models import PriceRequest, Side


class NewPriceRequestSerializer(Strict):
    """What the client needs the price for, which may be left out."""

    text = text_of(PriceRequest, "text", required=False)


class PriceAnswerSerializer(Strict):
    """A `figure`; a `range` of `low`, `likely`, `high` with `sure` and `would_change`; or `later`, with `reason` and
    `due_on`. Fields of the other kinds are not kept."""

    answer = Word(choices=PriceRequest.Answer.values)
    figure = Number(required=False)
    low = Number(required=False)
    likely = Number(required=False)
    high = Number(required=False)
    sure = text_of(PriceRequest, "sure", required=False)
    would_change = text_of(PriceRequest, "would_change", required=False)
    reason = text_of(PriceRequest, "reason", required=False)
    due_on = Day(required=False)


class PriceOfferSerializer(PriceAnswerSerializer):
    """A figure or a range that nobody asked for, and why it helps to know it now."""

    why_now = text_of(PriceRequest, "text")


class PriceRequestSerializer(Shown):
    """A request for the price and its answer; `answer` is empty while there is none."""

    id = serializers.UUIDField()
    asked_by = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.values, help_text="seller: said unasked, with why now in `text`")
    text = serializers.CharField()
    answer = serializers.ChoiceField(choices=PriceRequest.Answer.values, allow_blank=True)
    currency = serializers.CharField()
    figure = Number(allow_null=True)
    low = Number(allow_null=True)
    likely = Number(allow_null=True)
    high = Number(allow_null=True)
    sure = serializers.CharField()
    would_change = serializers.CharField()
    reason = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    answered_by = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
