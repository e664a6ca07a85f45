"""The payment schedule of a proposal: as it is planned, and what it comes to."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Day, Number, Shown, Strict, Whole, Word, text_of
from api.serializers.results import Calculated
from proposals.actions.schedule import NET_DAYS, PERIODS_COUNT
from proposals.models import Instalment


class InstalmentInputSerializer(Strict):
    """An instalment. `value` is the percentage, amount (with tax) or weight; a remainder takes what the others leave.

    With `share: periods` it is the whole plan: `count` equal payments, the first for the period that begins on
    `due_on`. A milestone needs its acceptance test, `on_date` its date.
    """

    title = text_of(Instalment, "title")
    share = Word(choices=Instalment.Share.values)
    value = Number(allow_null=True, required=False)
    count = Whole(min_value=1, max_value=PERIODS_COUNT, allow_null=True, required=False)
    every = Word(choices=Instalment.Every.values, required=False)
    due = Word(choices=Instalment.Due.values)
    due_on = Day(allow_null=True, required=False)
    net_days = Whole(min_value=0, max_value=NET_DAYS, allow_null=True, required=False)
    acceptance = text_of(Instalment, "acceptance", required=False)


class PlannedInstalmentSerializer(Shown):
    """An instalment as it is planned; only what counts for it."""

    title = serializers.CharField()
    share = serializers.ChoiceField(choices=Instalment.Share.values)
    value = Number(required=False)
    count = serializers.IntegerField(required=False)
    every = serializers.ChoiceField(choices=Instalment.Every.values, required=False)
    due = serializers.ChoiceField(choices=Instalment.Due.values)
    due_on = serializers.CharField(required=False)
    net_days = serializers.IntegerField(required=False)
    acceptance = serializers.CharField(required=False)


class DueInstalmentSerializer(Shown):
    """What an instalment comes to: `amount = net + tax`, the latter two if there is tax."""

    id = serializers.CharField(help_text="Its number, from 1")
    amount = Number()
    tax = Number(required=False)
    net = Number(required=False)
    due_on = serializers.CharField(required=False)


class ScheduleProblemSerializer(Shown):
    """Why the plan does not hold for the total any more."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ScheduleSerializer(Shown):
    """The payment schedule: `items` and their `sum`, or the `problem` that is in the way of both, and of freezing."""

    plan = PlannedInstalmentSerializer(many=True)
    items = DueInstalmentSerializer(many=True, required=False)
    sum = Number(required=False)
    problem = ScheduleProblemSerializer(required=False)


@extend_schema_field(ScheduleSerializer)
class Schedule(Calculated):
    """A payment schedule."""
