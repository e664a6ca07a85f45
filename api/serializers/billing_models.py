"""A billing model as programs read it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Shown


@extend_schema_field({"type": "object", "additionalProperties": True})
class AnyObject(serializers.Field[Any, Any, Any, Any]):
    """A JSON object, as it is."""

    def to_representation(self, value: Any) -> Any:
        """The object."""
        return value


class BillingModelSummarySerializer(Shown):
    """A billing model in the list. `comparable`: `what_if` takes it."""

    key = serializers.CharField()
    name = serializers.CharField()
    definition = serializers.CharField()
    comparable = serializers.BooleanField()
    url = serializers.URLField()
    guide_url = serializers.URLField()


class BillingClauseSerializer(Shown):
    """A point to settle in words, or the promise that is made by it."""

    key = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()


class SentenceSerializer(Shown):
    """A sentence of the explanation; with `promise` it is true only if that clause is agreed on."""

    text = serializers.CharField()
    promise = serializers.CharField(allow_null=True)


class RisksSerializer(Shown):
    """What each side risks. `hours_place`: who bears more hours than planned, from 1 (client) to 11 (seller)."""

    client = serializers.CharField()
    seller = serializers.CharField()
    hours_place = serializers.DictField(child=serializers.IntegerField())


class IncentiveSerializer(Shown):
    """What the model makes a seller do: what it is for, and what it may lead to."""

    intended = serializers.CharField()
    perverse = serializers.CharField()


class BillingExampleSerializer(Shown):
    """A small case, calculated by the engine."""

    words = serializers.CharField()
    currency = serializers.CharField()
    params = AnyObject()
    outcome = AnyObject()
    answer = AnyObject()


class BillingModelSerializer(BillingModelSummarySerializer):
    """A billing model: its arithmetic, and everything to know before choosing it.

    `parameters`, `outcome` and `comparison` are JSON Schemas of what `bill` takes as `params` and `outcome`, and of
    what `what_if` takes. `explanation` has the numbers of the example in it.
    """

    parameters = AnyObject()
    outcome = AnyObject()
    comparison = AnyObject(allow_null=True)
    formula = serializers.ListField(child=serializers.CharField())
    answer = serializers.DictField(child=serializers.CharField())
    explanation = SentenceSerializer(many=True)
    incentive = IncentiveSerializer()
    risks = RisksSerializer()
    good_when = serializers.CharField()
    not_when = serializers.CharField()
    questions = serializers.ListField(child=serializers.CharField())
    clauses = BillingClauseSerializer(many=True)
    also_called = serializers.ListField(child=serializers.CharField())
    example = BillingExampleSerializer()
