"""How the work is billed."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Flag, Number, Shown, Strict, Text, Word
from proposals.models import Rate
from proposals.pricing.billing import MODELS


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": True,
        "description": "A model's figures by the names of its parameters (see /billing-models/); numbers are strings.",
        "examples": [{"rates": {"Designer": "112.50"}, "cap": "21600.00"}],
    }
)
class Figures(serializers.Field[Any, Any, Any, Any]):
    """The figures of a model, as they are; the model says what is right."""

    default_error_messages = {"not_an_object": "Figures are an object with their names."}

    def to_internal_value(self, data: Any) -> Any:
        """The object as sent."""
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return data

    def to_representation(self, value: Any) -> Any:
        """The object."""
        return value


class EstimateInputSerializer(Strict):
    """What the work may take, rising; three empty values for no estimate."""

    unit = Word(choices=Rate.Unit.values, required=False)
    low = Number(allow_null=True)
    likely = Number(allow_null=True)
    high = Number(allow_null=True)


class CostInputSerializer(Strict):
    """What the work costs the seller. Nobody reads it until it is disclosed."""

    cost_per_hour = Number(required=False, allow_null=True)
    fixed_costs = Number(required=False, allow_null=True)


class ModelBesideSerializer(Strict):
    """A model beside the chosen one, with the figures of its comparison. It may stand there more than once."""

    model = Word(choices=list(MODELS))
    params = Figures(required=False)
    name = Text(max_length=60, required=False, help_text="What this version of the model is called")


class BillingChangeSerializer(Strict):
    """What changes; what is left out stays. Model, clauses and `compared` are either side's, the rest the seller's."""

    model = Word(choices=["", *MODELS], required=False, help_text="Empty while none is chosen")
    params = Figures(required=False)
    clauses = serializers.ListField(child=Text(max_length=60), required=False, max_length=100)
    estimate = EstimateInputSerializer(required=False)
    compared = ModelBesideSerializer(many=True, required=False)
    cost = CostInputSerializer(required=False)
    cost_disclosed = Flag(required=False)


class ChosenClauseSerializer(Shown):
    """A chosen clause: its text, and the promises it makes with these figures. Both are terms."""

    key = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())


class BillingLimitSerializer(Shown):
    """The most the client can pay before tax: `fixed` and `at_most` with the amount, `no_upper_limit` without."""

    kind = serializers.CharField()
    covers = serializers.CharField()
    amount = serializers.CharField(required=False)


class BillingEstimateSerializer(Shown):
    """What the work may take."""

    unit = serializers.ChoiceField(choices=Rate.Unit.values)
    low = Number()
    likely = Number()
    high = Number()


class BillingCostSerializer(Shown):
    """What the work costs the seller, while it is disclosed."""

    cost_per_hour = Number()
    fixed_costs = Number(allow_null=True)


class BillingComparedSerializer(Shown):
    """A model that was asked to stand beside the chosen one."""

    model = serializers.CharField()
    params = Figures()
    name = serializers.CharField(required=False)


class BillingAddedSerializer(Shown):
    """The fixed version of terms that reward waste: nobody agreed to it, and everybody sees it beside them."""

    name = serializers.CharField()
    result = serializers.DictField(help_text="As in `results`")


class BillingSerializer(Shown):
    """The agreed terms of a billing section; a key is there only if there is something to say.

    `results` are the answers of `what_if` for the chosen and the compared models; what they say of the seller is there
    while the cost is disclosed. `missing` says what is still in the way of freezing. `warning` and `beside` are
    explanation, not terms.
    """

    model = serializers.CharField()
    params = Figures()
    clauses = ChosenClauseSerializer(many=True, required=False)
    limit = BillingLimitSerializer(required=False)
    estimate = BillingEstimateSerializer(required=False)
    compared = BillingComparedSerializer(many=True, required=False)
    cost = BillingCostSerializer(required=False)
    results = serializers.ListField(child=serializers.DictField(), required=False)
    missing = serializers.CharField()
    warning = serializers.CharField(required=False)
    beside = BillingAddedSerializer(many=True, required=False)
