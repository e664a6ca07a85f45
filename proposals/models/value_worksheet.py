"""The value worksheet of a value-based fee, which both sides fill in together (T18)."""

from django.db import models

from proposals.models.billing_terms import BillingTerms
from proposals.models.fields import ExactDecimalField


class ValueWorksheet(models.Model):
    """What the result of the work is expected to be worth to the client.

    `without_us`, `low`, `likely` and `high` are in `unit`: what the measure would be without the seller, and by how
    much it is expected to change for the better. `worth_of_one` is what one unit of the change is worth, in the
    document's currency; empty if the measure is an amount already. `own_value` is the client's own estimate of the
    value. `confirmed` is what the client confirmed, as `documents.value_worksheet.basis` has it; empty for nothing.
    """

    terms = models.OneToOneField(BillingTerms, on_delete=models.CASCADE, primary_key=True, related_name="worksheet")
    measure = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    data_source = models.CharField(max_length=300, blank=True)
    measured_by = models.CharField(max_length=300, blank=True)
    measured_when = models.CharField(max_length=300, blank=True)
    without_us = ExactDecimalField(null=True, blank=True)
    without_us_note = models.CharField(max_length=500, blank=True)
    low = ExactDecimalField(null=True, blank=True)
    likely = ExactDecimalField(null=True, blank=True)
    high = ExactDecimalField(null=True, blank=True)
    worth_of_one = ExactDecimalField(null=True, blank=True)
    worth_note = models.CharField(max_length=500, blank=True)
    assumptions = models.CharField(max_length=1000, blank=True)
    own_value = ExactDecimalField(null=True, blank=True)
    own_note = models.CharField(max_length=500, blank=True)
    own_by_name = models.CharField(max_length=200, blank=True)
    confirmed = models.JSONField(default=dict)
    confirmed_by_name = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.measure or "no measure yet"
