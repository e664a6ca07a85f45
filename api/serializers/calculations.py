"""What the functions of the pricing core take and answer, as the schema describes it. Units: docs/pricing.md."""

from typing import Final

from rest_framework import serializers

from api.fields import Number, Shown
from api.serializers.results import PriceResultSerializer

GIVEN: Final = {
    "type": "object",
    "additionalProperties": True,
    "description": "What the function takes, as in docs/pricing.md. Every number is a string.",
}


class AllocationSerializer(Shown):
    """`allocate`: a total shared out."""

    parts = serializers.ListField(child=Number())


class InstalmentResultSerializer(Shown):
    """An instalment: `amount = net + tax` where the tax is known; `date` where the plan is of periods."""

    id = serializers.CharField()
    amount = Number()
    date = serializers.DateField(required=False)
    tax = Number(required=False)
    net = Number(required=False)


class ScheduleResultSerializer(Shown):
    """`schedule`: instalments that add up to `sum`."""

    items = InstalmentResultSerializer(many=True)
    sum = Number()


class BillResultSerializer(Shown):
    """`bill`: what the client pays before tax; how it comes about depends on the model, see billing-models/."""

    client_pays = Number()


ANSWERS = (
    PriceResultSerializer,
    AllocationSerializer,
    ScheduleResultSerializer,
    BillResultSerializer,
)
"""The answers, one for each function."""
