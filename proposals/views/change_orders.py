"""Change orders: asking for one, making it of a signed proposal, and the page that shows what it changes."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from proposals import access
from proposals.actions.change_orders import (
    WORDS_LENGTH,
    ask_for_change_order,
    make_change_order,
    refuse_change_order,
    suggested_title,
)
from proposals.actions.export import current_content
from proposals.documents.change_order_request import request_of
from proposals.documents.change_order_view import changes_view
from proposals.documents.snapshot import content_of
from proposals.exceptions import NotFound, Refusal
from proposals.views.commands import Outcome, Panel, PanelText, actor_of
from proposals.views.endings import lines_field
from proposals.views.errors import wants_json
from proposals.views.visitor import visitor_of


class ChangeOrderForm(forms.Form):
    """What the change order is called."""

    title = forms.CharField(label="Title", max_length=300)


class MakeChangeOrder(Panel):
    """Start a change order from a signed proposal."""

    ability = "change_order"

    def text(self) -> PanelText:
        """What it does, and what the client asked for."""
        asked = request_of(self.proposal)
        wish = f" {asked.asked_by} asked for: “{asked.text}”" if asked is not None and asked.is_open else ""
        return PanelText(
            "Make a change order",
            "A new proposal that starts from the signed one: its words, prices, choices, parties and people. It shows "
            "what differs from what was signed, and takes effect once both have signed it. The other side hears of it "
            f"when you share it. What was signed stays as it is.{wish}",
            "Make the change order",
        )

    def form(self) -> forms.Form:
        """The title."""
        return ChangeOrderForm(initial={"title": suggested_title(self.proposal)})

    def act(self) -> Outcome:
        """Make it."""
        made = make_change_order(by=self.actor, title=self.request.POST.get("title", ""))
        return Outcome(redirect=reverse("room", args=[made.id]))


class AskForm(forms.Form):
    """What should change."""

    text = lines_field("What should change", WORDS_LENGTH, required=True)


class AskForChangeOrder(Panel):
    """The client asks for a change order."""

    ability = "ask_change_order"
    guests_may_fill_in = True

    def text(self) -> PanelText:
        """What asking does."""
        return PanelText(
            "Ask for a change order",
            "Both see that you asked. The seller makes the change order or says why not; what was signed stands, and "
            "nothing changes before both have signed the change order.",
            "Ask for it",
        )

    def form(self) -> forms.Form:
        """A sentence."""
        return AskForm()

    def act(self) -> Outcome:
        """Ask."""
        ask_for_change_order(by=self.actor, text=self.request.POST.get("text", ""))
        return _back(self)


class RefuseForm(forms.Form):
    """Why not."""

    words = lines_field("Why not (the client reads it)", WORDS_LENGTH, required=True)


class RefuseChangeOrder(Panel):
    """The seller makes no change order."""

    ability = "change_order"

    def text(self) -> PanelText:
        """What it does."""
        return PanelText("No change order", "What was signed stands. The client can ask again.", "Answer")

    def form(self) -> forms.Form:
        """Why."""
        return RefuseForm()

    def act(self) -> Outcome:
        """Answer."""
        refuse_change_order(by=self.actor, words=self.request.POST.get("words", ""))
        return _back(self)


def _back(panel: Panel) -> Outcome:
    """To the room that the panel stands in, or else to the signed page."""
    if wants_json(panel.request):
        return Outcome(close="panel")
    return Outcome(redirect=f"{reverse('signed', args=[panel.proposal.id])}#change-orders")


@require_safe
@never_cache
def order_changes(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """What a change order changes of the signed proposal, as it stands; the same page for both sides."""
    proposal, actor = actor_of(request, proposal_id)
    if proposal.amends_id is None:
        raise NotFound("This proposal changes no other one.")
    changes = changes_view(content_of(current_content(proposal)))
    context = {
        "proposal": proposal,
        "actor": actor,
        "changes": changes,
        "may_read_signed": changes is not None and _may_read(request, changes.proposal_id),
    }
    return render(request, "proposals/change_order/page.html", context)


def _may_read(request: HttpRequest, proposal_id: str) -> bool:
    try:
        access.proposal_for(visitor_of(request), proposal_id)
    except Refusal:
        return False
    return True
