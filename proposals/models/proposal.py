"""A proposal: the document both parties write, price, agree on and sign."""

import datetime as dt
import uuid

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Firm, User
from proposals.models.fields import ExactDecimalField
from proposals.models.party import Party, Side
from proposals.models.relationship import Relationship
from proposals.states import LIVE, State


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Reading proposals. Fetch one for a person through `proposals.access` only."""

    def taken_part_in_by(self, user: User) -> "ProposalQuerySet":
        """Those a person may open: as a participant, and for the client's side from sharing on.

        Each once: a person has one row in a proposal. `place` is the id once more, by which one page of ten thousand
        is found in the index of that person's rows.
        """
        mine = models.Q(participants__user=user, participants__removed_at__isnull=True)
        visible = models.Q(participants__side=Side.SELLER) | models.Q(epoch__gt=0)
        return self.filter(mine & visible).annotate(place=models.F("participants__proposal_id"))

    def of_firm(self, firm: Firm) -> "ProposalQuerySet":
        """Those in which a firm is a party, as its service tokens see them."""
        as_seller = models.Q(relationship__seller_firm=firm)
        as_client = models.Q(relationship__client_firm=firm, epoch__gt=0)
        return self.filter(as_seller | as_client).annotate(place=models.F("id"))

    def in_state(self, state: State) -> "ProposalQuerySet":
        """Those in a state at this moment: an offer whose last day is over has expired, written down or not."""
        rows, today = self.annotate(last_day=Coalesce("extended_until", "offer_until")), timezone.localdate()
        is_over = models.Q(last_day__lt=today)
        if state is State.EXPIRED:
            return rows.filter(models.Q(state=state) | models.Q(state__in=LIVE) & is_over)
        if state in LIVE:
            return rows.filter(
                models.Q(last_day__isnull=True) | models.Q(last_day__gte=timezone.localdate()), state=state
            )
        return self.filter(state=state)


class Proposal(models.Model):
    """One proposal. `version` counts changes of rows; `audit_head` is the last audit event of the epoch.

    Epoch 0 is the seller's preparation; sharing starts epoch 1, of which alone the client ever sees
    anything. Amounts and percentages are exact decimals, hours per day a number above 0 up to 24.
    `rate_card_number` is the version of the seller's rates that was taken last. `offer_until` is the last day of the
    offer, `offer_reason` why it is that day; both are agreed on. `extended_until` is a later last day that the seller
    granted while what is agreed could not change: it stands beside the frozen revision. `amends` is the signed
    revision that a change order changes.
    """

    class PriceBasis(models.TextChoices):
        EXCLUSIVE = "exclusive", "Prices before tax"
        INCLUSIVE = "inclusive", "Prices including tax"

    class TaxRounding(models.TextChoices):
        GROUP = "group", "Tax is rounded once per rate"
        LINE = "line", "Tax is rounded on every line"

    class Paper(models.TextChoices):
        A4 = "a4", "A4"
        LETTER = "letter", "US Letter"

    class SigningOrder(models.TextChoices):
        """Beside these, whose turn it is each time: `client,seller,client` (`documents/signing_order.py`)."""

        PARALLEL = "parallel", "in any order"
        CLIENT_FIRST = "client_first", "in order, the client first"
        SELLER_FIRST = "seller_first", "in order, the seller first"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(max_length=300)
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in State], default="preparing"
    )
    language = models.CharField(max_length=10, default="en")
    paper = models.CharField(max_length=6, choices=Paper.choices, default=Paper.A4)
    currency = models.CharField(max_length=3)
    price_basis = models.CharField(max_length=9, choices=PriceBasis.choices, default=PriceBasis.EXCLUSIVE)
    tax_rounding = models.CharField(max_length=5, choices=TaxRounding.choices, default=TaxRounding.GROUP)
    price_date = models.DateField()
    hours_per_day = ExactDecimalField(default="8")
    rate_card_number = models.PositiveIntegerField(null=True, blank=True)
    working_in_document = models.BooleanField(default=True)
    choices = models.JSONField(default=dict)
    starts_on = models.DateField(null=True, blank=True)
    offer_until = models.DateField(null=True, blank=True)
    offer_reason = models.CharField(max_length=300, blank=True)
    extended_until = models.DateField(null=True, blank=True)
    signing_order = models.CharField(max_length=300, default=SigningOrder.PARALLEL)
    code_before_reading = models.BooleanField(default=False)
    epoch = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    audit_number = models.PositiveIntegerField(default=0)
    audit_hash = models.CharField(max_length=64, blank=True)
    amends = models.ForeignKey(
        "proposals.Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="change_orders"
    )
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    external_id = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["-updated_at", "id"], name="proposal_by_update"),
            models.Index(fields=["external_id"], name="proposal_by_external_id"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def lifecycle(self) -> State:
        """The state as a `State`. An offer whose last day is over is expired, written down or not."""
        return lifecycle_of(self.state, self.stands_until)

    @property
    def stands_until(self) -> dt.date | None:
        """The last day of the offer, with what was granted beside a frozen revision; None if it has none."""
        return self.extended_until or self.offer_until

    @property
    def is_over(self) -> bool:
        """Whether the last day of the offer has passed, by the date in UTC."""
        return _is_over(self.stands_until)

    @property
    def is_common(self) -> bool:
        """Whether it was ever shared. What was not stays with the seller, whatever has become of it."""
        return self.epoch > 0

    def party(self, side: str) -> Party:
        """The party on one side; both always exist."""
        return next(party for party in self.parties.all() if party.side == side)


def lifecycle_of(state: str, stands_until: dt.date | None) -> State:
    """The state of a proposal as a `State`, from what is written down and the last day of its offer."""
    written = State(state)
    return State.EXPIRED if written in LIVE and _is_over(stands_until) else written


def _is_over(stands_until: dt.date | None) -> bool:
    return stands_until is not None and stands_until < timezone.localdate()


class Tax(models.Model):
    """A tax the lines may carry (pricing-spec 7). `key` is its id in calculations."""

    class Category(models.TextChoices):
        STANDARD = "S", "Standard or reduced rate"
        ZERO = "Z", "Zero-rated"
        EXEMPT = "E", "Exempt"
        REVERSE = "AE", "Reverse charge"
        OUTSIDE = "O", "Outside the scope"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="taxes")
    position = models.PositiveIntegerField()
    label = models.CharField(max_length=100)
    jurisdiction = models.CharField(max_length=100, blank=True)
    category = models.CharField(max_length=2, choices=Category.choices, default=Category.STANDARD)
    rate = ExactDecimalField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.label


class Rate(models.Model):
    """An entry of the proposal's rate card (pricing-spec 4), in the document's currency."""

    class Unit(models.TextChoices):
        HOUR = "hour", "hour"
        DAY = "day", "day"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="rates")
    position = models.PositiveIntegerField(default=0)
    role = models.CharField(max_length=100)
    rate = ExactDecimalField()
    unit = models.CharField(max_length=4, choices=Unit.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.role}: {self.rate} per {self.unit}"


def proposal_key(value: object) -> uuid.UUID | None:
    """A proposal's id from text, or None if the text is no UUID."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    except ValueError:
        return None
