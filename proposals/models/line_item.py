"""Lines of a price section and the discounts on lines, sections and the document (pricing-spec 3 and 5)."""

import uuid
from functools import cached_property

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from proposals.models.fields import ExactDecimalField
from proposals.models.proposal import Proposal, Rate, Tax
from proposals.models.section import Section


class LineItem(models.Model):
    """One priced line. Which number fields count depends on `kind`; the others are empty.

    Numbers are exact decimals in the document's currency, quantities in `unit` (time lines) or in the words
    of `unit_label`. `rate_date` is the day whose rate of the card a time line takes; the document's `price_date`
    where there is none.
    """

    class Kind(models.TextChoices):
        TIME = "time", "Time"
        FIXED = "fixed", "Fixed price"
        EXPENSE = "expense", "Expense"
        SUBSCRIPTION = "subscription", "Subscription"
        UNIT = "unit", "Units"
        ALLOWANCE = "allowance", "Allowance"
        CREDIT = "credit", "Credit"

    class Certainty(models.TextChoices):
        FIRM = "firm", "Firm"
        ESTIMATE = "estimate", "Estimate"
        CEILING = "ceiling", "Ceiling"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=500, blank=True)
    role = models.CharField(max_length=100, blank=True)
    quantity = ExactDecimalField(null=True, blank=True)
    unit = models.CharField(max_length=4, choices=Rate.Unit.choices, blank=True)
    unit_label = models.CharField(max_length=40, blank=True)
    rate_override = ExactDecimalField(null=True, blank=True)
    rate_note = models.CharField(max_length=300, blank=True)
    rate_date = models.DateField(null=True, blank=True)
    amount = ExactDecimalField(null=True, blank=True)
    unit_cost = ExactDecimalField(null=True, blank=True)
    markup_percent = ExactDecimalField(null=True, blank=True)
    price = ExactDecimalField(null=True, blank=True)
    periods = ExactDecimalField(null=True, blank=True)
    unit_price = ExactDecimalField(null=True, blank=True)
    percent = ExactDecimalField(null=True, blank=True)
    percent_of = models.JSONField(default=list)
    certainty = models.CharField(max_length=8, choices=Certainty.choices, blank=True)
    discountable = models.BooleanField(null=True, blank=True)
    optional = models.BooleanField(default=False)
    selected = models.BooleanField(default=False)
    alternative_group = models.CharField(max_length=60, blank=True)
    alternative_option = models.CharField(max_length=60, blank=True)
    client_may_change_quantity = models.BooleanField(default=False)
    quantity_min = ExactDecimalField(null=True, blank=True)
    quantity_max = ExactDecimalField(null=True, blank=True)
    taxes = models.ManyToManyField(Tax, blank=True, related_name="lines")
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title

    @cached_property
    def tax_ids(self) -> frozenset[uuid.UUID]:
        """The ids of its taxes as they stood when they were asked for first, or loaded with many lines."""
        return frozenset(self.taxes.values_list("id", flat=True))


class Discount(models.Model):
    """A reduction on a line, a section or the whole document, never without a reason and a sentence.

    Where a discount list is published it follows a line of it, whose number, version and words are copied, or it is
    an `exception`, with why. A `conditional` one is not deducted: `within_days` of the invoice, or `pay_by`, is until
    when it can be taken.
    """

    class Type(models.TextChoices):
        PERCENT = "percent", "Percent"
        AMOUNT = "amount", "Amount"

    class Reason(models.TextChoices):
        VOLUME = "volume", "Volume"
        LONG_TERM = "long_term", "Long-term commitment"
        EARLY_PAYMENT = "early_payment", "Early payment"
        NON_PROFIT = "non_profit", "Non-profit"
        LAUNCH_REFERENCE = "launch_reference", "Launch partner or reference"
        GOODWILL = "goodwill", "Goodwill"
        SCOPE_RISK_SHARED = "scope_risk_shared", "Shared risk of scope"
        BUNDLED = "bundled", "Bundled"
        NEGOTIATED = "negotiated", "Negotiated"
        OTHER = "other", "Other"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="discounts")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, null=True, blank=True, related_name="discounts")
    line = models.ForeignKey(LineItem, on_delete=models.CASCADE, null=True, blank=True, related_name="discounts")
    position = models.PositiveIntegerField(default=0)
    type = models.CharField(max_length=7, choices=Type.choices)
    value = ExactDecimalField()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    text = models.CharField(max_length=300)
    conditional = models.BooleanField(default=False)
    within_days = models.PositiveIntegerField(null=True, blank=True)
    pay_by = models.DateField(null=True, blank=True)
    policy_line = models.CharField(max_length=10, blank=True)
    policy_version = models.PositiveIntegerField(null=True, blank=True)
    policy_words = models.CharField(max_length=600, blank=True)
    exception = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(section__isnull=True) | models.Q(line__isnull=True), name="discount_at_one_level"
            ),
        )

    def __str__(self) -> str:
        return f"{self.value} {self.type}: {self.text}"
