"""How the work is billed."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Flag, Number, Shown, Strict, Text, Word, text_of
from api.serializers.pricing import WHY_HELP
from proposals.actions.changing import WHY_LENGTH
from proposals.models import Rate, ValueWorksheet
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


class WorksheetInputSerializer(Strict):
    """The fields of a value worksheet; what is left out stays, an empty one is taken out. Numbers are in `unit`."""

    measure = text_of(ValueWorksheet, "measure", required=False)
    unit = text_of(ValueWorksheet, "unit", required=False)
    data_source = text_of(ValueWorksheet, "data_source", required=False)
    measured_by = text_of(ValueWorksheet, "measured_by", required=False)
    measured_when = text_of(ValueWorksheet, "measured_when", required=False)
    without_us = Number(required=False, allow_null=True)
    without_us_note = text_of(ValueWorksheet, "without_us_note", required=False)
    low = Number(required=False, allow_null=True)
    likely = Number(required=False, allow_null=True)
    high = Number(required=False, allow_null=True)
    worth_of_one = Number(required=False, allow_null=True)
    worth_note = text_of(ValueWorksheet, "worth_note", required=False)
    assumptions = text_of(ValueWorksheet, "assumptions", required=False)


class OwnValueInputSerializer(Strict):
    """The client's own estimate of the value; null to take it away."""

    value = Number(allow_null=True)
    note = text_of(ValueWorksheet, "own_note", required=False)


class BillingChangeSerializer(Strict):
    """What changes; what is left out stays.

    Model, clauses, `compared` and `worksheet` are either side's. `own_value` and `confirm_value` are said by a person
    of the client's: the latter is the `fingerprint` of the `value_confirmation` that was read, or empty to take the
    confirmation back. The rest is the seller's.
    """

    model = Word(choices=["", *MODELS], required=False, help_text="Empty while none is chosen")
    params = Figures(required=False)
    clauses = serializers.ListField(child=Text(max_length=60), required=False, max_length=100)
    estimate = EstimateInputSerializer(required=False)
    compared = ModelBesideSerializer(many=True, required=False)
    cost = CostInputSerializer(required=False)
    cost_disclosed = Flag(required=False)
    worksheet = WorksheetInputSerializer(required=False)
    own_value = OwnValueInputSerializer(required=False)
    confirm_value = Text(max_length=100, required=False, allow_blank=True)
    why = Text(max_length=WHY_LENGTH, allow_blank=True, required=False, help_text=WHY_HELP)


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


class WorksheetSerializer(Shown):
    """The value worksheet of a value-based fee; a key is there only if it is filled in.

    `measure` has `what`, `unit`, `data_source`, `by`, `when`; `without_us` has `value` and `note`.
    `results` has by outcome (`low`, `likely`, `high`; `half` and `likely` without low and high) what it is `worth`
    and, once the figures are there, the fee: `base`, `share` of it, `bound` (`floor`, `ceiling` or empty),
    `client_pays`, `client_net_value`, `value_multiple`.
    """

    measure = serializers.DictField(child=serializers.CharField(), required=False)
    without_us = serializers.DictField(child=serializers.CharField(), required=False)
    expected_change = serializers.DictField(child=serializers.CharField(), required=False)
    worth_of_one = Number(required=False)
    worth_note = serializers.CharField(required=False)
    assumptions = serializers.CharField(required=False)
    own_estimate = serializers.DictField(child=serializers.CharField(), required=False)
    results = serializers.DictField(child=serializers.DictField(), required=False)


class DifferenceSerializer(Shown):
    """What differs from what the client confirmed."""

    field = serializers.CharField()
    was = serializers.CharField()
    now = serializers.CharField()


class ValueConfirmationSerializer(Shown):
    """Whether the expected value is the client's number. While `confirmed` is false, no number of it may be relied on.

    `by` and `at` say who confirmed it and when, `differs` what was changed since.
    """

    confirmed = serializers.BooleanField()
    says = serializers.CharField()
    fingerprint = serializers.CharField()
    can_be_confirmed = serializers.BooleanField()
    expected_value = Number(required=False)
    by = serializers.CharField(required=False)
    at = serializers.CharField(required=False)
    differs = DifferenceSerializer(many=True, required=False)


class BillingSerializer(Shown):
    """The agreed terms of a billing section; a key is there only if there is something to say.

    `results` are the answers of `what_if` for the chosen and the compared models; what they say of the seller is there
    while the cost is disclosed. `value_confirmation` is there for a value-based fee. `missing` says what is still in
    the way of freezing. `warning` and `beside` are explanation, not terms.
    """

    model = serializers.CharField()
    params = Figures()
    clauses = ChosenClauseSerializer(many=True, required=False)
    limit = BillingLimitSerializer(required=False)
    estimate = BillingEstimateSerializer(required=False)
    compared = BillingComparedSerializer(many=True, required=False)
    cost = BillingCostSerializer(required=False)
    results = serializers.ListField(child=serializers.DictField(), required=False)
    worksheet = WorksheetSerializer(required=False)
    value_confirmation = ValueConfirmationSerializer(required=False)
    missing = serializers.CharField()
    warning = serializers.CharField(required=False)
    beside = BillingAddedSerializer(many=True, required=False)
