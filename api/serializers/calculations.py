"""What the functions of the pricing core take and answer, as the schema describes it. Units: docs/pricing.md."""

from typing import Final

from rest_framework import serializers

from api.fields import Number, Shown
from api.serializers.comparisons import ComparisonResultSerializer
from api.serializers.results import PriceResultSerializer
from api.serializers.working import WorkingSerializer

GIVEN: Final = {
    "type": "object",
    "additionalProperties": True,
    "description": "What the function takes, as in docs/pricing.md. Every number is a string. `price`, `schedule`, "
    "`bill` and `what_if` answer with `working`, how every amount came about, if `working` is `true`.",
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
    working = WorkingSerializer(required=False)


class BillResultSerializer(Shown):
    """`bill`: what the client pays before tax; how it comes about depends on the model, see billing-models/."""

    client_pays = Number()
    working = WorkingSerializer(required=False)


class TaskResultSerializer(Shown):
    """A task: expected value and standard deviation, four decimals."""

    id = serializers.CharField()
    mean = Number()
    sd = Number()


class EstimateTotalSerializer(Shown):
    """All tasks. `sd_independent` if they don’t touch each other, `sd_correlated` if all go wrong at once."""

    low = Number()
    likely = Number()
    high = Number()
    mean = Number()
    sd_independent = Number()
    sd_correlated = Number()


class EstimateResultSerializer(Shown):
    """`estimate`: three-point estimates."""

    tasks = TaskResultSerializer(many=True)
    total = EstimateTotalSerializer()


class BuildUpResultSerializer(Shown):
    """`build_up`: `direct_cost_per_hour + overhead_per_hour + profit_per_hour = bill_rate`.

    The first four are there when the rate was built from a salary. A ratio of nothing is null.
    """

    loaded_cost = Number(required=False)
    billable_hours = Number(required=False)
    pay_per_hour = Number(required=False)
    pay_multiple = Number(required=False, allow_null=True)
    direct_cost_per_hour = Number()
    overhead_per_hour = Number()
    break_even_rate = Number()
    profit_per_hour = Number()
    bill_rate = Number()
    margin_percent = Number(allow_null=True)
    markup_percent = Number(allow_null=True)
    break_even_multiplier = Number(allow_null=True)
    net_multiplier = Number(allow_null=True)


class TierShareSerializer(Shown):
    """What a tier has of the work; the percentages of the three add up to 100.0."""

    hours = Number()
    percent_hours = Number()
    fees = Number()
    percent_fees = Number(allow_null=True)


class TierSharesSerializer(Shown):
    """The three tiers."""

    senior = TierShareSerializer()
    mid = TierShareSerializer()
    junior = TierShareSerializer()


class TierRatioSerializer(Shown):
    """Hours of each tier for an hour of the senior one."""

    senior = Number()
    mid = Number()
    junior = Number()


class LeverageResultSerializer(Shown):
    """`leverage`: who does which share. Costs are there when each role has one, realization with `billed`."""

    total_hours = Number()
    standard_fees = Number()
    blended_rate = Number()
    tiers = TierSharesSerializer()
    ratio = TierRatioSerializer(allow_null=True)
    leverage = Number(allow_null=True)
    direct_cost = Number(required=False)
    contribution = Number(required=False)
    contribution_percent = Number(required=False, allow_null=True)
    realization_percent = Number(required=False, allow_null=True)
    effective_rate = Number(required=False)


class StaffingTierSerializer(Shown):
    """The people of a tier: full-time equivalents, heads, and whole heads."""

    tier = serializers.CharField()
    fte = Number()
    headcount = Number()
    headcount_whole = Number()


class StaffingResultSerializer(Shown):
    """`staffing`: how many projects the anchor keeps going, and who is needed for them."""

    projects = Number()
    tiers = StaffingTierSerializer(many=True)


class FirmResultSerializer(Shown):
    """`firm`: profit per partner and its factors; the last four with `hours`, and with `standard_fees` too."""

    profit = Number()
    margin_percent = Number()
    productivity = Number()
    leverage = Number()
    profit_per_partner = Number()
    fees_per_hour = Number(required=False)
    hours_per_professional = Number(required=False)
    standard_rate = Number(required=False)
    realization_percent = Number(required=False, allow_null=True)


class RealizationResultSerializer(Shown):
    """`realization`: percentages of amounts; of nothing they are null."""

    billing_percent = Number(allow_null=True)
    collection_percent = Number(allow_null=True)
    overall_percent = Number(allow_null=True)


class TrustResultSerializer(Shown):
    """`trust`: the score, or null and the `reason`."""

    score = Number(allow_null=True)
    reason = serializers.ChoiceField(choices=["incomplete"], required=False)


class ScenarioResultSerializer(Shown):
    """A scenario's expected value."""

    id = serializers.CharField()
    expected_value = Number()


class ExpectedValueResultSerializer(Shown):
    """`expected_value`: of each scenario. Two are compared; at `break_even_percent` wins they are equal."""

    scenarios = ScenarioResultSerializer(many=True)
    difference = Number(required=False)
    improvement_percent = Number(required=False, allow_null=True)
    break_even_percent = Number(required=False, allow_null=True)


ANSWERS = (
    PriceResultSerializer,
    AllocationSerializer,
    ScheduleResultSerializer,
    BillResultSerializer,
    ComparisonResultSerializer,
    EstimateResultSerializer,
    BuildUpResultSerializer,
    LeverageResultSerializer,
    StaffingResultSerializer,
    FirmResultSerializer,
    RealizationResultSerializer,
    TrustResultSerializer,
    ExpectedValueResultSerializer,
)
"""The answers, one for each function."""
