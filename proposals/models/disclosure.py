"""Open books: what the seller discloses of how its prices come about, and how the client asks for it.

A disclosure is information, never a term: it is not agreed to. Its versions stay, so that a change shows the old
value; a withdrawn one stays with its reason.
"""

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from proposals.models.party import Side
from proposals.models.proposal import Proposal


class DisclosureKind(models.TextChoices):
    """What can be disclosed."""

    POLICY = "policy", "Pricing policy"
    DISCOUNTS = "discounts", "Discount list"
    BUILD_UP = "build_up", "Rate build-up"
    OVERHEAD = "overhead", "Overhead"
    LEVERAGE = "leverage", "Leverage and staffing"


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Reading disclosures."""

    def shown(self, epoch: int) -> "DisclosureQuerySet":
        """Those that stand, and those that were withdrawn since both sides see them, in the order of the kinds."""
        order = models.Case(*(models.When(kind=kind, then=place) for place, kind in enumerate(DisclosureKind.values)))
        standing = models.Q(withdrawn_at__isnull=True) | models.Q(withdrawn_epoch=epoch)
        return self.filter(standing).order_by(order, "created_at", "id").prefetch_related("versions", "times")

    def standing(self) -> "DisclosureQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Disclosure(models.Model):
    """A card: a kind of figure with a title, such as the rate build-up of the designers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="disclosures")
    kind = models.CharField(max_length=10, choices=DisclosureKind.choices)
    title = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_epoch = models.PositiveIntegerField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_reason = models.TextField(max_length=1000, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"


class DisclosureVersion(models.Model):
    """What a card said: `content` as `documents.disclosed` describes it; `changes` from the version before it.

    `epoch` is that of the proposal: what was written before sharing stays with the seller.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    epoch = models.PositiveIntegerField()
    content = models.JSONField()
    changes = models.JSONField(default=list)
    why = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["disclosure", "number"], name="one_disclosure_version_per_number"),
        )

    def __str__(self) -> str:
        return f"version {self.number}"


class DisclosureRequest(models.Model):
    """The client asks for a kind of card, and gets the card, a reason, or a date."""

    class Status(models.TextChoices):
        OPEN = "open", "Asked for"
        DISCLOSED = "disclosed", "Disclosed"
        REASON = "reason", "Not disclosed"
        DATE = "date", "Promised"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="disclosure_requests")
    kind = models.CharField(max_length=10, choices=DisclosureKind.choices)
    text = models.CharField(max_length=500, blank=True)
    asked_by_name = models.CharField(max_length=200)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.TextField(max_length=1000, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.status}"


class ExplanationTimes(models.Model):
    """“Explain it to me”: times that one side proposes for a talk about a card, and what the other side says."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Accepted"
        READ_FIRST = "read_first", "Reading first"
        SKIPPED = "skipped", "Not needed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="times")
    side = models.CharField(max_length=6, choices=Side.choices)
    proposed_by_name = models.CharField(max_length=200)
    times = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    chosen = models.CharField(max_length=100, blank=True)
    answered_by_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return ", ".join(self.times)
