"""What leaves a server and comes to another: exports of a firm, imports into one, and where a proposal came from."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Firm, User
from proposals.models.proposal import Proposal
from proposals.models.relationship import Relationship


class Move(models.Model):
    """Work on a whole firm that the task worker does: how far it is, and what became of it.

    `asked_by` is None for the firm's service token.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MAKING = "making", "Under way"
        MADE = "made", "Done"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="%(class)ss")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    done_count = models.PositiveIntegerField(default=0)
    expected_count = models.PositiveIntegerField(default=0)
    """Proposals, of which `done_count` are done."""
    name = models.CharField(max_length=200, blank=True)
    """The file in the storage, "" while or once there is none."""
    sha256 = models.CharField(max_length=64, blank=True)
    length_bytes = models.PositiveBigIntegerField(default=0)
    problem = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(default=timezone.now)
    """When something was last heard of it."""

    class Meta:
        abstract = True
        ordering = ("-asked_at", "-id")

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to come."""
        return self.state in (self.State.WAITING, self.State.MAKING)


class FirmExport(Move):
    """Everything of a firm, or of one of its relationships, in one file: what whoever asked may see."""

    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, null=True, related_name="exports")

    class Meta(Move.Meta):
        pass

    def __str__(self) -> str:
        return f"Export of {self.relationship or self.firm} ({self.state})"


class FirmImport(Move):
    """A file of another server (or this one) that was brought into a firm.

    `told` is what the file says of itself, once it was checked: `{instance, firm, made_at, scope}`. `code` says why the
    file as a whole was refused, `problem` in words.
    """

    told = models.JSONField(default=dict)
    code = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    """How many times it was begun. Whoever began it an earlier time brings nothing in any more."""
    is_tidy = models.BooleanField(default=False)
    """Whether the storage keeps nothing that came with it and that no proposal names."""

    class Meta(Move.Meta):
        pass

    def __str__(self) -> str:
        return f"Import into {self.firm} ({self.state})"

    @property
    def report(self) -> list[dict[str, Any]]:
        """All rows of its report: `{kind, title, outcome, code, why, proposal}`. It may be as long as the file."""
        return [row.told for row in self.rows.all()]


class ImportRow(models.Model):
    """What became of one thing in a file, written in the transaction in which it came.

    `place` counts the things of the file from 0, so that an import goes on behind the last row. `code` and `why` say
    why it was left out, or what did not come along with it.
    """

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", "Proposal"
        RATES = "rates", "Rates"
        CATALOGUE = "catalogue", "Catalogue"
        TEMPLATE = "template", "Template"
        LOGO = "logo", "Logo"
        RELATIONSHIP = "relationship", "Relationship"

    class Outcome(models.TextChoices):
        DRAFT = "draft", "A draft"
        RECORD = "record", "A record, to read only"
        TAKEN = "taken", "Taken over"
        LEFT = "left", "Left out"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    move = models.ForeignKey(FirmImport, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=6, choices=Outcome)
    code = models.CharField(max_length=40, blank=True)
    why = models.TextField(blank=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=["move", "place"], name="one_row_per_thing"),)

    def __str__(self) -> str:
        return f"{self.title} ({self.outcome})"

    @property
    def told(self) -> dict[str, Any]:
        """The row as programs get it."""
        facts = {name: getattr(self, name) for name in ("kind", "title", "outcome", "code", "why")}
        return {**facts, "proposal": str(self.proposal_id) if self.proposal_id else None}


class Origin(models.Model):
    """Where a proposal was brought in from, and everything that its file said of it.

    What was agreed and signed there was not witnessed here: it is kept as it was told, and has no other effect.
    `content` is the file of the proposal byte for byte; `trail` names the kept audit trail, "" if there was none.
    `files` are the PDFs, `{path, sha256, length_bytes}`. `via` are servers that only passed it on, the first first:
    `{instance, imported_at}`.
    """

    proposal = models.OneToOneField(Proposal, on_delete=models.CASCADE, primary_key=True, related_name="origin")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    instance = models.CharField(max_length=500)
    instance_name = models.CharField(max_length=200, blank=True)
    key = models.UUIDField()
    """The proposal's id there."""
    state = models.CharField(max_length=10)
    """The state it was in there."""
    other_firm_key = models.UUIDField()
    """The other firm's id there, so that what comes later is put beside it."""
    exported_at = models.DateTimeField()
    content = models.TextField()
    trail = models.CharField(max_length=200, blank=True)
    files = models.JSONField(default=list)
    via = models.JSONField(default=list)
    imported_by_name = models.CharField(max_length=200)
    imported_at = models.DateTimeField(default=timezone.now)
    brought_by = models.ForeignKey(FirmImport, on_delete=models.SET_NULL, null=True, related_name="origins")
    """The import it came with, which goes on behind it after an interruption."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["firm", "key"], name="one_import_per_proposal"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.instance}"
