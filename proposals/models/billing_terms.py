"""How the work is billed: the model that the parties choose together, its figures, and what is compared with it."""

from typing import Any

from django.db import models

from proposals.models.fields import ExactDecimalField
from proposals.models.proposal import Rate
from proposals.models.section import Section


class BillingTerms(models.Model):
    """The terms of a billing section.

    `figures` holds the parameters of every model that was given any, by the model's key; `clauses` the keys of the
    clauses that were chosen for it. Only those of `model` (empty while none is chosen) are terms. `low`, `likely` and
    `high` are what the work may take, in `unit`; costs are the seller's, in the document's currency, `cost_per_hour`
    whatever the unit. They are shown to nobody unless `cost_disclosed`. `compared` lists `{model, params}`, with
    a `name` where the parties gave that version of the model one.
    """

    section = models.OneToOneField(Section, on_delete=models.CASCADE, primary_key=True, related_name="billing_terms")
    model = models.CharField(max_length=20, blank=True)
    figures = models.JSONField(default=dict)
    clauses = models.JSONField(default=dict)
    unit = models.CharField(max_length=4, choices=Rate.Unit.choices, default=Rate.Unit.HOUR)
    low = ExactDecimalField(null=True, blank=True)
    likely = ExactDecimalField(null=True, blank=True)
    high = ExactDecimalField(null=True, blank=True)
    cost_per_hour = ExactDecimalField(null=True, blank=True)
    fixed_costs = ExactDecimalField(null=True, blank=True)
    cost_disclosed = models.BooleanField(default=False)
    compared = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.model or "no billing model yet"

    @property
    def params(self) -> dict[str, Any]:
        """The figures of the chosen model, as JSON with numbers as texts."""
        return dict(self.figures.get(self.model, {}))

    @property
    def chosen_clauses(self) -> list[str]:
        """The keys of the clauses chosen for the model."""
        return list(self.clauses.get(self.model, []))
