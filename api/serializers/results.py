"""What the pricing core answers, as the schema describes it. The values pass through as they were calculated."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Number, Shown
from api.serializers.working import WorkingSerializer
from proposals.models import Discount, LineItem, Tax
from proposals.pricing import LINE_KINDS
from proposals.pricing.most import AT_MOST, FIRM, NO_UPPER_LIMIT

_CERTAINTIES = LineItem.Certainty.values


class AppliedDiscountSerializer(Shown):
    """A discount as applied: `amount` off `base`."""

    type = serializers.ChoiceField(choices=Discount.Type.values)
    value = Number()
    reason = serializers.ChoiceField(choices=Discount.Reason.values)
    text = serializers.CharField()
    base = Number()
    amount = Number()


class LineResultSerializer(Shown):
    """A line's amounts: `amount = gross - line_discount - section_discount - document_discount`.

    `tax` is there when tax is rounded per line, the rates on time lines, `at_cost` and `markup` on expenses.
    """

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(LINE_KINDS))
    included = serializers.BooleanField()
    certainty = serializers.ChoiceField(choices=_CERTAINTIES)
    discountable = serializers.BooleanField()
    gross = Number()
    line_discount = Number()
    section_discount = Number()
    document_discount = Number()
    amount = Number()
    discounts = AppliedDiscountSerializer(many=True)
    tax = Number(required=False)
    rate = Number(required=False)
    rate_exact = serializers.BooleanField(required=False)
    card_rate = Number(required=False, allow_null=True)
    at_cost = Number(required=False)
    markup = Number(required=False)


class SectionResultSerializer(Shown):
    """The included lines of a section: `amount = gross - discount`."""

    id = serializers.CharField()
    gross = Number()
    discount = Number()
    amount = Number()
    discounts = AppliedDiscountSerializer(many=True)


class TaxResultSerializer(Shown):
    """One tax over the document: `amount` of tax on `base`."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    jurisdiction = serializers.CharField()
    category = serializers.ChoiceField(choices=Tax.Category.values)
    rate = Number()
    note = serializers.CharField()
    base = Number()
    amount = Number()


class TotalsSerializer(Shown):
    """The whole document: `net + tax = total`, `firm + estimate + ceiling = gross - discount`."""

    gross = Number()
    discount = Number()
    net = Number()
    tax = Number()
    total = Number()
    firm = Number()
    estimate = Number()
    ceiling = Number()


class RangeSerializer(Shown):
    """The least and the greatest total that the undecided alternatives allow."""

    min = Number()
    max = Number()


class MostSerializer(Shown):
    """What the total can become: `firm` and `at_most` with the amount, `no_upper_limit` without."""

    kind = serializers.ChoiceField(choices=[FIRM, AT_MOST, NO_UPPER_LIMIT])
    total = Number(required=False)


class ConditionalTotalSerializer(Shown):
    """What an early-payment discount would make of the total."""

    type = serializers.ChoiceField(choices=Discount.Type.values)
    value = Number()
    reason = serializers.ChoiceField(choices=Discount.Reason.values)
    text = serializers.CharField()
    total_if_taken = Number()
    saving = Number()


class PriceResultSerializer(Shown):
    """A calculated document. `complete` is false while alternatives are undecided; they stand in `unresolved`.

    `working` is there where it was asked for.
    """

    currency = serializers.CharField()
    lines = LineResultSerializer(many=True)
    sections = SectionResultSerializer(many=True)
    discounts = AppliedDiscountSerializer(many=True)
    taxes = TaxResultSerializer(many=True)
    totals = TotalsSerializer()
    complete = serializers.BooleanField()
    unresolved = serializers.ListField(child=serializers.CharField())
    range = RangeSerializer(required=False)
    working = WorkingSerializer(required=False)
    most = MostSerializer(required=False, help_text="With a billing model: what the total can become")
    conditional = ConditionalTotalSerializer(many=True, required=False)


class Calculated(serializers.Field[Any, Any, Any, Any]):
    """A value of the pricing core, as it is."""

    def to_representation(self, value: Any) -> Any:
        """The value."""
        return value


@extend_schema_field(LineResultSerializer)
class LineResult(Calculated):
    """A line's amounts."""


@extend_schema_field(PriceResultSerializer)
class PriceResult(Calculated):
    """A calculated document."""
