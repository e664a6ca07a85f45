"""The two parties of a proposal, with the details that stand in the contract."""

from django.db import models

from accounts.ids import new_id
from accounts.models import Firm


class Side(models.TextChoices):
    """Which side of the table. They sit on the same one, but only one of them pays."""

    SELLER = "seller", "Seller"
    CLIENT = "client", "Client"

    @property
    def other(self) -> "Side":
        """The other party."""
        return Side.CLIENT if self is Side.SELLER else Side.SELLER


class Party(models.Model):
    """One side of a proposal: the firm as it stood when the proposal was made, editable until frozen.

    `holds_for_reviews` is the side's own: it agrees to nothing while a colleague was asked and has not answered.
    `names_who_agrees`: only those agree for the side whom it named (`Participant.may_agree`), even if they have left.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey("proposals.Proposal", on_delete=models.CASCADE, related_name="parties")
    side = models.CharField(max_length=6, choices=Side.choices)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=300, blank=True)
    address = models.TextField(max_length=1000, blank=True)
    registration = models.CharField(max_length=200, blank=True)
    holds_for_reviews = models.BooleanField(default=False)
    names_who_agrees = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["proposal", "side"], name="one_party_per_side"),)

    def __str__(self) -> str:
        return self.name
