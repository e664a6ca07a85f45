"""What `what_if` answers, as the schema describes it."""

from rest_framework import serializers

from api.fields import Number, Shown
from api.serializers.working import WorkingSerializer


class OutcomesSerializer(Shown):
    """An amount at the three outcomes of the estimate."""

    low = Number()
    likely = Number()
    high = Number()


class BreakEvenSerializer(Shown):
    """The most hours that are no loss for the seller, and how far beyond the likely ones they lie."""

    kind = serializers.ChoiceField(choices=["at", "no_upper_limit", "always_loses"])
    hours = Number(allow_null=True)
    overrun_percent = Number(allow_null=True)


class SeriesPointSerializer(Shown):
    """A point of the chart."""

    hours = Number()
    client_pays = Number()
    seller_profit = Number()


class ComparedModelSerializer(Shown):
    """A billing model of the comparison."""

    id = serializers.CharField()
    client_pays = OutcomesSerializer()
    seller_profit = OutcomesSerializer()
    expected_client_pays = Number()
    expected_seller_profit = Number()
    client_exposure = Number()
    seller_exposure = Number()
    margin_percent_likely = Number(allow_null=True)
    break_even = BreakEvenSerializer()
    series = SeriesPointSerializer(many=True)


class ComparisonResultSerializer(Shown):
    """`what_if`: the same work under several billing models."""

    models = ComparedModelSerializer(many=True)
    working = WorkingSerializer(required=False)
