"""Counter-offers with a form of their own: a section's discount, a discount for early payment, a payment schedule.

Whoever answers one uses the same form, which then shows what the other side proposed.
"""

import uuid
from typing import Any

from django import forms

from proposals.actions import offers
from proposals.actions.values import refuse
from proposals.documents import contents
from proposals.documents.offered_terms import plan_of, plan_text
from proposals.documents.price_document import price_of
from proposals.documents.targets import Target, standing_value
from proposals.forms.offers import EarlyForm, SectionOfferForm
from proposals.models import CounterOffer, Section
from proposals.views.commands import Outcome, Panel, PanelText
from proposals.views.finding import one
from proposals.views.offers import TOLD, entered_value
from proposals.views.schedule import Planned, SchedulePanel, shown_plan

SUBMIT = "Propose it"


class OfferSection(Panel):
    """Proposing a discount on a section."""

    ability = "propose"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        section: Section = one(self.proposal.sections.standing(), section_id)
        return PanelText(f"Propose a discount on “{section.title}”", TOLD + "Nothing changes before.", SUBMIT)

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """How much, and why."""
        return SectionOfferForm()

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Propose it."""
        return propose(self, Target("discount", section=str(section_id)))


class OfferEarly(Panel):
    """Proposing how much less it is if it is paid early, and by when."""

    ability = "propose"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText("Propose a discount for early payment", TOLD + "Nothing changes before.", SUBMIT)

    def form(self) -> forms.Form:
        """What stands there, or was proposed."""
        return EarlyForm(standing_or_offered(self, "early_payment"), self.proposal.language)

    def act(self) -> Outcome:
        """Propose it."""
        sent = self.request.POST
        target = Target("early_payment")
        amount = entered_value(self, Target("discount"), sent.get("value", ""))
        days, day = (sent.get(name, "").strip() for name in ("within_days", "pay_by"))
        if days and day:
            detail = f"Within {days} days of the invoice, or by {day}: say one of the two."
            raise refuse("pay_by", "two_by_whens", detail)
        value = f"{amount}/{days or day}" if days or day else amount
        offers.propose(by=self.actor, target=target, value=value, why=sent.get("why", ""))
        return Outcome(close="panel", said=self.entered.sentences)


class OfferSchedule(SchedulePanel):
    """Proposing another payment schedule: shares, amounts, days, milestones and their tests."""

    ability = "propose"
    template = "proposals/panels/schedule_offer.html"

    def text(self) -> PanelText:
        """Heading."""
        total = super().text().lede
        return PanelText("Propose another payment schedule", f"{total} {TOLD}", SUBMIT)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """A schedule that stands is taken out by the seller only."""
        return {**super().panel_context(**kwargs), "stands": False}

    def act(self) -> Outcome:
        """Propose it."""
        value = plan_text([dict(planned) for planned in self.sent_plan()])
        why = self.request.POST.get("why", "")
        offers.propose(by=self.actor, target=Target("schedule"), value=value, why=why)
        return Outcome(close="panel", said=self.entered.sentences)

    def standing_plan(self) -> list[Planned]:
        """What stands there, or was proposed."""
        return shown_plan(plan_of(standing_or_offered(self, "schedule")), self.proposal.language)


def propose(view: Panel, target: Target) -> Outcome:
    """Send one value."""
    sent = view.request.POST
    value = entered_value(view, target, sent.get("value", ""))
    offers.propose(by=view.actor, target=target, value=value, why=sent.get("why", ""))
    return Outcome(close="panel", said=view.entered.sentences)


def standing_or_offered(view: Panel, field: str) -> str:
    """What the other side proposes for the whole, while that is open; else what stands there."""
    waiting = CounterOffer.objects.filter(proposal=view.proposal, state=CounterOffer.State.OPEN, field=field)
    offered = waiting.exclude(side=view.actor.side).first()
    if offered is not None:
        return offered.value
    rows = contents.load(view.proposal)
    return standing_value(rows, price_of(rows, with_range=False), Target(field)) or ""
