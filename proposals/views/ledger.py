"""The page and panel “Price changes”."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import initials_of
from proposals.actions import reasons
from proposals.documents import ledger, told, wording
from proposals.documents.working_beside import of_change
from proposals.forms.fields import text_field
from proposals.models import AuditEvent
from proposals.views.commands import HEADINGS, Outcome, Panel, PanelText, actor_of
from proposals.views.page_of import page_of

PANEL_COUNT = 20
"""How many of the last changes the panel shows."""

PAGE_COUNT = 200
"""How many the page shows at once."""


class WhyForm(forms.Form):
    """A sentence."""

    why = text_field("Why", "Both sides read it in the list of price changes", length=300)


class Why(Panel):
    """Saying why, after a price was changed: by whoever changed it."""

    ability = "explain"

    def text(self, *, number: int) -> PanelText:
        """Heading, with what was changed."""
        said = told.SENTENCES[(event := self.own(number)).type](event.content.facts)
        return PanelText("Say why", f"You {said}.", "Add it")

    def form(self, *, number: int) -> forms.Form:
        """The sentence."""
        (change,) = ledger.price_changes(self.proposal, [self.own(number)])
        return WhyForm(initial={"why": change.why})

    def act(self, *, number: int) -> Outcome:
        """Say it."""
        reasons.explain(by=self.actor, number=number, why=self.request.POST.get("why", ""))
        return Outcome(close="panel", said=("Both sides read why in the list of price changes.",))

    def own(self, number: int) -> AuditEvent:
        """The change."""
        return reasons.own_change(self.proposal, self.actor, number)


@require_safe
@never_cache
def price_changes(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Every change of a price since sharing, the newest first; of one line with `?line=`."""
    proposal, actor = actor_of(request, proposal_id)
    in_room = request.headers.get("X-Panel") == "1"
    line = request.GET.get("line", "")
    page = page_of(
        request, ledger.price_events(proposal, line), ("-number",), at_once=PANEL_COUNT if in_room else PAGE_COUNT
    )
    events = page.rows
    now, may_explain = timezone.now(), actor.abilities(proposal.lifecycle).explain
    own = {event.number for event in events if may_explain and reasons.moves_a_price(event)}
    own &= {event.number for event in events if reasons.is_own(event, actor)}
    entries = [
        {
            "change": change,
            "initials": initials_of(change.name) if change.name else "",
            "at": wording.clock(change.at, now),
            "is_own": change.number in own,
            "why_at": wording.clock(change.why_at, now) if change.why_at else "",
            "effect": ledger.effect(
                change, proposal.language, of=of_change(change.number) if change.currency == proposal.currency else ""
            ),
            "said": change.title if change.type == "line.changed" else change.said[:1].upper() + change.said[1:],
        }
        for change in ledger.price_changes(proposal, events)
    ]
    context = {
        "frame": "proposals/panels/bare.html" if in_room else "proposals/panels/page.html",
        **HEADINGS[in_room],
        "panel": PanelText("Price changes"),
        "proposal": proposal,
        "page": {"proposal": proposal},
        "shown": page,
        "entries": entries,
        "in_room": in_room,
        "line": line,
        "lines": [] if in_room else ledger.lines_named(proposal),
    }
    return render(request, "proposals/panels/price_changes.html", context)
