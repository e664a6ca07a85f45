"""The value worksheet of a value-based fee: filling it in together, and the client's word on it."""

import uuid
from typing import Any

from django import forms

from proposals.actions import value_worksheet
from proposals.documents.value_worksheet import MODEL, NUMBERS, standing_worksheet
from proposals.exceptions import NotFound
from proposals.forms.value_worksheet import OwnValueForm, WorksheetForm, seen_in
from proposals.models import Side, ValueWorksheet
from proposals.views.billing import BillingPanel, terms_of
from proposals.views.commands import CommandView, Outcome, PanelText


class WorksheetPanel(BillingPanel):
    """The worksheet, for both sides; with the client's own estimate for the client."""

    ability = "fill_value"
    template = "proposals/billing/value.html"

    def sheet(self, section_id: uuid.UUID) -> ValueWorksheet:
        """The worksheet of a section that is billed by value, or 404."""
        terms = self.terms(section_id)
        if terms.model != MODEL:
            raise NotFound("This section is not billed by value, so it has no value worksheet.")
        return standing_worksheet(terms)

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading, and what saving means for this side."""
        client = self.proposal.party(Side.CLIENT).name
        rule = (
            "If you write the expected change, or what one unit is worth, the value counts as confirmed by you."
            if self.actor.side == Side.CLIENT
            else f"The value is marked as not confirmed until {client} writes or confirms it, and again if you change "
            "what was confirmed."
        )
        return PanelText("The value worksheet", f"Both sides fill it in, and both see every change. {rule}")

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """What stands there."""
        return WorksheetForm(self.sheet(section_id), self.proposal.language)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the client's own estimate."""
        own = OwnValueForm(self.sheet(kwargs["section_id"]), self.proposal.language)
        return {**super().panel_context(**kwargs), "own_form": own, "section_id": kwargs["section_id"]}

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Save what was changed."""
        sent = self.changes(self.form(section_id=section_id))
        seen = seen_in(sent.pop("seen"))
        value_worksheet.fill_worksheet(
            by=self.actor, section_id=section_id, changes=self.entered.numbers(sent, names=NUMBERS), seen=seen
        )
        return Outcome(close="panel", said=self.entered.sentences)


class ValueConfirm(CommandView):
    """The client confirms the expected value that it saw."""

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Confirm it."""
        terms_of(self.proposal, section_id)
        value_worksheet.confirm_value(by=self.actor, section_id=section_id, seen=self.request.POST.get("seen", ""))
        return Outcome()


class ValueUnconfirm(CommandView):
    """The client takes the confirmation back."""

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Take it back."""
        terms_of(self.proposal, section_id)
        value_worksheet.take_back_confirmation(by=self.actor, section_id=section_id)
        return Outcome()


class OwnValue(CommandView):
    """The client's own estimate of the value."""

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Save it."""
        terms_of(self.proposal, section_id)
        value = self.entered.number("own-value", self.request.POST.get("own-value", ""), field="amount")
        value_worksheet.state_own_value(
            by=self.actor, section_id=section_id, value=value, note=self.request.POST.get("own-note", "")
        )
        return Outcome(close="panel", said=self.entered.sentences)
