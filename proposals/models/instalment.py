"""How the total is paid: the instalments of a proposal's payment schedule (pricing-spec 9.2)."""

from django.db import models

from accounts.ids import new_id
from proposals.models.fields import ExactDecimalField
from proposals.models.proposal import Proposal


class Instalment(models.Model):
    """One instalment as it is planned; what it comes to is calculated from the total.

    `value` is the percentage, weight or amount that `share` speaks of, empty for the remainder. A row that shares by
    `periods` is the whole plan: `count` equal payments, the first for the period that begins on `due_on`. `net_days`
    are the days left to pay after it is due. `acceptance` is the test that a milestone has to pass.
    """

    class Share(models.TextChoices):
        PERCENT = "percent", "Percent of the total"
        AMOUNT = "amount", "Amount, with tax"
        WEIGHT = "weight", "Weight"
        REMAINDER = "remainder", "What is left"
        PERIODS = "periods", "Equal payments"

    class Due(models.TextChoices):
        ON_SIGNATURE = "on_signature", "On signature"
        ON_DATE = "on_date", "On a date"
        MILESTONE = "milestone", "When a milestone is accepted"
        PERIOD_START = "period_start", "At the start of each period"
        PERIOD_END = "period_end", "At the end of each period"

    class Every(models.TextChoices):
        MONTH = "month", "month"
        QUARTER = "quarter", "quarter"
        YEAR = "year", "year"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="instalments")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    share = models.CharField(max_length=9, choices=Share.choices)
    value = ExactDecimalField(null=True, blank=True)
    count = models.PositiveIntegerField(null=True, blank=True)
    every = models.CharField(max_length=7, choices=Every.choices, blank=True)
    due = models.CharField(max_length=12, choices=Due.choices)
    due_on = models.DateField(null=True, blank=True)
    net_days = models.PositiveIntegerField(null=True, blank=True)
    acceptance = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title
