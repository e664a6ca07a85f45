"""What a firm prices from: its rate cards and its catalogue (pricing-spec 4). Proposals copy from them."""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Firm, User
from proposals.models.fields import ExactDecimalField
from proposals.models.line_item import LineItem
from proposals.models.proposal import Rate, Tax


class RateCard(models.Model):
    """A version of a firm's rates in one currency. It never changes: a new version takes its place.

    `number` counts the firm's versions over all currencies. `rates` are entries as the calculation takes them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="rate_cards")
    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    rates = models.JSONField(default=list)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("firm", "number"), name="one_rate_card_per_number"),)

    def __str__(self) -> str:
        return f"Version {self.number}, {self.currency}"


class CatalogueItem(models.Model):
    """Something a firm offers again and again. A line made from it keeps what it says, whatever becomes of the item.

    `prices` holds the price by currency, as number texts: the amount of a fixed price, else the price of one unit or
    period. Time has none: it follows the rate card. `version` counts changes.
    """

    class Kind(models.TextChoices):
        FIXED = "fixed", "Fixed price"
        UNIT = "unit", "Units"
        TIME = "time", "Time"
        SUBSCRIPTION = "subscription", "Subscription"
        EXPENSE = "expense", "Expense"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="catalogue_items")
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.FIXED)
    quantity = ExactDecimalField(null=True, blank=True)
    unit_label = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=4, choices=Rate.Unit.choices, blank=True)
    prices = models.JSONField(default=dict)
    certainty = models.CharField(max_length=8, choices=LineItem.Certainty.choices, blank=True)
    tax_category = models.CharField(max_length=2, choices=Tax.Category.choices, blank=True)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("title", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["firm", "external_id"],
                condition=~models.Q(external_id="") & models.Q(retired_at__isnull=True),
                name="one_item_per_external_id",
            ),
        )

    def __str__(self) -> str:
        return self.title
