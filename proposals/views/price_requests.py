"""“Show me the price”: asking, answering, offering."""

import uuid
from typing import Any

from django import forms

from proposals.actions import price_requests
from proposals.forms.fields import amount_field, text_field
from proposals.models import PriceRequest
from proposals.views.commands import Outcome, Panel, PanelText
from proposals.views.finding import one


class PriceAskForm(forms.Form):
    """What it is for."""

    text = text_field("What you need it for (may be empty)", "A budget, a decision, a rough idea", length=500)


NUMBERS = ("figure", "low", "likely", "high")


class PriceAnswerForm(forms.Form):
    """The fields of one kind of answer."""

    answer = forms.CharField(widget=forms.HiddenInput)
    figure = amount_field("Figure")
    low = amount_field("Low", "About 1 in 100 would be below")
    likely = amount_field("Likely")
    high = amount_field("High", "About 1 in 100 would be above")
    sure = text_field("How sure are we", "What it rests on", length=500)
    would_change = text_field("What would change it", length=500)
    reason = text_field("Why not yet", length=500)
    due_on = forms.DateField(
        label="By when", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, answer: str) -> None:
        kind = answer if answer in price_requests.NEEDED else "range"
        super().__init__(initial={"answer": kind})
        for name in set(self.fields) - {"answer", *price_requests.NEEDED[kind]}:
            del self.fields[name]


class PriceOfferForm(PriceAnswerForm):
    """An answer that nobody asked for."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.fields["why_now"] = text_field("Why now", "What the client can do with it today", length=500)


class PriceAsk(Panel):
    """The client asks."""

    ability = "ask_price"
    guests_may_fill_in = True

    def text(self) -> PanelText:
        """Heading."""
        return PanelText(
            "Show me the price",
            "Both see that you asked until it is answered: with a figure, with a range, or with a reason and a date.",
            "Ask for the price",
        )

    def form(self) -> forms.Form:
        """What it is for."""
        return PriceAskForm()

    def act(self) -> Outcome:
        """Ask."""
        price_requests.ask_price(by=self.actor, text=self.request.POST.get("text", ""))
        return Outcome(close="panel")


class PriceAnswer(Panel):
    """The seller answers, in one of the ways; `?answer=` says which."""

    ability = "price"

    def text(self, *, request_id: uuid.UUID) -> PanelText:
        """Heading."""
        request: PriceRequest = one(self.proposal.price_requests.all(), request_id)
        asked = f"“{request.text}” " if request.text else ""
        return PanelText(
            f"Show {request.asked_by_name} the price",
            f"{asked}An honest range is better than no answer. Both sides read what you say, and the log keeps it.",
            "Answer",
        )

    def form(self, *, request_id: uuid.UUID) -> forms.Form:
        """The answer."""
        return PriceAnswerForm(self.request.GET.get("answer", ""))

    def act(self, *, request_id: uuid.UUID) -> Outcome:
        """Answer."""
        answer, given = sent_answer(self)
        price_requests.answer_price(by=self.actor, request_id=request_id, answer=answer, given=given)
        return Outcome(close="panel", said=self.entered.sentences)


class PriceOffer(Panel):
    """The seller says it unasked."""

    ability = "price"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText(
            "Say what the price is",
            "Before the lines are worked out: a figure or an honest range, and why it helps to know it now.",
            "Say it",
        )

    def form(self) -> forms.Form:
        """The figure or range."""
        return PriceOfferForm(self.request.GET.get("answer", ""))

    def act(self) -> Outcome:
        """Say it."""
        answer, given = sent_answer(self)
        why_now = self.request.POST.get("why_now", "")
        price_requests.offer_price(by=self.actor, why_now=why_now, answer=answer, given=given)
        return Outcome(close="panel", said=self.entered.sentences)


def sent_answer(panel: Panel) -> tuple[str, dict[str, Any]]:
    """The kind of answer that was sent, and its fields with the numbers read."""
    sent = panel.request.POST
    answer = sent.get("answer", "")
    given = {name: sent.get(name, "") for name in price_requests.NEEDED.get(answer, ())}
    numbers = {
        name: panel.entered.number(name, value, field="amount") if name in NUMBERS else value
        for name, value in given.items()
    }
    return answer, numbers
